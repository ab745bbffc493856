package deployment

import "slices"

// functionalFaults leave out or add relations, so that something does not work
// or is not seen.
func functionalFaults() []Fault {
	return []Fault{
		{
			Name: "storage-forgotten", Rule: "relation/required", Broken: true, Needs: []string{"radarr"},
			About: "radarr was never related to the storage.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Unrelate("radarr", "media-storage", "storage")
				return []Expectation{onApplication("relation/required", d.Core, "radarr", Juju)}
			},
		},
		{
			Name: "indexer-forgotten", Rule: "relation/required", Needs: []string{"prowlarr"},
			About: "No manager was related to the indexer.",
			Change: func(d *Deployment) []Expectation {
				all := []Expectation{onApplication("relation/required", d.Core, "prowlarr", Juju)}
				for _, manager := range d.Managers() {
					d.Model(d.Core).Unrelate(manager, "media-indexer", "prowlarr")
					all = append(all, onApplication("relation/required", d.Core, manager, Juju))
				}
				return all
			},
		},
		{
			Name: "two-solvers", Rule: "relation/endpoint-limit", Needs: []string{"prowlarr"},
			About: "prowlarr was related to a second FlareSolverr.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Core, "flaresolverr-b", "flaresolverr-k8s", nil)
				core := d.Model(d.Core)
				core.Relate("flaresolverr-b", "service-mesh", "beacon")
				core.Relate("prowlarr", "flaresolverr", "flaresolverr-b")
				return []Expectation{onApplication("relation/endpoint-limit", d.Core, "prowlarr", Juju)}
			},
		},
		{
			Name: "same-variant", Rule: "relation/variant-unique", Needs: []string{"radarr", "prowlarr", "plex", "seerr"},
			About: "A second Radarr manages the same variant on the same storage.",
			Change: func(d *Deployment) []Expectation {
				d.addManager("radarr-b", "radarr-k8s")
				return []Expectation{onApplication("relation/variant-unique", d.Core, "radarr-b", Juju)}
			},
		},
		{
			Name: "not-wired", Rule: "o11y/wired", Needs: []string{"prowlarr"},
			About: "prowlarr's logs were never wired to the collector.",
			Change: func(d *Deployment) []Expectation {
				d.Observe()
				d.Model(d.Core).Unrelate("prowlarr", "logging", "otelcol")
				return []Expectation{onApplication("o11y/wired", d.Core, "prowlarr", Juju)}
			},
		},
		{
			Name: "crowsnest-blind", Rule: "o11y/crowsnest-sees-clients", Needs: []string{"qbittorrent"},
			About: "Crowsnest was never related to qbittorrent.",
			Change: func(d *Deployment) []Expectation {
				d.Observe()
				d.Model(d.Core).Unrelate("crowsnest", "", "qbittorrent-alerts")
				d.Model(d.Core).dropSAAS("qbittorrent-alerts")
				d.Model(d.Downloads).dropOffer("qbittorrent-alerts")
				return []Expectation{onApplication("o11y/crowsnest-sees-clients", d.Downloads, "qbittorrent", Juju)}
			},
		},
	}
}

// addManager adds a manager with every relation that managers have.
func (d *Deployment) addManager(name, charm string) {
	core, downloads := d.Model(d.Core), d.Model(d.Downloads)
	d.Deploy(d.Core, name, charm, map[string]any{"api-key-rotation": "monthly", "ingress-path": "/" + name})
	core.Relate(name, "service-mesh", "beacon")
	core.Relate(name, "media-storage", "storage")
	core.Relate(name, "istio-ingress-route", "arr-gateway")
	core.Relate(name, "media-indexer", "prowlarr")
	core.Relate("plex", "media-manager", name)
	core.Relate("seerr", "media-manager", name)
	core.Offer(name, name, "download-client", "require-cmr-mesh")
	downloads.Consume(d.Core, name)
	for _, client := range downloads.Applications {
		if _, ok := charmOf(client.Charm).provides["download-client"]; ok {
			downloads.Relate(client.Name, "download-client", name)
			downloads.Relate(client.Name, "provide-cmr-mesh", name, "require-cmr-mesh")
		}
	}
}

func (m *Model) dropSAAS(name string) {
	m.SAAS = slices.DeleteFunc(m.SAAS, func(s *SAAS) bool { return s.Name == name })
}

func (m *Model) dropOffer(name string) {
	m.Offers = slices.DeleteFunc(m.Offers, func(o *Offer) bool { return o.Name == name })
}
