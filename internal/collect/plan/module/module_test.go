package module_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/plan/module"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// write lays files out as a txtar archive has them.
func write(t *testing.T, files string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(files)).Files {
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o750))
		require.NoError(t, os.WriteFile(name, f.Data, 0o600))
	}
	return dir
}

const repository = `
-- main.tf --
resource "juju_model" "é" {
  name = "core"
}

module "own" {
  source = "./modules/own"
}

module "theirs" {
  source  = "example/charmarr/juju"
  version = "1.0.0"
}

module "gone" {
  source = "git::https://example.com/x.git"
}
-- modules/own/main.tf --
resource "juju_application" "a" {
  name = "😀"  ; }
-- modules/own/app.tf --
resource "juju_application" "b" {
  name = "b"
  config = {
    "x" = 1
    y = (2)
  }

  charm {
    name    = "c"
    channel = "edge"
  }
}

module "inner" {
  source = "../inner"
}
-- modules/inner/main.tf --
resource "juju_application" "c" { name = "c" }
-- .terraform/modules/modules.json --
{"Modules": [{"Key": "", "Dir": "."}, {"Key": "theirs", "Dir": ".terraform/modules/theirs"}, {"Key": "theirs.sub", "Dir": ".terraform/modules/theirs/sub"}, {"Key": "evil", "Dir": "../../../../etc"}]}
-- .terraform/modules/theirs/main.tf --
resource "juju_application" "t" { name = "t" }
module "sub" { source = "./sub" }
-- .terraform/modules/theirs/sub/main.tf --
resource "juju_application" "s" { name = "s" }
`

func TestPlace(t *testing.T) {
	dir := write(t, strings.Replace(repository, `name = "😀"  ; }`, `name = "😀"
}`, 1))
	tree := module.Find(filepath.Join(dir, "modules"), dir, []string{"juju_model.é"})
	require.NotNil(t, tree)
	for _, c := range []struct {
		modules   string
		base      string
		attribute string
		want      string
	}{
		{"", "juju_model.é", "", "main.tf:1:1-26"},
		{"", "juju_model.é", "name", "main.tf:2:3-16"},
		{"", "juju_model.é", "nothing", "main.tf:1:1-26"},
		{"", "juju_model.none", "", ""},
		{"own", "juju_application.a", "name", "modules/own/main.tf:2:3-14"},
		{"own", "juju_application.b", "config x", "modules/own/app.tf:4:5-12"},
		{"own", "juju_application.b", "config y", "modules/own/app.tf:5:5-12"},
		{"own", "juju_application.b", "config z", "modules/own/app.tf:3:3-13"},
		{"own", "juju_application.b", "charm", "modules/own/app.tf:8:3-8"},
		{"own", "juju_application.b", "charm channel", "modules/own/app.tf:10:5-21"},
		{"own inner", "juju_application.c", "", "modules/inner/main.tf:1:1-32"},
		{"theirs", "juju_application.t", "name", "main.tf:9:1-16"},
		{"theirs sub", "juju_application.s", "", "main.tf:9:1-16"},
		{"gone", "juju_application.x", "", "main.tf:14:1-14"},
		{"gone deeper", "juju_application.x", "", "main.tf:14:1-14"},
		{"missing", "juju_application.x", "", ""},
	} {
		at, ok := tree.Place(strings.Fields(c.modules), c.base, strings.Fields(c.attribute)...)
		got := ""
		if ok {
			got = fmt.Sprintf("%s:%d:%d-%d", at.File, at.Line, at.Column, at.EndColumn)
		}
		require.Equal(t, c.want, got, "%s %s %s", c.modules, c.base, c.attribute)
	}
}

// An input that is handed on stands where it is said, through as many calls as there
// are; what is made of one stands where it is made.
func TestPlaceOfInputs(t *testing.T) {
	dir := write(t, `
-- main.tf --
module "a" {
  source = "./a"
  said   = "x"
}
-- a/main.tf --
variable "said" {}
variable "unsaid" {}
module "b" {
  source = "../b"
  handed = var.said
  made   = "${var.said}-x"
  unsaid = var.unsaid
}
-- b/main.tf --
resource "juju_application" "b" {
  name   = var.handed
  config = { x = var.made, y = var.unsaid, z = var.none }
}
`)
	tree := module.Find(dir, dir, []string{"module.a"})
	require.NotNil(t, tree)
	for attribute, want := range map[string]string{
		"name": "main.tf:3", "config x": "a/main.tf:6", "config y": "a/main.tf:7", "config z": "b/main.tf:3",
	} {
		at, ok := tree.Place([]string{"a", "b"}, "juju_application.b", strings.Fields(attribute)...)
		require.True(t, ok, attribute)
		require.Equal(t, want, fmt.Sprintf("%s:%d", at.File, at.Line), attribute)
	}
}

// What is broken costs its own places and nothing else.
func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		files, from string
		found       bool
	}{
		"beside":                 {"-- main.tf --\nresource \"a\" \"b\" {}\n", ".", true},
		"above":                  {"-- main.tf --\nresource \"a\" \"b\" {}\n-- plans/x/y --\n", "plans/x", true},
		"past another root":      {"-- main.tf --\nresource \"a\" \"b\" {}\n-- plans/main.tf --\nresource \"c\" \"d\" {}\n", "plans", true},
		"nowhere":                {"-- x --\n", ".", false},
		"outside":                {"-- x --\n", "..", false},
		"of OpenTofu":            {"-- main.tofu --\nresource \"a\" \"b\" {}\n-- main.tf --\nresource \"c\" \"d\" {}\n", ".", true},
		"broken":                 {"-- main.tf --\nresource \"a\" \"b\" {\n", ".", false},
		"beside a broken":        {"-- main.tf --\nresource \"a\" \"b\" {}\n-- broken.tf --\n}\n", ".", true},
		"nested too deep":        {"-- main.tf --\nresource \"a\" \"b\" {\n x = " + strings.Repeat("(", 100_000) + "\n}\n", ".", false},
		"choices without an end": {"-- main.tf --\nresource \"a\" \"b\" {\n x = " + strings.Repeat("a ? b : ", 100_000) + "c\n}\n", ".", false},
		"signs without an end":   {"-- main.tf --\nresource \"a\" \"b\" {\n x = " + strings.Repeat("! ", 100_000) + "c\n}\n", ".", false},
		"too large":              {"-- main.tf --\nresource \"a\" \"b\" {}\n#" + strings.Repeat("x", 1<<20) + "\n", ".", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, c.files)
			tree := module.Find(filepath.Join(dir, c.from), dir, []string{"a.b"})
			require.Equal(t, c.found, tree != nil)
		})
	}
}

func TestNoTreeKnowsNothing(t *testing.T) {
	var tree *module.Tree
	_, ok := tree.Place(nil, "a.b")
	require.False(t, ok)
	require.Empty(t, tree.Waivers())
	require.Empty(t, tree.Origin("a.b", "c"))
	tree.Settle(nil, nil)
}

func TestWaivers(t *testing.T) {
	dir := write(t, `
-- main.tf --
# charmarr-lint:waive a/on-it one reason until=2027-01-31
# another comment
resource "a" "b" {
  // charmarr-lint:waive a/in-it why until=2027-01-31
  x = 1 /* charmarr-lint:waive a/beside why until=2027-01-31 */
}

# charmarr-lint:waive a/apart why until=2027-01-31

module "c" { # charmarr-lint:waive: a/behind why until=2027-01-31
  source = "./c"
  text   = "# charmarr-lint:waive a/no-comment"
  note   = <<EOT
# charmarr-lint:waive a/no-comment-either
EOT
}
# charmarr-lint:waived is none
# charmarr-lint:waive
`)
	tree := module.Load(dir, dir, nil)
	require.NotNil(t, tree)
	var got []string
	for _, w := range tree.Waivers() {
		got = append(got, fmt.Sprintf("%d:%d %q on %q %d-%d", w.Line, w.Column, w.Text, w.Block, w.From, w.To))
	}
	require.Equal(t, []string{
		`1:1 "a/on-it one reason until=2027-01-31" on "resource \"a\" \"b\"" 3-6`,
		`4:3 "a/in-it why until=2027-01-31" on "resource \"a\" \"b\"" 3-6`,
		`5:9 "a/beside why until=2027-01-31" on "resource \"a\" \"b\"" 3-6`,
		`8:1 "a/apart why until=2027-01-31" on "" 0-0`,
		`10:14 "a/behind why until=2027-01-31" on "module \"c\"" 10-16`,
		`18:1 "" on "" 0-0`,
	}, got)
}

func TestNoWaiverInModulesOfOthers(t *testing.T) {
	dir := write(t, `
-- main.tf --
module "x" {
  source = "example/x/y"
}
-- .terraform/modules/modules.json --
{"Modules": [{"Key": "x", "Dir": ".terraform/modules/x"}]}
-- .terraform/modules/x/main.tf --
# charmarr-lint:waive a/b trust me until=2099-01-31
resource "a" "b" {}
`)
	tree := module.Load(dir, dir, nil)
	at, ok := tree.Place([]string{"x"}, "a.b")
	require.True(t, ok)
	require.Equal(t, "main.tf", at.File)
	require.Empty(t, tree.Waivers())
}

// instance is a resource, with the attributes that are known and those that are
// not, as JSON.
func instance(t *testing.T, path []module.Step, base, key, values, unknown string) module.Instance {
	t.Helper()
	parse := func(text string) *syntax.Node {
		var out *syntax.Node
		require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
			require.Nil(t, d.Err)
			out = d.Root
			return false
		}))
		return out
	}
	address := ""
	for _, s := range path {
		address += "module." + s.Name + s.Key + "."
	}
	return module.Instance{Path: path, Base: base, Key: key, Address: address + base + key, Values: parse(values), Unknown: parse(unknown)}
}

func TestOrigin(t *testing.T) {
	const models = "resource \"juju_model\" \"none\" { count = 0 }\nresource \"juju_model\" \"core\" {}\nresource \"juju_model\" \"vpn\" {}\n"
	const want = "juju_model.core.uuid"
	for name, c := range map[string]struct{ config, key, want string }{
		"directly":                      {`resource "x" "a" { model_uuid = juju_model.core.uuid }`, "", want},
		"a local":                       {"locals { m = { core = juju_model.core.uuid } }\n" + `resource "x" "a" { model_uuid = local.m.core }`, "", want},
		"for each":                      {"locals { m = { core = juju_model.core.uuid, vpn = juju_model.vpn.uuid } }\nresource \"x\" \"a\" {\n for_each = local.m\n model_uuid = each.value\n}", `["core"]`, want},
		"for each of a set":             {"locals { m = { core = juju_model.core, vpn = juju_model.vpn } }\nresource \"x\" \"a\" {\n for_each = toset([\"core\", \"vpn\"])\n model_uuid = local.m[each.value].uuid\n}", `["core"]`, want},
		"counted":                       {"resource \"x\" \"a\" {\n count = 2\n model_uuid = [juju_model.vpn.uuid, juju_model.core.uuid][count.index]\n}", "[1]", want},
		"a choice":                      {"variable \"own\" { default = true }\n" + `resource "x" "a" { model_uuid = var.own ? juju_model.core.uuid : juju_model.vpn.uuid }`, "", want},
		"functions":                     {`resource "x" "a" { model_uuid = one(compact(flatten([[try(juju_model.none[0].uuid, "")], [juju_model.core.uuid]]))) }`, "", want},
		"pairs":                         {"locals { p = { for p in setproduct([\"core\"], [\"a\", \"b\"]) : \"${p[0]}-${p[1]}\" => { m = p[0] } } }\nresource \"x\" \"a\" {\n for_each = local.p\n model_uuid = { core = juju_model.core.uuid }[each.value.m]\n}", `["core-b"]`, want},
		"a typed default":               {"variable \"o\" {\n type = object({ m = optional(string, \"core\") })\n default = {}\n}\n" + `resource "x" "a" { model_uuid = { core = juju_model.core.uuid }[var.o.m] }`, "", want},
		"chosen in a loop":              {"locals { m = [for x in [1, 2] : x == 1 ? juju_model.vpn.uuid : juju_model.core.uuid] }\n" + `resource "x" "a" { model_uuid = local.m[1] }`, "", want},
		"chosen twice":                  {"variable \"own\" { default = null }\n" + `resource "x" "a" { model_uuid = (var.own != null ? "x" : var.own == null ? juju_model.core.uuid : juju_model.vpn.uuid) }`, "", want},
		"chosen by what is known of it": {`resource "x" "a" { model_uuid = juju_model.core.uuid != "" ? juju_model.core.uuid : "none" }`, "", want},
		"chosen by what is not known":   {`resource "x" "a" { model_uuid = juju_model.vpn.uuid == "x" ? juju_model.vpn.uuid : juju_model.core.uuid }`, "", ""},
		"in a text":                     {`resource "x" "a" { model_uuid = "a-${juju_model.core.uuid}" }`, "", ""},
		"a circle":                      {"locals {\n a = local.b\n b = local.a\n}\n" + `resource "x" "a" { model_uuid = local.a }`, "", ""},
		"a file":                        {`resource "x" "a" { model_uuid = file("x") }`, "", ""},
		"an error":                      {`resource "x" "a" { model_uuid = juju_model.core.uuid + 1 }`, "", ""},
		"too large":                     {"locals {\n" + doubled(40) + "}\n" + `resource "x" "a" { model_uuid = local.x40 == [] ? juju_model.core.uuid : "" }`, "", ""},
		"a wide text":                   {`resource "x" "a" { model_uuid = format("%999999999s", juju_model.core.uuid) }`, "", ""},
		"a large product":               {`resource "x" "a" { model_uuid = length(setproduct(range(1000), range(1000), range(1000))) > 0 ? juju_model.core.uuid : "" }`, "", ""},
		"loops in loops":                {`resource "x" "a" { model_uuid = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : juju_model.core.uuid]]][0][0][0] }`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, "-- main.tf --\n"+models+c.config+"\n")
			tree := module.Load(dir, dir, nil)
			require.NotNil(t, tree)
			tree.Settle([]module.Instance{
				instance(t, nil, "juju_model.core", "", `{"name": "core"}`, `{"uuid": true}`),
				instance(t, nil, "juju_model.vpn", "", `{"name": "vpn"}`, `{"uuid": true}`),
				instance(t, nil, "x.a", c.key, `{}`, `{"model_uuid": true}`),
			}, nil)
			require.Equal(t, c.want, tree.Origin("x.a"+c.key, "model_uuid"))
		})
	}
}

// doubled are lists that each have twice the elements of the one before.
func doubled(n int) string {
	out := " x0 = [1]\n"
	for i := range n {
		out += fmt.Sprintf(" x%d = concat(local.x%d, local.x%d)\n", i+1, i, i)
	}
	return out
}

func TestOriginThroughModules(t *testing.T) {
	dir := write(t, `
-- main.tf --
module "models" {
  for_each = toset(["core", "vpn"])
  source   = "./model"
  name     = each.key
}

module "arr" {
  for_each = { radarr = "core" }
  source   = "./arr"
  model    = module.models[each.value].uuid
}

resource "juju_integration" "i" {
  model_uuid = module.models["vpn"].uuid
  application {
    name = "x"
  }
  application {
    offer_url = module.arr["radarr"].url
  }
}
-- model/main.tf --
variable "name" {}
resource "juju_model" "this" { name = var.name }
output "uuid" { value = juju_model.this.uuid }
-- arr/main.tf --
variable "model" { type = string }
resource "juju_application" "a" {
  model_uuid = var.model
  config = merge({ variant = "4k" }, { key = "secret:${juju_secret.s.secret_id}" })
}
resource "juju_secret" "s" { model_uuid = var.model }
resource "juju_offer" "o" { model_uuid = var.model }
output "url" { value = juju_offer.o.url }
`)
	tree := module.Load(dir, dir, nil)
	model := func(key string) []module.Step { return []module.Step{{Name: "models", Key: `["` + key + `"]`}} }
	arr := []module.Step{{Name: "arr", Key: `["radarr"]`}}
	tree.Settle([]module.Instance{
		instance(t, model("core"), "juju_model.this", "", `{"name": "core"}`, `{"uuid": true}`),
		instance(t, model("vpn"), "juju_model.this", "", `{"name": "vpn"}`, `{"uuid": true}`),
		instance(t, arr, "juju_application.a", "", `{"config": {"variant": "4k"}}`, `{"model_uuid": true, "config": {"key": true}}`),
		instance(t, arr, "juju_secret.s", "", `{}`, `{"model_uuid": true, "secret_id": true}`),
		instance(t, arr, "juju_offer.o", "", `{}`, `{"model_uuid": true, "url": true}`),
		instance(t, nil, "juju_integration.i", "", `{"application": [{"name": "x"}, {}]}`, `{"model_uuid": true, "application": [{}, {"offer_url": true}]}`),
	}, nil)
	for address, want := range map[string]string{
		`module.arr["radarr"].juju_application.a model_uuid`: `module.models["core"].juju_model.this.uuid`,
		`module.arr["radarr"].juju_application.a config.key`: `module.arr["radarr"].juju_secret.s.secret_id`,
		`juju_integration.i model_uuid`:                      `module.models["vpn"].juju_model.this.uuid`,
		`juju_integration.i application.offer_url`:           `module.arr["radarr"].juju_offer.o.url`,
		`juju_integration.i application.name`:                "",
		`juju_integration.none model_uuid`:                   "",
	} {
		address, attribute, _ := strings.Cut(address, " ")
		require.Equal(t, want, tree.Origin(address, strings.Split(attribute, ".")...), address)
	}
}

// A module beside the working directory is evaluated, and shown at its call.
func TestModuleBesideTheWorkingDirectory(t *testing.T) {
	const files = `
-- root/main.tf --
module "m" {
  source = "../m"
}
resource "x" "a" { model_uuid = module.m.uuid }
-- m/main.tf --
# charmarr-lint:waive a/b not of this folder until=2027-01-31
resource "juju_model" "core" {}
output "uuid" { value = juju_model.core.uuid }
`
	for _, c := range []struct{ more, want string }{{"-- .git/HEAD --\n", "module.m.juju_model.core.uuid"}, {"", ""}} {
		dir := filepath.Join(write(t, files+c.more), "root")
		tree := module.Load(dir, dir, nil)
		tree.Settle([]module.Instance{
			instance(t, []module.Step{{Name: "m"}}, "juju_model.core", "", `{}`, `{"uuid": true}`),
			instance(t, nil, "x.a", "", `{}`, `{"model_uuid": true}`),
		}, nil)
		require.Equal(t, c.want, tree.Origin("x.a", "model_uuid"))
		at, ok := tree.Place([]string{"m"}, "juju_model.core")
		require.True(t, ok)
		require.Equal(t, module.Place{File: "main.tf", Line: 1, Column: 1, EndColumn: 11}, at)
		require.Empty(t, tree.Waivers())
	}
}

// FuzzModule reads any text as a .tf file: places lie in it, and nothing panics.
func FuzzModule(f *testing.F) {
	for _, file := range txtar.Parse([]byte(repository)).Files {
		f.Add(string(file.Data))
	}
	f.Add("locals { x = [for a in [1] : a] }\n# charmarr-lint:waive a/b c until=2027-01-31\nresource \"juju_application\" \"a\" {\n model_uuid = juju_model.m[each.key].uuid\n for_each = toset([\"x\"])\n}\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600))
		tree := module.Load(dir, dir, nil)
		if tree == nil {
			return
		}
		lines := strings.Count(text, "\n") + 1
		for _, w := range tree.Waivers() {
			require.LessOrEqual(t, w.Line, lines)
			require.LessOrEqual(t, w.To, lines)
		}
		tree.Settle([]module.Instance{
			instance(t, nil, "juju_model.m", `["x"]`, `{"name": "core"}`, `{"uuid": true}`),
			instance(t, nil, "juju_application.a", `["x"]`, `{}`, `{"model_uuid": true}`),
		}, nil)
		if at, ok := tree.Place(nil, "juju_application.a", "model_uuid"); ok {
			require.LessOrEqual(t, at.Line, lines)
			require.Less(t, at.Column, at.EndColumn)
		}
	})
}
