package topology

import (
	"cmp"
	"net/netip"
	"slices"
)

// addressSet is a set of addresses of either family: ranges in order, with
// something between each two. Every operation is exact.
type addressSet []addressRange

// addressRange is the addresses from first to last, both in it.
type addressRange struct{ first, last netip.Addr }

// addresses is the set of the addresses in networks.
func addresses(networks ...netip.Prefix) addressSet {
	ranges := make([]addressRange, len(networks))
	for i, n := range networks {
		n = canonical(n)
		ranges[i] = addressRange{n.Addr(), lastOf(n)}
	}
	return merge(ranges)
}

// lastOf is the last address of a network.
func lastOf(n netip.Prefix) netip.Addr {
	b := n.Addr().AsSlice()
	for i := n.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

// merge puts ranges in order and joins those that overlap or touch. It uses the
// slice it is given.
func merge(ranges []addressRange) addressSet {
	slices.SortFunc(ranges, func(a, b addressRange) int {
		return cmp.Or(a.first.Compare(b.first), a.last.Compare(b.last))
	})
	var out addressSet
	for _, r := range ranges {
		if n := len(out); n > 0 && (r.first.Compare(out[n-1].last) <= 0 || r.first == out[n-1].last.Next()) {
			if r.last.Compare(out[n-1].last) > 0 {
				out[n-1].last = r.last
			}
			continue
		}
		out = append(out, r)
	}
	return out
}

// union is what is in either set.
func (s addressSet) union(other addressSet) addressSet { return merge(slices.Concat(s, other)) }

// subtract is what is in the set and not in the other.
func (s addressSet) subtract(other addressSet) addressSet {
	var out addressSet
	for _, r := range s {
		whole := true // of r, nothing is left but what was put out
		for _, o := range other.from(r.first) {
			if o.first.Compare(r.last) > 0 {
				break
			}
			if o.first.Compare(r.first) > 0 {
				out = append(out, addressRange{r.first, o.first.Prev()})
			}
			if o.last.Compare(r.last) >= 0 {
				whole = false
				break
			}
			r.first = o.last.Next()
		}
		if whole {
			out = append(out, r)
		}
	}
	return out
}

// intersect is what is in both sets.
func (s addressSet) intersect(other addressSet) addressSet { return s.subtract(s.subtract(other)) }

// overlaps tells whether the sets share an address.
func (s addressSet) overlaps(other addressSet) bool {
	for _, r := range other {
		if rest := s.from(r.first); len(rest) > 0 && rest[0].first.Compare(r.last) <= 0 {
			return true
		}
	}
	return false
}

// covers tells whether everything in the other set is in this one.
func (s addressSet) covers(other addressSet) bool {
	for _, r := range other {
		rest := s.from(r.first)
		if len(rest) == 0 || rest[0].first.Compare(r.first) > 0 || rest[0].last.Compare(r.last) < 0 {
			return false // something is between each two of the set
		}
	}
	return true
}

// contains tells whether an address is in the set.
func (s addressSet) contains(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	rest := s.from(a)
	return a.IsValid() && len(rest) > 0 && rest[0].first.Compare(a) <= 0
}

// from are the ranges that do not end before an address.
func (s addressSet) from(a netip.Addr) addressSet {
	i, _ := slices.BinarySearchFunc(s, a, func(r addressRange, a netip.Addr) int { return r.last.Compare(a) })
	return s[i:]
}

// prefixes writes the set as networks, as few as there can be.
func (s addressSet) prefixes() []netip.Prefix {
	out := []netip.Prefix{}
	for _, r := range s {
		for first := r.first; first.IsValid() && first.Compare(r.last) <= 0; {
			bits := first.BitLen()
			for bits > 0 {
				wider := netip.PrefixFrom(first, bits-1)
				if wider.Masked() != wider || lastOf(wider).Compare(r.last) > 0 {
					break
				}
				bits--
			}
			p := netip.PrefixFrom(first, bits)
			out = append(out, p)
			first = lastOf(p).Next()
		}
	}
	return out
}
