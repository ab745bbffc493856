package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// profileSpec is a profile as a file writes it. A nil slice or map, or an
// empty string, was not written and is taken from the profile it extends.
type profileSpec struct {
	extends, layout, mesh    string
	core, downloads, gateway []string
	gateways, routes         map[string][]string
	offers                   []topology.OfferSide
	roles                    map[string]string
	at                       finding.Location
}

// profiles reads own profiles into those that are known.
func (r *reader) profiles(n *yaml.Node, at string, into map[string]profileSpec) {
	builtin := slices.Sorted(maps.Keys(into))
	r.entries(n, at, func(key, value *yaml.Node, at string) {
		if slices.Contains(builtin, key.Value) {
			r.problem(key, at, "is built in; give yours another name and write extends: %s", key.Value)
			return
		}
		s := r.profile(value, at)
		s.at = r.place(key)
		into[key.Value] = s
	})
}

func (r *reader) profile(n *yaml.Node, at string) profileSpec {
	var s profileSpec
	r.object(n, at,
		field{"extends", r.text(&s.extends)},
		field{"layout", r.oneOf(&s.layout, topology.ThreeModels, topology.SingleModel)},
		field{"models", func(n *yaml.Node, at string) {
			r.object(n, at,
				field{topology.PartCore, r.globs(&s.core)},
				field{topology.PartDownloads, r.globs(&s.downloads)},
				field{topology.PartGateway, r.globs(&s.gateway)},
			)
		}},
		field{"gateways", func(n *yaml.Node, at string) { s.gateways = r.named(n, at) }},
		field{"routes", func(n *yaml.Node, at string) {
			s.routes = r.named(n, at)
			r.entries(n, at, func(key, _ *yaml.Node, at string) { r.role(key, at) })
		}},
		field{"offers", func(n *yaml.Node, at string) {
			s.offers = []topology.OfferSide{}
			r.list(n, at, func(n *yaml.Node, at string) { s.offers = append(s.offers, r.offer(n, at)) })
		}},
		field{"mesh", r.oneOf(&s.mesh, "ambient", "off")},
		field{"roles", func(n *yaml.Node, at string) {
			s.roles = map[string]string{}
			r.entries(n, at, func(key, value *yaml.Node, at string) {
				var role string
				r.text(&role)(value, at)
				if role != "" {
					r.role(r.step(value), at)
				}
				s.roles[key.Value] = role
			})
		}},
	)
	return s
}

// named reads lists of names by key.
func (r *reader) named(n *yaml.Node, at string) map[string][]string {
	out := map[string][]string{}
	r.entries(n, at, func(key, value *yaml.Node, at string) {
		var names []string
		r.texts(&names)(value, at)
		out[key.Value] = names
	})
	return out
}

func (r *reader) globs(dst *[]string) func(*yaml.Node, string) {
	return func(n *yaml.Node, at string) {
		r.texts(dst)(n, at)
		for _, g := range *dst {
			r.glob(n, at, g)
		}
	}
}

// role demands a role that Charmarr has.
func (r *reader) role(n *yaml.Node, at string) {
	if known := topology.Roles(); !slices.Contains(known, n.Value) {
		r.problem(n, at, "%q is no role%s", n.Value, cmp.Or(didYouMean(n.Value, known), "; roles are "+strings.Join(known, ", ")))
	}
}

func (r *reader) offer(n *yaml.Node, at string) topology.OfferSide {
	var o topology.OfferSide
	before := len(r.problems)
	r.object(n, at,
		field{"interface", r.text(&o.Interface)},
		field{"part", r.oneOf(&o.Part, topology.PartCore, topology.PartDownloads, topology.PartGateway)},
		field{"endpoint", r.text(&o.Endpoint)},
	)
	if len(r.problems) == before && (o.Interface == "" || o.Part == "" || o.Endpoint == "") {
		r.problem(n, at, "wants interface, part and endpoint")
	}
	return o
}

// ProfileNames lists the profiles that can be named, in order.
func (c Config) ProfileNames() []string { return slices.Sorted(maps.Keys(c.profiles)) }

// Resolve returns a profile with all that it extends filled in: a field that is
// written replaces the extended profile's, part by part for models, class by
// class for gateways, role by role for routes and charm by charm for roles.
func (c Config) Resolve(name string) (topology.Profile, error) {
	chain, err := c.chain(name)
	if err != nil {
		return topology.Profile{}, err
	}
	p := topology.Profile{Name: name, Chain: chain, Roles: map[string]string{}, Sources: c.Sources}
	gateways, routes := map[string][]string{}, map[string][]string{}
	for _, each := range slices.Backward(chain) {
		s := c.profiles[each]
		p.Layout, p.Mesh = cmp.Or(s.layout, p.Layout), cmp.Or(s.mesh, p.Mesh)
		for _, part := range []struct{ dst, src *[]string }{
			{&p.Models.Core, &s.core}, {&p.Models.Downloads, &s.downloads}, {&p.Models.Gateway, &s.gateway},
		} {
			if *part.src != nil {
				*part.dst = *part.src
			}
		}
		if s.offers != nil {
			p.Offers = s.offers
		}
		maps.Copy(gateways, s.gateways)
		maps.Copy(routes, s.routes)
		maps.Copy(p.Roles, s.roles)
	}
	if p.Layout == "" {
		return topology.Profile{}, fmt.Errorf("profile %q says no layout: write extends: %s, or layout: %s or %s", name, DefaultProfile, topology.ThreeModels, topology.SingleModel)
	}
	p.Mesh = cmp.Or(p.Mesh, "ambient")
	classes := slices.Sorted(maps.Keys(gateways))
	for _, role := range slices.Sorted(maps.Keys(routes)) {
		for _, class := range routes[role] {
			if _, ok := gateways[class]; !ok {
				return topology.Profile{}, fmt.Errorf("profile %q: routes.%s: no gateway has the class %q%s", name, role, class, didYouMean(class, classes))
			}
		}
		p.Routes = append(p.Routes, topology.RouteClass{Role: role, Classes: routes[role]})
	}
	for _, class := range classes {
		if len(gateways[class]) > 0 { // an empty list takes a class away
			p.Gateways = append(p.Gateways, topology.GatewayClass{Class: class, Names: gateways[class]})
		}
	}
	return p, nil
}

// chain lists a profile and those it extends, the nearest first.
func (c Config) chain(name string) ([]string, error) {
	var chain []string
	for next := name; next != ""; next = c.profiles[next].extends {
		if _, ok := c.profiles[next]; !ok {
			what := unknownProfile(next, c.ProfileNames())
			if len(chain) > 0 {
				what = fmt.Sprintf("profile %q: extends: %s", chain[len(chain)-1], what)
			}
			return nil, fmt.Errorf("%s", what)
		}
		if slices.Contains(chain, next) {
			return nil, fmt.Errorf("profile %q extends itself: %s", name, strings.Join(append(chain, next), " -> "))
		}
		chain = append(chain, next)
	}
	return chain, nil
}

func unknownProfile(name string, known []string) string {
	return fmt.Sprintf("no profile is called %q%s", name, cmp.Or(didYouMean(name, known), "; there are "+strings.Join(known, ", ")))
}
