package topology

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// countUses counts, for each endpoint, the relations that use it, whichever model
// they are declared in: a relation through an offer stands in the model of the
// consumer alone.
func (e *estate) countUses() {
	for _, m := range e.models {
		for _, r := range m.relations {
			for i := range r.ends {
				x := &r.ends[i]
				if x.app == nil {
					continue
				}
				name := x.endpoint
				if name == "" { // a guess that is good enough to count by
					name = charms().only(x.app.charm, r.iface, "")
				}
				if x.app.uses == nil {
					x.app.uses = map[string]int{}
				}
				x.app.uses[name]++
			}
		}
	}
}

// endpointDocuments are the endpoints of an application of which the number of
// relations matters: those that want one, and those that have more than their
// charm allows.
func (a *app) endpointDocuments() []EndpointUse {
	out := []EndpointUse{}
	entry := charms().byCharm[a.charm]
	if entry == nil || len(a.declared) == 0 {
		return out
	}
	add := func(side string, list []charmEndpoint) {
		for _, ep := range list {
			related := a.uses[ep.Name]
			if ep.Wanted == "" && (ep.Limit == 0 || related <= ep.Limit) {
				continue
			}
			out = append(out, EndpointUse{
				Name: ep.Name, Interface: ep.Interface, Side: side, Limit: ep.Limit,
				Wanted: ep.Wanted, Without: ep.Without, Related: related, Connected: a.connected(ep.Name, related),
			})
		}
	}
	add("provider", entry.Provides)
	add("requirer", entry.Requires)
	slices.SortFunc(out, func(x, y EndpointUse) int { return cmp.Compare(x.Name, y.Name) })
	return out
}

// connected says whether something is related to an endpoint. An offer may be
// used by a model that was not read: its count of connections then tells.
func (a *app) connected(endpoint string, related int) string {
	if related > 0 {
		return answerYes
	}
	if !a.model.evidence[snapshot.JujuRelations] {
		return answerUnknown
	}
	answer := answerNo
	for _, o := range a.model.offers {
		if o.facts.Application != a.name || !slices.ContainsFunc(o.endpoints, func(e snapshot.Endpoint) bool { return e.Name == endpoint }) {
			continue
		}
		switch {
		case o.facts.Total > 0 && len(o.endpoints) == 1:
			return answerYes
		case o.facts.Total != 0 && len(o.consumers) == 0:
			answer = answerUnknown // somebody who was not read may use it
		}
	}
	return answer
}

// mismatch says why a relation cannot be: an endpoint that the charm does not
// have, two that speak different interfaces, or two of one side. It is empty
// where nothing is wrong or too little is known.
func (r *relation) mismatch() string {
	var sides, interfaces [2]string
	for i := range r.ends {
		x := &r.ends[i]
		if x.app == nil || x.endpoint == "" || x.inferred {
			return ""
		}
		entry := charms().byCharm[x.app.charm]
		if entry == nil {
			return "" // the endpoints of other charms are not known
		}
		interfaces[i] = charms().interfaceOf(x.app.charm, x.endpoint)
		if interfaces[i] == "" && x.endpoint != "juju-info" {
			return fmt.Sprintf("charm %s has no endpoint %q", x.app.charm, x.endpoint)
		}
		sides[i] = charms().side(x.app.charm, x.endpoint, "")
	}
	switch {
	case interfaces[0] != interfaces[1] && interfaces[0] != "" && interfaces[1] != "":
		return fmt.Sprintf("%s speaks %s and %s speaks %s", r.ends[0].label(), interfaces[0], r.ends[1].label(), interfaces[1])
	case sides[0] != "" && sides[0] == sides[1]:
		return fmt.Sprintf("%s and %s are both %ss", r.ends[0].label(), r.ends[1].label(), sides[0])
	}
	return ""
}

// stranger says which end of a relation on an interface of Charmarr's plays a
// role that the records give no part in it; empty where none does or it is not
// known.
func (r *relation) stranger() string {
	p, ok := charms().pairs[r.iface]
	if !ok || !r.sidesKnown {
		return ""
	}
	for i, allowed := range [2][]string{p.Providers, p.Requirers} {
		a := r.ends[i].app
		if a == nil || (a.role == "" && a.charm == "") {
			continue
		}
		if !slices.Contains(allowed, a.role) {
			return a.name
		}
	}
	return ""
}

// telemetry lists the interfaces by which a charm can tell of itself: it serves
// metrics, and sends logs and traces.
func (a *app) telemetry() []string {
	out := []string{}
	entry := charms().byCharm[a.charm]
	if entry == nil {
		return out
	}
	has := func(list []charmEndpoint, iface string) bool {
		return slices.ContainsFunc(list, func(e charmEndpoint) bool { return e.Interface == iface })
	}
	for _, x := range []struct {
		list  []charmEndpoint
		iface string
	}{
		{entry.Requires, "loki_push_api"}, {entry.Provides, "prometheus_scrape"}, {entry.Requires, "tracing"},
	} {
		if has(x.list, x.iface) {
			out = append(out, x.iface)
		}
	}
	return out
}
