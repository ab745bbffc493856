package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// document writes a stack as rules see it.
func (e *estate) document(st stack) Stack {
	d := Stack{
		Name:            st.name,
		Profile:         e.expectation(),
		Evidence:        []EvidenceOf{},
		Unread:          e.unread(st),
		Models:          []Model{},
		Namespaces:      []Namespace{},
		Applications:    []Application{},
		Relations:       []Relation{},
		Offers:          []Offer{},
		SAAS:            []SAAS{},
		Services:        []Service{},
		ConfigMaps:      []ConfigMap{},
		NetworkPolicies: []NetworkPolicy{},
		Gateways:        []Gateway{},
		Routes:          []Route{},
	}
	for _, m := range st.models {
		for _, ev := range snapshot.AllEvidence {
			if m.evidence[ev] {
				d.Evidence = append(d.Evidence, EvidenceOf{Kind: string(ev), Model: m.name})
			}
		}
		d.Models = append(d.Models, m.document())
		if m.namespace != nil {
			d.Namespaces = append(d.Namespaces, m.namespaceDocument())
		}
		for _, a := range m.sortedApps() {
			d.Applications = append(d.Applications, e.applicationDocument(a))
		}
		for _, r := range m.relations {
			d.Relations = append(d.Relations, r.document())
		}
		for _, name := range slices.Sorted(maps.Keys(m.offers)) {
			d.Offers = append(d.Offers, m.offers[name].document())
		}
		for _, name := range slices.Sorted(maps.Keys(m.saas)) {
			d.SAAS = append(d.SAAS, m.saas[name].document())
		}
		for _, s := range sorted(m.services, func(s *snapshot.Service) string { return s.Name }) {
			d.Services = append(d.Services, m.serviceDocument(s))
		}
		for _, c := range sorted(m.configMaps, func(c *snapshot.ConfigMap) string { return c.Name }) {
			d.ConfigMaps = append(d.ConfigMaps, m.configMapDocument(c))
		}
		for _, p := range sorted(m.policies, func(p *snapshot.NetworkPolicy) string { return p.Name }) {
			d.NetworkPolicies = append(d.NetworkPolicies, m.policyDocument(p))
		}
		for _, g := range sorted(m.gateways, func(g *snapshot.Gateway) string { return g.Name }) {
			d.Gateways = append(d.Gateways, m.gatewayDocument(g, e.profile))
		}
		for _, r := range sorted(m.routes, func(r *snapshot.Route) string { return r.Name }) {
			d.Routes = append(d.Routes, m.routeDocument(r))
		}
	}
	return d
}

func sorted[T any](list []*T, name func(*T) string) []*T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *T) int { return cmp.Compare(name(a), name(b)) })
	return out
}

func (e *estate) expectation() Expectation {
	p := e.profile
	return Expectation{
		Name: p.Name, Layout: p.Layout, Mesh: p.Mesh,
		Gateways: orEmpty(p.Gateways), Routes: orEmpty(p.Routes), Offers: orEmpty(p.Offers),
	}
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// unread lists the models that facts of a stack refer to and that no source
// shows.
func (e *estate) unread(st stack) []Reference {
	out := []Reference{}
	add := func(model, by string, at snapshot.Pos) {
		if !slices.ContainsFunc(out, func(r Reference) bool { return r.Model == model }) {
			out = append(out, Reference{Model: model, By: by, At: place(at)})
		}
	}
	for _, m := range st.models {
		for _, name := range slices.Sorted(maps.Keys(m.saas)) {
			if s := m.saas[name]; s.home == nil && s.carriesOwn(m) && s.url.model != "" {
				add(s.url.model, "SAAS "+name+" in model "+m.name, s.facts.At)
			}
		}
		for _, ref := range e.references(m) {
			if e.find(m.controller, ref.model) == nil {
				add(ref.model, ref.by+" in namespace "+m.name, ref.at)
			}
		}
	}
	return out
}

// carriesOwn is own, and looks at the relations that use the SAAS as well:
// where the offering model was not read, a bundle says nothing of its
// endpoints. The mesh's companion of a cross-model relation alone makes nothing
// Charmarr's: Grafana of an observability model is related so, too.
func (s *saas) carriesOwn(m *model) bool {
	but := interfaceCrossMesh
	if s.home != nil && s.home.stack != nil {
		but = ""
	}
	if s.ownBeside(but) {
		return true
	}
	for _, r := range m.relations {
		for i := range r.ends {
			if r.ends[i].saas == s && (r.iface != but && charms().own[r.iface] || slices.Contains(ingressInterfaces, r.iface)) {
				return true
			}
		}
	}
	return false
}

func (m *model) subject(kind, name string) Subject {
	return Subject{Kind: kind, Model: m.name, Namespace: m.name, Name: name}
}

func (m *model) document() Model {
	state, at := stateEffective, snapshot.Pos{}
	if len(m.observed) > 0 {
		state, at = string(m.observed[0].State), m.observed[0].At
	} else if m.namespace != nil {
		at = m.namespace.At
	}
	out := Model{
		Subject: m.subject("model", m.name), State: state, At: place(at),
		Name: m.name, Controller: m.controller, Namespace: m.name,
		Part: m.part, PartBasis: m.partBasis, Declared: m.declaredByJuju(),
	}
	for _, a := range m.apps {
		out.HasGateway = out.HasGateway || a.role == RoleVPNGateway
	}
	return out
}

func (m *model) namespaceDocument() Namespace {
	ns := m.namespace
	managed := isManaged(ns.Labels) || jujuModelOf(ns.Labels) != ""
	for _, w := range m.workloads {
		managed = managed || jujuApplication(w.Labels) != ""
	}
	return Namespace{
		Subject: m.subject("namespace", ns.Name), State: stateEffective, At: place(ns.At),
		Name: ns.Name, Part: m.part, JujuModel: jujuModelOf(ns.Labels), JujuManaged: managed,
		Labels: facts(ns.Labels), Annotations: facts(ns.Annotations),
	}
}

func (e *estate) applicationDocument(a *app) Application {
	m := a.model
	out := Application{
		Subject: m.subject("application", a.name), State: a.stateOf(), At: place(a.at()),
		ID: a.id(), Name: a.name, Model: m.name, Namespace: m.name, Part: m.part,
		Role: a.role, RoleBasis: a.roleBasis, Group: a.group(),
		Declared: len(a.declared) > 0, Charm: a.charm, Scale: -1,
		ConfigKnown: a.hasConfig, Config: facts(a.config),
		Effective: a.effective(), Workloads: []Workload{}, Pods: []Pod{},
	}
	for _, d := range a.declared {
		out.DeclaredAt = cmp.Or(out.DeclaredAt, place(d.At))
		out.Channel = cmp.Or(out.Channel, d.Channel)
		out.Exposed = cmp.Or(out.Exposed, string(d.Exposed))
		out.Trust = cmp.Or(out.Trust, string(d.Trust))
		if out.Scale < 0 {
			out.Scale = d.Scale
		}
	}
	for _, w := range a.workloads {
		out.Workloads = append(out.Workloads, e.workloadDocument(m, w))
		if out.Scale < 0 {
			out.Scale = w.Replicas
		}
	}
	for _, p := range sorted(a.pods, func(p *snapshot.Pod) string { return p.Name }) {
		out.Pods = append(out.Pods, e.podDocument(m, p))
	}
	out.DeclaredMesh = e.declaredMesh(a)
	out.Mesh = bestMesh(a.role, out.Pods, out.Workloads, e.namespaceMesh(a), out.DeclaredMesh)
	out.Attachments = orEmpty(a.attachments)
	return out
}

func (e *estate) workloadDocument(m *model, w *snapshot.Workload) Workload {
	return Workload{
		Subject: m.subject("workload", w.Name), State: stateEffective, At: place(w.At),
		Kind: w.Kind, Name: w.Name, Namespace: m.name, Replicas: w.Replicas,
		HostNetwork: w.Template.HostNetwork,
		Labels:      facts(w.Template.Labels), Annotations: facts(w.Template.Annotations),
		InitContainers: containers(w.Template.InitContainers), Containers: containers(w.Template.Containers),
		Mesh: e.workloadMesh(m, w),
	}
}

func containers(in []snapshot.Container) []Container {
	out := make([]Container, len(in))
	for i, c := range in {
		out[i] = Container{Name: c.Name, Image: c.Image, At: place(c.At), Env: facts(c.Env)}
	}
	return out
}

func (e *estate) podDocument(m *model, p *snapshot.Pod) Pod {
	out := Pod{
		Subject: m.subject("pod", p.Name), State: stateEffective, At: place(p.At),
		Name: p.Name, Namespace: m.name, Phase: p.Phase, HostNetwork: p.Spec.HostNetwork,
		Labels: facts(p.Labels), Annotations: facts(p.Annotations),
		Mesh: e.podMesh(m, p), Policies: []string{},
	}
	if f, ok := snapshot.Lookup(p.Annotations, annRedirection); ok {
		out.Redirection, out.RedirectionAt = f.Value, place(f.At)
	}
	podLabels := set(p.Labels)
	for _, np := range sorted(m.policies, func(x *snapshot.NetworkPolicy) string { return x.Name }) {
		if sel, err := selector(np.PodSelector); err == nil && sel.Matches(podLabels) {
			out.Policies = append(out.Policies, np.Name)
		}
	}
	return out
}

func (r *relation) document() Relation {
	crossModel := r.ends[0].saas != nil || r.ends[1].saas != nil
	return Relation{
		Subject: r.model.subject("relation", r.label()), State: string(r.state), At: place(r.at),
		Name: r.label(), Model: r.model.name, Interface: r.iface,
		Provider: r.ends[0].document(), Requirer: r.ends[1].document(),
		SidesKnown: r.sidesKnown, CrossModel: crossModel, Resolved: r.resolved(),
	}
}

func (x *relationEnd) document() RelationEnd {
	out := RelationEnd{Application: x.name, Endpoint: x.endpoint}
	switch {
	case x.inferred:
		out.EndpointBasis = "inferred"
	case x.endpoint != "":
		out.EndpointBasis = "stated"
	}
	if x.saas != nil {
		out.SAAS = x.saas.facts.Name
	}
	if x.app != nil {
		out.Application, out.Model, out.ID = x.app.name, x.app.model.name, x.app.id()
		out.Role, out.Charm, out.Part = x.app.role, x.app.charm, x.app.model.part
	}
	return out
}

func endpoints(in []snapshot.Endpoint) []Endpoint {
	out := make([]Endpoint, len(in))
	for i, e := range in {
		out[i] = Endpoint{Name: e.Name, Interface: e.Interface, Role: e.Role}
	}
	slices.SortFunc(out, func(a, b Endpoint) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func (o *offer) document() Offer {
	m := o.model
	out := Offer{
		Subject: m.subject("offer", o.facts.Name), State: string(o.state), At: place(o.facts.At),
		Name: o.facts.Name, Model: m.name, Part: m.part, Application: o.facts.Application,
		Endpoints: endpoints(o.endpoints), Active: o.facts.Active, Total: o.facts.Total,
		Consumers: orEmpty(slices.Sorted(slices.Values(o.consumers))),
	}
	if a := m.apps[o.facts.Application]; a != nil {
		out.Role, out.ApplicationKnown = a.role, answerYes
	} else if m.evidence[snapshot.JujuApplications] && o.facts.Application != "" {
		out.ApplicationKnown = answerNo
	}
	return out
}

func (s *saas) document() SAAS {
	m := s.model
	out := SAAS{
		Subject: m.subject("saas", s.facts.Name), State: string(s.state), At: place(s.facts.At),
		Name: s.facts.Name, Model: m.name, Part: m.part, URL: s.facts.URL, Status: s.facts.Status,
		Charmarr:        s.carriesOwn(m),
		OfferController: s.url.controller, OfferModel: s.url.model, OfferName: s.url.offer,
		Endpoints: endpoints(s.endpoints),
		ModelRead: s.home != nil && s.home.offersKnown(), OfferFound: s.found(),
		MissingEndpoints: orEmpty(slices.Sorted(slices.Values(s.missing))),
		Relations:        s.relations,
	}
	if s.offer != nil {
		out.OfferAt = place(s.offer.facts.At)
	}
	return out
}

func (m *model) serviceDocument(s *snapshot.Service) Service {
	out := Service{
		Subject: m.subject("service", s.Name), State: stateEffective, At: place(s.At),
		Name: s.Name, Namespace: m.name, Type: s.Type, Labels: facts(s.Labels),
	}
	for _, name := range []string{s.Name, strings.TrimSuffix(s.Name, "-endpoints")} {
		if a := m.apps[name]; a != nil {
			out.Application, out.Role = a.name, a.role
			break
		}
	}
	return out
}

// ConfigMaps that rules read, by name (see section C of the catalogue of
// invariants: istio_beacon_k8s' service_mesh.py, charmarr-lib's
// _gateway_client.py and _gateway.py).
const configMapCNI = "istio-cni-config"

var configMapPurposes = []struct{ prefix, suffix, purpose string }{
	{"juju-service-mesh-", "-labels", "mesh-labels"},
	{"", "-gateway-client-config", "client-settings"},
	{"", "-gateway-settings", "gateway-settings"},
	{configMapCNI, "", "istio-cni"},
}

func (m *model) configMapDocument(c *snapshot.ConfigMap) ConfigMap {
	out := ConfigMap{
		Subject: m.subject("configmap", c.Name), State: stateEffective, At: place(c.At),
		Name: c.Name, Namespace: m.name, MeshLabels: []Fact{}, Data: facts(c.Data),
	}
	for _, p := range configMapPurposes {
		if strings.HasPrefix(c.Name, p.prefix) && strings.HasSuffix(c.Name, p.suffix) && len(c.Name) >= len(p.prefix)+len(p.suffix) {
			out.Purpose = p.purpose
			if a := m.apps[c.Name[len(p.prefix):len(c.Name)-len(p.suffix)]]; a != nil {
				out.Application, out.Role = a.name, a.role
			}
			break
		}
	}
	if out.Purpose != "mesh-labels" {
		return out
	}
	if kept, err := meshLabels(c); err == nil { // else a gap says so
		out.MeshLabels = kept
	}
	return out
}

func (m *model) policyDocument(p *snapshot.NetworkPolicy) NetworkPolicy {
	out := NetworkPolicy{
		Subject: m.subject("networkpolicy", p.Name), State: stateEffective, At: place(p.At),
		Name: p.Name, Namespace: m.name, PolicyTypes: orEmpty(p.PolicyTypes), Selects: []string{},
	}
	sel, err := selector(p.PodSelector)
	if err != nil {
		out.SelectorError = err.Error()
		return out
	}
	for _, a := range m.sortedApps() {
		matches := slices.ContainsFunc(a.workloads, func(w *snapshot.Workload) bool { return sel.Matches(set(w.Template.Labels)) }) ||
			slices.ContainsFunc(a.pods, func(p *snapshot.Pod) bool { return sel.Matches(set(p.Labels)) })
		if matches {
			out.Selects = append(out.Selects, a.id())
		}
	}
	return out
}

func (m *model) gatewayDocument(g *snapshot.Gateway, p Profile) Gateway {
	out := Gateway{
		Subject: m.subject("gateway", g.Name), State: stateEffective, At: place(g.At),
		Name: g.Name, Namespace: m.name, Part: m.part, Class: g.Class,
		Waypoint: g.Class == classWaypoint, Labels: facts(g.Labels), Listeners: []Listener{},
	}
	if !out.Waypoint {
		out.ProfileClass = classOf(p, g.Name)
	}
	for _, l := range g.Listeners {
		out.Listeners = append(out.Listeners, Listener{Name: l.Name, Port: l.Port, Protocol: l.Protocol})
	}
	return out
}

func (m *model) routeDocument(r *snapshot.Route) Route {
	out := Route{
		Subject: m.subject("httproute", r.Name), State: stateEffective, At: place(r.At),
		Name: r.Name, Namespace: m.name, Parents: []RouteEnd{}, Backends: []RouteEnd{},
	}
	end := func(x snapshot.RouteRef) RouteEnd {
		return RouteEnd{Name: x.Name, Namespace: cmp.Or(x.Namespace, m.name), At: place(x.At)}
	}
	for _, p := range r.Parents {
		out.Parents = append(out.Parents, end(p))
	}
	for _, b := range r.Backends {
		out.Backends = append(out.Backends, end(b))
	}
	return out
}
