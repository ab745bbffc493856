package topology

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// What shows that an application is to go through a VPN gateway.
const (
	signRelation   = "relation"
	signContainers = "containers"
	signSettings   = "settings"
	signKillSwitch = "kill-switch"
)

// network is what is known of the cluster's network, the same for each stack.
type network struct {
	plugin NetworkPlugin
	public publicAddresses
	ipv6   snapshot.Tri
}

// readNetwork reads what nodes, pods and Services tell of the network.
func (e *estate) readNetwork() {
	own, families := clusterAddresses(&e.snap)
	e.network = network{
		plugin: networkPlugin(&e.snap),
		public: publicBut(own),
		ipv6:   families,
	}
	for _, m := range e.models {
		for _, p := range sorted(m.policies, func(p *snapshot.NetworkPolicy) string { return p.Name }) {
			m.readPolicies = append(m.readPolicies, readPolicy(p))
		}
	}
}

// clusterAddresses are the addresses of the cluster itself that would pass for
// public ones, and whether its pods have IPv6 addresses.
func clusterAddresses(s *snapshot.Snapshot) (own addressSet, ipv6 snapshot.Tri) {
	var ranges []netip.Prefix
	add := func(p netip.Prefix) {
		if !notPublic().covers(addresses(p)) {
			ranges = append(ranges, p)
		}
	}
	address := func(text string) (netip.Addr, bool) {
		a, err := netip.ParseAddr(text)
		if err == nil && !notPublic().contains(a) {
			ranges = append(ranges, netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
		}
		return a, err == nil
	}
	six := func(a netip.Addr) {
		if ipv6 != snapshot.Yes {
			ipv6 = snapshot.TriOf(a.Is6() && !a.Is4In6())
		}
	}
	for i := range s.Nodes {
		for _, text := range s.Nodes[i].Addresses {
			address(text)
		}
		for _, text := range s.Nodes[i].PodCIDRs {
			if p, err := netip.ParsePrefix(text); err == nil {
				add(canonical(p))
				six(p.Addr())
			}
		}
	}
	for i := range s.Pods {
		for _, text := range s.Pods[i].IPs {
			if a, ok := address(text); ok && !s.Pods[i].Spec.HostNetwork {
				six(a)
			}
		}
	}
	for i := range s.Services {
		for _, text := range s.Services[i].ClusterIPs {
			address(text)
		}
	}
	return addresses(ranges...), ipv6
}

// consumers are the applications that are related to a VPN gateway, with the
// gateways that are known.
func (e *estate) consumers() map[*app][]*app {
	out := map[*app][]*app{}
	for _, m := range e.models {
		for _, r := range m.relations {
			if r.iface != interfaceVPN {
				continue
			}
			client, gateway := &r.ends[1], &r.ends[0]
			if !r.sidesKnown && client.app != nil && client.app.role == RoleVPNGateway {
				client, gateway = gateway, client
			}
			if client.app == nil {
				continue
			}
			list := out[client.app]
			if gateway.app != nil {
				list = append(list, gateway.app)
			}
			out[client.app] = list
		}
	}
	return out
}

// signsOf tells what shows that an application is to go through a VPN gateway.
func (e *estate) signsOf(a *app) []string {
	out := []string{}
	if _, related := e.related[a]; related || a.role != RoleVPNGateway && len(a.vpnData()) > 0 {
		out = append(out, signRelation)
	}
	if a.routed() {
		out = append(out, signContainers)
	}
	if slices.ContainsFunc(a.model.configMaps, func(c *snapshot.ConfigMap) bool { return c.Name == a.name+routeConfigMap }) {
		out = append(out, signSettings)
	}
	if slices.ContainsFunc(a.model.policies, func(p *snapshot.NetworkPolicy) bool { return p.Name == a.name+killSwitchName }) {
		out = append(out, signKillSwitch)
	}
	return out
}

// egress answers the egress question for an application.
func (e *estate) egress(a *app) Egress {
	out := Egress{Signs: e.signsOf(a), Missing: []string{}}
	out.Asked = a.role == RoleDownloadClient || len(out.Signs) > 0 && a.group() != GroupVPN
	if !out.Asked {
		return out
	}
	m := a.model
	around := surroundings{
		policies: m.readPolicies, policiesUnread: e.policiesUnread(m),
		plugin: e.network.plugin, foreign: e.foreignTo(m), public: e.network.public, ipv6: e.network.ipv6,
	}
	var all []verdict
	for _, s := range e.senders(a) {
		all = append(all, decide(s, around))
	}
	v := together(all)
	if len(all) == 0 && !e.runsNothing(a) {
		v = verdict{answer: egressUnknown, policies: egressUnknown, routes: egressUnknown, ipv6Policies: egressUnknown,
			missing: []string{fmt.Sprintf("kube.workloads: neither a workload of %q in namespace %q nor a pod of it was read", a.name, m.name)}}
	}
	out.PoliciesUnread = around.policiesUnread
	out.Answer, out.Policies, out.Routes = v.answer, v.policies, v.routes
	out.IPv6, out.IPv6Policies, out.Example = v.ipv6, v.ipv6Policies, v.example
	out.Missing = append(out.Missing, v.missing...)
	return out
}

// senders are the pods of an application that run or will, and then what makes
// new ones: a pod that was changed, or made before a change, is asked by itself.
func (e *estate) senders(a *app) []sender {
	var out []sender
	for _, p := range sorted(a.pods, func(p *snapshot.Pod) string { return p.Name }) {
		if p.Phase == "Succeeded" || p.Phase == "Failed" {
			continue
		}
		out = append(out, sender{
			object: "Pod " + a.model.name + "/" + p.Name, subject: a.model.subject("pod", p.Name), at: p.At,
			labels: labelled(p.Labels), spec: &p.Spec, addresses: p.IPs, settings: a.model.clientSettings(a, &p.Spec),
		})
	}
	for _, w := range a.workloads {
		if w.Replicas == 0 {
			continue
		}
		out = append(out, sender{
			object: w.Kind + " " + a.model.name + "/" + w.Name, subject: a.model.subject("workload", w.Name), at: w.At,
			labels: labelled(w.Template.Labels), spec: &w.Template, settings: a.model.clientSettings(a, &w.Template),
		})
	}
	return out
}

// runsNothing tells whether it is known that an application has no pods: it was
// scaled to none.
func (e *estate) runsNothing(a *app) bool {
	return len(a.workloads) > 0 && !slices.ContainsFunc(a.workloads, func(w *snapshot.Workload) bool { return w.Replicas != 0 })
}

// policiesUnread says why a namespace may have NetworkPolicies that were not read.
func (e *estate) policiesUnread(m *model) string {
	touches := func(g snapshot.Gap) bool {
		return len(g.Evidence) == 0 || slices.Contains(g.Evidence, snapshot.KubeNetworkPolicies)
	}
	switch {
	case !m.evidence[snapshot.KubeNetworkPolicies]:
		return fmt.Sprintf("kube.networkpolicies: whether namespace %q has NetworkPolicies was not read; look with kubectl get networkpolicies -n %s -o yaml, and where it finds none say that the files hold all of them, by complete: [kube.networkpolicies] in charmarr-lint.yaml", m.name, m.name)
	case slices.ContainsFunc(e.snap.Gaps, touches) || slices.ContainsFunc(e.gaps, touches):
		return "kube.networkpolicies: a source that may hold more NetworkPolicies could not be read in whole"
	}
	return ""
}

// calicosCopy begins the name under which Calico's own API shows a NetworkPolicy
// of Kubernetes (libcalico-go, K8sNetworkPolicyNamePrefix).
const calicosCopy = "knp.default."

// isCopy tells whether a policy is but another view of a NetworkPolicy.
func isCopy(p *snapshot.ForeignPolicy) bool { return strings.HasPrefix(p.Name, calicosCopy) }

// foreignTo are the policies of other APIs that may decide on what the pods of a
// namespace send.
func (e *estate) foreignTo(m *model) []string {
	var out []string
	for i := range e.snap.ForeignPolicies {
		p := &e.snap.ForeignPolicies[i]
		if p.Namespace != "" && p.Namespace != m.name || isCopy(p) {
			continue
		}
		out = append(out, fmt.Sprintf("%s %q", p.Kind, p.Name))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// selecting names the NetworkPolicies that select pods with some labels.
func (m *model) selecting(podLabels labels.Labels) []string {
	out := []string{}
	for i := range m.readPolicies {
		if m.readPolicies[i].selects(podLabels) == snapshot.Yes {
			out = append(out, m.readPolicies[i].facts.Name)
		}
	}
	return out
}

// policyDocument writes a NetworkPolicy.
func (e *estate) policyDocument(m *model, p *policy) NetworkPolicy {
	f := p.facts
	out := NetworkPolicy{
		Subject: m.subject("networkpolicy", f.Name), State: stateEffective, At: place(f.At),
		Name: f.Name, Namespace: m.name, PolicyTypes: orEmpty(f.PolicyTypes), TypesAt: place(f.TypesAt),
		SelectorAt: place(f.SelectorAt), SelectorError: p.problem, Selects: []string{},
		SelectsAll: p.selector != nil && p.selector.Empty(), Isolates: p.isolates, Egress: []EgressRule{},
	}
	allowed, _ := p.blocks()
	out.Compared, out.AllowsZtunnel = []Comparison{}, allowed.contains(ztunnelAddress)
	if a := m.killSwitchOf(f); a != nil {
		out.KillSwitchOf, out.Compared = a.id(), e.compare(a, p)
	}
	if p.selector != nil {
		out.Selector = p.selector.String()
		out.Selects = m.selected(p.selector.Matches)
	}
	for i := range p.rules {
		out.Egress = append(out.Egress, e.egressRuleDocument(&p.rules[i], &f.Egress[i]))
	}
	return out
}

func (e *estate) egressRuleDocument(r *policyRule, f *snapshot.NetworkRule) EgressRule {
	out := EgressRule{Number: r.number, At: place(r.at), Everywhere: len(f.Peers) == 0, Blocks: []string{}, Pods: []PodPeer{}, OnlyDNS: r.ports.onlyDNS()}
	for _, d := range r.doubt {
		_, out.Problem, _ = strings.Cut(d.lacks, "cannot be read: ")
	}
	for _, x := range r.sure {
		public := x.to.intersect(e.network.public.ipv4)
		if len(public) == 0 {
			public = x.to.intersect(e.network.public.ipv6)
		}
		if len(public) > 0 {
			out.Public, out.PublicAt = public.example().String(), place(x.at)
			out.Protocol, out.Port = x.ports.example()
			out.Allows = x.what
			break
		}
	}
	for i := range f.Peers {
		peer := &f.Peers[i]
		if block := parseCIDR(peer.CIDR); block.Valid {
			out.Blocks = append(out.Blocks, block.Network)
		}
		if peer.HasPodSelector || peer.HasNamespaceSelector {
			out.Pods = append(out.Pods, podPeerDocument(peer))
		}
	}
	return out
}

func podPeerDocument(peer *snapshot.NetworkPeer) PodPeer {
	out := PodPeer{At: place(peer.At), Named: []string{}}
	describe := func(s snapshot.Selector) string {
		sel, err := selector(s)
		switch {
		case err != nil:
			return "what cannot be read"
		case sel.Empty():
			return "all"
		}
		return sel.String()
	}
	if peer.HasPodSelector {
		out.PodLabels = describe(peer.PodSelector)
	}
	if peer.HasNamespaceSelector {
		out.Namespaces = describe(peer.NamespaceSelector)
		out.Named = namedBy(peer.NamespaceSelector)
	}
	return out
}

// labelNamespaceName is on every namespace and says its name.
const labelNamespaceName = "kubernetes.io/metadata.name"

// namedBy are the namespaces that a selector names one by one.
func namedBy(s snapshot.Selector) []string {
	if f, ok := snapshot.Lookup(s.MatchLabels, labelNamespaceName); ok {
		return []string{f.Value}
	}
	for _, r := range s.MatchExpressions {
		if r.Key == labelNamespaceName && r.Operator == "In" {
			return slices.Clone(r.Values)
		}
	}
	return []string{}
}
