package snapshot

import "slices"

// Without takes out of what is live what a plan takes away: what was there before
// it and will not be after.
func Without(live, before, after Snapshot) Snapshot {
	live.Models = slices.Clone(live.Models)
	for i := range live.Models {
		m := &live.Models[i]
		was, will := sameModel(before.Models, m), sameModel(after.Models, m)
		if was == nil {
			continue
		}
		if will == nil {
			will = &Model{}
		}
		m.Applications = gone(m.Applications, was.Applications, will.Applications, func(a Application) string { return a.Name })
		m.Relations = gone(m.Relations, was.Relations, will.Relations, relationKey)
		m.SAAS = gone(m.SAAS, was.SAAS, will.SAAS, func(s SAAS) string { return s.Name })
		m.Offers = gone(m.Offers, was.Offers, will.Offers, func(o Offer) string { return o.Name })
		m.Secrets = gone(m.Secrets, was.Secrets, will.Secrets, func(s Secret) string { return s.ID })
		for j := range m.Applications {
			a := &m.Applications[j]
			old, kept := applicationNamed(was.Applications, a.Name), applicationNamed(will.Applications, a.Name)
			if old != nil && kept != nil {
				a.Config = gone(a.Config, old.Config, kept.Config, func(f Fact) string { return f.Key })
			}
		}
	}
	named := func(m Meta) string { return m.Namespace + "\x00" + m.Name }
	live.Namespaces = gone(live.Namespaces, before.Namespaces, after.Namespaces, func(n Namespace) string { return n.Name })
	live.ConfigMaps = gone(live.ConfigMaps, before.ConfigMaps, after.ConfigMaps, func(c ConfigMap) string { return named(c.Meta) })
	live.NetworkPolicies = gone(live.NetworkPolicies, before.NetworkPolicies, after.NetworkPolicies, func(n NetworkPolicy) string { return named(n.Meta) })
	live.Gateways = gone(live.Gateways, before.Gateways, after.Gateways, func(g Gateway) string { return named(g.Meta) })
	live.Services = gone(live.Services, before.Services, after.Services, func(s Service) string { return named(s.Meta) })
	live.Routes = gone(live.Routes, before.Routes, after.Routes, func(r Route) string { return r.Kind + "\x00" + named(r.Meta) })
	live.AuthorizationPolicies = gone(live.AuthorizationPolicies, before.AuthorizationPolicies, after.AuthorizationPolicies,
		func(a AuthorizationPolicy) string { return named(a.Meta) })
	return live
}

// gone returns a list without what was there before and will not be after.
func gone[T any](list, before, after []T, key func(T) string) []T {
	if len(before) == 0 {
		return list
	}
	kept := map[string]bool{}
	for _, x := range after {
		kept[key(x)] = true
	}
	taken := map[string]bool{}
	for _, x := range before {
		taken[key(x)] = !kept[key(x)]
	}
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return taken[key(x)] })
}

// relationKey is the same from both sides. A status leaves the endpoint of the
// other side out; such a relation stays, for it may be another.
func relationKey(r Relation) string {
	a, b := r.A.Application+":"+r.A.Endpoint, r.B.Application+":"+r.B.Endpoint
	return min(a, b) + " " + max(a, b)
}

func sameModel(models []Model, m *Model) *Model {
	for i := range models {
		if o := &models[i]; m.UUID != "" && o.UUID == m.UUID || o.Name != "" && o.Name == m.Name {
			return o
		}
	}
	return nil
}

func applicationNamed(list []Application, name string) *Application {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}
