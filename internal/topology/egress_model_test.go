package topology

import (
	"fmt"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"

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
		if !slices.Contains(policy.PolicyTypes, "Egress") || !w.picks(policy.PodSelector) {
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
			if !ok || !slices.Contains(r.Values, v) {
				return false
			}
		case "NotIn":
			if ok && slices.Contains(r.Values, v) {
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
