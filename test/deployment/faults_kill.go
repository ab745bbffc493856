package deployment

const (
	killSwitchOf = "-vpn-killswitch"
	noLeak       = "vpn/no-direct-egress"
	waits        = "vpn/client-waits-for-gateway"
)

// killFaults open ways past the VPN gateway, or one of the two layers that close
// them. They are spread over the clients of several exits, so that none hides
// another.
func killFaults() []Fault {
	faults := []Fault{
		{
			Name: "gateway-silent", Rule: waits, Way: "no-data", Broken: true,
			About: "A client was related to a gateway that has told it nothing: its charm took route and kill switch away.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("no")
				d.Model(model).Application("gluetun").Silent = []string{"vpn-gateway"}
				return []Expectation{
					expect(waits, "no-data", "application", d.Downloads, "qbittorrent-no", Juju),
					onApplication(noLeak, d.Downloads, "qbittorrent-no", Kube),
				}
			},
		},
		{
			Name: "only-gateway-silent", Rule: waits, Way: "no-data", Needs: []string{"qbittorrent", "sabnzbd"},
			About: "The only gateway has told its clients nothing.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Gateway).Application("gluetun").Silent = []string{"vpn-gateway"}
				var all []Expectation
				for _, name := range []string{"qbittorrent", "sabnzbd"} {
					all = append(all, expect(waits, "no-data", "application", d.Downloads, name, Juju), onApplication(waits, d.Downloads, name, Kube))
				}
				return all
			},
		},
		clientFault("route-lost", noLeak, "", "qbittorrent", "", false, "The route containers of qbittorrent and its kill switch were taken away by hand.",
			func(_ *Deployment, a *Application) {
				a.Kube.NoKillSwitch = true
				a.Kube.Containers = ContainerChange{NoInit: true, NoSidecar: true}
			}),
		{
			Name: "client-on-host-network", Rule: "vpn/no-host-network", Way: "host-network", Needs: []string{"qbittorrent"},
			About: "qbittorrent was put on the network of its node.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.Containers.HostNetwork = true
				return []Expectation{
					expect("vpn/no-host-network", "host-network", "workload", d.Downloads, "qbittorrent", Kube),
					onApplication(noLeak, d.Downloads, "qbittorrent", Kube),
					onApplication("mesh/download-client-enrolled", d.Downloads, "qbittorrent", Kube),
				}
			},
		},
		clientFault("kill-switch-missing", "kill-switch/exists", "", "qbittorrent", "ch", true, "The kill switch of a client was deleted.",
			func(_ *Deployment, a *Application) { a.Kube.NoKillSwitch = true }),
		switchFault("kill-switch-selects-nothing", "kill-switch/selects-pods", "missed", "qbittorrent", "eu", true, "The selector of a kill switch was changed by hand.",
			SwitchChange{Selector: map[string]string{"app.kubernetes.io/name": "torrents"}}),
		switchFault("kill-switch-ingress", "kill-switch/egress-only", "ingress", "sabnzbd", "", true, "A kill switch restricts what comes in as well.",
			SwitchChange{Types: []string{"Ingress", "Egress"}}),
		switchFault("kill-switch-hole", "kill-switch/no-public-egress", "", "qbittorrent", "us", true, "Somebody opened a kill switch for a while and forgot it.",
			SwitchChange{Allows: []string{"93.184.216.0/24"}}),
		switchFault("kill-switch-proxy", "kill-switch/dns-only-kube-system", "namespaces", "qbittorrent", "", false, "A kill switch lets its client talk to a proxy.",
			SwitchChange{Pods: []string{"proxies"}}),
		switchFault("kill-switch-without-ztunnel", "kill-switch/ztunnel-address", "", "qbittorrent", "", false, "A kill switch is of before the mesh.",
			SwitchChange{Lacks: []string{ztunnelAddress}}),
		{
			Name: "kill-switch-drifted", Rule: "kill-switch/cidrs-match-gateway", Needs: []string{"qbittorrent"},
			About: "The kill switch does not have the range of the nodes, which was added later.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.Switch.Lacks = []string{d.Cluster.NodeCIDR}
				return []Expectation{expect("kill-switch/cidrs-match-gateway", "", "networkpolicy", d.Downloads, "qbittorrent"+killSwitchOf, Kube)}
			},
		},
		{
			Name: "policy-widens", Rule: "kill-switch/no-widening-policy", Broken: true, Needs: []string{"sabnzbd"},
			About: "A policy that was made to let something else out selects a client as well.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Downloads, `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-updates, namespace: `+d.Downloads+`}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: sabnzbd}}
  policyTypes: [Egress]
  egress:
  - to: [{ipBlock: {cidr: 0.0.0.0/0}}]
`)
				return []Expectation{expect("kill-switch/no-widening-policy", "", "networkpolicy", d.Downloads, "allow-updates", Kube)}
			},
		},
		{
			Name: "pod-label-lost", Rule: "kill-switch/pod-keeps-label", Way: "label-lost", Needs: []string{"qbittorrent"},
			About: "The running pod of qbittorrent was labelled otherwise.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.PodLabels = map[string]string{"app.kubernetes.io/name": "torrents"}
				return []Expectation{expect("kill-switch/pod-keeps-label", "label-lost", "pod", d.Downloads, "qbittorrent-0", Kube)}
			},
		},
		{
			Name: "plugin-enforces-nothing", Rule: "kill-switch/enforced-by-cni",
			About: "The cluster runs Flannel by itself.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.Plugin = "flannel"
				return []Expectation{{
					Rule: "kill-switch/enforced-by-cni", VisibleIn: []Form{Kube},
					Subject: Subject{Kind: "workload", Namespace: systemNs, Name: "kube-flannel-ds"},
				}}
			},
		},
		{
			Name: "route-sidecar-missing", Rule: "vpn/client-containers", Way: "missing", Broken: true,
			About: "The container that lays a client's routes again was taken away.",
			Change: func(d *Deployment) []Expectation {
				d.AddExit("ch")
				d.Model(d.Downloads).Application("qbittorrent-ch").Kube.Containers.NoSidecar = true
				return []Expectation{expect("vpn/client-containers", "missing", "workload", d.Downloads, "qbittorrent-ch", Kube)}
			},
		},
		{
			Name: "pod-not-rolled-out", Rule: "vpn/client-containers", Way: "not-rolled-out", Needs: []string{"qbittorrent"},
			About: "The running pod of qbittorrent is older than its template.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.Containers.OldPod = true
				return []Expectation{expect("vpn/client-containers", "not-rolled-out", "pod", d.Downloads, "qbittorrent-0", Kube)}
			},
		},
		{
			Name: "gateway-unprivileged", Rule: "vpn/gateway-privilege", Way: "too-little", Broken: true,
			About: "The init container of a gateway lost its privileges.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("ch")
				d.Model(model).Application("gluetun").Kube.Containers.Weak = true
				return []Expectation{expect("vpn/gateway-privilege", "too-little", "workload", model, "gluetun", Kube)}
			},
		},
		{
			Name: "indexer-behind-gateway", Rule: "vpn/consumer-without-kill-switch",
			About: "An indexer stands among the downloads and goes through the gateway.",
			Change: func(d *Deployment) []Expectation {
				m := d.Model(d.Downloads)
				d.Deploy(d.Downloads, "search", "prowlarr-k8s", map[string]any{})
				m.Consume(d.Gateway, d.Gateway)
				m.Relate("search", "vpn-gateway", d.Gateway)
				return []Expectation{onApplication("vpn/consumer-without-kill-switch", d.Downloads, "search", Juju, Kube)}
			},
		},
		{
			Name: "dual-stack", Rule: "vpn/dual-stack-leak", Needs: []string{"qbittorrent"},
			About: "The cluster has IPv6, and the kill switch of qbittorrent was deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.IPv6CIDR = "fd00:10:1::/64"
				d.Model(d.Downloads).Application("qbittorrent").Kube.NoKillSwitch = true
				return []Expectation{
					onApplication("vpn/dual-stack-leak", d.Downloads, "qbittorrent", Kube),
					onApplication("kill-switch/exists", d.Downloads, "qbittorrent", Kube),
				}
			},
		},
	}
	return faults
}

// clientFault is a fault in a client that Kubernetes shows: of the first exit, or
// of a further one with the given suffix.
func clientFault(name, rule, way, client, exit string, broken bool, about string, change func(*Deployment, *Application)) Fault {
	f := Fault{Name: name, Rule: rule, Way: way, About: about, Broken: broken}
	if exit == "" {
		f.Needs = []string{client}
	}
	f.Change = func(d *Deployment) []Expectation {
		a := d.clientOf(client, exit)
		change(d, a)
		return []Expectation{expect(rule, way, "application", d.Downloads, a.Name, Kube)}
	}
	return f
}

// switchFault is a change to a client's kill switch.
func switchFault(name, rule, way, client, exit string, broken bool, about string, change SwitchChange) Fault {
	f := clientFault(name, rule, way, client, exit, broken, about, nil)
	f.Change = func(d *Deployment) []Expectation {
		a := d.clientOf(client, exit)
		a.Kube.Switch = change
		return []Expectation{expect(rule, way, "networkpolicy", d.Downloads, a.Name+killSwitchOf, Kube)}
	}
	return f
}

func (d *Deployment) clientOf(client, exit string) *Application {
	if exit != "" {
		d.AddExit(exit)
		client += "-" + exit
	}
	return d.Model(d.Downloads).Application(client)
}
