package topology

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func routed(change func(*snapshot.Container)) *snapshot.PodSpec {
	init := snapshot.Container{Name: initClient, Image: "ghcr.io/angelnu/pod-gateway:v1.13.0", Command: []string{"/bin/client_init.sh"}}
	if change != nil {
		change(&init)
	}
	return &snapshot.PodSpec{InitContainers: []snapshot.Container{{Name: "charm-init"}, init}}
}

func around(networks string) VPNSettings {
	return VPNSettings{Known: true, Name: "x", Networks: CIDRList{Raw: networks}}
}

func TestRoute(t *testing.T) {
	for name, tt := range map[string]struct {
		spec     *snapshot.PodSpec
		settings VPNSettings
		loose    string // addresses past the gateway
		caught   string // and not
		doubt    string // what is missing
		fact     string
	}{
		"as the charm lays it":  {spec: routed(nil), settings: around("10.1.0.0/16"), loose: "10.1.2.3", caught: "8.8.8.8 2001:db8::1"},
		"no container":          {spec: &snapshot.PodSpec{}, loose: "8.8.8.8 2001:db8::1", fact: "it lacks the init container vpn-route-init"},
		"another command":       {spec: routed(func(c *snapshot.Container) { c.Command = []string{"sleep", "9"} }), loose: "8.8.8.8", fact: `runs "sleep 9"`},
		"a shell around it":     {spec: routed(func(c *snapshot.Container) { c.Command = []string{"/bin/sh", "-c", "/bin/client_init.sh || true"} }), settings: around(""), caught: "8.8.8.8"},
		"no command":            {spec: routed(func(c *snapshot.Container) { c.Command = nil }), settings: around("10.0.0.0/8"), loose: "10.1.2.3", doubt: "kube.workloads: what its container vpn-route-init runs"},
		"the node's network":    {spec: &snapshot.PodSpec{HostNetwork: true}, loose: "8.8.8.8", fact: "it uses the network of its node"},
		"settings unread":       {spec: routed(nil), settings: VPNSettings{Name: "x", Namespace: "n"}, caught: "2001:db8::1", doubt: `kube.configmaps: ConfigMap "x" in namespace "n"`},
		"settings unreadable":   {spec: routed(nil), settings: VPNSettings{Known: true, Name: "x", Namespace: "n", Problem: "line 1: y"}, doubt: "cannot be read: line 1: y"},
		"a public network":      {spec: routed(nil), settings: around("10.1.0.0/16 8.8.8.0/24"), loose: "8.8.8.8", caught: "8.8.4.4", fact: "lists 8.8.8.0/24"},
		"an address":            {spec: routed(nil), settings: around("8.8.8.8"), loose: "8.8.8.8", caught: "8.8.8.9"},
		"a network of commas":   {spec: routed(nil), settings: around("10.1.0.0/16,8.8.8.0/24"), caught: "10.1.2.3 8.8.8.8"},
		"host bits":             {spec: routed(nil), settings: around("8.8.8.8/24"), caught: "8.8.8.8"},
		"a network of IPv6":     {spec: routed(nil), settings: around("2001:db8::/32"), caught: "2001:db8::1"},
		"an old image":          {spec: routed(func(c *snapshot.Container) { c.Image = "pod-gateway:v1.10.0" }), settings: around(""), loose: "2001:db8::1", caught: "8.8.8.8", fact: "leaves its IPv6 default route"},
		"an image of one's own": {spec: routed(func(c *snapshot.Container) { c.Image = "my/gateway:v3" }), settings: around(""), caught: "8.8.8.8", doubt: `kube.workloads: whether image "my/gateway:v3"`},
	} {
		t.Run(name, func(t *testing.T) {
			r := routeOf(tt.spec, tt.settings)
			var loose, facts, lacks = addressSet{}, "", ""
			for _, d := range r.loose {
				loose, facts = loose.union(d.to), facts+d.fact
				require.NotEmpty(t, d.fact)
			}
			for _, d := range r.doubt {
				lacks += d.lacks
				require.NotEmpty(t, d.lacks)
			}
			for _, a := range strings.Fields(tt.loose) {
				require.True(t, loose.contains(netip.MustParseAddr(a)), a)
			}
			for _, a := range strings.Fields(tt.caught) {
				require.False(t, loose.contains(netip.MustParseAddr(a)), a)
			}
			require.Contains(t, facts, tt.fact)
			require.Contains(t, lacks, tt.doubt)
			require.Equal(t, tt.doubt == "", lacks == "", lacks)
		})
	}
}

func TestTakesIPv6Away(t *testing.T) {
	for image, want := range map[string][2]bool{
		"ghcr.io/angelnu/pod-gateway:v1.13.0":             {true, true},
		"ghcr.io/angelnu/pod-gateway:v1.11.1@sha256:0123": {true, true},
		"registry.lan:5000/pod-gateway:1.10.0":            {false, true},
		"pod-gateway:v2.0.0":                              {true, true},
		"pod-gateway:v0.99":                               {false, true},
		"pod-gateway:latest":                              {false, false},
		"pod-gateway@sha256:0123":                         {false, false},
		"gateway:v1.13.0":                                 {false, false},
		"":                                                {false, false},
	} {
		removes, known := takesIPv6Away(image)
		require.Equal(t, want, [2]bool{removes, known}, image)
	}
}

func TestClientSettingsAreThoseThatAreMounted(t *testing.T) {
	m := &model{name: "downloads", configMaps: []*snapshot.ConfigMap{
		{Meta: snapshot.Meta{Name: "qbittorrent-gateway-client-config"}, Data: kv(settingsFile, `NOT_ROUTED_TO_GATEWAY_CIDRS="10.0.0.0/8"`)},
		{Meta: snapshot.Meta{Name: "mine"}, Data: kv(settingsFile, `NOT_ROUTED_TO_GATEWAY_CIDRS="11.0.0.0/8"`)},
	}}
	a := &app{model: m, name: "qbittorrent"}
	spec := routed(nil)
	require.Equal(t, "10.0.0.0/8", m.clientSettings(a, spec).Networks.Raw)
	mounted := routed(func(c *snapshot.Container) { c.Mounts = []snapshot.Mount{{Volume: "v", Path: "/config"}} })
	mounted.Volumes = []snapshot.Volume{{Name: "v", Kind: snapshot.VolumeConfigMap, Source: "mine"}}
	require.Equal(t, "11.0.0.0/8", m.clientSettings(a, mounted).Networks.Raw)
	mounted.Volumes[0].Source = "gone"
	got := m.clientSettings(a, mounted)
	require.False(t, got.Known)
	require.Equal(t, "gone", got.Name)
}
