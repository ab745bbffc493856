package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Interfaces that an edge has a kind of its own for.
const (
	interfaceVPN       = "vpn-gateway"
	interfaceStorage   = "media-storage"
	interfaceMesh      = "service_mesh"
	interfaceCrossMesh = "cross_model_mesh"
	// viaRoute stands in for an interface where only an HTTPRoute is known.
	viaRoute = "HTTPRoute"
	// viaIngress stands in for one where an Ingress object leads there.
	viaIngress = "Ingress"
)

func kindOf(iface string) EdgeKind {
	switch iface {
	case interfaceVPN:
		return VPN
	case interfaceStorage:
		return Storage
	case interfaceMesh, interfaceCrossMesh:
		return MeshEdge
	case "istio_ingress_route", "ingress":
		return Ingress
	}
	return Relation
}

// edge returns the edge of a kind between two nodes, making it where there is
// none.
func (b *builder) edge(from, to *Node, kind EdgeKind) *Edge {
	key := strings.Join([]string{from.ID, to.ID, string(kind)}, "\x00")
	if b.edges[key] == nil {
		b.edges[key] = &Edge{ID: key, From: from.ID, To: to.ID, Kind: kind}
	}
	return b.edges[key]
}

func (e *Edge) carries(iface string) {
	if iface != "" && !slices.Contains(e.Interfaces, iface) {
		e.Interfaces = append(e.Interfaces, iface)
		slices.Sort(e.Interfaces)
	}
}

// relate draws the relations, and the ways from SAAS to offers to applications.
//
// The mesh's companion of a cross-model relation runs along with it. A relation
// with the model's own beacon is no edge: it would join everything to one node
// and say no more than the mark of enrolment that each application has.
func (b *builder) relate() {
	var companions []*topology.Relation
	for i := range b.in.Relations {
		r := &b.in.Relations[i]
		from, to := b.ends(r)
		if !r.CrossModel && r.Interface == interfaceMesh && (from.Role == topology.RoleBeacon) != (to.Role == topology.RoleBeacon) {
			member := from
			if member.Role == topology.RoleBeacon {
				member = to
			}
			member.Facts = append(member.Facts, r.State+" relation "+r.Name)
			b.relations[r.Subject] = member.ID
			continue
		}
		if r.Interface == interfaceCrossMesh {
			companions = append(companions, r)
			continue
		}
		b.relation(r, from, to, kindOf(r.Interface))
	}
	for _, r := range companions {
		from, to := b.ends(r)
		kind := MeshEdge
		for _, k := range []EdgeKind{VPN, Ingress, Storage, Relation} {
			if b.edges[strings.Join([]string{from.ID, to.ID, string(k)}, "\x00")] != nil {
				kind = k
			}
		}
		b.relation(r, from, to, kind)
	}
	b.chains()
}

func (b *builder) relation(r *topology.Relation, from, to *Node, kind EdgeKind) {
	fact := r.State + " relation " + r.Name
	if from == to {
		from.Facts = append(from.Facts, fact)
		b.relations[r.Subject] = from.ID
		return
	}
	e := b.edge(from, to, kind)
	e.carries(r.Interface)
	e.Facts = append(e.Facts, fact)
	e.Undirected = e.Undirected || !r.SidesKnown && !r.CrossModel
	b.relations[r.Subject] = e.ID
	if kind == Ingress && r.Provider.ID != "" {
		b.through(r.Requirer.ID, r.Provider.ID, e)
	}
}

// through notes by which edge an application is reached through a gateway.
func (b *builder) through(application, gateway string, e *Edge) {
	if b.reached == nil {
		b.reached = map[[2]string]*Edge{}
	}
	if key := [2]string{application, gateway}; b.reached[key] == nil {
		b.reached[key] = e
	}
}

// ends are the nodes that a relation joins: who uses before what is used, and
// across models the consumer before its SAAS.
func (b *builder) ends(r *topology.Relation) (from, to *Node) {
	from, to = b.end(r, &r.Requirer), b.end(r, &r.Provider)
	if r.Requirer.SAAS != "" && r.Provider.SAAS == "" {
		return to, from
	}
	return from, to
}

func (b *builder) end(r *topology.Relation, end *topology.RelationEnd) *Node {
	if end.SAAS != "" {
		return b.node(SAAS, r.Model, end.SAAS)
	}
	return b.node(Application, cmp.Or(end.Model, r.Model), end.Application)
}

// chains draw the ways on from each SAAS: to the offer, and from there to the
// application. They are of the kind of what runs over them.
func (b *builder) chains() {
	carried := map[string][]EdgeKind{} // by node
	for _, e := range b.edges {
		carried[e.To] = append(carried[e.To], e.Kind)
	}
	for i := range b.in.SAAS {
		s := &b.in.SAAS[i]
		if s.OfferModel == "" || s.OfferName == "" {
			continue
		}
		from, to := b.node(SAAS, s.Model, s.Name), b.node(Offer, s.OfferModel, s.OfferName)
		kinds := carried[from.ID]
		if len(kinds) == 0 {
			kinds = kindsOf(s.Endpoints)
		}
		e := b.edge(from, to, one(kinds))
		e.Facts = append(e.Facts, s.State+" consumed as "+s.Model+"/"+s.Name)
		e.Unknown = s.OfferFound != answerYes
		carried[to.ID] = append(carried[to.ID], kinds...)
	}
	for i := range b.in.Offers {
		o := &b.in.Offers[i]
		if o.Application == "" {
			continue
		}
		from, to := b.node(Offer, o.Model, o.Name), b.node(Application, o.Model, o.Application)
		if o.ApplicationKnown == answerNo {
			to.Absent = "no such application"
		}
		kinds := carried[from.ID]
		if len(kinds) == 0 {
			kinds = kindsOf(o.Endpoints)
		}
		e := b.edge(from, to, one(kinds))
		e.Facts = append(e.Facts, o.State+" offer "+o.Name)
		e.Unknown = o.ApplicationKnown != answerYes
	}
}

func kindsOf(list []topology.Endpoint) []EdgeKind {
	var out []EdgeKind
	for _, e := range list {
		out = append(out, kindOf(e.Interface))
	}
	return out
}

// one returns the kind that all are of; the mesh's companion does not count.
func one(kinds []EdgeKind) EdgeKind {
	rest := slices.DeleteFunc(slices.Clone(kinds), func(k EdgeKind) bool { return k == MeshEdge })
	slices.Sort(rest)
	switch rest = slices.Compact(rest); {
	case len(rest) == 1:
		return rest[0]
	case len(rest) == 0 && len(kinds) > 0:
		return MeshEdge
	}
	return Relation
}

// attach draws the HTTPRoutes: along with the relation that asked for them, or
// on their own where no relation is known.
func (b *builder) attach() {
	for i := range b.in.Applications {
		a := &b.in.Applications[i]
		for _, x := range a.Attachments {
			if x.Via != "httproute" {
				continue
			}
			model := cmp.Or(x.GatewayModel, a.Model)
			e := b.reached[[2]string{a.ID, model + "/" + x.Gateway}]
			if e == nil {
				from, to := b.node(Application, a.Model, a.Name), b.node(Gateway, model, x.Gateway)
				if from == to {
					continue
				}
				e = b.edge(from, to, Ingress)
				e.carries(viaRoute)
				b.through(a.ID, model+"/"+x.Gateway, e)
			}
			e.Facts = append(e.Facts, x.State+" HTTPRoute "+x.Name)
			b.route(a, x.Name, e)
		}
	}
}

// ingresses draws the Ingress objects: ways in beside the gateways.
func (b *builder) ingresses() {
	for _, in := range b.in.Ingresses {
		model := b.modelOf(in.Namespace)
		n := b.node(IngressWay, model, in.Name)
		n.State, n.Absent = in.State, ""
		if in.Class != "" {
			n.Facts = append(n.Facts, "class "+in.Class)
		}
		for _, x := range in.Backends {
			home := b.modelOf(x.Namespace)
			if b.nodes[nodeKey(Application, home, x.Name)] != nil {
				e := b.edge(b.node(Application, home, x.Name), n, Ingress)
				e.carries(viaIngress)
				e.Facts = append(e.Facts, in.State+" Ingress "+in.Name)
			}
		}
	}
}

// route remembers which edge stands for an HTTPRoute.
func (b *builder) route(a *topology.Application, name string, e *Edge) {
	for i := range b.in.Routes {
		r := &b.in.Routes[i]
		if r.Name == name && slices.ContainsFunc(r.Backends, func(x topology.RouteEnd) bool { return x.Name == a.Name && x.Namespace == a.Model }) {
			b.relations[r.Subject] = e.ID
		}
	}
}

// vpn says of each application through which VPN gateways it goes, and of each
// download client also where there is none.
func (b *builder) vpn() {
	gateways, unknown := map[string][]string{}, map[string]bool{} // by application
	for i := range b.in.Relations {
		r := &b.in.Relations[i]
		if r.Interface != interfaceVPN || r.Requirer.ID == "" {
			continue
		}
		name := cmp.Or(r.Provider.ID, r.Provider.SAAS, r.Provider.Application)
		if r.Provider.Model == r.Requirer.Model {
			name = r.Provider.Application
		}
		if r.Resolved != answerYes {
			name += " (not read)"
			if r.Resolved == answerNo {
				name = r.Provider.SAAS + " (no such offer)"
			}
			unknown[r.Requirer.ID] = true
		}
		gateways[r.Requirer.ID] = append(gateways[r.Requirer.ID], name)
	}
	for i := range b.in.Applications {
		a := &b.in.Applications[i]
		n := b.node(Application, a.Model, a.Name)
		through := gateways[a.ID]
		slices.Sort(through)
		switch through = slices.Compact(through); {
		case len(through) > 0:
			n.VPN, n.VPNUnknown = "VPN "+strings.Join(through, ", "), unknown[a.ID]
		case a.Role != topology.RoleDownloadClient:
		case b.has(snapshot.JujuRelations, a.Model):
			n.VPN = "no VPN gateway"
		default:
			n.VPN, n.VPNUnknown = "VPN not known", true
		}
	}
}
