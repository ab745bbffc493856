package topology

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// This file holds the egress question in a second form: a model that is asked
// about one packet at a time and knows nothing of sets, selectors or Kubernetes'
// libraries. The answers of decide are held to it in both directions.

// world is one way in which things may really be: every fact is there.
type world struct {
	labels   map[string]string
	host     bool
	route    string   // "script", "other", "none"
	around   []string // NOT_ROUTED_TO_GATEWAY_CIDRS, word by word
	keepsV6  bool
	v4, v6   bool
	policies []snapshot.NetworkPolicy
	enforced bool
	foreign  string // "", "allows" or "denies": what policies of other APIs do
	cluster  []string
}

// packet is what the model is asked about.
type packet struct {
	to       net.IP
	protocol string
	port     int
}

func (p packet) String() string { return fmt.Sprintf("%s %s %d", p.to, p.protocol, p.port) }

// leaves tells whether a packet reaches a public address past the gateway.
func (w world) leaves(p packet) bool {
	return isPublic(p.to, w.cluster) && w.getsOut(p)
}

// getsOut is leaves, for a packet to an address that is known to be public.
func (w world) getsOut(p packet) bool {
	is4 := p.to.To4() != nil
	if is4 && !w.v4 || !is4 && !w.v6 {
		return false
	}
	return w.goesAround(p.to) && w.mayPass(p)
}

// goesAround tells whether the pod's routes leave the gateway aside.
func (w world) goesAround(to net.IP) bool {
	if w.host || w.route != "script" {
		return true
	}
	if to.To4() == nil {
		return w.keepsV6
	}
	for _, word := range w.around {
		if ip := net.ParseIP(word); ip != nil && ip.Equal(to) {
			return true
		}
		ip, network, err := net.ParseCIDR(word)
		if err == nil && ip.To4() != nil && network.IP.Equal(ip) && network.Contains(to) {
			return true
		}
	}
	return false
}

// mayPass tells whether the network lets the packet out of the pod.
func (w world) mayPass(p packet) bool {
	if w.foreign != "" {
		return w.foreign == "allows"
	}
	if w.host || !w.enforced {
		return true
	}
	isolated := false
	for _, policy := range w.policies {
		if !has(policy.PolicyTypes, "Egress") || !w.picks(policy.PodSelector) {
			continue
		}
		isolated = true
		for _, rule := range policy.Egress {
			if portMatches(rule.Ports, p) && peerMatches(rule.Peers, p) {
				return true
			}
		}
	}
	return !isolated
}

func has(list []string, word string) bool {
	for _, s := range list {
		if s == word {
			return true
		}
	}
	return false
}

func (w world) picks(s snapshot.Selector) bool {
	for _, f := range s.MatchLabels {
		if v, ok := w.labels[f.Key]; !ok || v != f.Value {
			return false
		}
	}
	for _, r := range s.MatchExpressions {
		v, ok := w.labels[r.Key]
		switch r.Operator {
		case "In":
			if !ok || !has(r.Values, v) {
				return false
			}
		case "NotIn":
			if ok && has(r.Values, v) {
				return false
			}
		case "Exists":
			if !ok {
				return false
			}
		case "DoesNotExist":
			if ok {
				return false
			}
		}
	}
	return true
}

func portMatches(ports []snapshot.NetworkPort, p packet) bool {
	if len(ports) == 0 {
		return true
	}
	for _, x := range ports {
		if x.Protocol != p.protocol {
			continue
		}
		if x.Port == "" {
			return true
		}
		n, err := strconv.Atoi(x.Port)
		if err != nil {
			continue // the name of a port of some pod
		}
		if p.port == n || x.EndPort != 0 && p.port >= n && p.port <= x.EndPort {
			return true
		}
	}
	return false
}

func peerMatches(peers []snapshot.NetworkPeer, p packet) bool {
	if len(peers) == 0 {
		return true
	}
	for _, x := range peers {
		if x.HasPodSelector || x.HasNamespaceSelector {
			continue // pods have addresses of the cluster
		}
		_, network, err := net.ParseCIDR(x.CIDR)
		if err != nil || !network.Contains(p.to) {
			continue
		}
		excepted := false
		for _, e := range x.Except {
			if _, out, err := net.ParseCIDR(e); err == nil && out.Contains(p.to) {
				excepted = true
			}
		}
		if !excepted {
			return true
		}
	}
	return false
}

// unreachable are addresses that are not of the public Internet, in the words of
// the RFCs and not of the program's table.
var unreachable = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
	"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32",
}

// isPublic is asked about the packets of the universe only, which keeps away from
// the odd corners of the registries.
func isPublic(ip net.IP, cluster []string) bool {
	for _, text := range append(slices.Clone(unreachable), cluster...) {
		if _, network, err := net.ParseCIDR(text); err == nil && network.Contains(ip) && (network.IP.To4() == nil) == (ip.To4() == nil) {
			return false
		}
	}
	return true
}

// universe is the packets to ask about: to the public addresses on both sides of
// every border that a scenario draws, and some in between.
func universe(texts []string, ports []int, cluster []string) []packet {
	addresses := []string{"1.1.1.1", "8.8.8.8", "93.184.216.34", "10.1.0.9", "2606:4700:4700::1111", "2a00:1450::1", "fd00::9", "2001:db8::1"}
	for _, text := range texts {
		if !strings.Contains(text, "/") {
			addresses = append(addresses, text)
			continue
		}
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			continue
		}
		ones, bits := network.Mask.Size()
		first := new(big.Int).SetBytes(network.IP)
		size := new(big.Int).Lsh(big.NewInt(1), uint(bits-ones))
		for _, offset := range []*big.Int{
			big.NewInt(-1), big.NewInt(0), big.NewInt(1), new(big.Int).Sub(size, big.NewInt(1)), size, new(big.Int).Rsh(size, 1),
		} {
			at := new(big.Int).Add(first, offset)
			if at.Sign() < 0 || at.BitLen() > bits {
				continue
			}
			addresses = append(addresses, net.IP(at.FillBytes(make([]byte, bits/8))).String())
		}
	}
	slices.Sort(addresses)
	addresses = slices.DeleteFunc(slices.Compact(addresses), func(a string) bool { return !isPublic(net.ParseIP(a), cluster) })
	ports = append(ports, 1, 53, 443, 65535)
	slices.Sort(ports)
	ports = slices.Compact(ports)
	var all []packet
	for _, a := range addresses {
		for _, protocol := range []string{"TCP", "UDP", "SCTP"} {
			for _, port := range ports {
				all = append(all, packet{net.ParseIP(a), protocol, port})
			}
		}
	}
	return all
}

// egressScenario is what decide is told, and every world that it may stand for.
type egressScenario struct {
	sender sender
	around surroundings
	worlds []world
	texts  []string // every network in it
	ports  []int
}

// pick returns one of a few.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

var someNetworks = []string{
	"10.1.0.0/16", "10.152.183.0/24", "192.168.1.0/24", "169.254.7.127/32", "10.0.0.0/8", "10.0.0.0/7", "8.8.8.0/24", "1.1.1.1/32",
	"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "172.0.0.0/8", "fd00::/8", "2606:4700::/32", "::/0", "2a00::/12", "192.168.0.0/15",
}

func randomPolicy(r *rand.Rand, number int, s *egressScenario) snapshot.NetworkPolicy {
	p := snapshot.NetworkPolicy{Meta: snapshot.Meta{Name: fmt.Sprintf("p%d", number), Namespace: "downloads"}}
	p.PolicyTypes = pick(r, []string{"Egress"}, []string{"Egress"}, []string{"Ingress", "Egress"}, []string{"Ingress"})
	switch r.IntN(7) {
	case 0: // everything
	case 1:
		p.PodSelector.MatchLabels = kv(labelName, "other")
	case 2:
		p.PodSelector.MatchExpressions = []snapshot.Requirement{{Key: labelName, Operator: pick(r, "In", "NotIn"), Values: []string{"qbittorrent", "x"}}}
	case 3:
		p.PodSelector.MatchExpressions = []snapshot.Requirement{{Key: pick(r, labelName, "gone"), Operator: pick(r, "Exists", "DoesNotExist")}}
	default:
		p.PodSelector.MatchLabels = kv(labelName, "qbittorrent")
	}
	network := func() string {
		text := pick(r, someNetworks...)
		s.texts = append(s.texts, text)
		return text
	}
	for range r.IntN(3) {
		var rule snapshot.NetworkRule
		for range pick(r, 0, 1, 1, 1, 2) {
			var peer snapshot.NetworkPeer
			switch r.IntN(4) {
			case 0:
				peer.HasNamespaceSelector = true
			default:
				peer.CIDR = network()
				for range pick(r, 0, 0, 1, 2) {
					peer.Except = append(peer.Except, network())
				}
			}
			rule.Peers = append(rule.Peers, peer)
		}
		for range pick(r, 0, 0, 1, 2) {
			port := snapshot.NetworkPort{Protocol: pick(r, "TCP", "UDP", "SCTP"), Port: pick(r, "53", "443", "", "dns", "6881")}
			if port.Port == "6881" {
				port.EndPort = pick(r, 0, 6889)
			}
			s.ports = append(s.ports, 6880, 6881, 6889, 6890)
			rule.Ports = append(rule.Ports, port)
		}
		p.Egress = append(p.Egress, rule)
	}
	return p
}

// random makes a scenario. Each fact that is left out multiplies the worlds.
func randomScenario(r *rand.Rand) egressScenario {
	var s egressScenario
	base := world{labels: map[string]string{labelName: "qbittorrent"}, v4: true}
	worlds := []world{base}
	each := func(change func(w *world, choice int), choices int) {
		var out []world
		for _, w := range worlds {
			for c := range choices {
				next := w
				change(&next, c)
				out = append(out, next)
			}
		}
		worlds = out
	}
	seldom := func() bool { return r.IntN(8) == 0 }
	pod := &snapshot.PodSpec{}
	s.sender = sender{object: "Pod downloads/qbittorrent-0", labels: set(kv(labelName, "qbittorrent")), spec: pod}

	if r.IntN(10) == 0 {
		pod.HostNetwork = true
		each(func(w *world, _ int) { w.host = true }, 1)
	}
	if r.IntN(4) > 0 {
		init := snapshot.Container{Name: initClient, Image: "ghcr.io/angelnu/pod-gateway:v1.13.0", Command: []string{"/bin/client_init.sh"}}
		each(func(w *world, _ int) { w.route = "script" }, 1)
		switch {
		case seldom():
			init.Command = nil
			each(func(w *world, c int) { w.route = []string{"script", "other"}[c] }, 2)
		case seldom():
			init.Command = []string{"sleep", "1"}
			each(func(w *world, _ int) { w.route = "other" }, 1)
		}
		switch {
		case seldom():
			init.Image = "ghcr.io/angelnu/pod-gateway:latest"
			each(func(w *world, c int) { w.keepsV6 = c == 1 }, 2)
		case seldom():
			init.Image = "ghcr.io/angelnu/pod-gateway:v1.10.0"
			each(func(w *world, _ int) { w.keepsV6 = true }, 1)
		}
		pod.InitContainers = []snapshot.Container{init}
	} else {
		each(func(w *world, _ int) { w.route = "none" }, 1)
	}

	s.sender.settings = VPNSettings{Known: true, Name: "qbittorrent-gateway-client-config"}
	if seldom() {
		s.sender.settings.Known = false
		each(func(w *world, c int) { w.around = [][]string{nil, {"0.0.0.0/0"}}[c] }, 2)
	} else {
		var words []string
		for range r.IntN(4) {
			words = append(words, pick(r, append([]string{"8.8.4.4", "8.8.8.1/24", "nonsense"}, someNetworks...)...))
		}
		s.texts = append(s.texts, words...)
		s.sender.settings.Networks.Raw = strings.Join(words, " ")
		each(func(w *world, _ int) { w.around = words }, 1)
	}

	var policies []snapshot.NetworkPolicy
	for i := range r.IntN(4) {
		p := randomPolicy(r, i, &s)
		known := p
		switch {
		case seldom(): // a selector that cannot be read
			p.PodSelector = snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: "a", Operator: "Like"}}}
			if has(p.PolicyTypes, "Egress") {
				known.Egress = nil
				each(func(w *world, c int) {
					q := known
					q.PodSelector = snapshot.Selector{MatchLabels: kv(labelName, "nothing")}
					if c > 0 {
						q.PodSelector = snapshot.Selector{}
					}
					if c == 2 {
						q.Egress = []snapshot.NetworkRule{{}}
					}
					w.policies = append(slices.Clone(w.policies), q)
				}, 3)
			}
		case len(p.Egress) > 0 && seldom(): // a rule that cannot be read
			p.Egress = append([]snapshot.NetworkRule{{Peers: []snapshot.NetworkPeer{{CIDR: pick(r, "", "10.0.0.0", "any")}}}}, p.Egress...)
			each(func(w *world, c int) {
				q := known
				if c == 1 {
					q.Egress = append([]snapshot.NetworkRule{{}}, known.Egress...)
				}
				w.policies = append(slices.Clone(w.policies), q)
			}, 2)
		default:
			each(func(w *world, _ int) { w.policies = append(slices.Clone(w.policies), known) }, 1)
		}
		policies = append(policies, p)
	}
	for i := range policies {
		s.around.policies = append(s.around.policies, readPolicy(&policies[i]))
	}
	if seldom() {
		s.around.policiesUnread = "kube.networkpolicies: not read"
		each(func(w *world, c int) {
			more := snapshot.NetworkPolicy{Meta: snapshot.Meta{Name: "more"}, PolicyTypes: []string{"Egress"}}
			if c == 2 {
				more.Egress = []snapshot.NetworkRule{{}}
			}
			if c > 0 {
				w.policies = append(slices.Clone(w.policies), more)
			}
		}, 3)
	}

	switch r.IntN(5) {
	case 0:
		s.around.plugin = NetworkPlugin{Name: "Flannel", Enforces: answerNo}
	case 1:
		each(func(w *world, c int) { w.enforced = c == 0 }, 2)
	default:
		s.around.plugin = NetworkPlugin{Name: "Calico", Enforces: answerYes}
		each(func(w *world, _ int) { w.enforced = true }, 1)
	}
	if r.IntN(12) == 0 {
		s.around.foreign = []string{"GlobalNetworkPolicy x"}
		each(func(w *world, c int) { w.foreign = []string{"", "allows", "denies"}[c] }, 3)
	}

	switch r.IntN(4) {
	case 0:
		s.sender.addresses = []string{"10.1.0.7"}
	case 1:
		s.sender.addresses = []string{"10.1.0.7", "2a00::7"}
		each(func(w *world, _ int) { w.v6 = true }, 1)
	case 2:
		s.around.ipv6 = snapshot.TriOf(r.IntN(2) == 0)
		each(func(w *world, _ int) { w.v6 = s.around.ipv6 == snapshot.Yes }, 1)
	default:
		each(func(w *world, c int) { w.v6 = c == 1 }, 2)
	}
	own := pick(r, []string{}, []string{"2a00::/16"})
	s.texts = append(s.texts, own...)
	each(func(w *world, _ int) { w.cluster = own }, 1)
	s.around.public = publicBut(addresses(prefixesOf(own)...))
	s.worlds = worlds
	return s
}

// TestEgressAgreesWithTheModel holds decide to the model over random facts: what is
// open is so in every world, by the packet that is given; what is blocked lets
// nothing out in any; and of what is unknown some world is open and some is not.
func TestEgressAgreesWithTheModel(t *testing.T) {
	const scenarios = 2_000
	answers := map[string]int{}
	for seed := range uint64(scenarios) {
		s := randomScenario(rand.New(rand.NewPCG(seed, 7)))
		v := decide(s.sender, s.around)
		answers[v.answer]++
		packets := universe(append(s.texts, "10.0.0.0/8", "8.8.8.0/24"), s.ports, s.worlds[0].cluster)
		open, closed := false, false
		for _, w := range s.worlds {
			out := slices.IndexFunc(packets, w.getsOut)
			open, closed = open || out >= 0, closed || out < 0
			switch v.answer {
			case egressBlocked:
				if out >= 0 {
					require.Failf(t, "blocked", "seed %d: %v gets out in %+v", seed, packets[out], w)
				}
			case egressOpen:
				e := v.example
				p := packet{net.ParseIP(e.Address), e.Protocol, e.Port}
				require.Truef(t, w.leaves(p), "seed %d: %v does not get out in %+v", seed, p, w)
			}
		}
		switch v.answer {
		case egressUnknown:
			require.True(t, open && closed, "seed %d: unknown, and the worlds agree (open %v): %v", seed, open, v.missing)
			require.NotEmpty(t, v.missing, "seed %d", seed)
			for _, m := range v.missing {
				require.Regexp(t, `^kube\.[a-z]+: `, m, "seed %d", seed)
			}
		case egressOpen:
			require.NotEmpty(t, v.example.PolicyFact, "seed %d", seed)
			require.NotEmpty(t, v.example.RouteFact, "seed %d", seed)
			require.Equal(t, "Pod downloads/qbittorrent-0", v.example.Object)
		}
	}
	for _, a := range []string{egressBlocked, egressOpen, egressUnknown} {
		require.Greater(t, answers[a], scenarios/20, "%v", answers)
	}
}
