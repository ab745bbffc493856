package topology

import (
	"cmp"
	"slices"
)

// Interfaces by which an application asks a gateway for a route.
var ingressInterfaces = []string{"istio_ingress_route", "ingress"}

// joinAttachments gives each application the ingress gateways through which it
// is reached: as Juju's relations declare it, and as HTTPRoutes make it. Either
// may stand in a model other than the application's own.
func (e *estate) joinAttachments() {
	for _, m := range e.models {
		for _, r := range m.relations {
			if !slices.Contains(ingressInterfaces, r.iface) {
				continue
			}
			for i := range r.ends {
				app, gateway := r.ends[i].app, &r.ends[1-i]
				if app == nil || app.role == RoleIngressGateway {
					continue
				}
				e.attachByRelation(app, r.ends[i].endpoint, gateway, r)
			}
		}
		for _, r := range m.routes {
			for _, b := range r.Backends {
				home := e.find(m.controller, cmp.Or(b.Namespace, m.name))
				if home == nil || home.apps[b.Name] == nil {
					continue
				}
				a := home.apps[b.Name]
				for _, p := range r.Parents {
					a.attach(Attachment{
						Gateway: p.Name, GatewayModel: cmp.Or(p.Namespace, m.name),
						Class: classOf(e.profile, p.Name),
						Via:   "httproute", Name: r.Name, State: stateEffective, At: place(p.At),
						Port: unknownPort,
					})
				}
			}
		}
	}
	for _, m := range e.models {
		for _, a := range m.apps {
			slices.SortFunc(a.attachments, func(x, y Attachment) int {
				return cmp.Or(cmp.Compare(x.Gateway, y.Gateway), cmp.Compare(x.Via, y.Via), cmp.Compare(x.Name, y.Name), cmp.Compare(x.At, y.At))
			})
		}
	}
}

func (e *estate) attachByRelation(a *app, endpoint string, gateway *relationEnd, r *relation) {
	at := Attachment{Via: "relation", Name: r.label(), State: string(r.state), At: place(r.at), Endpoint: endpoint}
	at.Port, at.Path = a.wanted(r.iface)
	switch {
	case gateway.app != nil:
		at.Gateway, at.GatewayModel = gateway.app.name, gateway.app.model.name
		at.Class = classOf(e.profile, at.Gateway)
	case gateway.saas != nil: // a name of the consumer's choice tells no class
		at.Gateway = gateway.saas.facts.Name
	default:
		return
	}
	a.attach(at)
}

// attach adds an attachment once: a route may have several backends of one
// application.
func (a *app) attach(x Attachment) {
	if !slices.Contains(a.attachments, x) {
		a.attachments = append(a.attachments, x)
	}
}
