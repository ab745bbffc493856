package deployment

import "strings"

// vpnFaults leave download clients without protection.
func vpnFaults() []Fault {
	return []Fault{
		{
			Name: "client-without-vpn", Rule: "vpn/client-behind-gateway", Broken: true, Needs: []string{"qbittorrent", "sabnzbd"},
			About: "qbittorrent has no VPN gateway and was told to run all the same.",
			Change: func(d *Deployment) []Expectation {
				m := d.Model(d.Downloads)
				m.Unrelate("qbittorrent", "vpn-gateway", d.Gateway)
				m.Application("qbittorrent").Options["unsafe-mode"] = true
				return []Expectation{
					onApplication("vpn/client-behind-gateway", d.Downloads, "qbittorrent", Juju),
					onApplication("vpn/no-direct-egress", d.Downloads, "qbittorrent", Kube),
				}
			},
		},
		{
			Name: "client-unsafe", Rule: "vpn/client-behind-gateway", Needs: []string{"qbittorrent"},
			About: "qbittorrent would go on without its VPN gateway.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Options["unsafe-mode"] = true
				return []Expectation{onApplication("vpn/client-behind-gateway", d.Downloads, "qbittorrent", Juju)}
			},
		},
		{
			Name: "client-of-two-gateways", Rule: "vpn/one-gateway-per-client", Needs: []string{"qbittorrent"},
			About: "qbittorrent was related to a second gateway.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Relate("qbittorrent", "vpn-gateway", d.AddExit("us"))
				return []Expectation{onApplication("vpn/one-gateway-per-client", d.Downloads, "qbittorrent", Juju)}
			},
		},
		{
			Name: "client-settings-of-another-cluster", Rule: "vpn/client-settings", Broken: true, Needs: []string{"sabnzbd"},
			About: "The settings of sabnzbd name the DNS of another cluster.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("sabnzbd").Kube.Settings = map[string]string{"K8S_DNS_IPS": "10.96.0.10"}
				return []Expectation{onApplication("vpn/client-settings", d.Downloads, "sabnzbd", Kube)}
			},
		},
		{
			Name: "client-settings-with-commas", Rule: "vpn/client-settings", Needs: []string{"qbittorrent"},
			About: "The settings of qbittorrent list networks with commas.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.Settings = map[string]string{
					"NOT_ROUTED_TO_GATEWAY_CIDRS": strings.Join([]string{d.Cluster.PodCIDR, d.Cluster.ServiceCIDR, d.Cluster.NodeCIDR, ztunnelAddress}, ","),
				}
				return []Expectation{onApplication("vpn/client-settings", d.Downloads, "qbittorrent", Kube)}
			},
		},
		{
			Name: "ztunnel-not-routed", Rule: "vpn/ztunnel-address-routed", Needs: []string{"qbittorrent"},
			About: "The settings of qbittorrent lack the address of ztunnel.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.Settings = map[string]string{
					"NOT_ROUTED_TO_GATEWAY_CIDRS": strings.Join([]string{d.Cluster.PodCIDR, d.Cluster.ServiceCIDR, d.Cluster.NodeCIDR}, " "),
				}
				return []Expectation{onApplication("vpn/ztunnel-address-routed", d.Downloads, "qbittorrent", Kube)}
			},
		},
		{
			Name: "client-looks-elsewhere", Rule: "vpn/cross-model-gateway", Needs: []string{"sabnzbd"},
			About: "sabnzbd looks for its gateway in its own model.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("sabnzbd").Kube.ExitHost = "gluetun-endpoints." + d.Downloads + ".svc.cluster.local"
				return []Expectation{onApplication("vpn/cross-model-gateway", d.Downloads, "sabnzbd", Kube)}
			},
		},
		{
			Name: "dns-in-the-clear", Rule: "vpn/dns-privacy", About: "The cluster's DNS asks the node's resolvers.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.OpenDNS = true
				return []Expectation{{Rule: "vpn/dns-privacy", Subject: Subject{"configmap", "", systemNs, "coredns"}, VisibleIn: []Form{Kube}}}
			},
		},
	}
}

// gatewayVPNFaults are in how a VPN gateway is set up.
func gatewayVPNFaults() []Fault {
	return []Fault{
		gatewayFault("gateway-scaled", "vpn/gateway-single-unit", "The gateway was scaled to two units.",
			func(d *Deployment, a *Application) { a.Scale = 2 }, Juju, Kube),
		gatewayFault("cidrs-with-spaces", "vpn/cluster-cidrs-format", "The cluster's ranges are separated by spaces.",
			func(d *Deployment, a *Application) {
				a.Options["cluster-cidrs"] = d.Cluster.PodCIDR + " " + d.Cluster.ServiceCIDR + " " + d.Cluster.NodeCIDR
			}, Juju),
		gatewayFault("cidrs-everything", "vpn/cluster-cidrs-private", "The cluster's ranges hold the whole internet.",
			func(d *Deployment, a *Application) { a.Options["cluster-cidrs"] = "0.0.0.0/0" }, Juju, Kube),
		withCluster(gatewayFault("cidrs-without-services", "vpn/cluster-cidrs-cover-cluster", "The range of the Services was forgotten.",
			func(d *Deployment, a *Application) {
				a.Options["cluster-cidrs"] = d.Cluster.PodCIDR + "," + d.Cluster.NodeCIDR
			}, Kube)),
		withCluster(gatewayFault("vxlan-network-taken", "vpn/vxlan-network-free", "The nodes are numbered from the overlay's network.",
			func(d *Deployment, a *Application) {
				d.Cluster.NodeCIDR = vxlanNetwork + ".0/24"
				a.Options["cluster-cidrs"] = d.Cluster.PodCIDR + "," + d.Cluster.ServiceCIDR + "," + d.Cluster.NodeCIDR
			}, Kube)),
		withCluster(exitFault("cidrs-without-nodes", "se", "vpn/cluster-cidrs-cover-cluster", "The range of the nodes was forgotten.",
			func(d *Deployment, a *Application) {
				a.Options["cluster-cidrs"] = d.Cluster.PodCIDR + "," + d.Cluster.ServiceCIDR
			}, Kube)),
		exitFault("dns-over-tls", "ch", "vpn/dns-over-tls-off", "The gateway's own resolver was switched on.",
			func(d *Deployment, a *Application) { a.Options["dns-over-tls"] = true }, Juju),
		exitFault("gateway-without-provider", "us", "vpn/gateway-configured", "Nobody set the gateway's provider.",
			func(d *Deployment, a *Application) { delete(a.Options, "vpn-provider") }, Juju),
		exitFault("firewall-off", "ch", "vpn/overrides-keep-firewall", "gluetun's firewall was switched off.",
			func(d *Deployment, a *Application) {
				a.Options["custom-overrides"] = `{"FIREWALL_ENABLED_DISABLING_IT_SHOOTS_YOU_IN_YOUR_FOOT": "off"}`
			}, Juju),
		exitFault("vxlan-twice", "eu", "vpn/vxlan-id-unique", "Two gateways have one VXLAN id.",
			func(d *Deployment, a *Application) {
				a.Options["vxlan-id"] = d.Model(d.Gateway).Application("gluetun").Options["vxlan-id"]
			}, Juju, Kube),
		exitFault("tunnel-down", "us", "vpn/gateway-status", "The gateway does not reach its provider.",
			func(d *Deployment, a *Application) { a.Status, a.Message = "waiting", "VPN not connected" }, Juju),
	}
}

// exitFault is a fault in how a further VPN gateway is set up, and part of the
// broken deployment.
func exitFault(name, suffix, rule, about string, change func(*Deployment, *Application), forms ...Form) Fault {
	return Fault{Name: name, Rule: rule, About: about, Broken: true, Change: func(d *Deployment) []Expectation {
		model := d.AddExit(suffix)
		change(d, d.Model(model).Application("gluetun"))
		return []Expectation{onApplication(rule, model, "gluetun", forms...)}
	}}
}

// withCluster marks a fault that only shows against the addresses of the cluster.
func withCluster(f Fault) Fault {
	f.NeedsKube = true
	return f
}
