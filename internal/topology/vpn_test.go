package topology

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// vpn writes a downloads model with a client and a model with its gateway.
type vpn struct {
	builder
	downloads, gateway int // indices into s.Models
}

func newVPN() *vpn {
	b := &vpn{}
	b.source("models.json")
	m := b.status("charmarr-downloads", map[string]string{"qbittorrent": "qbittorrent-k8s"})
	m.SAAS = []snapshot.SAAS{{Name: "gluetun", URL: "admin/gluetun.gluetun", At: b.at(), Endpoints: []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}}}}
	b.relate(m, "qbittorrent", "vpn-gateway", "gluetun", "vpn-gateway", "vpn-gateway")
	g := b.status("gluetun", map[string]string{"gluetun": "gluetun-k8s"})
	g.Offers = []snapshot.Offer{{Name: "gluetun", Application: "gluetun", At: b.at(), Endpoints: []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}}}}
	b.downloads, b.gateway = 0, 1
	return b
}

// option sets an option of the gateway, and says that all its options are known.
func (b *vpn) option(key, value string) *vpn {
	m := &b.s.Models[b.gateway]
	m.Applications[0].Config = append(m.Applications[0].Config, snapshot.Fact{Key: key, Value: value, At: b.at()})
	if !slices.Contains(m.Evidence, snapshot.JujuConfig) {
		m.Evidence = append(m.Evidence, snapshot.JujuConfig)
	}
	return b
}

// told says what the client's unit sees.
func (b *vpn) told(config string) *vpn {
	m := &b.s.Models[b.downloads]
	m.Evidence = append(m.Evidence, snapshot.JujuUnits)
	r := databag(config)
	m.Units = append(m.Units, snapshot.Unit{Name: "qbittorrent/0", At: b.at(), Relations: []snapshot.UnitRelation{*r, {Endpoint: "media-storage", At: b.at()}}})
	return b
}

func (b *vpn) settings(namespace, name, text string) *vpn {
	b.s.ConfigMaps = append(b.s.ConfigMaps, snapshot.ConfigMap{
		Meta: snapshot.Meta{Name: name, Namespace: namespace, At: b.at()},
		Data: []snapshot.Fact{{Key: "settings.sh", Value: text, At: b.at()}},
	})
	return b
}

func (b *vpn) service(namespace, name string, ips ...string) *vpn {
	b.s.Services = append(b.s.Services, snapshot.Service{Meta: snapshot.Meta{Name: name, Namespace: namespace, At: b.at()}, ClusterIPs: ips})
	return b
}

func (b *vpn) pod(namespace, name string, change func(*snapshot.Pod), ips ...string) *vpn {
	p := snapshot.Pod{Meta: snapshot.Meta{Name: name, Namespace: namespace, At: b.at()}, Phase: "Running", IPs: ips}
	if change != nil {
		change(&p)
	}
	b.s.Pods = append(b.s.Pods, p)
	return b
}

func (b *vpn) node(name string, ranges []string, ips ...string) *vpn {
	b.s.Nodes = append(b.s.Nodes, snapshot.Node{Meta: snapshot.Meta{Name: name, At: b.at()}, Addresses: ips, PodCIDRs: ranges})
	return b
}

// workload adds the client's StatefulSet as its charm patches it.
func (b *vpn) workload(namespace, host string) *vpn {
	container := func(name string) snapshot.Container {
		return snapshot.Container{Name: name, At: b.at(), Env: []snapshot.Fact{{Key: "gateway", Value: host, At: b.at()}}}
	}
	b.s.Workloads = append(b.s.Workloads, snapshot.Workload{
		Kind: "StatefulSet", Replicas: 1,
		Meta: snapshot.Meta{Name: "qbittorrent", Namespace: namespace, At: b.at(), Labels: []snapshot.Fact{{Key: labelManagedBy, Value: "juju"}, {Key: labelName, Value: "qbittorrent"}}},
		Template: snapshot.PodSpec{
			InitContainers: []snapshot.Container{container("vpn-route-init")},
			Containers:     []snapshot.Container{{Name: "qbittorrent", At: b.at()}, container("vpn-route-sidecar")},
			Volumes:        []snapshot.Volume{{Name: "pod-gateway-config", Kind: snapshot.VolumeConfigMap, Source: "qbittorrent-gateway-client-config", At: b.at()}},
		},
	})
	return b
}

func (b *vpn) resolve(t *testing.T) Stack {
	t.Helper()
	result := Resolve(b.s, adr006())
	require.Len(t, result.Stacks, 1)
	return result.Stacks[0]
}

const clientHost = "gluetun-endpoints.gluetun.svc.cluster.local"

func TestVPNClientsAndGateways(t *testing.T) {
	b := newVPN().option("cluster-cidrs", "10.1.0.0/16").option("vxlan-id", "43").told(wholeConfig).
		settings("charmarr-downloads", "qbittorrent-gateway-client-config", `VXLAN_ID="43"`).
		settings("gluetun", "gluetun-gateway-settings", `VXLAN_ID="43"`).workload("charmarr-downloads", clientHost)
	st := b.resolve(t)
	require.Len(t, st.VPNClients, 1)
	require.Len(t, st.VPNGateways, 1)

	c := st.VPNClients[0]
	require.Equal(t, "charmarr-downloads/qbittorrent", c.ID)
	require.Equal(t, []string{"gluetun/gluetun"}, c.Gateways)
	require.Len(t, c.Links, 1)
	require.Equal(t, "gluetun/gluetun", c.Links[0].ID)
	require.Equal(t, "gluetun", c.Links[0].SAAS)
	require.True(t, c.SettingsNamed)
	require.Equal(t, "43", c.Settings.VXLANID)
	require.Len(t, c.Data, 1, "the databag of another relation is not one of a gateway's")
	require.Len(t, c.Hosts, 1, "both containers and the databag say the same")
	require.Equal(t, "container vpn-route-init of StatefulSet charmarr-downloads/qbittorrent", c.Hosts[0].By)

	g := st.VPNGateways[0]
	require.True(t, g.OptionsKnown)
	require.Equal(t, []string{c.ID}, g.Clients)
	require.Equal(t, "option", g.NetworksFrom)
	require.Equal(t, []string{"43"}, names(g.VXLAN, func(n VXLANNumber) string { return n.Value }))
	require.True(t, g.Settings.Known)
}

func TestVPNHosts(t *testing.T) {
	cases := []struct{ name, host, application, namespace, found, id string }{
		{"of the gateway", clientHost, "gluetun", "gluetun", "yes", "gluetun/gluetun"},
		{"without the cluster's domain", "gluetun-endpoints.gluetun.svc", "gluetun", "gluetun", "yes", "gluetun/gluetun"},
		{"of the Service with an address", "gluetun.gluetun.svc.cluster.local.", "gluetun", "gluetun", "yes", "gluetun/gluetun"},
		{"in the client's own namespace", "gluetun-endpoints", "gluetun", "charmarr-downloads", "no", ""},
		{"of an application that is none", "qbittorrent-endpoints.charmarr-downloads.svc", "qbittorrent", "charmarr-downloads", "no", ""},
		{"in a namespace that was not read", "gluetun-endpoints.elsewhere.svc.cluster.local", "gluetun", "elsewhere", "", ""},
		{"in another domain", "gluetun-endpoints.gluetun.svc.cluster.localx", "", "", "no", ""},
		{"an address", "10.1.2.3", "", "", "no", ""},
		{"of the Internet", "vpn.example.com", "", "", "no", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			st := newVPN().workload("charmarr-downloads", c.host).resolve(t)
			h := st.VPNClients[0].Hosts[0]
			require.Equal(t, []string{c.host, c.application, c.namespace, c.found, c.id}, []string{h.Value, h.Application, h.Namespace, h.Found, h.ID})
			require.Equal(t, "effective", h.State)
		})
	}
}

func TestVPNNetworksByTheBestSource(t *testing.T) {
	settings := `NOT_ROUTED_TO_GATEWAY_CIDRS="10.3.0.0/16"`
	client := "qbittorrent-gateway-client-config"
	b := newVPN().settings("charmarr-downloads", client, settings)
	cases := []struct {
		name, from, state, raw string
		b                      *vpn
	}{
		{"option", "option", "declared", "10.2.0.0/16", newVPN().option("cluster-cidrs", "10.2.0.0/16").told(wholeConfig).settings("charmarr-downloads", client, settings)},
		{"option that is not set", "option", "declared", "", newVPN().option("vpn-provider", "mullvad").told(wholeConfig)},
		{"databag", "databag", "declared", "10.1.0.0/16,169.254.7.127/32", newVPN().told(wholeConfig).settings("charmarr-downloads", client, settings)},
		{"settings", "settings", "effective", "10.3.0.0/16", b},
		{"databag that is of no use", "settings", "effective", "10.3.0.0/16", newVPN().told(`{}`).settings("charmarr-downloads", client, settings)},
		{"none", "", "", "", newVPN()},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := c.b.resolve(t).VPNGateways[0]
			require.Equal(t, []string{c.from, c.state, c.raw}, []string{g.NetworksFrom, g.NetworksState, g.Networks.Raw})
		})
	}
}

func TestVPNUncovered(t *testing.T) {
	host := func(p *snapshot.Pod) { p.Spec.HostNetwork = true }
	done := func(p *snapshot.Pod) { p.Phase = "Succeeded" }
	cases := []struct {
		name  string
		cidrs string
		b     *vpn
		want  []string
	}{
		{"all covered", "10.1.0.0/16,10.152.183.0/24,192.168.1.0/24", newVPN().
			pod("gluetun", "gluetun-0", nil, "10.1.0.5").service("gluetun", "gluetun", "10.152.183.7").service("gluetun", "gluetun-endpoints", "None").
			service("kube-system", "kube-dns", "10.152.183.10").node("n1", []string{"10.1.0.0/24"}, "192.168.1.11"), nil},
		{"pod", "10.2.0.0/16", newVPN().pod("charmarr-downloads", "qbittorrent-0", nil, "10.1.0.5"),
			[]string{"pod Pod charmarr-downloads/qbittorrent-0 10.1.0.5"}},
		{"Service of the stack, of the DNS, of the API, and not of others", "10.2.0.0/16", newVPN().service("gluetun", "gluetun", "10.152.183.7").
			service("kube-system", "kube-dns", "10.152.183.10").service("default", "kubernetes", "10.152.183.1").service("kube-system", "metrics", "10.152.183.9").service("other", "x", "10.152.183.8"),
			[]string{"service Service gluetun/gluetun 10.152.183.7", "service Service kube-system/kube-dns 10.152.183.10", "service Service default/kubernetes 10.152.183.1"}},
		{"node", "10.2.0.0/16", newVPN().node("n1", nil, "192.168.1.11"), []string{"node Node n1 192.168.1.11"}},
		{"pod range in use", "10.1.0.0/24", newVPN().pod("gluetun", "gluetun-0", nil, "10.1.0.5").node("n1", []string{"10.1.0.0/24"}).node("n2", []string{"10.1.1.0/24"}),
			[]string{"pod-range Node n2 10.1.1.0/24"}},
		{"pod and with it its range", "10.2.0.0/16", newVPN().pod("gluetun", "gluetun-0", nil, "10.1.0.5").node("n1", []string{"10.1.0.0/24"}),
			[]string{"pod Pod gluetun/gluetun-0 10.1.0.5"}},
		{"pod range not in use", "10.1.0.0/24", newVPN().pod("gluetun", "gluetun-0", nil, "10.1.0.5").node("n1", []string{"10.244.0.0/24"}), nil},
		{"host network and completed pods", "10.2.0.0/16", newVPN().pod("gluetun", "a", host, "192.168.1.11").pod("gluetun", "b", done, "10.1.0.5"), nil},
		{"second family", "10.0.0.0/8", newVPN().pod("gluetun", "gluetun-0", nil, "10.1.0.5", "fd00::5").node("n1", nil, "fd01::1", "10.9.0.1"), nil},
		{"IPv6 alone", "fd00::/64", newVPN().pod("gluetun", "gluetun-0", nil, "fd00::5").node("n1", nil, "fd01::1"), []string{"node Node n1 fd01::1"}},
		{"no list", "", newVPN().node("n1", nil, "192.168.1.11"), nil},
		{"flaws do not count", "10.1.0.5/16,nonsense", newVPN().pod("gluetun", "gluetun-0", nil, "10.1.0.5"), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := c.b.option("cluster-cidrs", c.cidrs).resolve(t).VPNGateways[0]
			var got []string
			for _, u := range g.Uncovered {
				for _, x := range u.Claims {
					got = append(got, u.Kind+" "+x.Object+" "+x.Address)
					require.NotEmpty(t, x.At)
				}
			}
			require.Equal(t, c.want, got)
		})
	}

	b := newVPN().option("cluster-cidrs", "10.2.0.0/16")
	for i := range 8 {
		b.node(fmt.Sprintf("n%d", i), nil, fmt.Sprintf("192.168.1.%d", i+1))
	}
	u := b.resolve(t).VPNGateways[0].Uncovered
	require.Len(t, u, 1)
	require.Len(t, u[0].Claims, mostClaims)
	require.Equal(t, 8-mostClaims, u[0].More)
}

func TestNodesWithoutAnAddress(t *testing.T) {
	b := newVPN().option("cluster-cidrs", "10.1.0.0/16").node("n1", nil, "10.1.0.1").node("n2", nil).node("n3", nil, "10.1.0.3x")
	require.Equal(t, []string{"n2", "n3"}, b.resolve(t).VPNGateways[0].Unaddressed)
}

func TestVPNSuggested(t *testing.T) {
	cluster := func() *vpn {
		return newVPN().pod("gluetun", "gluetun-0", nil, "10.1.0.5").service("gluetun", "gluetun", "10.152.183.7").node("n1", nil, "192.168.1.11")
	}
	for cidrs, want := range map[string][]string{
		"10.1.0.0/16,10.152.183.0/24,192.168.1.0/24":       {"10.1.0.0/16", "10.152.183.0/24", "192.168.1.0/24"},
		"10.1.0.0/16,10.152.183.0/24":                      {"10.1.0.0/16", "10.152.183.0/24", "192.168.1.0/24"},
		"10.1.0.0/28,10.152.183.0/24,192.168.1.0/24":       {"10.1.0.0/28", "10.152.183.0/24", "192.168.1.0/24"},
		"10.1.0.0/30,10.152.183.0/24,192.168.1.0/24":       {"10.152.183.0/24", "192.168.1.0/24", "10.1.0.0/16"},
		"10.0.0.0/8,192.168.1.0/24":                        {"192.168.1.0/24", "10.1.0.0/16", "10.152.0.0/16"},
		"0.0.0.0/0":                                        {"10.1.0.0/16", "10.152.0.0/16", "192.168.1.0/24"},
		"":                                                 {"10.1.0.0/16", "10.152.0.0/16", "192.168.1.0/24"},
		"10.1.0.7/16,169.254.7.127/32,nonsense,8.8.8.8/32": {"10.1.0.0/16", "10.152.0.0/16", "192.168.1.0/24"},
	} {
		require.Equal(t, want, cluster().option("cluster-cidrs", cidrs).resolve(t).VPNGateways[0].Suggested, cidrs)
	}
	require.Empty(t, newVPN().option("cluster-cidrs", "10.1.0.0/16").resolve(t).VPNGateways[0].Suggested, "nothing of the cluster was read")
}

func TestVXLANOverlaps(t *testing.T) {
	of := func(b *vpn) []string {
		return names(b.resolve(t).VPNGateways[0].VXLANOverlaps, func(c Claim) string { return c.Address + " " + c.Object })
	}
	require.Empty(t, of(newVPN().option("cluster-cidrs", "10.1.0.0/16,172.16.1.0/24").node("n1", nil, "172.16.1.1")))
	require.Equal(t, []string{"172.16.0.9 Node n1", "172.16.0.0/12 option cluster-cidrs of gluetun"},
		of(newVPN().option("cluster-cidrs", "10.1.0.0/16,172.16.0.0/12").node("n1", nil, "172.16.0.9")))
	require.Empty(t, of(newVPN().option("cluster-cidrs", "0.0.0.0/0")), "another fault")
	require.Equal(t, []string{"10.7.0.0/24 option cluster-cidrs of gluetun"},
		of(newVPN().option("cluster-cidrs", "10.7.0.0/24").settings("gluetun", "gluetun-gateway-settings", "VXLAN_IP_NETWORK=10.7.0")))
}

func TestVXLANClashes(t *testing.T) {
	// stacks adds n stacks, the i-th with the VXLAN id that id says.
	stacks := func(n int, id func(int) string, change func(int, *snapshot.Model)) snapshot.Snapshot {
		b := &builder{}
		b.source("models.json")
		for i := range n {
			m := b.status(fmt.Sprintf("vpn%02d", i), map[string]string{"gluetun": "gluetun-k8s", "qbittorrent": "qbittorrent-k8s"})
			m.Evidence = append(m.Evidence, snapshot.JujuConfig)
			m.Applications[0].Config = []snapshot.Fact{{Key: "vxlan-id", Value: id(i), At: b.at()}}
			if change != nil {
				change(i, m)
			}
		}
		return b.s
	}
	same := func(int) string { return "42" }
	all := func(s snapshot.Snapshot) (out []Clash) {
		for _, st := range Resolve(s, Profile{Name: "single-model", Layout: SingleModel}).Stacks {
			out = append(out, st.Clashes...)
		}
		return out
	}
	require.Empty(t, all(stacks(3, func(i int) string { return fmt.Sprint(42 + i) }, nil)))

	two := all(stacks(2, same, nil))
	require.Len(t, two, 2, "each stack has its side of it")
	require.True(t, two[0].First)
	require.False(t, two[1].First)
	require.Equal(t, "vpn01/gluetun", two[1].Holder.ID)
	require.Equal(t, "vpn00/gluetun", two[1].Others[0].ID)
	require.NotEqual(t, two[0].Holder.Stack, two[1].Holder.Stack)
	require.NotEmpty(t, two[0].Holder.At)

	many := all(stacks(20, same, nil))
	require.Len(t, many, 20)
	for _, c := range many {
		require.Len(t, c.Others, mostOthers)
		require.Equal(t, 19-mostOthers, c.More)
	}

	require.Empty(t, all(stacks(2, same, func(i int, m *snapshot.Model) { m.Controller = fmt.Sprintf("c%d", i) })), "two controllers, two clusters")
	require.Empty(t, all(stacks(2, same, func(i int, m *snapshot.Model) { m.Controller, m.Cloud = "c", fmt.Sprintf("k%d", i) })), "two clouds, two clusters")
	require.Len(t, all(stacks(2, same, func(i int, m *snapshot.Model) {
		if i == 0 {
			m.Controller = "c"
		}
	})), 2, "one controller is named, so all is of that one")
	require.Empty(t, all(stacks(2, same, func(i int, m *snapshot.Model) {
		if i == 0 {
			m.Applications[0].Life = "dying"
		}
	})), "one that goes away leaves its number")
	require.Len(t, all(stacks(2, same, func(i int, m *snapshot.Model) { m.Applications[0].Config = nil })), 2, "not set is 42")
	require.Empty(t, all(stacks(2, same, func(i int, m *snapshot.Model) {
		m.Applications[0].Config, m.Evidence = nil, m.Evidence[:3]
	})), "options that were not read say nothing")
}

func TestClusterDNS(t *testing.T) {
	b := newVPN().service("kube-system", "kube-dns", "10.152.183.10").service("other", "kube-dns", "10.152.183.11")
	b.s.ConfigMaps = append(b.s.ConfigMaps, snapshot.ConfigMap{
		Meta: snapshot.Meta{Name: "coredns", Namespace: "kube-system", At: b.at()},
		Data: []snapshot.Fact{{Key: "Corefile", Value: ".:53 {\n forward . 8.8.8.8\n}", At: b.at()}},
	})
	dns := b.resolve(t).Cluster.DNS
	require.Equal(t, []string{"10.152.183.10"}, dns.Addresses)
	require.True(t, dns.CorefileKnown)
	require.Equal(t, []Upstream{{"8.8.8.8", "address", true}}, dns.Upstreams)

	dns = newVPN().resolve(t).Cluster.DNS
	require.False(t, dns.CorefileKnown)
	require.Empty(t, dns.Addresses)
}
