package topology

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// The answers to the egress question.
const (
	egressBlocked = "blocked"
	egressOpen    = "open"
	egressUnknown = "unknown"
)

// Why no policy stops a packet.
const (
	causeRule        = "rule"
	causeNoPolicy    = "no-policy"
	causeNotEnforced = "not-enforced"
	causeHostNetwork = "host-network"
)

// sender is a pod, or what makes pods.
type sender struct {
	object  string // "Pod charmarr-downloads/qbittorrent-0"
	subject Subject
	at      snapshot.Pos
	labels  labels.Labels
	spec    *snapshot.PodSpec
	// addresses are the pod's, empty where they are not known.
	addresses []string
	settings  VPNSettings
}

// surroundings are what decides on a sender's packets beside the sender itself.
type surroundings struct {
	// policies are those of its namespace; policiesUnread says why there may be
	// more, beginning with a word of evidence.
	policies       []policy
	policiesUnread string
	plugin         NetworkPlugin
	// foreign are the policies of other APIs that may decide on its packets.
	foreign []string
	public  publicAddresses
	// ipv6 says whether pods of the cluster have IPv6 addresses.
	ipv6 snapshot.Tri
}

// publicAddresses are the public addresses, but for those of the cluster itself, by
// family.
type publicAddresses struct{ ipv4, ipv6 addressSet }

// public are all public addresses.
var public = sync.OnceValue(func() publicAddresses {
	all, ipv4 := everywhere().subtract(notPublic()), addresses(netip.MustParsePrefix("0.0.0.0/0"))
	return publicAddresses{ipv4: all.intersect(ipv4), ipv6: all.subtract(ipv4)}
})

// publicBut are the public addresses that are not among some.
func publicBut(own addressSet) publicAddresses {
	all := public()
	if len(own) == 0 {
		return all
	}
	return publicAddresses{ipv4: all.ipv4.subtract(own), ipv6: all.ipv6.subtract(own)}
}

// verdict is what is known of a sender, or of several.
type verdict struct {
	answer, policies, routes string
	ipv6, ipv6Policies       string
	example                  EgressExample
	missing                  []string
}

// decide answers the egress question for a sender. A packet gets out past the
// gateway where its routes do not take it there and no policy stops it; what is
// taken to the gateway leaves the pod inside the overlay network, and policies see
// a packet to the gateway.
func decide(s sender, w surroundings) verdict {
	r := routeOf(s.spec, s.settings)
	sure, doubt := w.letOut(s)
	has4, has6 := families(s, w.ipv6)
	out := verdict{answer: egressBlocked, policies: egressBlocked, routes: egressBlocked, ipv6: string(has6)}
	for _, f := range []struct {
		space addressSet
		has   snapshot.Tri
	}{{w.public.ipv4, has4}, {w.public.ipv6, has6}} {
		q := question{space: f.space, sure: sure, doubt: doubt, route: r}
		policies, routes := q.policiesAlone(), q.routesAlone()
		out.ipv6Policies = policies // IPv6 comes last
		if f.has == snapshot.No {
			continue
		}
		out.policies, out.routes = worse(out.policies, policies), worse(out.routes, routes)
		answer, example, missing := q.answer()
		if answer == egressOpen && f.has != snapshot.Yes {
			answer, missing = egressUnknown, []string{"kube.pods: whether pods of the cluster have IPv6 addresses is not known"}
		}
		if answer == egressOpen && out.answer != egressOpen {
			example.Object, example.Subject, example.At = s.object, s.subject, place(s.at)
			out.example = example
		}
		out.answer = worse(out.answer, answer)
		out.missing = append(out.missing, missing...)
	}
	return out
}

// families tells which families of addresses a sender has. pod-gateway knows IPv4
// alone, so what is to go through it has IPv4 unless its addresses say otherwise.
func families(s sender, cluster snapshot.Tri) (has4, has6 snapshot.Tri) {
	var four, six bool
	for _, text := range s.addresses {
		a, err := netip.ParseAddr(text)
		if err != nil {
			continue
		}
		four, six = four || a.Unmap().Is4(), six || !a.Unmap().Is4()
	}
	if four || six {
		return snapshot.TriOf(four), snapshot.TriOf(six)
	}
	return snapshot.Yes, cluster
}

// letOut is what the policies let a sender's pods send, surely and perhaps.
func (w surroundings) letOut(s sender) (sure, doubt []flow) {
	all := func(cause, fact, lacks string, at snapshot.Pos) flow {
		return flow{to: everywhere(), ports: portSet{all: true}, cause: cause, fact: fact, lacks: lacks, at: at}
	}
	var selecting, unclear []policy
	for _, p := range w.policies {
		if !p.isolates {
			continue
		}
		switch p.selects(s.labels) {
		case snapshot.Yes:
			selecting = append(selecting, p)
		case snapshot.No:
		default:
			unclear = append(unclear, p)
		}
	}
	for _, p := range selecting {
		more, perhaps := p.flows()
		sure, doubt = append(sure, more...), append(doubt, perhaps...)
	}
	for _, p := range unclear {
		doubt = append(doubt, all("", "", fmt.Sprintf("kube.networkpolicies: which pods NetworkPolicy %q selects cannot be read: %s", p.facts.Name, p.problem), p.facts.At))
	}
	none := len(selecting)+len(unclear) == 0 && w.policiesUnread == ""
	switch {
	case s.spec.HostNetwork:
		sure = append(sure, all(causeHostNetwork, factHostNetwork+", where NetworkPolicies do not reach", "", s.spec.At))
	case none:
		sure = append(sure, all(causeNoPolicy, "no NetworkPolicy of type Egress selects it", "", s.at))
	case w.plugin.Enforces == answerNo:
		at, _ := ParseAt(w.plugin.At)
		sure = append(sure, all(causeNotEnforced, w.plugin.Name+" enforces no NetworkPolicy", "", at))
	case w.plugin.Enforces == answerUnknown:
		doubt = append(doubt, all("", "", lacksPlugin(w.plugin), snapshot.Pos{}))
	}
	if w.policiesUnread != "" {
		doubt = append(doubt, all("", "", w.policiesUnread, snapshot.Pos{}))
	}
	if len(w.foreign) > 0 {
		// They may let out more, and they may stop what is let out.
		return nil, append(append(doubt, sure...), all("", "", "kube.networkpolicies: what "+strings.Join(w.foreign, ", ")+" decide is not read", snapshot.Pos{}))
	}
	return sure, doubt
}

// lacksPlugin is what would have to be known of the network plugin.
func lacksPlugin(p NetworkPlugin) string {
	if p.Name != "" {
		return "kube.system: whether the network plugin enforces NetworkPolicies is not known (" + p.Fact + ")"
	}
	return "kube.system: which network plugin the cluster has, and whether it enforces NetworkPolicies, was not read; look with kubectl get daemonsets -A -o yaml"
}

// question is the egress question for the addresses of one family.
type question struct {
	space addressSet // the public addresses
	sure  []flow
	doubt []flow
	route route
}

// loose and perhaps are the public addresses that the routes do not take to the
// gateway, surely and perhaps.
func (q question) loose() (surely, perhaps addressSet) {
	for _, d := range q.route.loose {
		surely = surely.union(d.to.intersect(q.space))
	}
	for _, d := range q.route.doubt {
		perhaps = perhaps.union(d.to.intersect(q.space))
	}
	return surely, perhaps
}

func (q question) policiesAlone() string {
	return judge(overlap(q.sure, q.space), overlap(q.doubt, q.space))
}

func (q question) routesAlone() string {
	surely, perhaps := q.loose()
	return judge(len(surely) > 0, len(perhaps) > 0)
}

func judge(open, perhaps bool) string {
	switch {
	case open:
		return egressOpen
	case perhaps:
		return egressUnknown
	}
	return egressBlocked
}

func overlap(flows []flow, to addressSet) bool {
	return slices.ContainsFunc(flows, func(f flow) bool { return f.to.overlaps(to) })
}

// answer is the answer, with the first packet that gets out or with what is
// missing.
func (q question) answer() (string, EgressExample, []string) {
	surely, perhaps := q.loose()
	for _, f := range q.sure {
		if out := f.to.intersect(surely); len(out) > 0 {
			return egressOpen, q.example(f, out.example()), nil
		}
	}
	var missing []string
	either := surely.union(perhaps)
	for _, f := range q.doubt {
		if f.to.overlaps(either) && f.lacks != "" {
			missing = append(missing, f.lacks)
		}
	}
	unsure := overlap(q.doubt, either)
	for _, d := range q.route.doubt {
		to := d.to.intersect(q.space)
		if overlap(q.sure, to) || overlap(q.doubt, to) {
			unsure = true
			missing = append(missing, d.lacks)
		}
	}
	if unsure {
		return egressUnknown, EgressExample{}, missing
	}
	return egressBlocked, EgressExample{}, nil
}

// example is a packet of a flow to an address that the routes leave alone.
func (q question) example(f flow, a netip.Addr) EgressExample {
	out := EgressExample{
		Address: a.String(), Cause: cmp.Or(f.cause, causeRule), Rule: f.rule,
		PolicyFact: f.fact, PolicyAt: place(f.at),
	}
	if f.policy != nil {
		out.Policy = f.policy.Name
	}
	out.Protocol, out.Port = f.ports.example()
	for _, d := range q.route.loose {
		if d.to.contains(a) {
			out.RouteFact, out.RouteAt = d.fact, place(d.at)
			break
		}
	}
	return out
}

// worse is the graver of two answers.
func worse(a, b string) string {
	for _, answer := range []string{egressOpen, egressUnknown, egressBlocked} {
		if a == answer || b == answer {
			return answer
		}
	}
	return a
}

// together is the answer for several senders: one packet of one of them is enough.
// Of two that send something past the gateway the first gives the example.
func together(all []verdict) verdict {
	out := verdict{answer: egressBlocked, policies: egressBlocked, routes: egressBlocked, ipv6Policies: egressBlocked, ipv6: answerNo}
	for _, v := range all {
		if v.answer == egressOpen && out.answer != egressOpen {
			out.example = v.example
		}
		out.answer, out.policies, out.routes = worse(out.answer, v.answer), worse(out.policies, v.policies), worse(out.routes, v.routes)
		switch {
		case v.ipv6 == answerYes || v.ipv6 == answerUnknown && out.ipv6 == answerNo:
			out.ipv6 = v.ipv6
		}
		if v.ipv6 != answerNo {
			out.ipv6Policies = worse(out.ipv6Policies, v.ipv6Policies)
		}
		out.missing = append(out.missing, v.missing...)
	}
	if out.answer != egressUnknown {
		out.missing = nil
	}
	slices.Sort(out.missing)
	out.missing = slices.Compact(out.missing)
	return out
}
