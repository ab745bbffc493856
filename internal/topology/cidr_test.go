package topology

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestParseCIDR(t *testing.T) {
	cases := []struct {
		text string
		want CIDR
	}{
		{"10.1.0.0/16", CIDR{Valid: true, Network: "10.1.0.0/16", Family: "ipv4", Public: "none"}},
		{"10.0.0.0/8", CIDR{Valid: true, Network: "10.0.0.0/8", Family: "ipv4", Public: "none", WholeBlock: "10.0.0.0/8"}},
		{"169.254.7.127/32", CIDR{Valid: true, Network: "169.254.7.127/32", Family: "ipv4", Public: "none"}},
		{"10.1.0.5/16", CIDR{Valid: true, Network: "10.1.0.0/16", Family: "ipv4", Public: "none", Problem: "has host bits set (the network is 10.1.0.0/16)"}},
		{"8.8.8.0/24", CIDR{Valid: true, Network: "8.8.8.0/24", Family: "ipv4", Public: "all", PublicAddress: "8.8.8.0"}},
		{"172.0.0.0/8", CIDR{Valid: true, Network: "172.0.0.0/8", Family: "ipv4", Public: "some", PublicAddress: "172.0.0.0", WholeBlock: "172.16.0.0/12"}},
		{"10.0.0.0/7", CIDR{Valid: true, Network: "10.0.0.0/7", Family: "ipv4", Public: "some", PublicAddress: "11.0.0.0", WholeBlock: "10.0.0.0/8"}},
		{"192.168.0.0/16", CIDR{Valid: true, Network: "192.168.0.0/16", Family: "ipv4", Public: "none"}},
		{"0.0.0.0/0", CIDR{Valid: true, Network: "0.0.0.0/0", Family: "ipv4", Public: "some", PublicAddress: "1.0.0.0", DefaultRoute: true, WholeBlock: "10.0.0.0/8"}},
		{"::/0", CIDR{Valid: true, Network: "::/0", Family: "ipv6", Public: "some", PublicAddress: "::2", DefaultRoute: true, WholeBlock: "fc00::/7"}},
		{"fd00:10:1::/56", CIDR{Valid: true, Network: "fd00:10:1::/56", Family: "ipv6", Public: "none"}},
		{"FD00::/56", CIDR{Valid: true, Network: "fd00::/56", Family: "ipv6", Public: "none"}},
		{"fd00::1/56", CIDR{Valid: true, Network: "fd00::/56", Family: "ipv6", Public: "none", Problem: "has host bits set (the network is fd00::/56)"}},
		{"::ffff:10.1.0.0/112", CIDR{Valid: true, Network: "10.1.0.0/16", Family: "ipv4", Public: "none", Problem: "is an IPv4 network written as IPv6 (write it 10.1.0.0/16)"}},
		{"10.1.0.0", CIDR{Problem: "is an address without a prefix length, such as 10.1.0.0/32"}},
		{"10.1.0.0/255.255.0.0", CIDR{Problem: "has a netmask instead of a prefix length"}},
		{"10.1.0.0/33", CIDR{Problem: "has no usable prefix length"}},
		{"10.1.0.0/", CIDR{Problem: "has no usable prefix length"}},
		{"10.1.0.0/016", CIDR{Problem: "has no usable prefix length"}},
		{"fe80::1%eth0/64", CIDR{Problem: "is no network"}},
		{"10.1.0/16", CIDR{Problem: "is no network"}},
		{"pods", CIDR{Problem: "is no network"}},
		{"/16", CIDR{Problem: "is no network"}},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			c.want.Text = c.text
			require.Equal(t, c.want, parseCIDR(c.text))
		})
	}
}

func TestParseCIDRs(t *testing.T) {
	cases := []struct {
		raw       string
		separator string
		empty     int
		texts     []string
	}{
		{"", "", 0, []string{}},
		{" \n", "", 0, []string{}},
		{"10.1.0.0/16", "", 0, []string{"10.1.0.0/16"}},
		{" 10.1.0.0/16\n", "", 0, []string{"10.1.0.0/16"}},
		{"10.1.0.0/16,10.152.183.0/24", "comma", 0, []string{"10.1.0.0/16", "10.152.183.0/24"}},
		{"10.1.0.0/16 10.152.183.0/24", "space", 0, []string{"10.1.0.0/16", "10.152.183.0/24"}},
		{"10.1.0.0/16\t10.152.183.0/24", "space", 0, []string{"10.1.0.0/16", "10.152.183.0/24"}},
		{"10.1.0.0/16, 10.152.183.0/24", "mixed", 0, []string{"10.1.0.0/16", "10.152.183.0/24"}},
		{"a b,c", "mixed", 0, []string{"a", "b", "c"}},
		{"a,,b,", "comma", 2, []string{"a", "b"}},
		{",", "comma", 2, []string{}},
	}
	for _, c := range cases {
		t.Run(c.raw, func(t *testing.T) {
			got := parseCIDRs(c.raw)
			require.Equal(t, c.raw, got.Raw)
			require.Equal(t, c.separator, got.Separator)
			require.Equal(t, c.empty, got.Empty)
			texts := []string{}
			for _, e := range got.Entries {
				texts = append(texts, e.Text)
			}
			require.Equal(t, c.texts, texts)
		})
	}
}

// TestPublicAgreesWithOneByOne compares what is said of a network with what its
// addresses say, one by one, in networks small enough to ask them all.
func TestPublicAgreesWithOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	registry := func(a netip.Addr) bool {
		return !inAny(prefixesOf(specialBlocks), a) || inAny(prefixesOf(specialButPublic), a)
	}
	edges := append(prefixesOf(specialBlocks), prefixesOf(specialButPublic)...)
	for range 600 {
		edge := edges[r.IntN(len(edges))]
		at := edge.Addr()
		if r.IntN(2) == 0 {
			at = lastOf(edge)
		}
		for range r.IntN(20) {
			if next := at.Prev(); next.IsValid() {
				at = next
			}
		}
		p := netip.PrefixFrom(at, at.BitLen()-r.IntN(8)).Masked()
		var public []netip.Addr
		count := 0
		for a := p.Addr(); a.IsValid() && p.Contains(a); a = a.Next() {
			count++
			if registry(a) {
				public = append(public, a)
			}
		}
		want, first := "some", ""
		switch len(public) {
		case 0:
			want = "none"
		case count:
			want = "all"
		}
		if len(public) > 0 {
			first = public[0].String()
		}
		got := parseCIDR(p.String())
		require.Equal(t, want, got.Public, p)
		require.Equal(t, first, got.PublicAddress, p)
	}
}

func FuzzParseCIDRs(f *testing.F) {
	for _, s := range []string{
		"", "10.1.0.0/16,10.152.183.0/24", "10.1.0.0/16 10.152.183.0/24", "10.1.0.5/16, ::/0,,", "::ffff:10.1.0.0/112", "::ffff:0:0/90",
		"fe80::1%eth0/64", "1.2.3.4", "1.2.3.4/255.0.0.0", "FD00::/8\u00a010.0.0.0/7", "0.0.0.0/0\n", "☃/8",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		list := parseCIDRs(raw)
		texts := []string{}
		valid := 0
		for _, e := range list.Entries {
			texts = append(texts, e.Text)
			require.NotEmpty(t, e.Text)
			require.Equal(t, e.Valid, e.Network != "")
			if !e.Valid {
				require.NotEmpty(t, e.Problem)
				require.Empty(t, e.Family+e.Public+e.PublicAddress+e.WholeBlock)
				continue
			}
			valid++
			// What it means, written as usual, means the same and has no flaw.
			again := parseCIDR(e.Network)
			require.Empty(t, again.Problem)
			require.Equal(t, e.Network, again.Network)
			require.Equal(t, e.Public, again.Public)
			require.Equal(t, e.Public == publicNone, e.PublicAddress == "")
		}
		// Nothing between separators is lost.
		require.Equal(t, strings.FieldsFunc(raw, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }), texts)
		require.Len(t, list.networks(), valid)
		require.Equal(t, valid > 0, len(list.addresses()) > 0)
	})
}
