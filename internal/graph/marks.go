package graph

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// mark puts the findings of this stack where their subjects are.
func (b *builder) mark(found []finding.Finding, out []Finding) {
	places := b.places()
	for i, f := range found {
		if f.Stack != b.in.Name {
			continue
		}
		for _, key := range b.placesOf(places, f.Subject) {
			b.add(key, out[i])
			out[i].On = append(out[i].On, b.prefix+key)
		}
	}
	for key := range b.marks {
		slices.SortFunc(b.marks[key], func(x, y Mark) int {
			return cmp.Or(cmp.Compare(grave(y), grave(x)), cmp.Compare(x.Rule, y.Rule))
		})
	}
}

func grave(m Mark) int {
	if m.Waived {
		return 0
	}
	return rank(m.Level)
}

func (b *builder) add(key string, f Finding) {
	for i, m := range b.marks[key] {
		if m.Rule == f.Rule && m.Level == f.Level && m.Waived == f.Waived {
			b.marks[key][i].Findings = append(m.Findings, f.Number)
			return
		}
	}
	b.marks[key] = append(b.marks[key], Mark{Rule: f.Rule, Level: f.Level, Waived: f.Waived, Findings: []int{f.Number}})
}

// places leads from subjects to the keys of what stands for them.
func (b *builder) places() map[topology.Subject][]string {
	places := map[topology.Subject][]string{}
	to := func(s topology.Subject, keys ...string) { places[s] = append(places[s], keys...) }
	for s, key := range b.relations {
		to(s, key)
	}
	for _, m := range b.in.Models {
		to(m.Subject, clusterKey(m.Name))
	}
	for _, n := range b.in.Namespaces {
		to(n.Subject, clusterKey(b.modelOf(n.Name)))
	}
	for i := range b.in.Applications {
		a := &b.in.Applications[i]
		key := nodeKey(Application, a.Model, a.Name)
		to(a.Subject, key)
		for j := range a.Workloads {
			to(a.Workloads[j].Subject, key)
		}
		for j := range a.Pods {
			to(a.Pods[j].Subject, key)
		}
	}
	for _, o := range b.in.Offers {
		to(o.Subject, nodeKey(Offer, o.Model, o.Name))
	}
	for _, s := range b.in.SAAS {
		to(s.Subject, nodeKey(SAAS, s.Model, s.Name))
	}
	for _, g := range b.in.Gateways {
		if !g.Waypoint {
			to(g.Subject, nodeKey(Gateway, g.Namespace, g.Name))
		}
	}
	for _, s := range b.in.Services {
		if s.Application != "" {
			to(s.Subject, nodeKey(Application, b.modelOf(s.Namespace), s.Application))
		}
	}
	for _, c := range b.in.ConfigMaps {
		if c.Application != "" {
			to(c.Subject, nodeKey(Application, b.modelOf(c.Namespace), c.Application))
		}
	}
	for _, i := range b.in.Ingresses {
		to(i.Subject, nodeKey(IngressWay, b.modelOf(i.Namespace), i.Name))
	}
	selected := func(s topology.Subject, ids []string) {
		for i := range b.in.Applications {
			if a := &b.in.Applications[i]; slices.Contains(ids, a.ID) {
				to(s, nodeKey(Application, a.Model, a.Name))
			}
		}
	}
	for _, p := range b.in.NetworkPolicies {
		selected(p.Subject, p.Selects)
	}
	for _, p := range b.in.AuthorizationPolicies {
		selected(p.Subject, p.Selects)
	}
	return places
}

// modelOf returns the model whose namespace it is.
func (b *builder) modelOf(namespace string) string {
	for _, m := range b.in.Models {
		if m.Namespace == namespace {
			return m.Name
		}
	}
	return namespace
}

// placesOf returns the keys of what stands for a subject: the thing itself, else
// an application of that name, else its model; nothing where the picture has
// none of them.
func (b *builder) placesOf(places map[topology.Subject][]string, s finding.Subject) []string {
	there := func(keys ...string) []string {
		return slices.DeleteFunc(keys, func(key string) bool {
			return b.nodes[key] == nil && b.edges[key] == nil && b.clusters[key] == nil
		})
	}
	if keys := there(slices.Clone(places[topology.Subject(s)])...); len(keys) > 0 {
		return keys
	}
	model := cmp.Or(s.Model, b.modelOf(s.Namespace))
	if keys := there(nodeKey(Application, model, s.Name)); len(keys) > 0 {
		return keys
	}
	return there(clusterKey(model))
}
