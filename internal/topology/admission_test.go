package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestLetsInStrangers(t *testing.T) {
	for text, want := range map[string]bool{
		"0.0.0.0/0": true, "0.0.0.0/1": true, "128.0.0.0/1": true, "::/0": true, "2000::/3": true, "8.0.0.0/7": true,
		"8.0.0.0/8": false, "203.0.113.0/24": false, "203.0.113.9": false, "2001:db8::/32": false,
		"10.0.0.0/8": false, "192.168.1.0/24": false, "192.168.1.7": false, "100.64.0.0/10": false, "fc00::/7": false, "fd00::/8": false,
		"::1": false, "fe80::1%eth0": false,
		// Host bits, and IPv4 written as IPv6, are the same ranges.
		"192.168.1.7/0": true, "::ffff:0.0.0.0/96": true, "::ffff:10.0.0.0/104": false,
		"": false, "everyone": false, "10.0.0.0/33": false, "*": false,
	} {
		require.Equal(t, want, letsInStrangers(text), text)
	}
}

func FuzzLetsInStrangers(f *testing.F) {
	for _, s := range []string{"0.0.0.0/0", "10.0.0.0/8", "::/0", "::ffff:1.2.3.4/0", "1.2.3.4", "", "/", "1.2.3.4/-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !letsInStrangers(text) {
			return
		}
		p, err := parseRange(text)
		require.NoError(t, err)
		require.Less(t, p.Bits(), widestIPv6)
	})
}

func TestAdmission(t *testing.T) {
	for name, tt := range map[string]struct {
		role      string
		config    []snapshot.Fact
		unread    bool
		known     string
		strangers bool
		ranges    []string
	}{
		"the charm's default":     {role: RoleIngressGateway, known: "yes", strangers: true, ranges: []string{"0.0.0.0/0"}},
		"the home network":        {role: RoleIngressGateway, config: kv(optionAdmits, "192.168.1.0/24"), known: "yes", ranges: []string{"192.168.1.0/24"}},
		"one of several":          {role: RoleIngressGateway, config: kv(optionAdmits, "192.168.1.0/24, ::/0,"), known: "yes", strangers: true, ranges: []string{"192.168.1.0/24", "::/0"}},
		"not read":                {role: RoleIngressGateway, unread: true},
		"said, the rest not read": {role: RoleIngressGateway, unread: true, config: kv(optionAdmits, "10.0.0.0/8"), known: "yes", ranges: []string{"10.0.0.0/8"}},
		"no gateway":              {role: "media-manager"},
	} {
		a := &app{model: &model{name: "core"}, name: "admin", charm: "istio-ingress-k8s", role: tt.role, config: tt.config, hasConfig: !tt.unread}
		got := a.admission()
		require.Equal(t, tt.known, got.Known, name)
		require.Equal(t, tt.strangers, got.Strangers, name)
		require.ElementsMatch(t, tt.ranges, names(got.Ranges, func(f Fact) string { return f.Value }), name)
	}
}

func TestStrangersOfAPolicy(t *testing.T) {
	block := func(text string) []snapshot.Fact { return kv("ipBlocks", text) }
	for name, tt := range map[string]struct {
		rule snapshot.AuthorizationRule
		want bool
	}{
		"everyone":                {snapshot.AuthorizationRule{}, true},
		"every address":           {snapshot.AuthorizationRule{IPBlocks: block("0.0.0.0/0")}, true},
		"the home network":        {snapshot.AuthorizationRule{IPBlocks: block("192.168.1.0/24")}, false},
		"a workload":              {snapshot.AuthorizationRule{Principals: kv("", "cluster.local/ns/core/sa/radarr")}, false},
		"a workload from outside": {snapshot.AuthorizationRule{Principals: kv("", "x"), IPBlocks: block("0.0.0.0/0")}, false},
		"those with a token":      {snapshot.AuthorizationRule{OtherSource: true}, false},
	} {
		require.Equal(t, tt.want, strangers(tt.rule), name)
	}
}
