package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

const answerYes, answerNo = "yes", "no" // as the topology has them

// node returns a node of a model, making it where there is none: nothing shows
// it then.
func (b *builder) node(kind Kind, model, name string) *Node {
	key := nodeKey(kind, model, name)
	if b.nodes[key] == nil {
		b.nodes[key] = &Node{ID: key, Kind: kind, Name: name, Absent: "not read"}
		b.home[key] = b.cluster(model).ID
	}
	return b.nodes[key]
}

func (b *builder) application(a *topology.Application) {
	n := b.node(Application, a.Model, a.Name)
	n.Role, n.Group, n.State, n.Absent = a.Role, a.Group, a.State, ""
	n.Mesh = b.enrolment(a)
	n.Facts = append(n.Facts,
		sentence(a.Charm, a.Channel),
		role(a),
		shownBy(a),
		a.Mesh.Fact,
	)
	n.Facts = slices.DeleteFunc(n.Facts, func(s string) bool { return s == "" })
}

func role(a *topology.Application) string {
	if a.Role == "" {
		return "no role known: no rule judges it"
	}
	if a.RoleBasis == "" {
		return ""
	}
	return "role by " + a.RoleBasis
}

func shownBy(a *topology.Application) string {
	switch {
	case a.Declared && a.Effective:
		return "shown by Juju and Kubernetes"
	case a.Effective:
		return "shown by Kubernetes alone"
	case a.State == string(snapshot.Planned):
		return "planned, shown by a bundle alone"
	}
	return "shown by Juju alone"
}

func (b *builder) enrolment(a *topology.Application) Mesh {
	switch {
	case a.Mesh.Captured == answerYes:
		return Mesh{Yes, a.Mesh.State}
	case b.in.Profile.Mesh == "off":
		return Mesh{}
	case a.Mesh.Captured == answerNo:
		return Mesh{No, a.Mesh.State}
	}
	return Mesh{Answer: NotKnown}
}

// gateways adds Gateway objects that no application stands behind, and says of
// the others what class they are.
func (b *builder) gateways() {
	for _, g := range b.in.Gateways {
		if g.Waypoint {
			continue
		}
		n := b.node(Gateway, g.Namespace, g.Name)
		if n.Absent != "" {
			n.State, n.Absent = g.State, ""
		}
		if g.ProfileClass != "" {
			n.Facts = append(n.Facts, "gateway of class "+g.ProfileClass)
		}
	}
}

// offers adds offers and SAAS, and behind each SAAS the offer that it names,
// whether or not something shows it.
func (b *builder) offers() {
	for i := range b.in.Offers {
		o := &b.in.Offers[i]
		n := b.node(Offer, o.Model, o.Name)
		n.State, n.Absent = o.State, ""
		if o.Application == "" {
			n.Facts = append(n.Facts, "the application behind it is not known")
		}
		n.Facts = append(n.Facts, endpoints(o.Endpoints))
		if o.Total >= 0 && o.Active >= 0 {
			n.Facts = append(n.Facts, fmt.Sprintf("%d of %d connections active", o.Active, o.Total))
		}
		n.Facts = slices.DeleteFunc(n.Facts, func(s string) bool { return s == "" })
	}
	for i := range b.in.SAAS {
		s := &b.in.SAAS[i]
		n := b.node(SAAS, s.Model, s.Name)
		n.State, n.Absent = s.State, ""
		if s.URL != "" {
			n.Facts = append(n.Facts, "consumes "+s.URL)
		}
		if e := endpoints(s.Endpoints); e != "" {
			n.Facts = append(n.Facts, e)
		}
		if s.OfferModel == "" || s.OfferName == "" {
			n.Absent = "offer not known"
			continue
		}
		if b.clusters[clusterKey(s.OfferModel)] == nil {
			c := b.cluster(s.OfferModel)
			c.Unread, c.Foreign = !s.ModelRead, true
		}
		offered := b.node(Offer, s.OfferModel, s.OfferName)
		switch {
		case s.OfferFound == answerNo:
			offered.Absent = "no such offer"
		case s.OfferFound == answerYes && offered.Absent != "": // of a model that is not in this stack
			offered.Absent, offered.State = "", s.State
		}
	}
}

func endpoints(list []topology.Endpoint) string {
	var names []string
	for _, e := range list {
		names = append(names, cmp.Or(e.Name, e.Interface))
	}
	if len(names) == 0 {
		return ""
	}
	return "endpoints " + strings.Join(names, ", ")
}
