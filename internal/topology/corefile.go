package topology

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// serviceDNS is the Service of the cluster's DNS, whatever answers behind it: the
// one that charms look for (charmarr-lib vpn, get_cluster_dns_ip).
const serviceDNS = "kube-dns"

// clusterDNS is what was read of the cluster's DNS.
func (e *estate) clusterDNS() ClusterDNS {
	out := ClusterDNS{Addresses: []string{}, Upstreams: []Upstream{}}
	for i := range e.snap.Services {
		if s := &e.snap.Services[i]; s.Namespace == systemNamespace && s.Name == serviceDNS {
			out.Addresses, out.At = orEmpty(s.ClusterIPs), place(s.At)
		}
	}
	for i := range e.snap.ConfigMaps {
		c := &e.snap.ConfigMaps[i]
		if c.Namespace != systemNamespace || c.Name != "coredns" {
			continue
		}
		if f, ok := snapshot.Lookup(c.Data, "Corefile"); ok {
			out.CorefileKnown, out.CorefileAt, out.Upstreams = true, place(f.At), corefileUpstreams(f.Value)
		}
	}
	return out
}

// corefileUpstreams finds where CoreDNS sends queries for names of no zone of its
// own: the targets of plugin forward for the root zone, in the server blocks that
// answer for the root.
func corefileUpstreams(text string) []Upstream {
	out := []Upstream{}
	depth, root := 0, false
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		opens := words[len(words)-1] == "{"
		switch {
		case depth == 0:
			root = slices.ContainsFunc(words, isRootZone)
		case depth == 1 && root && words[0] == "forward" && len(words) > 2 && isRootZone(words[1]):
			for _, to := range words[2:] {
				if to != "{" {
					out = append(out, upstream(to))
				}
			}
		}
		if opens {
			depth++
		}
		if words[0] == "}" && depth > 0 {
			depth--
		}
	}
	return out
}

// isRootZone tells whether a zone of a Corefile is the root: ".", ".:53" or
// "dns://.:53".
func isRootZone(zone string) bool {
	zone = strings.TrimRight(zone, ",")
	if _, rest, ok := strings.Cut(zone, "://"); ok {
		zone = rest
	}
	zone, _, _ = strings.Cut(zone, ":")
	return zone == "."
}

func upstream(to string) Upstream {
	out := Upstream{To: to, Kind: "other"}
	scheme, rest, schemed := strings.Cut(to, "://")
	switch {
	case schemed && scheme == "tls":
		out.Kind = "tls"
		return out
	case schemed && scheme != "dns":
		return out
	case schemed:
		to = rest
	case strings.HasPrefix(to, "/"):
		out.Kind = "file"
		return out
	}
	a, err := netip.ParseAddr(to)
	if err != nil {
		p, err := netip.ParseAddrPort(to)
		if err != nil {
			return out
		}
		a = p.Addr()
	}
	out.Kind, out.Public = "address", !notPublic().contains(a)
	return out
}
