package deployment

import "slices"

// relationFaults break what joins the models.
func relationFaults() []Fault {
	return []Fault{
		{
			Name: "offer-removed", Rule: "relation/offer-resolves", Broken: true, Needs: []string{"qbittorrent"},
			About: "qbittorrent is related to an offer that was removed.",
			Change: func(d *Deployment) []Expectation {
				m := d.Model(d.Downloads)
				m.Consume(d.Core, "lidarr").Status = "terminated"
				m.Relate("qbittorrent", "download-client", "lidarr")
				m.Relate("qbittorrent", "provide-cmr-mesh", "lidarr", "require-cmr-mesh")
				return []Expectation{expect("relation/offer-resolves", "", "saas", d.Downloads, "lidarr", Juju)}
			},
		},
		{
			Name: "offer-from-downloads", Rule: "relation/offer-direction", Broken: true, Needs: []string{"qbittorrent"},
			About: "The download client is offered to a manager, instead of the manager to it.",
			Change: func(d *Deployment) []Expectation {
				core, downloads := d.Model(d.Core), d.Model(d.Downloads)
				managers := d.Managers()
				manager := managers[len(managers)-1]
				downloads.Unrelate("qbittorrent", "", manager)
				d.dropUnused(manager)
				downloads.Offer("qbittorrent", "qbittorrent", "download-client", "provide-cmr-mesh")
				core.Consume(d.Downloads, "qbittorrent")
				core.Relate(manager, "download-client", "qbittorrent")
				core.Relate(manager, "require-cmr-mesh", "qbittorrent", "provide-cmr-mesh")
				return []Expectation{expect("relation/offer-direction", "", "offer", d.Downloads, "qbittorrent", Juju)}
			},
		},
		{
			Name: "client-not-related", Rule: "relation/cross-model-peers", Broken: true, Needs: []string{"sabnzbd"},
			About: "sabnzbd was never related to radarr.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Unrelate("sabnzbd", "", "radarr")
				return []Expectation{onApplication("relation/cross-model-peers", d.Downloads, "sabnzbd", Juju)}
			},
		},
	}
}

// dropUnused removes the offer of a manager, and the SAAS of it, when no
// client uses it any more.
func (d *Deployment) dropUnused(manager string) {
	core, downloads := d.Model(d.Core), d.Model(d.Downloads)
	if d.connections(d.Core, manager) > 0 {
		return
	}
	downloads.SAAS = slices.DeleteFunc(downloads.SAAS, func(s *SAAS) bool { return s.Name == manager })
	core.Offers = slices.DeleteFunc(core.Offers, func(o *Offer) bool { return o.Name == manager })
}

// remove takes an application out of its model, with its relations and offers.
func (m *Model) remove(app string) {
	m.Applications = slices.DeleteFunc(m.Applications, func(a *Application) bool { return a.Name == app })
	m.Relations = slices.DeleteFunc(m.Relations, func(r Relation) bool { return r.has(app) })
	m.Offers = slices.DeleteFunc(m.Offers, func(o *Offer) bool { return o.Application == app })
}

// Remove takes an application out of a model, as `juju remove-application
// --force` does: with its relations and offers, so that what consumed it is left
// with a SAAS that was terminated.
func (d *Deployment) Remove(model, app string) {
	gone := map[string]bool{}
	for _, o := range d.Model(model).Offers {
		gone[o.Name] = gone[o.Name] || o.Application == app
	}
	d.Model(model).remove(app)
	for _, m := range d.Models {
		for _, s := range m.SAAS {
			if s.Model == model && gone[s.Offer] {
				s.Status = "terminated"
			}
		}
	}
}

// otherFaults violate rules beside the sixteen. They are no part of the broken
// deployment.
func otherFaults() []Fault {
	return []Fault{
		gatewayFault("gateway-untrusted", "ops/trusted", "The gateway was deployed without --trust.",
			func(d *Deployment, a *Application) { a.Trust = false }, Juju),
		gatewayFault("gateway-channel", "ops/channel-coherent", "The gateway comes from another channel than the rest.",
			func(d *Deployment, a *Application) { a.Channel = "1/stable" }, Juju),
		{
			Name: "kill-switch-deleted", Rule: "kill-switch/exists", Needs: []string{"qbittorrent"},
			About: "The kill switch of qbittorrent was deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.NoKillSwitch = true
				return []Expectation{onApplication("kill-switch/exists", d.Downloads, "qbittorrent", Kube)}
			},
		},
		{
			Name: "identity-lost", Rule: "mesh/cross-model-identity", Needs: []string{"qbittorrent", "radarr"},
			About: "qbittorrent does not know radarr by its own name.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Unrelate("qbittorrent", "provide-cmr-mesh", "radarr")
				return []Expectation{onApplication("mesh/cross-model-identity", d.Downloads, "qbittorrent", Juju)}
			},
		},
		{
			Name: "gateway-admin-open", Rule: "ingress/admin-restricted", About: "The gateway for administrators is open to everybody.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("admin-gateway").Options["external-traffic-policy-cidrs"] = "0.0.0.0/0"
				return []Expectation{onApplication("ingress/admin-restricted", d.Core, "admin-gateway", Juju, Kube)}
			},
		},
	}
}

// gatewayFault is a fault in how the first VPN gateway is set up.
func gatewayFault(name, rule, about string, change func(*Deployment, *Application), forms ...Form) Fault {
	return Fault{Name: name, Rule: rule, About: about, Change: func(d *Deployment) []Expectation {
		change(d, d.Model(d.Gateway).Application("gluetun"))
		return []Expectation{onApplication(rule, d.Gateway, "gluetun", forms...)}
	}}
}
