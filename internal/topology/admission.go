package topology

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// optionAdmits is the option of istio-ingress-k8s that says from which addresses
// its gateway takes traffic.
const optionAdmits = "external-traffic-policy-cidrs"

// A range of public addresses wider than these is more than one household, one
// company or one provider has: who lets it in lets in strangers.
const (
	widestIPv4 = 8
	widestIPv6 = 16
)

// private are the ranges that the Internet does not route: private networks,
// carrier-grade NAT (which Tailscale uses), link-local and loopback.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"),
}

// letsInStrangers tells whether a range (or single address) holds more public
// addresses than belong to one owner. Text that is no range holds none.
func letsInStrangers(text string) bool {
	p, err := parseRange(text)
	if err != nil || slices.ContainsFunc(private, func(own netip.Prefix) bool { return own.Bits() <= p.Bits() && own.Contains(p.Addr()) }) {
		return false
	}
	if p.Addr().Is4() {
		return p.Bits() < widestIPv4
	}
	return p.Bits() < widestIPv6
}

func parseRange(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// admission reads the ranges that an ingress gateway's option lists: separated
// by commas, as the charm splits them.
func (a *app) admission() Admission {
	out := Admission{Known: answerUnknown, Ranges: []Fact{}, At: place(a.at())}
	if a.role != RoleIngressGateway {
		return out
	}
	set, _ := snapshot.Lookup(a.config, optionAdmits)
	if set.At.Known() {
		out.At = place(set.At)
	}
	value, known := a.option(optionAdmits)
	if !known {
		return out
	}
	out.Known = answerYes
	for _, r := range strings.Split(value, ",") {
		if r = strings.TrimSpace(r); r != "" {
			out.Ranges = append(out.Ranges, Fact{Key: optionAdmits, Value: r, At: out.At})
			out.Strangers = out.Strangers || letsInStrangers(r)
		}
	}
	return out
}

// strangers tells whether a rule of an AuthorizationPolicy lets in callers from
// addresses that belong to many.
func strangers(r snapshot.AuthorizationRule) bool {
	if len(r.Principals) > 0 || len(r.Namespaces) > 0 || r.OtherSource {
		return false
	}
	return len(r.IPBlocks) == 0 || slices.ContainsFunc(r.IPBlocks, func(f snapshot.Fact) bool { return letsInStrangers(f.Value) })
}
