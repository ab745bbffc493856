package snapshot

import (
	"reflect"
)

// Replace returns a snapshot with Kubernetes objects in the place of others, as a
// request to the API server would have it: those of old are taken out, those of
// new put in, each in the place of the object of its name where there is one. The
// three are of one source, whose index their places have; s stays as it is.
func Replace(s, old, added Snapshot) Snapshot {
	replaceObjects(&s.Namespaces, old.Namespaces, added.Namespaces, func(o *Namespace) *Meta { return &o.Meta })
	replaceKinds(&s.Workloads, old.Workloads, added.Workloads, func(o *Workload) (string, *Meta) { return o.Kind, &o.Meta })
	replaceObjects(&s.Pods, old.Pods, added.Pods, func(o *Pod) *Meta { return &o.Meta })
	replaceObjects(&s.Services, old.Services, added.Services, func(o *Service) *Meta { return &o.Meta })
	replaceObjects(&s.ConfigMaps, old.ConfigMaps, added.ConfigMaps, func(o *ConfigMap) *Meta { return &o.Meta })
	replaceObjects(&s.NetworkPolicies, old.NetworkPolicies, added.NetworkPolicies, func(o *NetworkPolicy) *Meta { return &o.Meta })
	replaceObjects(&s.Gateways, old.Gateways, added.Gateways, func(o *Gateway) *Meta { return &o.Meta })
	replaceKinds(&s.Routes, old.Routes, added.Routes, func(o *Route) (string, *Meta) { return o.Kind, &o.Meta })
	replaceObjects(&s.Ingresses, old.Ingresses, added.Ingresses, func(o *Ingress) *Meta { return &o.Meta })
	replaceObjects(&s.AuthorizationPolicies, old.AuthorizationPolicies, added.AuthorizationPolicies, func(o *AuthorizationPolicy) *Meta { return &o.Meta })
	replaceKinds(&s.ForeignPolicies, old.ForeignPolicies, added.ForeignPolicies, func(o *ForeignPolicy) (string, *Meta) { return o.APIVersion + o.Kind, &o.Meta })
	replaceObjects(&s.PersistentVolumeClaims, old.PersistentVolumeClaims, added.PersistentVolumeClaims, func(o *PersistentVolumeClaim) *Meta { return &o.Meta })
	replaceObjects(&s.PersistentVolumes, old.PersistentVolumes, added.PersistentVolumes, func(o *PersistentVolume) *Meta { return &o.Meta })
	replaceObjects(&s.Nodes, old.Nodes, added.Nodes, func(o *Node) *Meta { return &o.Meta })
	return s
}

// SameObjects tells whether two snapshots hold the same Kubernetes objects.
func SameObjects(a, b Snapshot) bool {
	return same(a.Namespaces, b.Namespaces) && same(a.Workloads, b.Workloads) && same(a.Pods, b.Pods) &&
		same(a.Services, b.Services) && same(a.ConfigMaps, b.ConfigMaps) && same(a.NetworkPolicies, b.NetworkPolicies) &&
		same(a.Gateways, b.Gateways) && same(a.Routes, b.Routes) && same(a.Ingresses, b.Ingresses) &&
		same(a.AuthorizationPolicies, b.AuthorizationPolicies) && same(a.ForeignPolicies, b.ForeignPolicies) &&
		same(a.PersistentVolumeClaims, b.PersistentVolumeClaims) && same(a.PersistentVolumes, b.PersistentVolumes) &&
		same(a.Nodes, b.Nodes)
}

// Holds tells whether s has each object of part as it is there.
func Holds(s, part Snapshot) bool {
	return holdsObjects(s.Namespaces, part.Namespaces, func(o *Namespace) *Meta { return &o.Meta }) &&
		holdsKinds(s.Workloads, part.Workloads, func(o *Workload) (string, *Meta) { return o.Kind, &o.Meta }) &&
		holdsObjects(s.Pods, part.Pods, func(o *Pod) *Meta { return &o.Meta }) &&
		holdsObjects(s.Services, part.Services, func(o *Service) *Meta { return &o.Meta }) &&
		holdsObjects(s.ConfigMaps, part.ConfigMaps, func(o *ConfigMap) *Meta { return &o.Meta }) &&
		holdsObjects(s.NetworkPolicies, part.NetworkPolicies, func(o *NetworkPolicy) *Meta { return &o.Meta }) &&
		holdsObjects(s.Gateways, part.Gateways, func(o *Gateway) *Meta { return &o.Meta }) &&
		holdsKinds(s.Routes, part.Routes, func(o *Route) (string, *Meta) { return o.Kind, &o.Meta }) &&
		holdsObjects(s.Ingresses, part.Ingresses, func(o *Ingress) *Meta { return &o.Meta }) &&
		holdsObjects(s.AuthorizationPolicies, part.AuthorizationPolicies, func(o *AuthorizationPolicy) *Meta { return &o.Meta }) &&
		holdsKinds(s.ForeignPolicies, part.ForeignPolicies, func(o *ForeignPolicy) (string, *Meta) { return o.APIVersion + o.Kind, &o.Meta }) &&
		holdsObjects(s.PersistentVolumeClaims, part.PersistentVolumeClaims, func(o *PersistentVolumeClaim) *Meta { return &o.Meta }) &&
		holdsObjects(s.PersistentVolumes, part.PersistentVolumes, func(o *PersistentVolume) *Meta { return &o.Meta }) &&
		holdsObjects(s.Nodes, part.Nodes, func(o *Node) *Meta { return &o.Meta })
}

func holdsObjects[T any](list, part []T, meta func(*T) *Meta) bool {
	return holdsKinds(list, part, func(o *T) (string, *Meta) { return "", meta(o) })
}

// holdsKinds tells whether each object of a part is the one of its name in a list.
func holdsKinds[T any](list, part []T, id func(*T) (kind string, meta *Meta)) bool {
	for i := range part {
		kind, of := id(&part[i])
		there := 0
		for j := range list {
			if other, meta := id(&list[j]); other != kind || meta.Name != of.Name || meta.Namespace != of.Namespace {
				continue
			}
			if there++; there > 1 || !reflect.DeepEqual(list[j], part[i]) {
				return false
			}
		}
		if there == 0 {
			return false
		}
	}
	return true
}

func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}

func replaceObjects[T any](list *[]T, old, added []T, meta func(*T) *Meta) {
	replaceKinds(list, old, added, func(o *T) (string, *Meta) { return "", meta(o) })
}

func replaceKinds[T any](list *[]T, old, added []T, id func(*T) (kind string, meta *Meta)) {
	if len(old)+len(added) == 0 {
		return
	}
	is := func(a, b *T) bool {
		kind, x := id(a)
		other, y := id(b)
		return kind == other && x.Name == y.Name && x.Namespace == y.Namespace
	}
	find := func(in []T, o *T) int {
		for i := range in {
			if is(&in[i], o) {
				return i
			}
		}
		return -1
	}
	out := make([]T, 0, len(*list)+len(added))
	put := make([]bool, len(added))
	for i := range *list {
		o := &(*list)[i]
		if at := find(added, o); at >= 0 {
			if !put[at] {
				out = append(out, added[at])
			}
			put[at] = true
			continue
		}
		if find(old, o) < 0 {
			out = append(out, *o)
		}
	}
	for i := range added {
		if !put[i] {
			out = append(out, added[i])
		}
	}
	*list = out
}
