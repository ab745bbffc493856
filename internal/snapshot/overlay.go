package snapshot

import "slices"

// Over lays what files say over what is live, as if they were applied: a
// Kubernetes object that is given later takes the place of an earlier one in any
// case, and a model that is planned that of what is declared.
func Over(live, files Snapshot) Snapshot {
	all := Merge(live, files)
	for i := len(live.Models); i < len(all.Models); i++ {
		all.Models[i].Over = all.Models[i].State == Planned
	}
	return all
}

// Overlaid does the same where both are in one snapshot, as when a recorded one is
// read beside files: what is live then comes first, whatever the order was. A
// snapshot that has only one of the two is left as it is.
func Overlaid(s Snapshot) Snapshot {
	live, files, laid := s.Divided()
	if !laid {
		return s
	}
	// Without sources of their own, both keep their places in those of s.
	live.Sources, files.Sources = nil, nil
	all := Over(live, files)
	all.Sources = s.Sources
	return all
}

// Divided tells apart what is live in a snapshot and what files say; laid is false
// where there is nothing live, or no file. What is said of the reading as a whole
// (gaps, coverage, ignored files) goes with what is live.
func (s Snapshot) Divided() (live, files Snapshot, laid bool) {
	isLive := func(x Source) bool { return x.Kind.Live() }
	if n := slices.IndexFunc(s.Sources, isLive); n < 0 || !slices.ContainsFunc(s.Sources, func(x Source) bool { return !isLive(x) }) {
		return s, Snapshot{}, false
	}
	live, files = s, Snapshot{Schema: s.Schema, Sources: s.Sources, Comments: s.Comments}
	live.Comments = nil // they stand in files
	divide(&s, &live.Models, &files.Models, func(m *Model) Pos { return m.At })
	divide(&s, &live.Namespaces, &files.Namespaces, func(o *Namespace) Pos { return o.At })
	divide(&s, &live.Workloads, &files.Workloads, func(o *Workload) Pos { return o.At })
	divide(&s, &live.Pods, &files.Pods, func(o *Pod) Pos { return o.At })
	divide(&s, &live.Services, &files.Services, func(o *Service) Pos { return o.At })
	divide(&s, &live.ConfigMaps, &files.ConfigMaps, func(o *ConfigMap) Pos { return o.At })
	divide(&s, &live.NetworkPolicies, &files.NetworkPolicies, func(o *NetworkPolicy) Pos { return o.At })
	divide(&s, &live.Gateways, &files.Gateways, func(o *Gateway) Pos { return o.At })
	divide(&s, &live.Routes, &files.Routes, func(o *Route) Pos { return o.At })
	divide(&s, &live.Ingresses, &files.Ingresses, func(o *Ingress) Pos { return o.At })
	divide(&s, &live.AuthorizationPolicies, &files.AuthorizationPolicies, func(o *AuthorizationPolicy) Pos { return o.At })
	divide(&s, &live.ForeignPolicies, &files.ForeignPolicies, func(o *ForeignPolicy) Pos { return o.At })
	divide(&s, &live.PersistentVolumeClaims, &files.PersistentVolumeClaims, func(o *PersistentVolumeClaim) Pos { return o.At })
	divide(&s, &live.PersistentVolumes, &files.PersistentVolumes, func(o *PersistentVolume) Pos { return o.At })
	divide(&s, &live.Nodes, &files.Nodes, func(o *Node) Pos { return o.At })
	return live, files, true
}

// divide divides one list, by the source in which each of it stands.
func divide[T any](s *Snapshot, live, files *[]T, at func(*T) Pos) {
	all := *live
	*live, *files = []T{}, []T{}
	for i := range all {
		source := at(&all[i]).Source()
		if source >= 0 && source < len(s.Sources) && s.Sources[source].Kind.Live() {
			*live = append(*live, all[i])
		} else {
			*files = append(*files, all[i])
		}
	}
}
