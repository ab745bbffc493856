package topology

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func block(cidr string, except ...string) snapshot.NetworkPeer {
	return snapshot.NetworkPeer{CIDR: cidr, Except: except}
}

func TestPolicyRules(t *testing.T) {
	public := everywhere().subtract(notPublic())
	for name, tt := range map[string]struct {
		rule     snapshot.NetworkRule
		public   string // one address that surely gets out
		protocol string
		port     int
		problem  string
		onlyDNS  bool
	}{
		"private range":          {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("10.0.0.0/8")}}},
		"everything":             {rule: snapshot.NetworkRule{}, public: "1.1.1.1", protocol: "TCP", port: 443},
		"every address":          {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("0.0.0.0/0")}}, public: "1.1.1.1", protocol: "TCP", port: 443},
		"every IPv6 address":     {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("::/0")}}, public: "2606:4700:4700::1111", protocol: "TCP", port: 443},
		"one network":            {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("93.184.216.0/24")}}, public: "93.184.216.1", protocol: "TCP", port: 443},
		"one address":            {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("93.184.216.34/32")}}, public: "93.184.216.34", protocol: "TCP", port: 443},
		"host bits":              {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("93.184.216.34/24")}}, public: "93.184.216.1", protocol: "TCP", port: 443},
		"narrowed by exceptions": {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("10.0.0.0/7", "11.0.0.0/8")}}},
		"narrowed in vain":       {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("0.0.0.0/0", "1.0.0.0/8", "8.0.0.0/7")}}, public: "2.0.0.1", protocol: "TCP", port: 443},
		"pods":                   {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{{HasNamespaceSelector: true}}}},
		"pods and a range":       {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{{HasPodSelector: true}, block("8.8.8.0/24")}}, public: "8.8.8.8", protocol: "TCP", port: 443},
		"DNS": {
			rule:   snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "UDP", Port: "53"}, {Protocol: "TCP", Port: "53"}}},
			public: "1.1.1.1", protocol: "UDP", port: 53, onlyDNS: true,
		},
		"DNS by name":          {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "UDP", Port: "dns"}}}, onlyDNS: true},
		"a name of pods":       {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "TCP", Port: "http"}}}},
		"a protocol":           {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "SCTP"}}}, public: "1.1.1.1", protocol: "SCTP", port: 1},
		"a range with 443":     {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "TCP", Port: "1", EndPort: 1000}}}, public: "1.1.1.1", protocol: "TCP", port: 443},
		"a range of UDP":       {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "UDP", Port: "6881", EndPort: 6889}}}, public: "1.1.1.1", protocol: "UDP", port: 6881},
		"DNS and more":         {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "UDP", Port: "53", EndPort: 54}}}, public: "1.1.1.1", protocol: "UDP", port: 53},
		"no network":           {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("10.0.0.0")}}, problem: `"10.0.0.0" is an address without a prefix length`},
		"no exception":         {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("10.0.0.0/8", "x")}}, problem: `exception "x" is no network`},
		"an empty peer":        {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{{}}}, problem: "a peer says neither addresses nor pods"},
		"both at once":         {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{{CIDR: "8.8.8.0/24", HasPodSelector: true}}}, problem: "a range of addresses and a selector of pods at once"},
		"an unknown protocol":  {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "ICMP"}}}, problem: `protocol "ICMP" is none of`},
		"a port beyond all":    {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "TCP", Port: "70000"}}}, problem: "70000 to 70000 is no range of ports"},
		"a range backwards":    {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "TCP", Port: "90", EndPort: 80}}}, problem: "90 to 80 is no range of ports"},
		"an end alone":         {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "TCP", EndPort: 80}}}, problem: "an end and no start"},
		"a name with an end":   {rule: snapshot.NetworkRule{Ports: []snapshot.NetworkPort{{Protocol: "TCP", Port: "http", EndPort: 80}}}, problem: "has a name and an end"},
		"a port of no address": {rule: snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("8.8.8.0/24")}, Ports: []snapshot.NetworkPort{{Protocol: "TCP", Port: "http"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := readPolicy(&snapshot.NetworkPolicy{Meta: snapshot.Meta{Name: "x"}, PolicyTypes: []string{"Egress"}, Egress: []snapshot.NetworkRule{tt.rule}})
			require.True(t, p.isolates)
			sure, doubt := p.flows()
			got := ""
			for _, f := range sure {
				if to := f.to.intersect(public); len(to) > 0 {
					got = to.example().String()
					protocol, port := f.ports.example()
					require.Equal(t, tt.protocol, protocol)
					require.Equal(t, tt.port, port)
					require.Contains(t, f.fact, `rule 1 of NetworkPolicy "x"`)
				}
			}
			require.Equal(t, tt.public, got)
			if tt.problem == "" {
				require.Empty(t, doubt)
			} else {
				require.Contains(t, doubt[0].lacks, tt.problem)
				require.Contains(t, doubt[0].lacks, "kube.networkpolicies: ")
			}
			require.Equal(t, tt.onlyDNS, p.rules[0].ports.onlyDNS())
		})
	}
}

func TestPolicySelectors(t *testing.T) {
	labels := labelled(kv(labelName, "qbittorrent"))
	p := readPolicy(&snapshot.NetworkPolicy{PodSelector: snapshot.Selector{MatchLabels: kv(labelName, "qbittorrent")}})
	require.Equal(t, snapshot.Yes, p.selects(labels))
	require.False(t, p.isolates, "of no type Egress")
	p = readPolicy(&snapshot.NetworkPolicy{PodSelector: snapshot.Selector{MatchLabels: kv(labelName, "other")}})
	require.Equal(t, snapshot.No, p.selects(labels))
	p = readPolicy(&snapshot.NetworkPolicy{PodSelector: snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: "a", Operator: "Like"}}}})
	require.Equal(t, snapshot.Unsaid, p.selects(labels))
	require.NotEmpty(t, p.problem)
}

// FuzzPolicyRule holds the reader of a rule to what it promises of any text: it
// does not panic, what is sure has a port and an address that the rule's own range
// contains, and what cannot be read is in doubt and says why.
func FuzzPolicyRule(f *testing.F) {
	f.Add("10.0.0.0/8", "10.1.0.0/16", "TCP", "443", 0)
	f.Add("::/0", "2001:db8::/32", "UDP", "", 0)
	f.Add("::ffff:8.8.8.0/120", "", "SCTP", "dns", 7)
	f.Add("x", "0.0.0.0/0", "", "-1", 70000)
	f.Fuzz(func(t *testing.T, cidr, except, protocol, port string, end int) {
		peer := snapshot.NetworkPeer{CIDR: cidr}
		if except != "" {
			peer.Except = []string{except}
		}
		p := readPolicy(&snapshot.NetworkPolicy{Egress: []snapshot.NetworkRule{{
			Peers: []snapshot.NetworkPeer{peer}, Ports: []snapshot.NetworkPort{{Protocol: protocol, Port: port, EndPort: end}},
		}}})
		sure, doubt := p.flows()
		for _, x := range sure {
			proto, n := x.ports.example()
			if len(x.to) == 0 {
				continue
			}
			network, err := netip.ParsePrefix(cidr)
			if err != nil || !canonical(network).Contains(x.to.example()) || proto != protocol || n < 1 || n > maxPort {
				t.Fatalf("%q %q %q %q %d: %v, %s %d", cidr, except, protocol, port, end, x.to.example(), proto, n)
			}
		}
		for _, x := range doubt {
			if x.lacks == "" {
				t.Fatal("a doubt without a reason")
			}
		}
	})
}
