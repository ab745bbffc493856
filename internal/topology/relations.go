package topology

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// relation is a relation of a model, joined over the sources and sides that
// state it.
type relation struct {
	model      *model
	iface      string
	ends       [2]relationEnd // provider and requirer once sidesKnown
	sidesKnown bool
	state      snapshot.State
	at         snapshot.Pos
	called     string // see label; once its ends are known
}

// relationEnd is one end: an application of the model, or a SAAS.
type relationEnd struct {
	name     string // as the model has it
	endpoint string
	inferred bool
	app      *app // the real application, also behind a SAAS; nil where unknown
	saas     *saas
}

// side tells on which side of the relation the end is, "" where unknown.
func (x *relationEnd) side(iface string) string {
	if x.saas != nil {
		for _, ep := range x.saas.endpoints {
			if ep.Name == x.endpoint && ep.Role != "" {
				return ep.Role
			}
		}
	}
	if x.app != nil {
		return charms().side(x.app.charmForEndpoints(), x.endpoint, iface)
	}
	return ""
}

// charmForEndpoints is the charm whose endpoint table applies.
func (a *app) charmForEndpoints() string { return a.charm }

// joinRelations makes one relation of every statement about it. Juju status
// states a relation from both sides and leaves out the remote endpoint; a
// bundle states it once and leaves out the interface.
func (e *estate) joinRelations(m *model) {
	groups := map[[2]string][]*relation{}
	var half []statement
	for _, o := range m.observed {
		for _, r := range o.Relations {
			st := statement{a: r.A, b: r.B, iface: r.Interface, at: r.At, state: o.State}
			switch {
			case r.A.Application == r.B.Application:
				continue // a peer relation
			case m.isRemoteProxy(r.A.Application) || m.isRemoteProxy(r.B.Application):
				continue // the consuming model states it with real names
			case r.A.Endpoint == "" || r.B.Endpoint == "":
				half = append(half, st)
			default:
				m.stateWhole(groups, st)
			}
		}
	}
	for _, st := range half {
		m.stateHalf(groups, st)
	}
	for _, r := range m.relations {
		m.completeRelation(r)
	}
	for _, r := range m.relations {
		r.called = r.ends[1].label() + " " + r.ends[0].label()
	}
	slices.SortFunc(m.relations, func(a, b *relation) int { return cmp.Compare(a.called, b.called) })
}

// statement is what one source says of one relation, from one side.
type statement struct {
	a, b  snapshot.RelationEnd
	iface string
	at    snapshot.Pos
	state snapshot.State
}

func (s statement) key() [2]string {
	k := [2]string{s.a.Application, s.b.Application}
	slices.Sort(k[:])
	return k
}

// isRemoteProxy recognises the name under which an offering model knows an
// application of another model.
func (m *model) isRemoteProxy(name string) bool {
	return strings.HasPrefix(name, "remote-") && m.apps[name] == nil && m.saas[name] == nil
}

// stateWhole takes in a statement that names both endpoints.
func (m *model) stateWhole(groups map[[2]string][]*relation, st statement) {
	for _, r := range groups[st.key()] {
		a, b := r.end(st.a.Application), r.end(st.b.Application)
		if a.endpoint == st.a.Endpoint && b.endpoint == st.b.Endpoint {
			return
		}
	}
	m.newRelation(groups, st)
}

// stateHalf takes in a statement that leaves an endpoint out: it completes a
// relation that is known from elsewhere, or begins a new one.
func (m *model) stateHalf(groups map[[2]string][]*relation, st statement) {
	if st.a.Endpoint == "" {
		st.a, st.b = st.b, st.a
	}
	near, far := st.a.Application, st.b.Application
	for _, r := range groups[st.key()] { // the same relation, stated whole
		if r.end(near).endpoint == st.a.Endpoint && (r.iface == "" || st.iface == "" || r.iface == st.iface) {
			r.iface = cmp.Or(r.iface, st.iface)
			if st.state == snapshot.Declared && r.state != snapshot.Declared {
				r.state, r.at = st.state, st.at
			}
			return
		}
	}
	for _, r := range groups[st.key()] { // the same relation, stated from the other side
		x := r.end(near)
		if x.endpoint != "" || r.iface != st.iface || st.a.Endpoint == "" {
			continue
		}
		candidate := *x
		candidate.endpoint = st.a.Endpoint
		if s, o := candidate.side(st.iface), r.end(far).side(st.iface); s != "" && s == o {
			continue // two providers, say: another relation on the same interface
		}
		*x = candidate
		return
	}
	m.newRelation(groups, st)
}

func (m *model) newRelation(groups map[[2]string][]*relation, st statement) {
	r := &relation{model: m, iface: st.iface, state: st.state, at: st.at}
	r.ends[0] = m.newEnd(st.a)
	r.ends[1] = m.newEnd(st.b)
	groups[st.key()] = append(groups[st.key()], r)
	m.relations = append(m.relations, r)
}

func (m *model) newEnd(x snapshot.RelationEnd) relationEnd {
	end := relationEnd{name: x.Application, endpoint: x.Endpoint}
	if s := m.saas[x.Application]; s != nil {
		end.saas, end.app = s, s.application()
	} else {
		end.app = m.apps[x.Application]
	}
	return end
}

// end returns the end of a name; the second one for a name it does not have.
func (r *relation) end(name string) *relationEnd {
	if r.ends[0].name == name {
		return &r.ends[0]
	}
	return &r.ends[1]
}

// completeRelation infers what no source said: the interface, the missing
// endpoint, and which end provides.
func (m *model) completeRelation(r *relation) {
	if r.iface == "" {
		r.iface = cmp.Or(r.ends[0].interfaceOf(), r.ends[1].interfaceOf())
	}
	if r.iface == "" && r.ends[0].endpoint == "" && r.ends[1].endpoint == "" {
		r.iface = commonInterface(r.ends[0].charmEntry(), r.ends[1].charmEntry())
	}
	for i := range r.ends {
		x, other := &r.ends[i], &r.ends[1-i]
		if x.endpoint == "" {
			if ep := x.onlyEndpoint(r.iface, opposite(other.side(r.iface))); ep != "" {
				x.endpoint, x.inferred = ep, true
			}
		}
	}
	first, second := r.ends[0].side(r.iface), r.ends[1].side(r.iface)
	switch {
	case first == "provider" || (first == "" && second == "requirer"):
		r.sidesKnown = true
	case first == "requirer" || second == "provider":
		r.sidesKnown = true
		r.ends[0], r.ends[1] = r.ends[1], r.ends[0]
	case r.ends[0].name > r.ends[1].name:
		r.ends[0], r.ends[1] = r.ends[1], r.ends[0]
	}
	for i := range r.ends {
		x := &r.ends[i]
		if x.saas == nil {
			continue
		}
		x.saas.relations++
		x.saas.noteMissing(x.endpoint)
	}
}

// noteMissing remembers an endpoint that is related through a SAAS whose offer
// does not carry it. Every application has juju-info.
func (s *saas) noteMissing(endpoint string) {
	if s.offer == nil || len(s.offer.endpoints) == 0 || endpoint == "" || endpoint == "juju-info" {
		return
	}
	if !slices.ContainsFunc(s.offer.endpoints, func(e snapshot.Endpoint) bool { return e.Name == endpoint }) && !slices.Contains(s.missing, endpoint) {
		s.missing = append(s.missing, endpoint)
	}
}

func opposite(side string) string {
	switch side {
	case "provider":
		return "requirer"
	case "requirer":
		return "provider"
	}
	return ""
}

func (x *relationEnd) charmEntry() *charmEntry {
	if x.app == nil {
		return nil
	}
	return charms().byCharm[x.app.charm]
}

func (x *relationEnd) interfaceOf() string {
	if x.endpoint == "" {
		return ""
	}
	if x.saas != nil {
		for _, ep := range x.saas.endpoints {
			if ep.Name == x.endpoint && ep.Interface != "" {
				return ep.Interface
			}
		}
	}
	if x.app != nil {
		return charms().interfaceOf(x.app.charm, x.endpoint)
	}
	return ""
}

// onlyEndpoint is the one endpoint of the end that fits, "" where none or
// several do: a guess would be worse than not knowing.
func (x *relationEnd) onlyEndpoint(iface, side string) string {
	if iface == "" {
		return ""
	}
	if x.saas != nil && len(x.saas.endpoints) > 0 {
		var found []string
		for _, ep := range x.saas.endpoints {
			if ep.Interface == iface && (side == "" || ep.Role == "" || ep.Role == side) {
				found = append(found, ep.Name)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
		return ""
	}
	if x.app == nil {
		return ""
	}
	return charms().only(x.app.charm, iface, side)
}

// commonInterface is the one interface that joins two charms, "" where none or
// several do.
func commonInterface(a, b *charmEntry) string {
	if a == nil || b == nil {
		return ""
	}
	var found []string
	pair := func(provides, requires []charmEndpoint) {
		for _, p := range provides {
			for _, r := range requires {
				if p.Interface == r.Interface && !slices.Contains(found, p.Interface) {
					found = append(found, p.Interface)
				}
			}
		}
	}
	pair(a.Provides, b.Requires)
	pair(b.Provides, a.Requires)
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// label names the relation as `juju integrate` would: requirer, then provider.
func (r *relation) label() string { return r.called }

func (x *relationEnd) label() string {
	if x.endpoint == "" {
		return x.name
	}
	return x.name + ":" + x.endpoint
}

// resolved says whether the applications at both ends are known: yes, no where
// the offer behind a SAAS does not exist, "" where that could not be seen.
func (r *relation) resolved() string {
	answer := answerYes
	for i := range r.ends {
		x := &r.ends[i]
		switch {
		case x.saas == nil && x.app == nil:
			return answerUnknown
		case x.saas == nil:
		case x.saas.found() == answerNo:
			return answerNo
		case x.app == nil:
			answer = answerUnknown
		}
	}
	return answer
}

// between tells whether the relation joins an endpoint of one application with
// an application of a role in the same model, and returns the latter.
func (r *relation) peerOfRole(a *app, role string) *app {
	for i := range r.ends {
		if r.ends[i].app == a && r.ends[i].saas == nil {
			if peer := r.ends[1-i].app; peer != nil && peer.role == role {
				return peer
			}
		}
	}
	return nil
}
