package deployment

import "slices"

// place is an application in its model.
type place struct {
	model, application string
}

// link is a relation as one application has it.
type link struct {
	endpoint string // its own
	peer     End    // the application behind any SAAS; empty where the offer does not exist
	model    string // the peer's
	// alias is the name the peer goes by: its own in the same model, the SAAS on
	// the consuming side, remote-<hash> on the offering side.
	alias string
}

// links returns the relations of every application, across models.
func (d *Deployment) links() map[place][]link {
	all := map[place][]link{}
	for _, m := range d.Models {
		for _, r := range m.Relations {
			d.link(all, m, r.A, r.B)
			d.link(all, m, r.B, r.A)
		}
	}
	return all
}

// link records what the near end of a relation of m sees.
func (d *Deployment) link(all map[place][]link, m *Model, near, far End) {
	owner, ok := d.behind(m, near.Application)
	if !ok {
		return
	}
	l := link{endpoint: near.Endpoint, alias: far.Application}
	if peer, ok := d.behind(m, far.Application); ok {
		l.peer, l.model = End{peer.application, far.Endpoint}, peer.model
	}
	if owner.model != m.Name { // near is a SAAS: its owner sees a consumer without a name
		l.alias = remoteName(m.Name, far.Application)
	}
	all[owner] = append(all[owner], l)
}

// behind returns the application that a name in a model stands for.
func (d *Deployment) behind(m *Model, name string) (place, bool) {
	if m.Application(name) != nil {
		return place{m.Name, name}, true
	}
	s := m.Saas(name)
	if s == nil {
		return place{}, false
	}
	other := d.Model(s.Model)
	if other == nil {
		return place{}, false
	}
	for _, o := range other.Offers {
		if o.Name == s.Offer {
			return place{other.Name, o.Application}, true
		}
	}
	return place{}, false
}

// view is a deployment with its relations followed, while it is rendered.
type view struct {
	*Deployment
	relations map[place][]link
}

func (d *Deployment) view() view { return view{d, d.links()} }

// at returns the relations of one endpoint of an application.
func (v view) at(model, app, endpoint string) []link {
	return slices.DeleteFunc(slices.Clone(v.relations[place{model, app}]), func(l link) bool {
		return l.endpoint != endpoint
	})
}

// application returns the application at the other end of a link, or nil.
func (v view) application(l link) *Application {
	m := v.Model(l.model)
	if m == nil {
		return nil
	}
	return m.Application(l.peer.Application)
}

// vpn returns the link of an application to its VPN gateway.
func (v view) vpn(model string, a *Application) (link, bool) {
	return v.only(model, a, "vpn-gateway", "requirer")
}

// only returns the link of an endpoint that takes one relation.
func (v view) only(model string, a *Application, endpoint, role string) (link, bool) {
	if _, r := charmOf(a.Charm).endpoint(endpoint); r != role {
		return link{}, false
	}
	for _, l := range v.at(model, a.Name, endpoint) {
		if v.application(l) != nil {
			return l, true
		}
	}
	return link{}, false
}
