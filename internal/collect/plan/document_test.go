package plan_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/plan"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// object is a JSON object.
type object = map[string]any

// change is a resource to be made; unknown marks what is known after apply only.
func change(address string, after, unknown object) object {
	return action("create", address, nil, after, unknown)
}

func action(what, address string, before, after, unknown object) object {
	out := resource(address)
	out["change"] = object{"actions": strings.Split(what, ","), "before": before, "after": after, "after_unknown": unknown}
	return out
}

// resource is what a change and a state say alike.
func resource(address string) object {
	out := object{"address": address, "mode": "managed"}
	rest := address
	if i := strings.LastIndex(address, "module."); i >= 0 {
		parts := strings.SplitN(address[i:], ".", 3)
		out["module_address"], rest = address[:i]+parts[0]+"."+parts[1], parts[2]
	}
	if data, ok := strings.CutPrefix(rest, "data."); ok {
		out["mode"], rest = "data", data
	}
	out["type"], rest, _ = strings.Cut(rest, ".")
	out["name"], _, _ = strings.Cut(rest, "[")
	return out
}

// refers is an expression that refers to others.
func refers(to ...string) object { return object{"references": to} }

// block is a block of the configuration.
func block(address string, expressions object) object {
	out := resource(address)
	delete(out, "module_address")
	out["expressions"] = expressions
	return out
}

func document(changes []object, blocks []object) object {
	return object{
		"format_version": "1.2", "resource_changes": changes,
		"configuration": object{"root_module": object{"resources": blocks}},
	}
}

func application(name, charm string) object {
	return object{"name": name, "charm": []object{{"name": charm}}}
}

// with returns a copy of an object with more in it.
func with(o object, pairs ...any) object {
	out := object{}
	maps.Copy(out, o)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func text(t *testing.T, doc any) string {
	t.Helper()
	out, err := json.MarshalIndent(doc, "", " ")
	require.NoError(t, err)
	return string(out)
}

func parse(t *testing.T, text string) *syntax.Document {
	t.Helper()
	var out *syntax.Document
	require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
		require.Nil(t, d.Err)
		out = d
		return false
	}))
	return out
}

func read(t *testing.T, doc object) plan.Plan {
	t.Helper()
	return plan.Read(parse(t, text(t, doc)).Root, "plan.json", nil)
}

// told writes what a snapshot says of Juju, a line each.
func told(s snapshot.Snapshot) string {
	var out []string
	add := func(words ...string) { out = append(out, strings.TrimRight(strings.Join(words, " "), " ")) }
	for _, m := range s.Models {
		whole := "partly"
		if len(m.Evidence) > 0 {
			whole = "whole"
		}
		add("model", m.Name+m.UUID, whole)
		for _, a := range m.Applications {
			add(" application", a.Name, a.Charm, a.Channel, "trust="+string(a.Trust), "scale="+json.Number(number(a.Scale)).String())
			for _, f := range a.Config {
				add("  ", f.Key+"="+f.Value)
			}
			for _, u := range a.Unsettled {
				add("   unsettled", u)
			}
		}
		for _, r := range m.Relations {
			add(" relation", r.A.Application+":"+r.A.Endpoint, r.B.Application+":"+r.B.Endpoint)
		}
		for _, x := range m.SAAS {
			add(" saas", x.Name, x.URL)
		}
		for _, o := range m.Offers {
			add(" offer", o.Name, "of", o.Application)
		}
		for _, x := range m.Secrets {
			add(" secret", x.ID, x.Label, strings.Join(x.Readers, ","))
		}
	}
	for _, g := range s.Gaps {
		add("gap", g.What+":", g.Reason)
	}
	return strings.Join(out, "\n")
}

func number(n int) string {
	out, _ := json.Marshal(n) // of a whole number, which cannot fail
	return string(out)
}

// core is a model that is to be made, with the block that makes it.
var (
	core      = change("juju_model.core", object{"name": "core"}, object{"uuid": true, "id": true})
	vpn       = change("juju_model.vpn", object{"name": "vpn"}, object{"uuid": true, "id": true})
	coreUUID  = refers("juju_model.core.uuid", "juju_model.core")
	vpnUUID   = refers("juju_model.vpn.uuid", "juju_model.vpn")
	inUnknown = object{"model_uuid": true}
)

const (
	uuid  = "11111111-2222-4333-8444-555555555555"
	later = "it is known after apply only, and no reference in the configuration tells it; with the .tf files beside the plan more can be told"
)
