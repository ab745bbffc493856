package deployment

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The types below have the fields of `terraform show -json` that tell something of
// a deployment that is not there yet.
type (
	planned struct {
		FormatVersion    string       `json:"format_version"`
		TerraformVersion string       `json:"terraform_version"`
		Changes          []planChange `json:"resource_changes"`
		Configuration    planConfig   `json:"configuration"`
		Errored          bool         `json:"errored"`
	}
	planConfig struct {
		Root struct {
			Resources []planBlock `json:"resources"`
		} `json:"root_module"`
	}
	planResource struct {
		Address string `json:"address"`
		Mode    string `json:"mode"`
		Type    string `json:"type"`
		Name    string `json:"name"`
	}
	planChange struct {
		planResource
		Provider string     `json:"provider_name"`
		Change   planAction `json:"change"`
	}
	planAction struct {
		Actions []string       `json:"actions"`
		Before  any            `json:"before"`
		After   map[string]any `json:"after"`
		Unknown map[string]any `json:"after_unknown"`
	}
	planBlock struct {
		planResource
		Expressions map[string]any `json:"expressions"`
	}
)

// Plan returns what `terraform show -json` prints of a plan that makes the
// deployment anew: models, applications, integrations and offers, with what is
// known after apply only left out. Terraform consumes an offer under its own name.
func (d *Deployment) Plan() ([]byte, error) {
	p := planned{FormatVersion: "1.2", TerraformVersion: "1.12.6"}
	offers := map[string]string{} // addresses, by model and name
	for _, m := range d.Models {
		for _, o := range m.Offers {
			offers[m.Name+"."+o.Name] = "juju_offer." + label(m.Name, o.Name)
		}
	}
	for _, m := range d.Models {
		model := "juju_model." + label(m.Name)
		p.add(model, map[string]any{"name": m.Name}, map[string]any{"uuid": true, "id": true},
			map[string]any{"name": constant(m.Name)})
		inModel := func(address string, after, unknown, expressions map[string]any) {
			unknown["model_uuid"], expressions["model_uuid"] = true, reference(model, "uuid")
			p.add(address, after, unknown, expressions)
		}
		for _, a := range m.Applications {
			options := map[string]string{}
			for key, value := range a.Options {
				options[key] = fmt.Sprint(value)
			}
			inModel("juju_application."+label(m.Name, a.Name), map[string]any{
				"name": a.Name, "trust": a.Trust, "units": a.Scale, "config": options, "expose": exposedBy(a),
				"charm": []any{map[string]any{"name": a.Charm, "channel": a.Channel, "revision": a.Revision}},
			}, map[string]any{"id": true, "constraints": true}, map[string]any{"name": constant(a.Name)})
		}
		for _, o := range m.Offers {
			inModel(offers[m.Name+"."+o.Name], map[string]any{
				"name": o.Name, "application_name": o.Application, "endpoints": slices.Sorted(slices.Values(o.Endpoints)),
			}, map[string]any{"id": true, "url": true}, map[string]any{"name": constant(o.Name)})
		}
		for i, r := range m.Relations {
			if r.A.Application == r.B.Application {
				continue // a peer relation, which nobody makes
			}
			var ends, marks, blocks []any
			for _, e := range []End{r.A, r.B} {
				end, mark, block := planEnd(m, e, offers)
				ends, marks, blocks = append(ends, end), append(marks, mark), append(blocks, block)
			}
			inModel(fmt.Sprintf("juju_integration.%s_%d", label(m.Name), i), map[string]any{"application": ends},
				map[string]any{"id": true, "application": marks}, map[string]any{"application": blocks})
		}
	}
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil, fmt.Errorf("planning the deployment: %w", err)
	}
	return append(text, '\n'), nil
}

// planEnd is one side of an integration: what is known of it, what is not, and
// what the configuration says. An offer of the plan has no URL yet.
func planEnd(m *Model, e End, offers map[string]string) (after, unknown, block map[string]any) {
	s := m.Saas(e.Application)
	if s == nil {
		return map[string]any{"name": e.Application, "endpoint": e.Endpoint}, map[string]any{},
			map[string]any{"name": constant(e.Application), "endpoint": constant(e.Endpoint)}
	}
	offer, ok := offers[s.Model+"."+s.Offer]
	if !ok { // of another plan, or gone
		return map[string]any{"offer_url": s.url(), "endpoint": e.Endpoint}, map[string]any{"name": true},
			map[string]any{"offer_url": constant(s.url()), "endpoint": constant(e.Endpoint)}
	}
	return map[string]any{"endpoint": e.Endpoint}, map[string]any{"name": true, "offer_url": true},
		map[string]any{"offer_url": reference(offer, "url"), "endpoint": constant(e.Endpoint)}
}

func (p *planned) add(address string, after, unknown, expressions map[string]any) {
	kind, name, _ := strings.Cut(address, ".")
	r := planResource{address, "managed", kind, name}
	p.Changes = append(p.Changes, planChange{r, "registry.terraform.io/juju/juju", planAction{[]string{"create"}, nil, after, unknown}})
	p.Configuration.Root.Resources = append(p.Configuration.Root.Resources, planBlock{r, expressions})
}

func exposedBy(a *Application) []any {
	if a.Exposed {
		return []any{map[string]any{}}
	}
	return []any{}
}

func constant(value string) map[string]any { return map[string]any{"constant_value": value} }

func reference(address, attribute string) map[string]any {
	return map[string]any{"references": []string{address + "." + attribute, address}}
}

// label makes a name of Terraform's of names of Juju's.
func label(names ...string) string {
	return strings.ReplaceAll(strings.Join(names, "_"), "-", "_")
}
