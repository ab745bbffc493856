package topology

import (
	"fmt"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// joinObjects gives each Kubernetes object to the model of its namespace. A
// namespace that Juju does not show becomes a model only where something in it
// is managed by Juju.
func (e *estate) joinObjects() {
	managed := e.jujuNamespaces()
	target := func(ns string) *model {
		if list := e.byName[ns]; len(list) > 0 {
			return list[0]
		}
		if managed[ns] {
			return e.add("", ns)
		}
		return nil
	}
	s := &e.snap
	for i := range s.Namespaces {
		o := &s.Namespaces[i]
		if m := e.ofNamespace(o); m != nil {
			m.namespace = o
			m.evidence[snapshot.KubeNamespaces] = true
		} else if m := target(o.Name); m != nil {
			m.namespace = o
			m.evidence[snapshot.KubeNamespaces] = true
		}
	}
	give := func(meta *snapshot.Meta, ev snapshot.Evidence) *model {
		if meta.Namespace == "" {
			return nil // reported by homeless
		}
		m := target(meta.Namespace)
		if m != nil {
			m.evidence[ev] = true
		}
		return m
	}
	for _, o := range latest(s.Workloads, func(o *snapshot.Workload) objectID { return objectID{o.Kind, o.Namespace, o.Name} }) {
		if m := give(&o.Meta, snapshot.KubeWorkloads); m != nil {
			m.workloads = append(m.workloads, o)
		}
	}
	for _, o := range latest(s.Pods, func(o *snapshot.Pod) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubePods); m != nil {
			m.pods = append(m.pods, o)
		}
	}
	for _, o := range latest(s.Services, func(o *snapshot.Service) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeServices); m != nil {
			m.services = append(m.services, o)
		}
	}
	for _, o := range latest(s.ConfigMaps, func(o *snapshot.ConfigMap) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeConfigMaps); m != nil {
			m.configMaps = append(m.configMaps, o)
		}
	}
	for _, o := range latest(s.NetworkPolicies, func(o *snapshot.NetworkPolicy) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeNetworkPolicies); m != nil {
			m.policies = append(m.policies, o)
		}
	}
	for _, o := range latest(s.Gateways, func(o *snapshot.Gateway) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeGateways); m != nil {
			m.gateways = append(m.gateways, o)
		}
	}
	for _, o := range latest(s.Routes, func(o *snapshot.Route) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeRoutes); m != nil {
			m.routes = append(m.routes, o)
		}
	}
	e.homeless()
}

// objectID tells objects of one list apart.
type objectID struct{ kind, namespace, name string }

func metaID(m *snapshot.Meta) objectID { return objectID{"", m.Namespace, m.Name} }

// latest returns the objects of a list, each identity once: of an object that
// was given twice the later one counts, for a file given later says how the
// object is to be.
func latest[T any](list []T, id func(*T) objectID) []*T {
	out := make([]*T, 0, len(list))
	index := make(map[objectID]int, len(list))
	for i := range list {
		o := &list[i]
		if at, ok := index[id(o)]; ok {
			out[at] = o
			continue
		}
		index[id(o)] = len(out)
		out = append(out, o)
	}
	return out
}

// ofNamespace finds the model of a namespace by its UUID, where both say it.
func (e *estate) ofNamespace(ns *snapshot.Namespace) *model {
	for _, list := range [][]snapshot.Fact{ns.Labels, ns.Annotations} {
		if id, ok := snapshot.Lookup(list, labelModelID); ok && id.Value != "" {
			for _, m := range e.byName[ns.Name] {
				if m.uuid == id.Value {
					return m
				}
			}
		}
	}
	return nil
}

// jujuNamespaces are the namespaces in which something is managed by Juju.
func (e *estate) jujuNamespaces() map[string]bool {
	out := map[string]bool{}
	for i := range e.snap.Namespaces {
		ns := &e.snap.Namespaces[i]
		if jujuModelOf(ns.Labels) != "" || isManaged(ns.Labels) {
			out[ns.Name] = true
		}
	}
	for i := range e.snap.Workloads {
		w := &e.snap.Workloads[i]
		if jujuApplication(w.Labels) != "" {
			out[w.Namespace] = true
		}
	}
	for i := range e.snap.Services {
		if s := &e.snap.Services[i]; jujuApplication(s.Labels) != "" {
			out[s.Namespace] = true
		}
	}
	return out
}

// homeless reports the Juju-managed objects that name no namespace: they cannot
// be placed, and leaving them out silently would be a pass.
func (e *estate) homeless() {
	report := func(kind string, meta *snapshot.Meta, ev snapshot.Evidence, relevant bool) {
		if meta.Namespace != "" || !relevant {
			return
		}
		e.gaps = append(e.gaps, snapshot.Gap{
			Source: e.sourceName(meta.At), Line: meta.At.Line(), Column: meta.At.Column(),
			What:     fmt.Sprintf("placing %s %s", kind, meta.Name),
			Reason:   "it names no namespace, so the model it belongs to is not known; set metadata.namespace, or dump it with kubectl get -o yaml",
			Evidence: []snapshot.Evidence{ev},
		})
	}
	for i := range e.snap.Workloads {
		w := &e.snap.Workloads[i]
		report(w.Kind, &w.Meta, snapshot.KubeWorkloads, jujuApplication(w.Labels) != "" || roleOfContainers(w.Template) != nil)
	}
	for i := range e.snap.Pods {
		p := &e.snap.Pods[i]
		report("Pod", &p.Meta, snapshot.KubePods, roleOfContainers(p.Spec) != nil)
	}
}

// Labels that Juju writes (juju caas/kubernetes/provider/utils/labels.go); the
// short ones are those of older models.
const (
	labelManagedBy    = "app.kubernetes.io/managed-by"
	labelName         = "app.kubernetes.io/name"
	labelModelName    = "model.juju.is/name"
	labelModelID      = "model.juju.is/id"
	labelOldApp       = "juju-app"
	labelOldModel     = "juju-model"
	labelOperatorName = "operator.juju.is/name"
	modelOperator     = "modeloperator"
)

func isManaged(l []snapshot.Fact) bool {
	f, ok := snapshot.Lookup(l, labelManagedBy)
	return ok && f.Value == "juju"
}

func jujuModelOf(l []snapshot.Fact) string {
	for _, k := range []string{labelModelName, labelOldModel} {
		if f, ok := snapshot.Lookup(l, k); ok && f.Value != "" {
			return f.Value
		}
	}
	return ""
}

// jujuApplication returns the application that Juju's labels name, "" where the
// object is not an application's.
func jujuApplication(l []snapshot.Fact) string {
	if f, ok := snapshot.Lookup(l, labelOldApp); ok {
		return f.Value
	}
	if _, ok := snapshot.Lookup(l, labelOperatorName); ok || !isManaged(l) {
		return ""
	}
	f, _ := snapshot.Lookup(l, labelName)
	if f.Value == modelOperator {
		return ""
	}
	return f.Value
}
