package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/collect/plan"
	"github.com/charmarr/charmarr-lint/internal/graph/format"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/report"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// canaries hands out texts that look like nothing and are looked for afterwards.
type canaries struct{ n int }

func (c *canaries) next() string {
	c.n++
	return fmt.Sprintf("canary%03dyrano", c.n)
}

// plant puts canaries wherever a plan can hold a value that is no name, and beside
// each key that is there one that is not.
func (c *canaries) plant(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = c.plant(inner, k)
		}
		switch key {
		case "after", "before", "values", "change", "expressions", "constant_value", "config", "root_module", "juju":
			v["value"], v["value_wo"], v["registry_credentials"] = map[string]any{"private-key": c.next()}, c.next(), []any{map[string]any{"password": c.next(), "user": c.next()}}
			v["motto"] = c.next()
		}
		if key == "config" {
			v["password"], v["notes"], v["claim-token"], v["custom-overrides"] = c.next(), c.next(), c.next(), `{"OPENVPN_PASSWORD": "`+c.next()+`", "OPENVPN_USER": "`+c.next()+`", "NOTE": "`+c.next()+`"}`
		}
		return v
	case []any:
		for i := range v {
			v[i] = c.plant(v[i], key)
		}
	}
	return v
}

// A plan holds secrets in the open, wherever its author put them. None reaches a
// report, a snapshot or a picture.
func TestNoSecretOfAPlanIsTold(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	text, err := deployment.Clean().Plan()
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(text, &doc))
	var c canaries
	c.plant(doc, "")
	root := doc["configuration"].(map[string]any)["root_module"].(map[string]any)
	root["variables"] = map[string]any{"key": map[string]any{"sensitive": true}, "token": map[string]any{}, "default": map[string]any{"default": c.next()}}
	doc["variables"] = map[string]any{"key": map[string]any{"value": c.next()}, "token": map[string]any{"value": c.next()}, "other": map[string]any{"value": c.next()}}
	doc["configuration"].(map[string]any)["provider_config"] = map[string]any{"juju": map[string]any{"expressions": map[string]any{"password": map[string]any{"constant_value": c.next()}}}}
	doc["output_changes"] = map[string]any{"x": map[string]any{"after": c.next()}}
	doc["planned_values"] = map[string]any{"outputs": map[string]any{"x": map[string]any{"value": c.next()}}}
	changes := doc["resource_changes"].([]any)
	for _, kind := range []string{"juju_secret", "juju_user", "null_resource", "kubernetes_secret", "random_password", "juju_access_secret"} {
		changes = append(changes, map[string]any{
			"address": kind + ".x", "mode": "managed", "type": kind, "name": "x",
			"change": map[string]any{"actions": []any{"create"}, "after": map[string]any{"name": "x", "model_uuid": c.next(), "value": map[string]any{"k": c.next()}, "result": c.next(), "data": map[string]any{"k": c.next()}}},
		})
	}
	doc["resource_changes"] = changes
	doc["prior_state"] = map[string]any{"values": map[string]any{"outputs": map[string]any{"x": map[string]any{"value": c.next()}}, "root_module": map[string]any{"resources": []any{map[string]any{
		"address": "juju_secret.old", "mode": "managed", "type": "juju_secret", "name": "old", "values": map[string]any{"value": map[string]any{"k": c.next()}},
	}}}}}
	require.Greater(t, c.n, 100)

	dir := t.TempDir()
	t.Chdir(dir)
	write := func(name string, doc any) {
		text, err := json.MarshalIndent(doc, "", " ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(name, text, 0o600))
	}
	write("plan.json", doc)
	doc["variables"].(map[string]any)["key"] = map[string]any{"value": c.next()}
	changes[0].(map[string]any)["change"].(map[string]any)["actions"] = []any{"no-op"}
	write("other.json", doc)
	require.NoError(t, os.WriteFile("main.tf", []byte(`variable "key" {
  sensitive = true
  default   = "`+c.next()+`"
}
resource "juju_model" "charmarr_core" {
  config = { password = "`+c.next()+`" }
}
`), 0o600))

	told := map[string]string{}
	run := func(name string, args ...string) {
		var out, errs bytes.Buffer
		Main(args, strings.NewReader(""), &out, &errs, os.Environ())
		require.NotEmpty(t, out.String()+errs.String(), name)
		told[name] = out.String() + errs.String()
	}
	for _, f := range report.Names() {
		run("check "+f, "check", "-v", "-f", f, "plan.json")
		run("variants "+f, "check", "-f", f, "plan.json", "other.json")
	}
	for _, f := range format.Names() {
		run("graph "+f, "graph", "-f", f, "plan.json")
	}
	run("snapshot", "snapshot", "-v", "plan.json", "other.json")
	for name, text := range told {
		require.Empty(t, around(text, "yrano"), name)
	}
	// The last report, which explain goes by.
	require.NoError(t, filepath.WalkDir(os.Getenv("HOME"), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		kept, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Empty(t, around(string(kept), "yrano"), name)
		return nil
	}))
}

// planOf is a plan of one application of one model, that brings it or takes it away.
func planOf(name, before, after string) plan.Plan {
	of := func(application string) snapshot.Snapshot {
		m := snapshot.Model{Name: "core", State: snapshot.Planned}
		if application != "" {
			m.Applications = []snapshot.Application{{Name: application}}
		}
		return snapshot.Merge(snapshot.Snapshot{Sources: []snapshot.Source{{Kind: snapshot.TerraformPlan, Name: name}}, Models: []snapshot.Model{m}})
	}
	return plan.Plan{Name: name, After: of(after), Before: of(before), Variables: []plan.Variable{{Name: "x", Value: name}}, Managed: []string{"juju_application." + before + after}}
}

func TestVariantsOfPlans(t *testing.T) {
	told := func(variants []lint.Variant) string {
		var out []string
		for _, v := range variants {
			words := []string{v.Name}
			for _, in := range v.Inputs {
				words = append(words, in.Name+"="+in.Value)
			}
			for _, s := range []snapshot.Snapshot{*v.Before, v.After} {
				words = append(words, "|")
				for _, m := range s.Models {
					for _, a := range m.Applications {
						words = append(words, a.Name)
					}
				}
			}
			out = append(out, strings.Join(words, " "))
		}
		return strings.Join(out, "; ")
	}
	a, same, other := planOf("a", "", "radarr"), planOf("b", "", "radarr"), planOf("c", "sonarr", "")
	live := snapshot.Snapshot{Models: []snapshot.Model{{Name: "core", State: snapshot.Declared, Applications: []snapshot.Application{{Name: "sonarr"}, {Name: "plex"}}}}}
	for name, c := range map[string]struct {
		plans          []plan.Plan
		want, overLive string
	}{
		"one":                 {[]plan.Plan{a}, "a x=a | | radarr", "a x=a | sonarr plex | sonarr plex radarr"},
		"one that takes away": {[]plan.Plan{other}, "c x=c | sonarr |", "c x=c | sonarr plex | plex"},
		"of one deployment":   {[]plan.Plan{a, same}, "a x=a | | radarr; b x=b | | radarr", "a x=a | sonarr plex | sonarr plex radarr; b x=b | sonarr plex | sonarr plex radarr"},
		"of two parts":        {[]plan.Plan{a, other}, "a | sonarr | radarr", "a | sonarr plex | plex radarr"},
		"none":                {nil, "", " | sonarr plex | sonarr plex"},
	} {
		t.Run(name, func(t *testing.T) {
			read := collected{plans: file.Reading{Plans: c.plans}}
			require.Equal(t, c.want, told(read.variants()))
			require.Equal(t, c.overLive, told(read.over(live)))
			// Over what was recorded as over what is live.
			recorded := live
			recorded.Sources = []snapshot.Source{{Kind: snapshot.JujuController, Name: "home"}}
			read.plans.Others = recorded
			if len(c.plans) > 0 {
				require.Equal(t, c.overLive, told(read.variants()))
			}
			read.plans.Others = snapshot.Merge(recorded, snapshot.Snapshot{Sources: []snapshot.Source{{Kind: snapshot.Manifest, Name: "x.yaml"}}})
			require.Equal(t, c.overLive, told(read.variants()))
		})
	}
}

// around returns where a word stands in a text; empty where it does not.
func around(text, word string) string {
	i := strings.Index(text, word)
	if i < 0 {
		return ""
	}
	return text[max(i-60, 0):min(i+20, len(text))]
}
