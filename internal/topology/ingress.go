package topology

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Interfaces by which an application asks a gateway for a route.
var ingressInterfaces = []string{"istio_ingress_route", "ingress"}

// attachments are the ingress gateways through which an application is
// reached: as Juju's relations declare it, and as HTTPRoutes make it.
func (e *estate) attachments(a *app) []Attachment {
	out := []Attachment{}
	for _, r := range a.model.relations {
		if !slices.Contains(ingressInterfaces, r.iface) {
			continue
		}
		for i := range r.ends {
			near, far := &r.ends[i], &r.ends[1-i]
			if near.saas != nil || near.app != a || a.role == RoleIngressGateway {
				continue
			}
			at := Attachment{Via: "relation", Name: r.label(), State: string(r.state), At: place(r.at)}
			switch {
			case far.app != nil:
				at.Gateway, at.GatewayModel = far.app.name, far.app.model.name
			case far.saas != nil:
				at.Gateway = far.saas.facts.Name
			default:
				continue
			}
			if far.app != nil {
				at.Class = classOf(e.profile, at.Gateway)
			}
			out = append(out, at)
		}
	}
	for _, r := range a.model.routes {
		sends := slices.ContainsFunc(r.Backends, func(b snapshot.RouteRef) bool {
			return b.Name == a.name && cmp.Or(b.Namespace, r.Namespace) == a.model.name
		})
		if !sends {
			continue
		}
		for _, p := range r.Parents {
			out = append(out, Attachment{
				Gateway: p.Name, GatewayModel: cmp.Or(p.Namespace, r.Namespace),
				Class: classOf(e.profile, p.Name),
				Via:   "httproute", Name: r.Name, State: stateEffective, At: place(p.At),
			})
		}
	}
	slices.SortStableFunc(out, func(x, y Attachment) int {
		return cmp.Or(cmp.Compare(x.Gateway, y.Gateway), cmp.Compare(x.Via, y.Via), cmp.Compare(x.Name, y.Name))
	})
	return out
}
