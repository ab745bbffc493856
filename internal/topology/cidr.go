package topology

import (
	"net/netip"
	"strings"
	"unicode"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// CIDRList is a list of networks as somebody wrote it. What reads it decides how
// it may be separated: gluetun wants commas, pod-gateway's scripts want spaces.
type CIDRList struct {
	Raw string `json:"raw"`
	// Separator is comma, space, mixed, or "" where there is nothing to separate.
	// A comma with a space beside it is mixed.
	Separator string `json:"separator"`
	// Empty counts the places between, before or after separators that hold
	// nothing: one in "10.0.0.0/8,".
	Empty   int    `json:"empty"`
	Entries []CIDR `json:"entries"`
	At      string `json:"at"`
}

// CIDR is one entry of a CIDRList.
type CIDR struct {
	Text string `json:"text"`
	// Valid says that it is a network at all, with or without flaws.
	Valid bool `json:"valid"`
	// Problem says what is wrong with it, for a sentence that begins with the entry;
	// "" is nothing.
	Problem string `json:"problem"`
	// Network is the network it means, in the usual way to write it.
	Network string `json:"network"`
	Family  string `json:"family"` // ipv4, ipv6, "" where it is not valid
	// Public is all, some or none, for how many of its addresses are of the public
	// Internet; "" where it is not valid. PublicAddress is the first that is.
	Public        string `json:"public"`
	PublicAddress string `json:"public_address"`
	// DefaultRoute says that it is every address of its family.
	DefaultRoute bool `json:"default_route"`
	// WholeBlock is the block of private addresses, such as 10.0.0.0/8, that it is
	// or that lies within it and that is more than a cluster uses; "" for none.
	WholeBlock string `json:"whole_block"`
}

// How many addresses of a CIDR are public.
const (
	publicAll  = "all"
	publicSome = "some"
	publicNone = "none"
)

// parseCIDRs reads a list of networks, separated by commas, by white space or by
// both.
func parseCIDRs(raw string) CIDRList {
	out := CIDRList{Raw: raw, Entries: []CIDR{}}
	trimmed := strings.TrimSpace(raw)
	if trimmed == "" {
		return out
	}
	comma, space := strings.Contains(trimmed, ","), strings.ContainsFunc(trimmed, unicode.IsSpace)
	switch {
	case comma && space:
		out.Separator = "mixed"
	case comma:
		out.Separator = "comma"
	case space:
		out.Separator = "space"
	}
	for _, part := range strings.Split(trimmed, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			out.Empty++
		}
		for _, w := range words {
			out.Entries = append(out.Entries, parseCIDR(w))
		}
	}
	return out
}

// cidrList is parseCIDRs with the place of the list.
func cidrList(f snapshot.Fact) CIDRList {
	out := parseCIDRs(f.Value)
	out.At = place(f.At)
	return out
}

// parseCIDR reads one network.
func parseCIDR(text string) CIDR {
	out := CIDR{Text: text}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		out.Problem = cidrProblem(text)
		return out
	}
	network := canonical(p)
	out.Valid, out.Network, out.Family = true, network.String(), "ipv4"
	if network.Addr().Is6() {
		out.Family = "ipv6"
	}
	switch {
	case p.Addr().Is4In6():
		out.Problem = "is an IPv4 network written as IPv6 (write it " + out.Network + ")"
	case p.Masked() != p:
		out.Problem = "has host bits set (the network is " + out.Network + ")"
	}
	out.DefaultRoute = network.Bits() == 0
	own := addresses(network)
	public := own.subtract(notPublic())
	switch {
	case len(public) == 0:
		out.Public = publicNone
	case len(own.subtract(public)) == 0:
		out.Public = publicAll
	default:
		out.Public = publicSome
	}
	if len(public) > 0 {
		out.PublicAddress = public[0].first.String()
	}
	for _, block := range wideBlocks() {
		if network.Bits() <= block.Bits() && network.Overlaps(block) {
			out.WholeBlock = block.String()
			break
		}
	}
	return out
}

// canonical is the network that a prefix means: without host bits, and IPv4 where
// it is IPv4 written as IPv6.
func canonical(p netip.Prefix) netip.Prefix {
	const mapped = 96 // bits of ::ffff:0:0/96
	if p.Addr().Is4In6() && p.Bits() >= mapped {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked()
}

// cidrProblem says why a text is no network.
func cidrProblem(text string) string {
	address, bits, masked := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(address)
	switch {
	case err != nil || addr.Zone() != "":
		return "is no network"
	case !masked:
		return "is an address without a prefix length, such as " + netip.PrefixFrom(addr, addr.BitLen()).String()
	case strings.Contains(bits, "."):
		return "has a netmask instead of a prefix length"
	}
	return "has no usable prefix length"
}

// networks are the networks that a list means, without the entries that are none.
func (l CIDRList) networks() []netip.Prefix {
	out := make([]netip.Prefix, 0, len(l.Entries))
	for _, e := range l.Entries {
		if p, err := netip.ParsePrefix(e.Network); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// addresses are the addresses in the networks of a list.
func (l CIDRList) addresses() addressSet { return addresses(l.networks()...) }
