package topology

import (
	"net/netip"
	"sync"
)

// The blocks of addresses that are not of the public Internet: those that IANA's
// registries of special-purpose addresses say are not globally reachable
// (iana-ipv4-special-registry and iana-ipv6-special-registry), and multicast.
// What they hold that is globally reachable all the same stands in
// specialButPublic. Blocks for which the registries do not answer (6to4, Teredo)
// lead to the public Internet and are public here: it is the answer that hides
// nothing.
var specialBlocks = []string{
	"0.0.0.0/8",       // this host on this network, RFC 791
	"10.0.0.0/8",      // private, RFC 1918
	"100.64.0.0/10",   // shared by carriers, RFC 6598
	"127.0.0.0/8",     // loopback, RFC 1122
	"169.254.0.0/16",  // link-local, RFC 3927
	"172.16.0.0/12",   // private, RFC 1918
	"192.0.0.0/24",    // IETF protocol assignments, RFC 6890
	"192.0.2.0/24",    // documentation, RFC 5737
	"192.168.0.0/16",  // private, RFC 1918
	"198.18.0.0/15",   // benchmarking, RFC 2544
	"198.51.100.0/24", // documentation, RFC 5737
	"203.0.113.0/24",  // documentation, RFC 5737
	"224.0.0.0/4",     // multicast, RFC 5771
	"240.0.0.0/4",     // reserved, RFC 1112, and broadcast, RFC 8190

	"::/128",         // unspecified, RFC 4291
	"::1/128",        // loopback, RFC 4291
	"64:ff9b:1::/48", // translation in a network of one's own, RFC 8215
	"100::/64",       // discard, RFC 6666
	"100:0:0:1::/64", // dummy, RFC 9780
	"2001::/23",      // IETF protocol assignments, RFC 2928
	"2001:db8::/32",  // documentation, RFC 3849
	"3fff::/20",      // documentation, RFC 9637
	"5f00::/16",      // segment routing, RFC 9602
	"fc00::/7",       // unique local, RFC 4193
	"fe80::/10",      // link-local, RFC 4291
	"ff00::/8",       // multicast, RFC 4291
}

// specialButPublic are the parts of specialBlocks that are public.
var specialButPublic = []string{
	"192.0.0.9/32",    // port control protocol anycast, RFC 7723
	"192.0.0.10/32",   // TURN anycast, RFC 8155
	"2001::/32",       // Teredo, RFC 4380
	"2001:1::1/128",   // port control protocol anycast, RFC 7723
	"2001:1::2/128",   // TURN anycast, RFC 8155
	"2001:1::3/128",   // service registration anycast, RFC 9665
	"2001:3::/32",     // AMT, RFC 7450
	"2001:4:112::/48", // AS112, RFC 7535
	"2001:20::/28",    // ORCHIDv2, RFC 7343
	"2001:30::/28",    // drone remote identification, RFC 9374
}

// notPublic are the addresses that are not of the public Internet.
var notPublic = sync.OnceValue(func() addressSet {
	return addresses(prefixesOf(specialBlocks)...).subtract(addresses(prefixesOf(specialButPublic)...))
})

// wideBlocks are the blocks of private addresses that no network plugin gives to
// pods or Services in whole: a list that names one means more than a cluster. Of
// the others 192.168.0.0/16 is Calico's own default and 100.64.0.0/10 that of
// managed clusters.
var wideBlocks = sync.OnceValue(func() []netip.Prefix {
	return prefixesOf([]string{"10.0.0.0/8", "172.16.0.0/12", "fc00::/7"})
})

func prefixesOf(texts []string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}
