package topology

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

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
	s.sender = sender{object: "Pod downloads/qbittorrent-0", labels: labelled(kv(labelName, "qbittorrent")), spec: pod}

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
			if slices.Contains(p.PolicyTypes, "Egress") {
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
