package snapshot

import "slices"

// Merge puts snapshots side by side, in the order given. Nothing is joined or
// removed: two sources that speak of the same object stay two observations.
// Positions are renumbered to the merged list of sources; the arguments are
// left as they were.
func Merge(parts ...Snapshot) Snapshot {
	all := Snapshot{Schema: Schema}
	for _, part := range parts {
		if base := len(all.Sources); base > 0 {
			part = renumbered(part, int32(base))
		}
		all.Sources = append(all.Sources, part.Sources...)
		all.Models = append(all.Models, part.Models...)
		all.Namespaces = append(all.Namespaces, part.Namespaces...)
		all.Workloads = append(all.Workloads, part.Workloads...)
		all.Pods = append(all.Pods, part.Pods...)
		all.Services = append(all.Services, part.Services...)
		all.ConfigMaps = append(all.ConfigMaps, part.ConfigMaps...)
		all.NetworkPolicies = append(all.NetworkPolicies, part.NetworkPolicies...)
		all.Gateways = append(all.Gateways, part.Gateways...)
		all.Routes = append(all.Routes, part.Routes...)
		all.Ingresses = append(all.Ingresses, part.Ingresses...)
		all.AuthorizationPolicies = append(all.AuthorizationPolicies, part.AuthorizationPolicies...)
		all.ForeignPolicies = append(all.ForeignPolicies, part.ForeignPolicies...)
		all.PersistentVolumeClaims = append(all.PersistentVolumeClaims, part.PersistentVolumeClaims...)
		all.PersistentVolumes = append(all.PersistentVolumes, part.PersistentVolumes...)
		all.Nodes = append(all.Nodes, part.Nodes...)
		all.Coverage = append(all.Coverage, part.Coverage...)
		all.Gaps = append(all.Gaps, part.Gaps...)
		all.Ignored = append(all.Ignored, part.Ignored...)
	}
	return normalised(all)
}

// renumbered returns a copy of s whose positions point base sources further.
func renumbered(s Snapshot, base int32) Snapshot {
	w := walk{own: true, pos: func(p *Pos) { p[0] += base }}
	w.snapshot(&s)
	return s
}

// walk visits every position of a snapshot. With own set it first copies each
// slice that holds positions, so that the caller's are not written to.
type walk struct {
	own bool
	pos func(*Pos)
}

// each visits the elements of a slice.
func each[T any](w *walk, list *[]T, visit func(*T)) {
	if w.own {
		*list = slices.Clone(*list)
	}
	for i := range *list {
		visit(&(*list)[i])
	}
}

func (w *walk) snapshot(s *Snapshot) {
	each(w, &s.Models, w.model)
	each(w, &s.Namespaces, func(n *Namespace) { w.meta(&n.Meta) })
	each(w, &s.Workloads, func(x *Workload) {
		w.meta(&x.Meta)
		w.podSpec(&x.Template)
		each(w, &x.Claims, func(c *ClaimTemplate) {
			w.pos(&c.At)
			w.facts(&c.Labels)
		})
	})
	each(w, &s.Pods, func(p *Pod) {
		w.meta(&p.Meta)
		w.podSpec(&p.Spec)
	})
	each(w, &s.Services, func(x *Service) {
		w.meta(&x.Meta)
		w.pos(&x.TypeAt)
		w.facts(&x.Selector)
	})
	each(w, &s.ConfigMaps, func(c *ConfigMap) {
		w.meta(&c.Meta)
		w.facts(&c.Data)
		each(w, &c.Enablement, func(e *EnablementSelector) {
			w.facts(&e.Pod.MatchLabels)
			w.facts(&e.Namespace.MatchLabels)
		})
	})
	each(w, &s.NetworkPolicies, func(n *NetworkPolicy) {
		w.meta(&n.Meta)
		w.facts(&n.PodSelector.MatchLabels)
		w.pos(&n.SelectorAt)
		w.pos(&n.TypesAt)
		each(w, &n.Egress, func(r *NetworkRule) {
			w.pos(&r.At)
			each(w, &r.Peers, func(p *NetworkPeer) {
				w.pos(&p.At)
				w.facts(&p.PodSelector.MatchLabels)
				w.facts(&p.NamespaceSelector.MatchLabels)
			})
		})
	})
	each(w, &s.Gateways, func(g *Gateway) { w.meta(&g.Meta) })
	each(w, &s.Routes, func(r *Route) {
		w.meta(&r.Meta)
		each(w, &r.Parents, func(x *RouteRef) { w.pos(&x.At) })
		each(w, &r.Backends, func(x *RouteRef) { w.pos(&x.At) })
	})
	each(w, &s.Ingresses, func(i *Ingress) {
		w.meta(&i.Meta)
		each(w, &i.Backends, func(x *RouteRef) { w.pos(&x.At) })
	})
	each(w, &s.AuthorizationPolicies, func(a *AuthorizationPolicy) {
		w.meta(&a.Meta)
		w.facts(&a.Selector.MatchLabels)
		each(w, &a.Targets, func(t *TargetRef) { w.pos(&t.At) })
		each(w, &a.Rules, func(r *AuthorizationRule) {
			w.pos(&r.At)
			w.facts(&r.Principals)
			w.facts(&r.IPBlocks)
		})
	})
	each(w, &s.ForeignPolicies, func(p *ForeignPolicy) { w.meta(&p.Meta) })
	each(w, &s.PersistentVolumeClaims, func(c *PersistentVolumeClaim) {
		w.meta(&c.Meta)
		w.pos(&c.ModesAt)
	})
	each(w, &s.PersistentVolumes, func(v *PersistentVolume) {
		w.meta(&v.Meta)
		w.pos(&v.ReclaimAt)
		w.pos(&v.BackingAt)
	})
	each(w, &s.Nodes, func(n *Node) { w.meta(&n.Meta) })
}

func (w *walk) model(m *Model) {
	w.pos(&m.At)
	each(w, &m.Applications, func(a *Application) {
		w.pos(&a.At)
		w.pos(&a.CharmAt)
		w.facts(&a.Config)
		w.facts(&a.Bindings)
	})
	each(w, &m.Relations, func(r *Relation) { w.pos(&r.At) })
	each(w, &m.SAAS, func(s *SAAS) { w.pos(&s.At) })
	each(w, &m.Offers, func(o *Offer) { w.pos(&o.At) })
	each(w, &m.Units, func(u *Unit) {
		w.pos(&u.At)
		each(w, &u.Relations, func(r *UnitRelation) {
			w.pos(&r.At)
			w.facts(&r.ApplicationData)
		})
	})
	each(w, &m.Secrets, func(s *Secret) { w.pos(&s.At) })
}

func (w *walk) meta(m *Meta) {
	w.pos(&m.At)
	w.facts(&m.Labels)
	w.facts(&m.Annotations)
}

func (w *walk) podSpec(s *PodSpec) {
	w.pos(&s.At)
	w.facts(&s.Labels)
	w.facts(&s.Annotations)
	w.pos(&s.FSGroupAt)
	each(w, &s.Volumes, func(v *Volume) { w.pos(&v.At) })
	each(w, &s.InitContainers, w.container)
	each(w, &s.Containers, w.container)
}

func (w *walk) container(c *Container) {
	w.pos(&c.At)
	w.pos(&c.ImageAt)
	w.pos(&c.PrivilegedAt)
	w.pos(&c.CapabilitiesAt)
	w.facts(&c.Env)
	each(w, &c.Mounts, func(m *Mount) { w.pos(&m.At) })
}

func (w *walk) facts(list *[]Fact) {
	each(w, list, func(f *Fact) { w.pos(&f.At) })
}

// normalised returns s with the schema set and no nil list at its top, the
// form in which a snapshot is written.
func normalised(s Snapshot) Snapshot {
	s.Schema = Schema
	notNil(&s.Sources)
	notNil(&s.Models)
	notNil(&s.Namespaces)
	notNil(&s.Workloads)
	notNil(&s.Pods)
	notNil(&s.Services)
	notNil(&s.ConfigMaps)
	notNil(&s.NetworkPolicies)
	notNil(&s.Gateways)
	notNil(&s.Routes)
	notNil(&s.Ingresses)
	notNil(&s.AuthorizationPolicies)
	notNil(&s.ForeignPolicies)
	notNil(&s.PersistentVolumeClaims)
	notNil(&s.PersistentVolumes)
	notNil(&s.Nodes)
	notNil(&s.Coverage)
	notNil(&s.Gaps)
	notNil(&s.Ignored)
	return s
}

func notNil[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
