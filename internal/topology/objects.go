package topology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// joinObjects gives each Kubernetes object to the model of its namespace. A
// namespace that Juju does not show becomes a model only where something in it
// is managed by Juju.
func (e *estate) joinObjects() {
	managed := e.jujuNamespaces()
	unplaced := map[string]bool{}
	homes := map[namespaceIn]*model{}
	target := func(ns string, meta *snapshot.Meta) *model {
		list := e.byName[ns]
		if len(list) > 1 {
			list = e.ofCluster(list, homes, ns, meta)
		}
		switch {
		case len(list) == 1:
			return list[0]
		case len(e.byName[ns]) > 1:
			if !unplaced[ns] {
				unplaced[ns] = true
				e.gaps = append(e.gaps, e.ofSeveral(ns, meta))
			}
		case managed[ns]:
			return e.add("", ns)
		}
		return nil
	}
	s := &e.snap
	shown := modelIDs{}
	for i := range s.Namespaces {
		o := &s.Namespaces[i]
		m := e.ofNamespace(o)
		if m != nil {
			homes[namespaceIn{o.At.Source(), o.Name}] = m
		} else {
			m = target(o.Name, &o.Meta)
		}
		if m == nil {
			continue
		}
		shown.see(e, o.Name, "Namespace", &o.Meta)
		switch {
		case m.namespace == nil:
		case o.Patch:
			o = patched(m.namespace, o)
		case m.namespace.Patch:
			o = patched(o, m.namespace)
		}
		m.namespace = o
		m.evidence[snapshot.KubeNamespaces] = true
	}
	for _, m := range e.models {
		if m.namespace != nil && m.namespace.Patch {
			e.gaps = append(e.gaps, e.onlyPatched(m.namespace))
		}
	}
	give := func(meta *snapshot.Meta, ev snapshot.Evidence) *model {
		if meta.Namespace == "" {
			return nil // reported by homeless
		}
		m := target(meta.Namespace, meta)
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
			e.readMeshLabels(m, o)
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
	for _, o := range latest(s.Routes, func(o *snapshot.Route) objectID { return objectID{o.Kind, o.Namespace, o.Name} }) {
		if m := give(&o.Meta, snapshot.KubeRoutes); m != nil {
			m.routes = append(m.routes, o)
		}
	}
	for _, o := range latest(s.Ingresses, func(o *snapshot.Ingress) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeIngresses); m != nil {
			m.ingresses = append(m.ingresses, o)
		}
	}
	for _, o := range latest(s.AuthorizationPolicies, func(o *snapshot.AuthorizationPolicy) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeAuthorizationPolicies); m != nil {
			m.authorization = append(m.authorization, o)
		}
	}
	for _, o := range latest(s.PersistentVolumeClaims, func(o *snapshot.PersistentVolumeClaim) objectID { return metaID(&o.Meta) }) {
		if m := give(&o.Meta, snapshot.KubeClaims); m != nil {
			m.claims = append(m.claims, o)
		}
	}
	for i := range s.ForeignPolicies {
		o := &s.ForeignPolicies[i]
		if o.Namespace == "" || isCopy(o) {
			continue // of the whole cluster: see document
		}
		if m := target(o.Namespace, &o.Meta); m != nil {
			m.foreign = append(m.foreign, o)
		}
	}
	// The latest alone were joined; what they hide may be of another cluster.
	for i := range s.Workloads {
		shown.see(e, s.Workloads[i].Namespace, s.Workloads[i].Kind, &s.Workloads[i].Meta)
	}
	for i := range s.Pods {
		shown.see(e, s.Pods[i].Namespace, "Pod", &s.Pods[i].Meta)
	}
	shown.report(e)
	e.homeless()
}

// objectID tells objects of one list apart.
type objectID struct{ kind, namespace, name string }

func (x objectID) compare(y objectID) int {
	return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.namespace, y.namespace), cmp.Compare(x.name, y.name))
}

func metaID(m *snapshot.Meta) objectID { return objectID{"", m.Namespace, m.Name} }

// latest returns the objects of a list, each identity once: of an object that
// was given twice the later one counts, for a file given later says how the
// object is to be. A name that ends in "-" is the start of one that the API
// server makes (generateName): each such object is one of its own.
func latest[T any](list []T, id func(*T) objectID) []*T {
	out := make([]*T, 0, len(list))
	for i := range list { // a cluster's come in order
		if i > 0 && id(&list[i-1]).compare(id(&list[i])) >= 0 {
			break
		}
		out = append(out, &list[i])
	}
	if len(out) == len(list) {
		return out
	}
	out = out[:0]
	index := make(map[objectID]int, len(list))
	for i := range list {
		o := &list[i]
		if at, ok := index[id(o)]; ok && !strings.HasSuffix(id(o).name, "-") {
			out[at] = o
			continue
		}
		index[id(o)] = len(out)
		out = append(out, o)
	}
	return out
}

// modelIDs are the UUIDs that the objects of each namespace bear, with the
// object that bore one first.
type modelIDs map[string]*modelID

type modelID struct {
	id    string
	first *snapshot.Meta
	gap   *snapshot.Gap
}

// see reports a namespace that is two models' at once: its objects come from
// two clusters, or from before and after the model was made anew, and would be
// judged as if they were one's.
func (ids modelIDs) see(e *estate, namespace, kind string, meta *snapshot.Meta) {
	id := modelIDOf(meta)
	if id == "" || namespace == "" {
		return
	}
	known := ids[namespace]
	if known == nil {
		ids[namespace] = &modelID{id: id, first: meta}
		return
	}
	if known.id == id || known.gap != nil {
		return
	}
	known.gap = &snapshot.Gap{
		Source: e.sourceName(meta.At), Line: meta.At.Line(), Column: meta.At.Column(),
		What: fmt.Sprintf("placing %s %s in namespace %s", kind, meta.Name, namespace),
		Reason: fmt.Sprintf("it is of model %s, and in %s the namespace is that of model %s: give the files of one cluster in a run, and none of a model that was removed",
			id, e.sourceName(known.first.At), known.id),
	}
}

// report adds the gaps of the namespaces that hold something of Charmarr's or
// are a model that Juju shows; others are nobody's concern here.
func (ids modelIDs) report(e *estate) {
	ours := map[string]bool{}
	for _, m := range e.models {
		ours[m.name] = len(m.observed) > 0 ||
			slices.ContainsFunc(m.workloads, func(w *snapshot.Workload) bool { return roleOfContainers(w.Template) != nil }) ||
			slices.ContainsFunc(m.pods, func(p *snapshot.Pod) bool { return roleOfContainers(p.Spec) != nil })
	}
	for _, namespace := range slices.Sorted(maps.Keys(ids)) {
		if gap := ids[namespace].gap; gap != nil && ours[namespace] {
			e.gaps = append(e.gaps, *gap)
		}
	}
}

// modelIDOf returns the UUID of the model that an object says it is of.
func modelIDOf(meta *snapshot.Meta) string {
	for _, list := range [][]snapshot.Fact{meta.Labels, meta.Annotations} {
		if id, ok := snapshot.Lookup(list, labelModelID); ok && id.Value != "" {
			return id.Value
		}
	}
	return ""
}

// ofNamespace finds the model of a namespace by its UUID, where both say it.
func (e *estate) ofNamespace(ns *snapshot.Namespace) *model {
	id := modelIDOf(&ns.Meta)
	for _, m := range e.byName[ns.Name] {
		if id != "" && m.uuid == id {
			return m
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
	for i := range e.snap.Pods {
		if p := &e.snap.Pods[i]; isJujuPod(p) {
			out[p.Namespace] = true
		}
	}
	return out
}

// isJujuPod tells whether Juju made a pod. Its pods carry the application's
// name and not managed-by; what gives them away are annotations of Juju's.
func isJujuPod(p *snapshot.Pod) bool {
	if jujuApplication(p.Labels) != "" {
		return true
	}
	return slices.ContainsFunc(p.Annotations, func(f snapshot.Fact) bool {
		domain, _, _ := strings.Cut(f.Key, "/")
		return domain == "juju.is" || strings.HasSuffix(domain, ".juju.is")
	})
}

// namespaceIn is a namespace as one source shows it.
type namespaceIn struct {
	source int
	name   string
}

// ofCluster chooses, among models of one name on several controllers, the one
// that an object belongs to: by the model's UUID, by that of the namespace in the
// same source, or by the folder of its file.
func (e *estate) ofCluster(list []*model, homes map[namespaceIn]*model, namespace string, meta *snapshot.Meta) []*model {
	if id := modelIDOf(meta); id != "" {
		for _, m := range list {
			if m.uuid == id {
				return []*model{m}
			}
		}
	}
	if m := homes[namespaceIn{meta.At.Source(), namespace}]; m != nil {
		return []*model{m}
	}
	return e.beside(e.folder(meta.At), list)
}

// ofSeveral is the gap of a namespace of which nothing tells the model.
func (e *estate) ofSeveral(ns string, meta *snapshot.Meta) snapshot.Gap {
	return snapshot.Gap{
		Source: e.sourceName(meta.At), Line: meta.At.Line(), Column: meta.At.Column(),
		What:   fmt.Sprintf("placing what is in namespace %s", ns),
		Reason: "several controllers have a model of that name, and nothing tells whose namespace it is; put its file into one folder with the `juju status` of its own, or check each by itself",
	}
}

// homeless reports the Juju-managed objects and kill switches that name no namespace: they cannot
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
		report(w.Kind, &w.Meta, snapshot.KubeWorkloads, jujuApplication(w.Labels) != "")
	}
	for i := range e.snap.Pods {
		p := &e.snap.Pods[i]
		report("Pod", &p.Meta, snapshot.KubePods, isJujuPod(p))
	}
	for i := range e.snap.NetworkPolicies {
		p := &e.snap.NetworkPolicies[i]
		report("NetworkPolicy", &p.Meta, snapshot.KubeNetworkPolicies, strings.HasSuffix(p.Name, killSwitchName))
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

// patched lays what is set on a namespace over what is there.
func patched(base, over *snapshot.Namespace) *snapshot.Namespace {
	out := *base
	out.Labels = mergeFacts(slices.Clone(over.Labels), base.Labels)
	out.Annotations = mergeFacts(slices.Clone(over.Annotations), base.Annotations)
	return &out
}

// onlyPatched is the gap of a namespace of which only what is set on it was read.
func (e *estate) onlyPatched(n *snapshot.Namespace) snapshot.Gap {
	return snapshot.Gap{
		Source: e.sourceName(n.At), Line: n.At.Line(), Column: n.At.Column(),
		What:     "reading Namespace " + n.Name,
		Reason:   "what was read sets labels or annotations on it and does not say which are there; give its manifest too, or lay the plan over what is live with `charmarr-lint audit`",
		Evidence: []snapshot.Evidence{snapshot.KubeNamespaces},
	}
}
