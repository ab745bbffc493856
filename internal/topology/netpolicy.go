package topology

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"sync"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// typeEgress is the type of a NetworkPolicy that decides on what its pods send.
const typeEgress = "Egress"

// policy is a NetworkPolicy, read for what it lets its pods send to addresses.
// Peers that are pods play no part in that: a pod has an address of the cluster,
// and what is asked here is what leaves the cluster.
type policy struct {
	facts    *snapshot.NetworkPolicy
	selector labels.Selector // nil where it cannot be read
	problem  string          // of the selector
	// isolates says that it is of type Egress: the pods that it selects send only
	// what some such policy lets out.
	isolates bool
	rules    []policyRule
}

// policyRule is an egress rule. Of what it says a part may be unreadable: the API
// server would have refused it, so it does not stand in a cluster like that.
type policyRule struct {
	number int // from 1
	at     snapshot.Pos
	ports  portSet
	sure   []flow
	doubt  []flow // what it may let out besides
}

// flow is packets that go out to some addresses on some ports, and why they do.
type flow struct {
	to    addressSet
	ports portSet
	// policy and rule are what lets them out; nil where it is no policy.
	policy *snapshot.NetworkPolicy
	rule   int
	cause  string // see causeRule; "" is a rule
	what   string // of a rule: "allows 0.0.0.0/0"
	fact   string // the end of a sentence: "no NetworkPolicy selects it"
	at     snapshot.Pos
	// lacks is what would have to be known before it is sure, beginning with a
	// word of evidence.
	lacks string
}

// everywhere is every address of either family.
var everywhere = sync.OnceValue(func() addressSet {
	return addresses(netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"))
})

// readPolicy reads a NetworkPolicy.
func readPolicy(p *snapshot.NetworkPolicy) policy {
	out := policy{facts: p, isolates: slices.Contains(p.PolicyTypes, typeEgress)}
	sel, err := selector(p.PodSelector)
	if err != nil {
		out.problem = err.Error()
	} else {
		out.selector = sel
	}
	for i := range p.Egress {
		out.rules = append(out.rules, readPolicyRule(p, i))
	}
	return out
}

// selects tells whether it selects pods with some labels; no is sure only where
// the selector can be read.
func (p *policy) selects(podLabels labels.Labels) snapshot.Tri {
	if p.selector == nil {
		return ""
	}
	return snapshot.TriOf(p.selector.Matches(podLabels))
}

// flows are what its rules let out; doubt is what they may.
func (p *policy) flows() (sure, doubt []flow) {
	for _, r := range p.rules {
		sure, doubt = append(sure, r.sure...), append(doubt, r.doubt...)
	}
	return sure, doubt
}

func readPolicyRule(p *snapshot.NetworkPolicy, index int) policyRule {
	r := &p.Egress[index]
	out := policyRule{number: index + 1, at: r.At}
	var problem string
	out.ports, problem = readPorts(r.Ports)
	add := func(to addressSet, at snapshot.Pos, what, problem string) {
		f := flow{to: to, ports: out.ports, policy: p, rule: out.number, at: at, what: what, fact: fmt.Sprintf("rule %d of NetworkPolicy %q %s", out.number, p.Name, what)}
		if !f.at.Known() {
			f.at = cmp.Or(r.At, p.At)
		}
		if problem == "" {
			if !f.ports.empty() {
				out.sure = append(out.sure, f)
			}
			return
		}
		f.lacks = fmt.Sprintf("kube.networkpolicies: rule %d of NetworkPolicy %q cannot be read: %s", out.number, p.Name, problem)
		f.ports = portSet{all: true}
		out.doubt = append(out.doubt, f)
	}
	if len(r.Peers) == 0 {
		add(everywhere(), r.At, "lets everything out", problem)
	}
	for i := range r.Peers {
		peer := &r.Peers[i]
		pods := peer.HasPodSelector || peer.HasNamespaceSelector
		if peer.CIDR == "" && pods {
			continue
		}
		to, what, wrong := readBlock(peer)
		if pods {
			wrong = "a peer is a range of addresses and a selector of pods at once"
		}
		add(to, peer.At, what, cmp.Or(problem, wrong))
	}
	return out
}

// readBlock reads a range of addresses with its exceptions.
func readBlock(peer *snapshot.NetworkPeer) (to addressSet, what, problem string) {
	block := parseCIDR(peer.CIDR)
	switch {
	case peer.CIDR == "":
		return everywhere(), "lets everything out", "a peer says neither addresses nor pods"
	case !block.Valid:
		return everywhere(), "lets everything out", fmt.Sprintf("%q %s", peer.CIDR, block.Problem)
	}
	to, what = addresses(netip.MustParsePrefix(block.Network)), "allows "+block.Network
	for _, text := range peer.Except {
		except := parseCIDR(text)
		if !except.Valid {
			return to, what, fmt.Sprintf("exception %q %s", text, except.Problem)
		}
		to = to.subtract(addresses(netip.MustParsePrefix(except.Network)))
		what += " except " + except.Network
	}
	return to, what, ""
}

// portSet is a set of ports by protocol.
type portSet struct {
	all    bool
	ranges []portRange
	// named are ports by the names that pods give them.
	named []string
}

// portRange is the ports of a protocol from first to last.
type portRange struct {
	protocol    string
	first, last int
}

// empty says that it has no port of an address that is no pod's.
func (s portSet) empty() bool { return !s.all && len(s.ranges) == 0 }

// maxPort is the highest port there is.
const maxPort = 65535

// readPorts reads the ports of a rule: none said is all. A port with a name is
// one of a pod, so no address outside the cluster has it.
func readPorts(list []snapshot.NetworkPort) (portSet, string) {
	if len(list) == 0 {
		return portSet{all: true}, ""
	}
	var out portSet
	for _, p := range list {
		if p.Protocol != "TCP" && p.Protocol != "UDP" && p.Protocol != "SCTP" {
			return out, fmt.Sprintf("protocol %q is none of TCP, UDP, SCTP", p.Protocol)
		}
		if p.Port == "" {
			if p.EndPort != 0 {
				return out, "a range of ports has an end and no start"
			}
			out.ranges = append(out.ranges, portRange{p.Protocol, 1, maxPort})
			continue
		}
		first, err := strconv.Atoi(p.Port)
		if err != nil {
			if p.EndPort != 0 {
				return out, fmt.Sprintf("port %q has a name and an end", p.Port)
			}
			out.named = append(out.named, p.Port)
			continue
		}
		last := cmp.Or(p.EndPort, first)
		if first < 1 || last < first || last > maxPort {
			return out, fmt.Sprintf("%d to %d is no range of ports", first, last)
		}
		out.ranges = append(out.ranges, portRange{p.Protocol, first, last})
	}
	return out, ""
}

// onlyDNS says that all of it is the port of DNS, by its number or by the names
// that CoreDNS gives it.
func (s portSet) onlyDNS() bool {
	const dns = 53
	return len(s.ranges)+len(s.named) > 0 &&
		!slices.ContainsFunc(s.ranges, func(r portRange) bool { return r.protocol == "SCTP" || r.first != dns || r.last != dns }) &&
		!slices.ContainsFunc(s.named, func(name string) bool { return name != "dns" && name != "dns-tcp" })
}

// usualPort is taken for an example where it will do.
const usualPort = 443

// example is one port of the set, with its protocol.
func (s portSet) example() (protocol string, port int) {
	if s.all {
		return "TCP", usualPort
	}
	for _, r := range s.ranges {
		if r.protocol == "TCP" && r.first <= usualPort && usualPort <= r.last {
			return r.protocol, usualPort
		}
	}
	if len(s.ranges) == 0 {
		return "", 0
	}
	return s.ranges[0].protocol, s.ranges[0].first
}

// wellKnown are taken for an example where they will do: everyone knows that they
// are of the public Internet.
var wellKnown = []string{"1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"}

// example is one address of a set that is not empty.
func (s addressSet) example() netip.Addr {
	for _, text := range wellKnown {
		if a := netip.MustParseAddr(text); s.contains(a) {
			return a
		}
	}
	// The first address of a network stands for the network itself.
	if second := s[0].first.Next(); second.IsValid() && second.Compare(s[0].last) <= 0 {
		return second
	}
	return s[0].first
}
