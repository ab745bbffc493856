package topology

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// The model: a world of three small blocks, at both ends and in the middle of
// each family, whose addresses are asked one by one.
func worldOfAddresses() []netip.Addr {
	var out []netip.Addr
	for _, block := range []string{"0.0.0.0/26", "10.0.0.0/26", "255.255.255.192/26", "::/122", "fd00::/122", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0/122"} {
		p := netip.MustParsePrefix(block)
		for a := p.Addr(); a.IsValid() && p.Contains(a); a = a.Next() {
			out = append(out, a)
		}
	}
	return out
}

// randomNetworks are networks in that world, some with host bits, and now and
// then a whole family.
func randomNetworks(r *rand.Rand, world []netip.Addr) []netip.Prefix {
	out := make([]netip.Prefix, r.IntN(6))
	for i := range out {
		a := world[r.IntN(len(world))]
		bits := a.BitLen() - r.IntN(8)
		if r.IntN(40) == 0 {
			bits = r.IntN(a.BitLen() + 1)
		}
		out[i] = netip.PrefixFrom(a, bits)
	}
	return out
}

func inAny(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Masked().Contains(a) {
			return true
		}
	}
	return false
}

func TestAddressSetsAgreeWithOneByOne(t *testing.T) {
	world := worldOfAddresses()
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		a, b := randomNetworks(r, world), randomNetworks(r, world)
		sa, sb := addresses(a...), addresses(b...)
		union, less, both := sa.union(sb), sa.subtract(sb), sa.intersect(sb)
		overlap, covered := false, true
		for _, x := range world {
			inA, inB := inAny(a, x), inAny(b, x)
			overlap = overlap || inA && inB
			covered = covered && (!inB || inA)
			require.Equal(t, inA, sa.contains(x), "%v contains %v", a, x)
			require.Equal(t, inA || inB, union.contains(x), "%v with %v contains %v", a, b, x)
			require.Equal(t, inA && !inB, less.contains(x), "%v less %v contains %v", a, b, x)
			require.Equal(t, inA && inB, both.contains(x), "%v and %v contain %v", a, b, x)
		}
		if overlap {
			require.True(t, sa.overlaps(sb), "%v overlaps %v", a, b)
		}
		if !covered {
			require.False(t, sa.covers(sb), "%v covers %v", a, b)
		}
		// What holds of sets whatever lies outside the world.
		require.Equal(t, union, less.union(both).union(sb.subtract(sa)), "%v and %v in parts", a, b)
		require.Equal(t, len(both) > 0, sa.overlaps(sb))
		require.Equal(t, len(sb.subtract(sa)) == 0, sa.covers(sb))
		require.True(t, union.covers(sa) && union.covers(sb))
		for _, s := range []addressSet{sa, union, less, both} {
			require.Equal(t, s, addresses(s.prefixes()...), "as networks and back")
			for i := range s {
				require.LessOrEqual(t, s[i].first.Compare(s[i].last), 0)
				if i > 0 {
					require.True(t, s[i-1].last.Less(s[i].first) && s[i-1].last.Next() != s[i].first, "ranges of %v touch", s)
				}
			}
		}
	}
}

func TestAddressSets(t *testing.T) {
	set := func(texts ...string) addressSet { return addresses(prefixesOf(texts)...) }
	everything := set("0.0.0.0/0", "::/0")

	require.Empty(t, everything.subtract(everything))
	require.Equal(t, everything, everything.subtract(nil))
	require.Equal(t, set("10.0.0.0/8"), set("10.0.0.0/9", "10.128.0.0/9", "10.1.2.3/32"))
	require.Equal(t, prefixesOf([]string{"10.0.0.0/24", "10.0.1.0/25", "10.0.1.128/32"}),
		addressSet{{netip.MustParseAddr("10.0.0.0"), netip.MustParseAddr("10.0.1.128")}}.prefixes())
	require.Equal(t, prefixesOf([]string{"0.0.0.0/0", "::/0"}), everything.prefixes())
	require.Equal(t, set("10.0.0.0/8"), set("::ffff:10.0.0.0/104"), "IPv4 written as IPv6 is IPv4")

	require.True(t, set("10.0.0.0/8").contains(netip.MustParseAddr("::ffff:10.1.2.3")))
	require.True(t, set("fe80::/10").contains(netip.MustParseAddr("fe80::1%eth0")))
	require.False(t, everything.contains(netip.Addr{}))
	require.False(t, addressSet(nil).contains(netip.MustParseAddr("10.0.0.1")))
}

// TestPublicByTheRegistries asks for addresses of which the answer is known.
func TestPublicByTheRegistries(t *testing.T) {
	private := []string{
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "169.254.7.127",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.0", "192.168.255.255", "198.18.0.1", "198.19.255.255",
		"198.51.100.1", "203.0.113.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001:2::1", "2001:db8::1", "3fff::1", "5f00::1", "fc00::", "fdff::1", "fe80::1", "ff02::1",
	}
	public := []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"172.15.255.255", "172.32.0.0", "192.0.0.9", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"64:ff9b::808:808", "2001::1", "2001:1::1", "2001:200::1", "2002::1", "2606:4700::1111", "2a00::1", "3ffe::1", "fbff::1",
	}
	for _, a := range private {
		require.True(t, notPublic().contains(netip.MustParseAddr(a)), a)
	}
	for _, a := range public {
		require.False(t, notPublic().contains(netip.MustParseAddr(a)), a)
	}
}
