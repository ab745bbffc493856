package topology

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCorefileUpstreams(t *testing.T) {
	cases := []struct {
		name, text string
		want       []Upstream
	}{
		{"of the node", ".:53 {\n    errors\n    health {\n      lameduck 5s\n    }\n    forward . /etc/resolv.conf\n    cache 30\n}\n", []Upstream{{"/etc/resolv.conf", "file", false}}},
		{"public", ".:53 {\n forward . 8.8.8.8 1.1.1.1:53 dns://9.9.9.9 {\n  max_concurrent 1000\n }\n}", []Upstream{{"8.8.8.8", "address", true}, {"1.1.1.1:53", "address", true}, {"dns://9.9.9.9", "address", true}}},
		{"one's own", ".:53 {\n forward . 192.168.1.1 [fd00::53]:53 fd00::54\n}", []Upstream{{"192.168.1.1", "address", false}, {"[fd00::53]:53", "address", false}, {"fd00::54", "address", false}}},
		{"encrypted", ".:53 {\n forward . tls://9.9.9.9 tls://149.112.112.112 {\n  tls_servername dns.quad9.net\n }\n}", []Upstream{{"tls://9.9.9.9", "tls", false}, {"tls://149.112.112.112", "tls", false}}},
		{"of another scheme", ". {\n forward . quic://9.9.9.9 resolver\n}", []Upstream{{"quic://9.9.9.9", "other", false}, {"resolver", "other", false}}},
		{"for another zone", ".:53 {\n forward corp.example 8.8.8.8\n}\ncorp.example:53 {\n forward . 8.8.8.8\n}", []Upstream{}},
		{"for several zones", "a.example, . {\n forward . 8.8.8.8 # comment\n # forward . 1.1.1.1\n}\ndns://.:5353 {\n forward . 1.1.1.1\n}", []Upstream{{"8.8.8.8", "address", true}, {"1.1.1.1", "address", true}}},
		{"within a block of something else", ".:53 {\n template {\n  forward . 8.8.8.8\n }\n}", []Upstream{}},
		{"empty", "", []Upstream{}},
		{"braces astray", "}\n}\n.:53 {\nforward . 8.8.8.8", []Upstream{{"8.8.8.8", "address", true}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, corefileUpstreams(c.text))
		})
	}
}

func FuzzCorefileUpstreams(f *testing.F) {
	for _, s := range []string{".:53 {\n forward . /etc/resolv.conf\n}\n", ". {\n forward . 8.8.8.8 {\n}\n}\n}", "forward", "\x00{", ".\t{\n\tforward\t.\ttls://::1\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, u := range corefileUpstreams(text) {
			require.NotEmpty(t, u.To)
			require.Contains(t, []string{"tls", "address", "file", "other"}, u.Kind)
			require.False(t, u.Public && u.Kind != "address")
		}
	})
}
