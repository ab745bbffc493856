package deployment

// topologyFaults put applications where they do not belong.
func topologyFaults() []Fault {
	return []Fault{
		{
			Name: "manager-in-downloads", Rule: "topology/core-service-in-core", Broken: true,
			About: "A second radarr was deployed next to the download clients.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Offer("arr-gateway", "arr-gateway", "istio-ingress-route")
				m := d.Model(d.Downloads)
				m.Consume(d.Core, "arr-gateway")
				d.Deploy(d.Downloads, "radarr-4k", "radarr-k8s", map[string]any{"variant": "4k", "api-key-rotation": "monthly"})
				m.Relate("radarr-4k", "service-mesh", "beacon")
				m.Relate("radarr-4k", "media-storage", "storage")
				m.Relate("radarr-4k", "istio-ingress-route", "arr-gateway")
				for _, a := range m.Applications {
					if charmOf(a.Charm).killSwitch {
						m.Relate("radarr-4k", "download-client", a.Name)
					}
				}
				return []Expectation{
					onApplication("topology/core-service-in-core", d.Downloads, "radarr-4k", Juju, Kube),
					onApplication("topology/only-downloads-in-downloads", d.Downloads, "radarr-4k", Juju, Kube),
					onApplication("relation/required", d.Downloads, "radarr-4k", Juju), // the indexer is in core
				}
			},
		},
		{
			Name: "client-in-core", Rule: "topology/download-client-in-downloads", Broken: true,
			About: "A download client was deployed among the managers, with the VPN it needs.",
			Change: func(d *Deployment) []Expectation {
				m := d.Model(d.Core)
				d.Deploy(d.Core, "usenet", "sabnzbd-k8s", map[string]any{"credential-rotation": "monthly"})
				m.Consume(d.Gateway, d.Gateway)
				m.Relate("usenet", "service-mesh", "beacon")
				m.Relate("usenet", "media-storage", "storage")
				m.Relate("usenet", "istio-ingress-route", "admin-gateway")
				m.Relate("usenet", "vpn-gateway", d.Gateway)
				for _, manager := range d.Managers() {
					m.Relate(manager, "download-client", "usenet")
				}
				return []Expectation{
					onApplication("topology/download-client-in-downloads", d.Core, "usenet", Juju, Kube),
					onApplication("topology/no-vpn-in-core", d.Core, "usenet", Juju, Kube),
				}
			},
		},
		{
			Name: "indexer-behind-vpn", Rule: "topology/no-vpn-in-core", Broken: true, Needs: []string{"prowlarr"},
			About:  "prowlarr was related to the VPN gateway.",
			Change: behindVPN("prowlarr"),
		},
		{
			Name: "manager-behind-vpn", Rule: "topology/no-vpn-in-core", Needs: []string{"radarr"},
			About:  "radarr was related to the VPN gateway.",
			Change: behindVPN("radarr"),
		},
		{
			Name: "ingress-in-downloads", Rule: "topology/only-downloads-in-downloads", Broken: true,
			About: "An ingress gateway was deployed next to the download clients.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Downloads, "downloads-gateway", "istio-ingress-k8s", map[string]any{admitted: d.Cluster.NodeCIDR})
				return []Expectation{
					onApplication("topology/only-downloads-in-downloads", d.Downloads, "downloads-gateway", Juju, Kube),
					expect("ingress/gateway-only-in-core", "misplaced", "application", d.Downloads, "downloads-gateway", Juju, Kube),
				}
			},
		},
		{
			Name: "gateway-in-downloads", Rule: "topology/gateway-own-namespace", Broken: true,
			About: "A VPN gateway was deployed in the model of the download clients.",
			Change: func(d *Deployment) []Expectation {
				first := d.Model(d.Gateway).Application("gluetun").Options["vxlan-id"].(int)
				d.Deploy(d.Downloads, "vpnarr", "gluetun-k8s", d.gatewayOptions(first+500000))
				return []Expectation{
					onApplication("topology/gateway-own-namespace", d.Downloads, "vpnarr", Juju, Kube),
					onApplication("relation/required", d.Downloads, "vpnarr", Juju), // nobody uses it
				}
			},
		},
		{
			Name: "namespace-without-model", Rule: "topology/model-matches-namespace", Broken: true,
			About: "The label that ties a namespace to its model was taken away.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("se")
				d.labelNamespace(model, "model.juju.is/name", Removed)
				return []Expectation{expect("topology/model-matches-namespace", "", "namespace", model, model, Kube)}
			},
		},
	}
}

func behindVPN(app string) func(*Deployment) []Expectation {
	return func(d *Deployment) []Expectation {
		m := d.Model(d.Core)
		m.Consume(d.Gateway, d.Gateway)
		m.Relate(app, "vpn-gateway", d.Gateway)
		all := []Expectation{onApplication("topology/no-vpn-in-core", d.Core, app, Juju, Kube)}
		if app == "prowlarr" { // it has challenges solved
			all = append(all, onApplication("vpn/flaresolverr-exit-address", d.Core, app, Juju))
		}
		return all
	}
}

// labelNamespace sets a label on the namespace of a model, as by hand.
func (d *Deployment) labelNamespace(model, key, value string) {
	m := d.Model(model)
	m.NamespaceLabels = merged(m.NamespaceLabels, map[string]string{key: value})
}

// ingressFaults put gateways and routes where they do not belong.
func ingressFaults() []Fault {
	return []Fault{
		{
			Name: "gateway-missing", Rule: "ingress/gateway-only-in-core", Way: "missing",
			About: "The gateway for media was removed.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).remove("media-gateway")
				return []Expectation{expect("ingress/gateway-only-in-core", "missing", "model", d.Core, d.Core, Juju, Kube)}
			},
		},
		{
			Name: "client-on-arr-gateway", Rule: "ingress/app-on-its-gateway", Broken: true, Needs: []string{"sabnzbd"},
			About: "sabnzbd was put on the gateway that the family may use.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Offer("arr-gateway", "arr-gateway", "istio-ingress-route")
				m := d.Model(d.Downloads)
				m.Consume(d.Core, "arr-gateway")
				m.Unrelate("sabnzbd", "istio-ingress-route", "admin-gateway")
				m.Relate("sabnzbd", "istio-ingress-route", "arr-gateway")
				return []Expectation{onApplication("ingress/app-on-its-gateway", d.Downloads, "sabnzbd", Juju, Kube)}
			},
		},
		{
			Name: "manager-on-media-gateway", Rule: "ingress/app-on-its-gateway", Broken: true, Needs: []string{"radarr"},
			About: "radarr was put on the gateway for media.",
			Change: func(d *Deployment) []Expectation {
				m := d.Model(d.Core)
				m.Unrelate("radarr", "istio-ingress-route", "arr-gateway")
				m.Relate("radarr", "istio-ingress-route", "media-gateway")
				return []Expectation{onApplication("ingress/app-on-its-gateway", d.Core, "radarr", Juju, Kube)}
			},
		},
	}
}
