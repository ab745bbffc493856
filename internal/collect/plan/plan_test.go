package plan_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/plan"
	"github.com/charmarr/charmarr-lint/internal/collect/plan/module"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestModels(t *testing.T) {
	radarr := change("juju_application.radarr", application("radarr", "radarr-k8s"), inUnknown)
	found := "model core whole\n application radarr radarr-k8s  trust=no scale=1"
	lost := "model core partly\nmodel vpn partly\ngap reading the model of juju_application.radarr: " + later
	in := func(model object) []object {
		return []object{block("juju_application.radarr", object{"model_uuid": model})}
	}
	for name, c := range map[string]struct {
		doc  object
		want string
	}{
		"by reference":        {document([]object{core, radarr}, in(coreUUID)), found},
		"no configuration":    {document([]object{core, vpn, radarr}, nil), lost},
		"of a local":          {document([]object{core, vpn, radarr}, in(refers("local.model"))), lost},
		"of two, it may be":   {document([]object{core, vpn, radarr}, in(refers("juju_model.core.uuid", "juju_model.core", "juju_model.vpn.uuid", "juju_model.vpn"))), lost},
		"of each, ambiguous":  {document([]object{core, vpn, radarr}, []object{with(block("juju_application.radarr", object{"model_uuid": refers("each.value")}), "for_each_expression", refers("juju_model.core.uuid", "juju_model.core", "juju_model.vpn.uuid", "juju_model.vpn"))}), lost},
		"of each, one":        {document([]object{core, radarr}, []object{with(block("juju_application.radarr", object{"model_uuid": refers("each.value")}), "for_each_expression", coreUUID)}), found},
		"of a known variable": {document([]object{core, radarr}, in(refers("var.create", "juju_model.core.uuid", "juju_model.core"))), found},
		"a known model beside": {document([]object{
			core, radarr, action("no-op", "juju_model.old", object{"name": "old", "uuid": uuid}, object{"name": "old", "uuid": uuid}, nil),
		}, in(refers("juju_model.core.uuid", "juju_model.core", "juju_model.old.uuid", "juju_model.old"))), found + "\nmodel old" + uuid + " whole"},
		"through another": {document([]object{
			core, radarr, change("juju_application.sonarr", application("sonarr", "sonarr-k8s"), inUnknown),
		}, []object{
			block("juju_application.radarr", object{"model_uuid": refers("juju_application.sonarr.model_uuid", "juju_application.sonarr")}),
			block("juju_application.sonarr", object{"model_uuid": coreUUID}),
		}), found + "\n application sonarr sonarr-k8s  trust=no scale=1"},
		"in a circle": {document([]object{core, vpn, radarr}, in(refers("juju_application.radarr.model_uuid", "juju_application.radarr"))), lost},
		"by UUID": {document([]object{
			action("no-op", "juju_model.core", nil, object{"name": "core", "uuid": uuid}, nil),
			change("juju_application.radarr", with(application("radarr", "radarr-k8s"), "model_uuid", uuid), nil),
		}, nil), strings.Replace(found, "core", "core"+uuid, 1)},
		"by a UUID of which nothing else is known": {document([]object{
			change("juju_application.radarr", with(application("radarr", "radarr-k8s"), "model_uuid", uuid), nil),
		}, nil), strings.Replace(found, "core", uuid, 1)},
		"by name, as before 1.0": {document([]object{
			change("juju_application.radarr", with(application("radarr", "radarr-k8s"), "model", "admin/core"), nil),
		}, nil), found},
		"found by a data source": {with(document([]object{
			change("juju_application.radarr", with(application("radarr", "radarr-k8s"), "model_uuid", uuid), nil),
		}, nil), "prior_state", object{"values": object{"root_module": object{"resources": []object{
			with(resource("data.juju_model.core"), "values", object{"name": "core", "uuid": uuid}),
		}}}}), strings.Replace(found, "core", "core"+uuid, 1)},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, told(read(t, c.doc).After)) })
	}
}

func TestModelsThroughModules(t *testing.T) {
	radarr := change(`module.arr["radarr"].juju_application.self`, application("radarr", "radarr-k8s"), inUnknown)
	gateway := change("juju_application.gateway", application("gateway", "istio-ingress-k8s"), inUnknown)
	doc := object{
		"format_version": "1.2",
		"resource_changes": []object{
			change("module.models.juju_model.core", object{"name": "core"}, object{"uuid": true}), radarr, gateway,
		},
		"configuration": object{"root_module": object{
			"resources": []object{block("juju_application.gateway", object{"model_uuid": refers("module.models.uuid", "module.models")})},
			"module_calls": object{
				"models": object{"module": object{
					"resources": []object{block("juju_model.core", nil)},
					"outputs":   object{"uuid": object{"expression": coreUUID}},
				}},
				"arr": object{
					"expressions": object{"where": refers("module.models.uuid", "module.models")},
					"module":      object{"resources": []object{block("juju_application.self", object{"model_uuid": refers("var.where")})}},
				},
			},
		}},
	}
	require.Equal(t, "model core whole\n application radarr radarr-k8s  trust=no scale=1\n application gateway istio-ingress-k8s  trust=no scale=1", told(read(t, doc).After))
}

func TestActions(t *testing.T) {
	model := action("no-op", "juju_model.core", nil, object{"name": "core", "uuid": uuid}, nil)
	app := func(channel string) object {
		return object{"name": "a", "model_uuid": uuid, "charm": []object{{"name": "x", "channel": channel}}}
	}
	state := object{"values": object{"root_module": object{"resources": []object{
		with(resource("juju_model.core"), "values", object{"name": "core", "uuid": uuid}),
		with(resource("juju_application.a"), "values", app("one")),
	}}}}
	const before = " application a x one trust=no scale=1"
	for actions, want := range map[string]string{
		"no-op": before, "update": " application a x two trust=no scale=1",
		"delete,create": " application a x two trust=no scale=1", "create,delete": " application a x two trust=no scale=1",
		"delete": "", "forget": before,
	} {
		t.Run(actions, func(t *testing.T) {
			after := app("two")
			switch actions {
			case "no-op":
				after = app("one")
			case "delete", "forget":
				after = nil
			}
			p := read(t, with(document([]object{model, action(actions, "juju_application.a", app("one"), after, nil)}, nil), "prior_state", state))
			require.Equal(t, strings.TrimSpace("model core"+uuid+" whole\n"+want), told(p.After))
			require.Equal(t, "model core"+uuid+" whole\n"+before, told(p.Before))
		})
	}
	t.Run("not in the plan, as with -target", func(t *testing.T) {
		p := read(t, with(document([]object{model}, nil), "prior_state", state))
		require.Equal(t, "model core"+uuid+" whole\n"+before, told(p.After))
	})
	t.Run("deposed", func(t *testing.T) {
		p := read(t, document([]object{model, with(action("delete", "juju_application.a", app("one"), nil, nil), "deposed", "x"),
			action("no-op", "juju_application.a", app("two"), app("two"), nil)}, nil))
		require.Contains(t, told(p.After), "application a x two")
	})
	t.Run("a state", func(t *testing.T) {
		p := read(t, object{"format_version": "1.0", "values": state["values"]})
		require.Equal(t, "model core"+uuid+" whole\n application a x one trust=no scale=-1", told(p.After))
		require.Equal(t, snapshot.Declared, p.After.Models[0].State)
		require.Empty(t, p.Before.Models)
	})
}

func TestApplications(t *testing.T) {
	const head = "model core whole\n application "
	blocks := func(expressions object) []object {
		return []object{block("juju_application.a", with(expressions, "model_uuid", coreUUID))}
	}
	for name, c := range map[string]struct {
		after, unknown, sensitive, expressions object
		want                                   string
	}{
		"all said":           {after: object{"name": "a", "trust": true, "units": 3, "charm": []object{{"name": "ch:x", "channel": "1/edge", "revision": 7}}}, want: head + "a x 1/edge trust=yes scale=3"},
		"the charm's name":   {after: object{"charm": []object{{"name": "x"}}}, unknown: object{"name": true}, want: head + "x x  trust=no scale=1"},
		"a name of later":    {after: object{"charm": []object{{"name": "x"}}}, unknown: object{"name": true}, expressions: object{"name": refers("random_pet.x.id", "random_pet.x")}, want: "model core partly\ngap reading the name of juju_application.a: " + later},
		"units of later":     {after: application("a", "x"), unknown: object{"units": true}, expressions: object{"units": refers("data.x.y.z")}, want: head + "a x  trust=no scale=-1"},
		"trust of later":     {after: application("a", "x"), unknown: object{"trust": true}, expressions: object{"trust": refers("data.x.y.z")}, want: head + "a x  trust= scale=1\n   unsettled trust\ngap reading trust of juju_application.a: " + later},
		"options":            {after: with(application("a", "x"), "config", object{"variant": "4k", "log-level": "debug", "api-key": "hunter2hunter2", "off": nil, "ref": "secret:abc"}), want: head + "a x  trust=no scale=1\n   api-key=(redacted)\n   log-level=(not kept)\n   ref=secret:abc\n   variant=4k"},
		"an option of later": {after: with(application("a", "x"), "config", object{"size": "1Gi"}), unknown: object{"config": object{"variant": true, "log-level": true}}, want: head + "a x  trust=no scale=1\n   log-level=(known after apply)\n   size=1Gi\n   unsettled variant\ngap reading option variant of juju_application.a: " + later},
		"a sensitive option": {after: with(application("a", "x"), "config", object{"variant": "4k", "log-level": "x"}), sensitive: object{"config": object{"variant": true, "log-level": true}}, want: head + "a x  trust=no scale=1\n   log-level=(not kept)\n   unsettled variant\ngap reading option variant of juju_application.a: it is marked as sensitive, and what is sensitive is not read"},
		"options of later":   {after: application("a", "x"), unknown: object{"config": true}, want: head + "a x  trust=no scale=1\n   unsettled config\ngap reading the options of juju_application.a: " + later},
		"variables of a container": {after: with(application("a", "gluetun-k8s"), "config", object{"custom-overrides": `{"FIREWALL": "off", "OPENVPN_USER": "me", "OPENVPN_PASSWORD": "hunter2", "NOTE": "hunter3"}`}),
			want: head + "a gluetun-k8s  trust=no scale=1\n" + `   custom-overrides={"FIREWALL":"off","NOTE":"(not kept)","OPENVPN_PASSWORD":"(redacted)","OPENVPN_USER":"(redacted)"}`},
	} {
		t.Run(name, func(t *testing.T) {
			one := change("juju_application.a", c.after, with(c.unknown, "model_uuid", true))
			one["change"].(object)["after_sensitive"] = c.sensitive
			require.Equal(t, c.want, told(read(t, document([]object{core, one}, blocks(c.expressions))).After))
		})
	}
}

func TestIntegrations(t *testing.T) {
	offer := change("juju_offer.vpn", object{"name": "tunnel", "application_name": "gluetun", "endpoints": []string{"vpn-gateway"}}, object{"model_uuid": true, "url": true})
	second := change("juju_offer.other", object{"application_name": "gluetun", "endpoint": "metrics"}, object{"model_uuid": true, "url": true, "name": true})
	joined := func(a, b object, unknown ...object) object {
		return change("juju_integration.i", object{"application": []object{a, b}}, object{"model_uuid": true, "application": unknown})
	}
	near := object{"name": "q", "endpoint": "vpn"}
	open := object{"name": true, "endpoint": true, "offer_url": true}
	offers := []object{
		block("juju_offer.vpn", object{"model_uuid": vpnUUID, "name": object{"constant_value": "tunnel"}}),
		block("juju_offer.other", object{"model_uuid": vpnUUID}),
	}
	refersTo := func(to ...string) []object {
		return append(offers, block("juju_integration.i", object{"model_uuid": coreUUID, "application": []object{
			{"name": object{"constant_value": "q"}}, {"offer_url": refers(to...)},
		}}))
	}
	const made = "model vpn whole\n offer tunnel of gluetun\n offer gluetun of gluetun"
	for name, c := range map[string]struct {
		change object
		blocks []object
		want   string
	}{
		"two of a model": {joined(near, object{"name": "r", "endpoint": "x"}), refersTo(), "model core whole\n relation q:vpn r:x\n" + made},
		"no endpoint":    {joined(near, object{"name": "r"}, object{}, object{"endpoint": true}), refersTo(), "model core whole\n relation q:vpn r:\n" + made},
		"a known offer":  {joined(near, object{"offer_url": "admin/vpn.tunnel"}), refersTo(), "model core whole\n relation q:vpn tunnel:\n saas tunnel admin/vpn.tunnel\n" + made},
		"an offer of the plan, in the other place": {joined(object{}, near, open, object{}), refersTo("juju_offer.vpn.url", "juju_offer.vpn"),
			"model core whole\n relation tunnel: q:vpn\n saas tunnel vpn.tunnel\n" + made},
		"an offer without a name": {joined(near, object{}, object{}, open), refersTo("juju_offer.other.url", "juju_offer.other"),
			"model core whole\n relation q:vpn gluetun:\n saas gluetun vpn.gluetun\n" + made},
		"one of two offers": {joined(near, object{}, object{}, open), refersTo("juju_offer.other.url", "juju_offer.other", "juju_offer.vpn.url", "juju_offer.vpn"),
			"model core whole\n relation q:vpn offer of juju_integration.i:\n saas offer of juju_integration.i\n" + made + "\ngap reading the offer that is consumed of juju_integration.i: " + later},
		"an application that is not known": {joined(near, object{}, object{}, open), append(offers, block("juju_integration.i", object{"model_uuid": coreUUID})),
			"model core partly\nmodel vpn partly\n offer tunnel of gluetun\n offer gluetun of gluetun\ngap reading an application that is joined of juju_integration.i: " + later},
		"one end": {change("juju_integration.i", object{"application": []object{near}}, inUnknown), refersTo(),
			"model core partly\nmodel vpn partly\n offer tunnel of gluetun\n offer gluetun of gluetun\ngap reading juju_integration.i: it does not say which two applications it joins"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, told(read(t, document([]object{core, vpn, offer, second, c.change}, c.blocks)).After))
		})
	}
}

func TestSecrets(t *testing.T) {
	doc := document([]object{
		vpn,
		change("juju_secret.key", object{"name": "wireguard", "value": object{"private-key": "hunter2"}}, object{"model_uuid": true, "secret_id": true, "secret_uri": true}),
		change("juju_access_secret.key", object{"applications": []string{"gluetun"}}, object{"model_uuid": true, "secret_id": true}),
		change("juju_application.gluetun", application("gluetun", "gluetun-k8s"), object{"model_uuid": true, "config": object{"wireguard-private-key-secret": true}}),
	}, []object{
		block("juju_secret.key", object{"model_uuid": vpnUUID}),
		block("juju_access_secret.key", object{"model_uuid": vpnUUID, "secret_id": refers("juju_secret.key.secret_id", "juju_secret.key")}),
		block("juju_application.gluetun", object{"model_uuid": vpnUUID, "config": refers("juju_secret.key.secret_uri", "juju_secret.key")}),
	})
	p := read(t, doc)
	require.Equal(t, `model vpn whole
 application gluetun gluetun-k8s  trust=no scale=1
   wireguard-private-key-secret=secret:juju-secret-key
 secret juju-secret-key wireguard gluetun`, told(p.After))
	require.Contains(t, p.After.Models[0].Evidence, snapshot.JujuSecrets)
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		doc  object
		want string
	}{
		"failed":         {object{"format_version": "1.2", "errored": true}, "making it failed"},
		"another format": {object{"format_version": "7.0", "resource_changes": []any{}}, `it has format_version "7.0", and versions 0 and 1 are read`},
		"no format":      {object{"format_version": 1, "resource_changes": []any{}}, "its format_version is no text"},
		"a part":         {object{"format_version": "1.2", "errored": false, "complete": false, "resource_changes": []any{}}, "it is of a part of the configuration alone"},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, plan.Recognise(parse(t, text(t, c.doc)).Root))
			p := read(t, c.doc)
			require.Contains(t, told(p.After), c.want)
			require.Nil(t, p.After.Gaps[0].Evidence, "it could have been anything")
		})
	}
}

// Values of the wrong shape are problems of the document and no more.
func TestWrongShapes(t *testing.T) {
	for _, doc := range []object{
		{"format_version": "1.2", "resource_changes": "x"},
		{"format_version": "1.2", "resource_changes": []any{1, "x", nil, []any{}, object{}}},
		{"format_version": "1.2", "resource_changes": []any{with(resource("juju_application.a"), "change", 1)}},
		document([]object{core, change("juju_application.a", object{"name": []int{1}, "charm": object{}, "config": []int{1}, "units": "x", "trust": 3, "model_uuid": []int{}}, object{"config": []bool{true}, "charm": true})}, nil),
		document([]object{core, change("juju_integration.a", object{"application": object{}}, inUnknown)}, []object{block("juju_integration.a", object{"model_uuid": []object{}, "application": "x"})}),
		document([]object{core, with(change("juju_offer.a", object{}, nil), "module_address", "module")}, nil),
		{"format_version": "1.2", "values": object{"root_module": []any{}}, "variables": []any{1}},
		{"format_version": "1.2", "prior_state": []any{}, "resource_changes": object{}, "configuration": object{"root_module": object{"module_calls": []any{}, "resources": object{}}}},
	} {
		d := parse(t, text(t, doc))
		p := plan.Read(d.Root, "plan.json", nil)
		require.NotEmpty(t, len(d.Problems())+len(p.After.Gaps), text(t, doc))
	}
}

func TestVariables(t *testing.T) {
	doc := with(document(nil, nil), "variables", object{
		"mesh": object{"value": true}, "size": object{"value": 3}, "name": object{"value": "x"}, "api_token": object{"value": "x"},
		"secret": object{"value": "hunter2"}, "list": object{"value": []int{1}}, "undeclared": object{"value": "x"}, "none": object{"value": nil},
	})
	declared := object{}
	for _, name := range []string{"mesh", "size", "name", "api_token", "list", "none"} {
		declared[name] = object{}
	}
	declared["secret"] = object{"sensitive": true}
	doc["configuration"].(object)["root_module"].(object)["variables"] = declared
	require.Equal(t, []plan.Variable{{Name: "mesh", Value: "true"}, {Name: "name", Value: "x"}, {Name: "size", Value: "3"}}, read(t, doc).Variables)
}

// The options that are kept are those that the topology has defaults of, at least.
func TestOptionsAreThoseThatRulesRead(t *testing.T) {
	table, err := os.ReadFile("../../topology/charms.json")
	require.NoError(t, err)
	var charms struct {
		Defaults struct {
			Rows []struct{ Options []struct{ Name string } }
		} `json:"option_defaults"`
	}
	require.NoError(t, json.Unmarshal(table, &charms))
	require.NotEmpty(t, charms.Defaults.Rows)
	for _, row := range charms.Defaults.Rows {
		for _, o := range row.Options {
			require.Contains(t, plan.Options(), o.Name)
		}
	}
}

// With the .tf files at hand, expressions are evaluated: what references alone
// leave open is told, and every fact has its place in them.
func TestWithModules(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(`locals {
  models = { core = juju_model.core.uuid, vpn = juju_model.vpn.uuid }
}

resource "juju_application" "a" {
  for_each   = local.models
  name       = "storage"
  model_uuid = each.value
  charm {
    name = "x"
  }
  config = merge({ size = "1Gi" }, {
    variant = "4k"
  })
}
`), 0o600))
	changes := []object{core, vpn}
	for _, key := range []string{"core", "vpn"} {
		changes = append(changes, change(`juju_application.a["`+key+`"]`, with(application("storage", "x"), "config", object{"size": "1Gi", "variant": "4k"}), inUnknown))
	}
	doc := document(changes, []object{with(block("juju_application.a", object{"model_uuid": refers("each.value")}), "for_each_expression", refers("local.models"))})
	tree := module.Find(dir, dir, plan.Declares(parse(t, text(t, doc)).Root))
	require.NotNil(t, tree)
	s := plan.Read(parse(t, text(t, doc)).Root, "plan.json", tree).After
	const app = "\n application storage x  trust=no scale=1\n   size=1Gi\n   variant=4k"
	require.Equal(t, "model core whole"+app+"\nmodel vpn whole"+app, told(s))
	at := func(p snapshot.Pos) string {
		source := s.Sources[p.Source()]
		return source.Name + " " + source.Address + " " + number(p.Line()) + ":" + number(p.Column()) + "-" + number(p.EndColumn())
	}
	a := s.Models[0].Applications[0]
	require.Equal(t, `main.tf juju_application.a["core"] 5:1-32`, at(a.At))
	require.Equal(t, `main.tf juju_application.a["core"] 9:3-8`, at(a.CharmAt))
	require.Equal(t, `main.tf juju_application.a["core"] 12:20-32`, at(a.Config[0].At))
	require.Equal(t, `main.tf juju_application.a["core"] 13:5-19`, at(a.Config[1].At))
}

// BenchmarkRead reads a plan of 2,000 resources without its .tf files.
func BenchmarkRead(b *testing.B) {
	const models, each = 20, 99
	var changes, blocks []object
	for m := range models {
		name := "m" + number(m)
		changes = append(changes, change("juju_model."+name, object{"name": name}, object{"uuid": true}))
		for a := range each {
			address := "juju_application." + name + "a" + number(a)
			changes = append(changes, change(address, with(application("a"+number(a), "radarr-k8s"), "config", object{"variant": "4k", "log-level": "info"}), inUnknown))
			blocks = append(blocks, block(address, object{"model_uuid": refers("juju_model."+name+".uuid", "juju_model."+name)}))
		}
	}
	text, err := json.Marshal(document(changes, blocks))
	require.NoError(b, err)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		require.Nil(b, syntax.Parse(string(text), func(d *syntax.Document) bool {
			p := plan.Read(d.Root, "plan.json", nil)
			require.Len(b, p.After.Models, models)
			require.Empty(b, p.After.Gaps)
			return true
		}))
	}
}
