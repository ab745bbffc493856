package topology

import (
	"cmp"
	"maps"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// document writes a stack as rules see it.
func (e *estate) document(st stack) Stack {
	d := Stack{
		Name:            st.name,
		Profile:         e.expectation(),
		Minimum:         Minimum{Juju: charms().operations.Minimum.Juju, Kubernetes: charms().operations.Minimum.Kubernetes},
		Evidence:        make([]EvidenceOf, 0, st.total(func(m *model) int { return len(m.evidence) })),
		Unread:          e.unread(st),
		Models:          make([]Model, 0, st.total(func(m *model) int { return 1 })),
		Namespaces:      make([]Namespace, 0, st.total(func(m *model) int { return 1 })),
		Applications:    make([]Application, 0, st.total(func(m *model) int { return len(m.apps) })),
		Relations:       make([]Relation, 0, st.total(func(m *model) int { return len(m.relations) })),
		Offers:          []Offer{},
		SAAS:            []SAAS{},
		Services:        make([]Service, 0, st.total(func(m *model) int { return len(m.services) })),
		ConfigMaps:      make([]ConfigMap, 0, st.total(func(m *model) int { return len(m.configMaps) })),
		NetworkPolicies: make([]NetworkPolicy, 0, st.total(func(m *model) int { return len(m.readPolicies) })),
		Gateways:        []Gateway{},
		Routes:          []Route{},
		Ingresses:       []Ingress{},

		AuthorizationPolicies: make([]AuthorizationPolicy, 0, st.total(func(m *model) int { return len(m.authorization) })),
		ForeignPolicies:       []ForeignPolicy{},
		Strays:                make([]Stray, 0, st.total(func(m *model) int { return len(m.strays) })),
		Secrets:               []Secret{},
		Clashes:               []Clash{},
		Cluster:               e.cluster,
		ControlPlanes:         e.planes(st.models[0]),
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
		for i := range m.readPolicies {
			d.NetworkPolicies = append(d.NetworkPolicies, e.policyDocument(m, &m.readPolicies[i]))
		}
		for _, g := range sorted(m.gateways, func(g *snapshot.Gateway) string { return g.Name }) {
			d.Gateways = append(d.Gateways, m.gatewayDocument(g, e.profile))
		}
		for _, r := range sorted(m.routes, func(r *snapshot.Route) string { return r.Name }) {
			d.Routes = append(d.Routes, m.routeDocument(r))
		}
		for _, i := range sorted(m.ingresses, func(i *snapshot.Ingress) string { return i.Name }) {
			d.Ingresses = append(d.Ingresses, m.ingressDocument(i))
		}
		for _, p := range sorted(m.authorization, func(p *snapshot.AuthorizationPolicy) string { return p.Name }) {
			d.AuthorizationPolicies = append(d.AuthorizationPolicies, e.authorizationDocument(m, p))
		}
		for _, p := range sorted(m.foreign, func(p *snapshot.ForeignPolicy) string { return p.Name }) {
			d.ForeignPolicies = append(d.ForeignPolicies, foreignDocument(m.subject("networkpolicy", p.Name), p))
		}
		for _, x := range m.strays {
			d.Strays = append(d.Strays, m.strayDocument(x))
		}
		d.Secrets = append(d.Secrets, m.secretDocuments()...)
		d.Clashes = append(d.Clashes, e.clashing[m]...)
	}
	d.WaypointUses = d.waypointUses()
	d.Media = e.mediaDocument(st)
	d.VPNGateways, d.VPNClients = e.vpnDocuments(st, d.Applications)
	for i := range e.snap.ForeignPolicies {
		if p := &e.snap.ForeignPolicies[i]; p.Namespace == "" {
			d.ForeignPolicies = append(d.ForeignPolicies, foreignDocument(Subject{Kind: "networkpolicy", Name: p.Name}, p))
		}
	}
	return d
}

// total sums up something of the models of a stack.
func (st stack) total(size func(*model) int) int {
	n := 0
	for _, m := range st.models {
		n += size(m)
	}
	return n
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
	version, versionAt, versionState := m.jujuVersion()
	out.Version, out.VersionAt, out.VersionState = version, place(versionAt), versionState
	out.Supported = atLeast(version, charms().operations.Minimum.Juju)
	for _, a := range m.apps {
		out.HasGateway = out.HasGateway || a.role == RoleVPNGateway
	}
	return out
}

func (e *estate) applicationDocument(a *app) Application {
	m := a.model
	out := Application{
		Subject: m.subject("application", a.name), State: a.stateOf(), At: place(a.at()),
		ID: a.id(), Name: a.name, Model: m.name, Namespace: m.name, Part: m.part,
		Role: a.role, RoleBasis: a.roleBasis, Group: a.group(),
		Declared: len(a.declared) > 0, Charm: a.charm, Scale: -1, Revision: -1,
		ConfigKnown: a.hasConfig, Config: facts(a.config),
		Effective: a.effective(), Workloads: make([]Workload, 0, len(a.workloads)), Pods: make([]Pod, 0, len(a.pods)),
	}
	for _, d := range a.declared {
		out.DeclaredAt = cmp.Or(out.DeclaredAt, place(d.At))
		out.Channel = cmp.Or(out.Channel, d.Channel)
		if out.Exposed == "" && d.Exposed != snapshot.Unsaid {
			out.Exposed, out.ExposedAt = string(d.Exposed), cmp.Or(place(d.ExposedAt), place(d.At))
		}
		out.Status = cmp.Or(out.Status, d.Status)
		out.Message = cmp.Or(out.Message, d.Message)
		out.Life = cmp.Or(out.Life, d.Life)
		if out.Revision < 0 {
			out.Revision = d.Revision
		}
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
	out.Units, out.DatabagsKnown = a.unitDocuments(e.relations[a]), a.databagsKnown()
	out.Privileges, out.Credentials, out.Rotation, out.ConfigVolume = a.privileges(), a.credentials(), a.rotation(), a.configVolume()
	out.DeclaredMesh = e.declaredMesh(a)
	out.Mesh = bestMesh(a.role, out.Pods, out.Workloads, e.namespaceMesh(a), out.DeclaredMesh)
	out.Attachments = orEmpty(a.attachments)
	out.Egress = e.egress(a)
	out.Admits, out.MeshEndpoints = a.admission(), orEmpty(a.meshEndpoints())
	out.Endpoints, out.Telemetry = a.endpointDocuments(), a.telemetry()
	out.Operation = a.operation()
	out.Trust, out.TrustAt = a.trust()
	return out
}

// meshEndpoints are the endpoints whose peers its charm lets in through the mesh.
func (a *app) meshEndpoints() []string { return charms().meshEndpoints[charms().known(a.charm)] }

// unitDocuments are the units of an application, joined over the sources. links are
// its relations.
func (a *app) unitDocuments(links []*relation) []Unit {
	byName := map[string]*Unit{}
	for _, o := range a.model.observed {
		for _, u := range o.Units {
			if applicationOf(u.Name) != a.name {
				continue
			}
			out := byName[u.Name]
			if out == nil {
				out = &Unit{Name: u.Name, At: place(u.At), Databags: []Databag{}}
				byName[u.Name] = out
			}
			out.Leader = cmp.Or(out.Leader, string(u.Leader))
			out.Status = cmp.Or(out.Status, u.Status)
			out.Message = cmp.Or(out.Message, u.Message)
			out.Agent = cmp.Or(out.Agent, u.Agent)
			for _, r := range u.Relations {
				if !a.model.shows(o, &r) {
					continue
				}
				out.Databags = append(out.Databags, a.databagDocument(&r, links))
			}
		}
	}
	units := []Unit{}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		units = append(units, *byName[name])
	}
	return units
}

func (a *app) databagDocument(r *snapshot.UnitRelation, links []*relation) Databag {
	out := Databag{
		Endpoint: r.Endpoint, RelatedEndpoint: r.RelatedEndpoint, RelatedUnits: orEmpty(r.RelatedUnits),
		CrossModel: r.CrossModel, Data: facts(r.ApplicationData), At: place(r.At),
	}
	own, publisher, secrets := a.published(r, links)
	out.Own, out.Secrets = own, orEmpty(secrets)
	if publisher != nil {
		out.Publisher = publisher.id()
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
		Mismatch: r.mismatch(), Stranger: r.stranger(),
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
		out.LetsIn = slices.Contains(x.app.meshEndpoints(), x.endpoint)
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
