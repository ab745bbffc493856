package topology

import (
	"net/netip"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// claims are the addresses that things of one kind have.
type claims struct {
	kind    string
	list    []claim
	without []string // nodes that have none
}

// claim is an address or network that an object has.
type claim struct {
	network netip.Prefix
	object  string
	at      snapshot.Pos
}

func (c claim) document() Claim {
	out := Claim{Address: c.network.String(), Object: c.object, At: place(c.at)}
	if c.network.IsSingleIP() {
		out.Address = c.network.Addr().String()
	}
	return out
}

// mostClaims bounds how many addresses of a kind a document lists.
const mostClaims = 5

// claimed are the addresses of the cluster that a client of a VPN gateway must
// reach without the tunnel: those of the stack's pods and Services, of the
// cluster's DNS and API, of the nodes, and the networks that nodes give their pods
// addresses from, where they do. On a cluster of both families IPv4 counts:
// pod-gateway routes nothing else.
func (e *estate) claimed(st stack) []claims {
	pods, services := claims{kind: "pod"}, claims{kind: "service"}
	for _, m := range st.models {
		for _, p := range sorted(m.pods, func(p *snapshot.Pod) string { return p.Name }) {
			if p.Phase == "Succeeded" || p.Phase == "Failed" || p.Spec.HostNetwork {
				continue // it has no address any more, or its node's
			}
			pods.add("Pod "+m.name+"/"+p.Name, p.At, p.IPs...)
		}
		for _, s := range sorted(m.services, func(s *snapshot.Service) string { return s.Name }) {
			services.add("Service "+m.name+"/"+s.Name, s.At, s.ClusterIPs...)
		}
	}
	out := []claims{pods, services}
	out[1].list = append(out[1].list, e.system.list...)
	nodes, ranges := e.nodes(addressesOf(pods.list))
	out = append(out, nodes, ranges)
	if slices.ContainsFunc(out, func(c claims) bool { return slices.ContainsFunc(c.list, claim.isIPv4) }) {
		for i := range out {
			out[i].list = slices.DeleteFunc(out[i].list, func(c claim) bool { return !c.isIPv4() })
		}
	}
	return out
}

func (c claim) isIPv4() bool { return c.network.Addr().Is4() }

// add claims the addresses that are any: a headless Service has "None".
func (c *claims) add(object string, at snapshot.Pos, texts ...string) {
	for _, t := range texts {
		if a, err := netip.ParseAddr(t); err == nil {
			a = a.Unmap().WithZone("")
			c.list = append(c.list, claim{netip.PrefixFrom(a, a.BitLen()), object, at})
		}
	}
}

func addressesOf(list []claim) addressSet {
	networks := make([]netip.Prefix, len(list))
	for i, c := range list {
		networks[i] = c.network
	}
	return addresses(networks...)
}

// nodes are the addresses of the nodes, and those of their pod networks that some
// of the given pods have their addresses from: with an address management of its
// own, as Calico has it, a network plugin leaves them unused.
func (e *estate) nodes(pods addressSet) (nodes, ranges claims) {
	nodes, ranges = claims{kind: "node"}, claims{kind: "pod-range"}
	used := false
	for _, n := range latest(e.snap.Nodes, func(n *snapshot.Node) objectID { return metaID(&n.Meta) }) {
		before := len(nodes.list)
		nodes.add("Node "+n.Name, n.At, n.Addresses...)
		if len(nodes.list) == before {
			nodes.without = append(nodes.without, n.Name)
		}
		for _, text := range n.PodCIDRs {
			if p, err := netip.ParsePrefix(text); err == nil {
				ranges.list = append(ranges.list, claim{canonical(p), "Node " + n.Name, n.At})
				used = used || pods.overlaps(addresses(p))
			}
		}
	}
	if !used {
		ranges.list = nil
	}
	return nodes, ranges
}

// systemServices are the Services of the cluster itself that every pod needs.
func (e *estate) systemServices() claims {
	out := claims{kind: "service"}
	for i := range e.snap.Services {
		s := &e.snap.Services[i]
		if s.Namespace == systemNamespace && s.Name == serviceDNS || s.Namespace == "default" && s.Name == "kubernetes" {
			out.add("Service "+s.Namespace+"/"+s.Name, s.At, s.ClusterIPs...)
		}
	}
	return out
}

// cover lists what lies in none of the gateway's networks.
func (g *VPNGateway) cover(held []claims) {
	g.Uncovered, g.Suggested, g.Unaddressed = []Uncovered{}, g.suggest(held), []string{}
	for _, of := range held {
		g.Unaddressed = append(g.Unaddressed, of.without...)
	}
	if g.NetworksFrom == "" || len(g.Networks.networks()) == 0 {
		return // not known, or no list at all, which is told elsewhere
	}
	in := g.Networks.addresses()
	pods := false
	for _, of := range held {
		out := Uncovered{Kind: of.kind, Claims: []Claim{}}
		for _, c := range of.list {
			switch {
			case in.covers(addresses(c.network)):
			case len(out.Claims) < mostClaims:
				out.Claims = append(out.Claims, c.document())
			default:
				out.More++
			}
		}
		if len(out.Claims) == 0 || of.kind == "pod-range" && pods {
			continue
		}
		pods = pods || of.kind == "pod"
		g.Uncovered = append(g.Uncovered, out)
	}
}

// suggest gives the networks that the gateway's list should name.
func (g *VPNGateway) suggest(held []claims) []string {
	var list []netip.Prefix
	for _, e := range g.Networks.Entries {
		p, err := netip.ParsePrefix(e.Network)
		if err == nil && e.Public == publicNone && e.WholeBlock == "" && (!p.IsSingleIP() || p.Addr() != ztunnelAddress) {
			list = append(list, p)
		}
	}
	in, any := addresses(list...), false
	var around []netip.Prefix
	for _, of := range held {
		for _, c := range of.list {
			any = true
			if !in.covers(addresses(c.network)) {
				around = append(around, usualNetwork(of.kind, c.network))
			}
		}
	}
	if !any {
		return []string{}
	}
	more := addresses(around...)
	list = slices.DeleteFunc(list, func(p netip.Prefix) bool { return more.covers(addresses(p)) })
	return textsOf(append(list, more.prefixes()...))
}

// usualNetwork is a network around an address as networks of its kind are usually
// cut: pods and Services from 16 bits, nodes from 24, and from 64 in IPv6.
func usualNetwork(kind string, n netip.Prefix) netip.Prefix {
	bits := 16
	switch {
	case !n.IsSingleIP():
		return n
	case n.Addr().Is6():
		bits = 64
	case kind == "node":
		bits = 24
	}
	return netip.PrefixFrom(n.Addr(), bits).Masked()
}

func textsOf(networks []netip.Prefix) []string {
	out := make([]string, len(networks))
	for i, n := range networks {
		out[i] = n.String()
	}
	return out
}

// overlap finds what else has addresses in the network of the overlay. A list
// that names public addresses is another fault, and says little of the cluster.
func (g *VPNGateway) overlap(clients []VPNClient, held []claims) {
	g.VXLANOverlaps = []Claim{}
	prefix := defaultVXLANPrefix
	for _, c := range clients {
		for _, d := range c.Data {
			if d.VXLANPrefix != "" && slices.Contains(c.Gateways, g.ID) {
				prefix = d.VXLANPrefix
			}
		}
	}
	if g.Settings.VXLANPrefix != "" {
		prefix = g.Settings.VXLANPrefix
	}
	network, ok := vxlanNetwork(prefix)
	if !ok {
		g.VXLANNetwork = prefix
		return
	}
	g.VXLANNetwork = network.String()
	add := func(c Claim) {
		if len(g.VXLANOverlaps) < mostClaims {
			g.VXLANOverlaps = append(g.VXLANOverlaps, c)
		}
	}
	for _, of := range held {
		for _, c := range of.list {
			if c.network.Overlaps(network) {
				add(c.document())
			}
		}
	}
	for _, entry := range g.Networks.Entries {
		if p, err := netip.ParsePrefix(entry.Network); err == nil && entry.Public == publicNone && p.Overlaps(network) {
			add(Claim{Address: entry.Network, Object: g.NetworksBy, At: g.Networks.At})
		}
	}
}
