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
		all.Add(part)
	}
	return normalised(all)
}

// Add puts a part beside what is there whose places are already those of the
// whole.
func (s *Snapshot) Add(part Snapshot) {
	s.Sources = append(s.Sources, part.Sources...)
	s.Models = append(s.Models, part.Models...)
	s.Namespaces = append(s.Namespaces, part.Namespaces...)
	s.Workloads = append(s.Workloads, part.Workloads...)
	s.Pods = append(s.Pods, part.Pods...)
	s.Services = append(s.Services, part.Services...)
	s.ConfigMaps = append(s.ConfigMaps, part.ConfigMaps...)
	s.NetworkPolicies = append(s.NetworkPolicies, part.NetworkPolicies...)
	s.Gateways = append(s.Gateways, part.Gateways...)
	s.Routes = append(s.Routes, part.Routes...)
	s.Ingresses = append(s.Ingresses, part.Ingresses...)
	s.AuthorizationPolicies = append(s.AuthorizationPolicies, part.AuthorizationPolicies...)
	s.ForeignPolicies = append(s.ForeignPolicies, part.ForeignPolicies...)
	s.PersistentVolumeClaims = append(s.PersistentVolumeClaims, part.PersistentVolumeClaims...)
	s.PersistentVolumes = append(s.PersistentVolumes, part.PersistentVolumes...)
	s.Nodes = append(s.Nodes, part.Nodes...)
	s.Coverage = append(s.Coverage, part.Coverage...)
	s.Comments = append(s.Comments, part.Comments...)
	s.Gaps = append(s.Gaps, part.Gaps...)
	s.Ignored = append(s.Ignored, part.Ignored...)
}

// Place gives every fact of a snapshot one place: that of what makes them.
func (s *Snapshot) Place(at Pos) {
	w := walk{pos: func(p *Pos) { *p = at }}
	w.snapshot(s)
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
	each(w, &s.Comments, func(c *Comment) { w.pos(&c.At) })
}

func (w *walk) model(m *Model) {
	w.pos(&m.At)
	each(w, &m.Applications, func(a *Application) {
		w.pos(&a.At)
		w.pos(&a.CharmAt)
		w.set(&a.ExposedAt)
		w.set(&a.TrustAt)
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

// set visits a place that may not be there.
func (w *walk) set(p *Pos) {
	if *p != (Pos{}) {
		w.pos(p)
	}
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
