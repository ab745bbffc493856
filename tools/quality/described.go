package main

import (
	"fmt"
	"slices"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// described returns the mutants of what the operator describes to Juju: each is
// the whole deployment with one change, as all its files then show it.
func described() []mutant {
	var all []mutant
	add := func(operator, what string, change func(*deployment.Deployment)) {
		all = append(all, mutant{
			operator: operator, what: what,
			files: func() (map[string][]byte, error) {
				d := deployment.Clean()
				change(d)
				return d.Files()
			},
		})
	}
	clean := deployment.Clean()
	for i, m := range clean.Models {
		for j, r := range m.Relations {
			what := fmt.Sprintf("%s: %s %s", m.Name, r.A, r.B)
			add("remove a relation", what, func(d *deployment.Deployment) {
				d.Models[i].Relations = slices.Delete(d.Models[i].Relations, j, j+1)
			})
		}
		for j, o := range m.Offers {
			add("remove an offer", m.Name+"."+o.Name, func(d *deployment.Deployment) {
				d.Models[i].Offers = slices.Delete(d.Models[i].Offers, j, j+1)
			})
			for k, e := range o.Endpoints {
				if len(o.Endpoints) > 1 {
					add("take an endpoint out of an offer", m.Name+"."+o.Name+":"+e, func(d *deployment.Deployment) {
						offer := d.Models[i].Offers[j]
						offer.Endpoints = slices.Delete(slices.Clone(offer.Endpoints), k, k+1)
					})
				}
			}
		}
		for j, a := range m.Applications {
			name := m.Name + "/" + a.Name
			of := func(change func(*deployment.Application)) func(*deployment.Deployment) {
				return func(d *deployment.Deployment) { change(d.Models[i].Applications[j]) }
			}
			add("remove an application", name, func(d *deployment.Deployment) { d.Remove(m.Name, a.Name) })
			add("drop trust", name, of(func(a *deployment.Application) { a.Trust = false }))
			add("expose", name, of(func(a *deployment.Application) { a.Exposed = true }))
			add("add a unit", name, of(func(a *deployment.Application) { a.Scale++ }))
			add("scale to none", name, of(func(a *deployment.Application) { a.Scale = 0 }))
			add("change the channel", name, of(func(a *deployment.Application) { a.Channel = "3/beta" }))
			add("block", name, of(func(a *deployment.Application) { a.Status, a.Message = "blocked", "something is missing" }))
			for _, option := range sortedKeys(a.Options) {
				add("drop an option", name+" "+option, of(func(a *deployment.Application) { delete(a.Options, option) }))
				for _, other := range otherValues(a.Options[option]) {
					add("change an option", fmt.Sprintf("%s %s=%v", name, option, other), of(func(a *deployment.Application) { a.Options[option] = other }))
				}
			}
			for _, option := range optionsNotSaid(a) {
				if a.Options[option.name] == option.value {
					continue
				}
				add("set an option", fmt.Sprintf("%s %s=%v", name, option.name, option.value), of(func(a *deployment.Application) {
					if a.Options == nil {
						a.Options = map[string]any{}
					}
					a.Options[option.name] = option.value
				}))
			}
		}
	}
	return all
}

// otherValues are values of an option near the one it has.
func otherValues(value any) []any {
	switch v := value.(type) {
	case bool:
		return []any{!v}
	case int:
		return []any{v + 1}
	case string:
		if v == "" {
			return []any{"x"}
		}
		out := []any{""}
		for _, e := range otherTexts(v) {
			out = append(out, e.text)
		}
		return out
	}
	return nil
}

type option struct {
	name  string
	value any
}

// optionsNotSaid are options that an operator may set in good faith and should
// not, by charm.
func optionsNotSaid(a *deployment.Application) []option {
	switch a.Charm {
	case "qbittorrent-k8s", "sabnzbd-k8s":
		return []option{{"unsafe-mode", true}}
	case "gluetun-k8s":
		return []option{
			{"dns-over-tls", true}, {"custom-overrides", `{"FIREWALL":"off"}`}, {"custom-overrides", "not JSON"},
			{"vpn-type", "openvpn"}, {"vpn-provider", "mullvad"},
		}
	case "istio-beacon-k8s":
		return []option{{"model-on-mesh", true}, {"manage-authorization-policies", false}}
	case "istio-ingress-k8s":
		return []option{{"external-traffic-policy-cidrs", "0.0.0.0/0"}}
	case "radarr-k8s", "sonarr-k8s", "prowlarr-k8s", "seerr-k8s":
		return []option{{"ingress-path", "/"}, {"ingress-port", 8080}, {"api-key-rotation", "disabled"}}
	}
	return nil
}
