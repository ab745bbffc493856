package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func privilegesFor(charm string, options []snapshot.Fact, spec snapshot.PodSpec) []string {
	a := &app{
		model: &model{name: "core"}, name: "app", charm: charm, role: "a role", config: options, hasConfig: options != nil,
		workloads: []*snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "app"}, Template: spec}},
	}
	return names(a.privileges(), func(p Privilege) string {
		return p.Kind + " " + p.Container + " " + p.Value + " expected: " + p.Expected
	})
}

func TestPrivileges(t *testing.T) {
	with := func(name string, change func(*snapshot.Container)) snapshot.PodSpec {
		c := snapshot.Container{Name: name}
		change(&c)
		return snapshot.PodSpec{Containers: []snapshot.Container{{Name: "charm"}, c}}
	}
	privileged := func(name string) snapshot.PodSpec {
		return with(name, func(c *snapshot.Container) { c.Privileged = snapshot.Yes })
	}
	able := func(name string, caps ...string) snapshot.PodSpec {
		return with(name, func(c *snapshot.Container) { c.Capabilities = caps })
	}
	path := func(path string) snapshot.PodSpec {
		return snapshot.PodSpec{
			Volumes:    []snapshot.Volume{{Name: "host", Kind: snapshot.VolumeHostPath, Source: path}},
			Containers: []snapshot.Container{{Name: "plex", Mounts: []snapshot.Mount{{Volume: "host", Path: "/host"}}}},
		}
	}
	on := []snapshot.Fact{{Key: "hardware-transcoding", Value: "True"}}
	for name, tt := range map[string]struct {
		charm   string
		options []snapshot.Fact
		spec    snapshot.PodSpec
		want    []string
	}{
		"nothing":                        {"plex-k8s", nil, with("plex", func(*snapshot.Container) {}), []string{}},
		"not privileged, and it says so": {"plex-k8s", nil, with("plex", func(c *snapshot.Container) { c.Privileged = snapshot.No }), []string{}},
		"plex, privileged":               {"plex-k8s", nil, privileged("plex"), []string{"privileged plex  expected: no"}},
		"the gateway's":                  {"gluetun-k8s", nil, privileged("gluetun"), []string{"privileged gluetun  expected: yes"}},
		"under its older name":           {"vpnarr", nil, privileged("gluetun"), []string{"privileged gluetun  expected: yes"}},
		"the gateway's, too much":        {"gluetun-k8s", nil, privileged("gateway-sidecar"), []string{"privileged gateway-sidecar  expected: no"}},
		"the gateway's name elsewhere":   {"plex-k8s", nil, privileged("gluetun"), []string{"privileged gluetun  expected: no"}},
		"less than privileged":           {"gluetun-k8s", nil, able("gluetun", "NET_ADMIN"), []string{"capability gluetun NET_ADMIN expected: yes"}},
		"a client's":                     {"radarr-k8s", nil, able("vpn-route-sidecar", "NET_ADMIN"), []string{"capability vpn-route-sidecar NET_ADMIN expected: yes"}},
		"a client's, too much":           {"radarr-k8s", nil, able("vpn-route-sidecar", "NET_ADMIN", "SYS_ADMIN"), []string{"capability vpn-route-sidecar NET_ADMIN expected: yes", "capability vpn-route-sidecar SYS_ADMIN expected: no"}},
		"its own container":              {"radarr-k8s", nil, able("radarr", "CAP_NET_ADMIN", "net_raw", "CHOWN"), []string{"capability radarr NET_ADMIN expected: no", "capability radarr NET_RAW expected: no"}},
		"a charm that is not known":      {"mine", nil, able("radarr", "NET_ADMIN"), []string{"capability radarr NET_ADMIN expected: "}},
		"routed by a charm not known":    {"mine", nil, able("vpn-route-sidecar", "NET_ADMIN"), []string{"capability vpn-route-sidecar NET_ADMIN expected: yes"}},
		"a card that is wanted":          {"plex-k8s", on, path("/dev/dri"), []string{"host-path plex /dev/dri expected: yes"}},
		"a card that is not":             {"plex-k8s", []snapshot.Fact{}, path("/dev/dri"), []string{"host-path plex /dev/dri expected: no"}},
		"a card, options not read":       {"plex-k8s", nil, path("/dev/dri"), []string{"host-path plex /dev/dri expected: yes"}},
		"another device":                 {"plex-k8s", on, path("/dev"), []string{"host-path plex /dev expected: no"}},
		"a card of another's":            {"radarr-k8s", on, path("/dev/dri"), []string{"host-path plex /dev/dri expected: no"}},
		"processes":                      {"plex-k8s", nil, snapshot.PodSpec{HostPID: true}, []string{"host-pid   expected: no"}},
		"network":                        {"plex-k8s", nil, snapshot.PodSpec{HostNetwork: true}, []string{"host-network   expected: no"}},
	} {
		require.Equal(t, tt.want, privilegesFor(tt.charm, tt.options, tt.spec), name)
	}
}

func TestPrivilegesAreToldOnce(t *testing.T) {
	spec := snapshot.PodSpec{InitContainers: []snapshot.Container{{Name: "x", Privileged: snapshot.Yes}}}
	a := &app{
		model: &model{name: "core"}, name: "plex", charm: "plex-k8s", role: "media-server",
		workloads: []*snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "plex"}, Template: spec}},
		pods: []*snapshot.Pod{
			{Meta: snapshot.Meta{Name: "plex-0"}, Spec: spec},
			{Meta: snapshot.Meta{Name: "plex-1"}, Spec: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "y", Privileged: snapshot.Yes}}}},
			{Meta: snapshot.Meta{Name: "job"}, Phase: "Succeeded", Spec: snapshot.PodSpec{HostPID: true}},
		},
	}
	got := names(a.privileges(), func(p Privilege) string { return p.List + " " + p.Container + " " + p.Object })
	require.Equal(t, []string{"initContainers x StatefulSet core/plex", "containers y Pod core/plex-1"}, got)
	a.role = ""
	require.Empty(t, a.privileges(), "what is none of Charmarr's is not looked at")
}

func TestConfigVolume(t *testing.T) {
	of := func(charm string, c snapshot.Container, volumes []snapshot.Volume, claims ...string) ConfigVolume {
		w := &snapshot.Workload{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "app"}, Template: snapshot.PodSpec{Containers: []snapshot.Container{c}, Volumes: volumes}}
		for _, name := range claims {
			w.Claims = append(w.Claims, snapshot.ClaimTemplate{Name: name})
		}
		return (&app{model: &model{name: "core"}, name: "app", charm: charm, workloads: []*snapshot.Workload{w}}).configVolume()
	}
	mounts := func(name, path string) snapshot.Container {
		return snapshot.Container{Name: name, Mounts: []snapshot.Mount{{Volume: "config", Path: path}}}
	}
	require.Equal(t, answerYes, of("radarr-k8s", mounts("radarr", "/config"), nil, "config").Kept)
	require.Equal(t, answerYes, of("seerr-k8s", mounts("seerr", "/app/config"), nil, "config").Kept)
	require.Equal(t, answerYes, of("radarr-k8s", mounts("radarr", "/config"), []snapshot.Volume{{Name: "config", Kind: snapshot.VolumeClaim}}).Kept)
	require.Equal(t, answerYes, of("radarr-k8s", mounts("radarr", "/config"), []snapshot.Volume{{Name: "config", Kind: snapshot.VolumeHostPath}}).Kept)
	require.Equal(t, answerNo, of("radarr-k8s", mounts("radarr", "/config"), []snapshot.Volume{{Name: "config", Kind: snapshot.VolumeConfigMap}}).Kept)
	require.Equal(t, answerNo, of("radarr-k8s", mounts("radarr", "/other"), nil, "config").Kept)
	require.Equal(t, answerNo, of("radarr-k8s", snapshot.Container{Name: "radarr"}, nil, "config").Kept)
	require.Empty(t, of("radarr-k8s", snapshot.Container{Name: "another"}, nil).Kept, "its container was not read")
	require.Empty(t, of("flaresolverr-k8s", snapshot.Container{Name: "flaresolverr"}, nil).Path, "it keeps nothing")
	require.Empty(t, (&app{model: &model{}, charm: "radarr-k8s"}).configVolume().Kept)
}
