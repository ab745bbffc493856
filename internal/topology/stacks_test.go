package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// through adds a SAAS of a gateway to a model, and a client that uses it.
func through(b *builder, m *snapshot.Model, client, url string) {
	vpn := []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}}
	m.SAAS = append(m.SAAS, snapshot.SAAS{Name: "vpn", URL: url, Endpoints: vpn, At: b.at()})
	b.relate(m, client, "vpn-gateway", "vpn", "", "vpn-gateway")
}

// wholeBut adds core and downloads of a deployment, related by their client,
// behind the gateway gluetun of model gluetun.
func wholeBut(b *builder, core, downloads string) {
	c := b.status(core, map[string]string{"radarr": "radarr-k8s"})
	c.Offers = []snapshot.Offer{{Name: "radarr", Application: "radarr", At: b.at()}}
	d := b.status(downloads, map[string]string{"qbittorrent": "qbittorrent-k8s"})
	d.SAAS = []snapshot.SAAS{{
		Name: "radarr", URL: "admin/" + core + ".radarr", At: b.at(),
		Endpoints: []snapshot.Endpoint{{Name: "download-client", Interface: "download-client", Role: "requirer"}},
	}}
	b.relate(d, "qbittorrent", "download-client", "radarr", "", "download-client")
	through(b, d, "qbittorrent", "admin/gluetun.gluetun")
}

func stackModels(r Result) map[string][]string {
	out := map[string][]string{}
	for _, s := range r.Stacks {
		out[s.Name] = names(s.Models, func(m Model) string { return m.Name })
	}
	return out
}

func TestStacksThatShareAGatewayAreKeptApart(t *testing.T) {
	tests := []struct {
		name   string
		models [][2]string
		want   map[string][]string
	}{
		{
			"named by the profile", [][2]string{{"home-core", "home-downloads"}, {"lab-core", "lab-downloads"}},
			map[string][]string{"home": {"gluetun", "home-core", "home-downloads"}, "lab": {"gluetun", "lab-core", "lab-downloads"}},
		},
		{
			"told by what they hold", [][2]string{{"films", "torrents"}, {"shows", "usenet"}},
			map[string][]string{"films": {"films", "gluetun", "torrents"}, "shows": {"gluetun", "shows", "usenet"}},
		},
		{
			"one alone", [][2]string{{"films", "torrents"}},
			map[string][]string{"films": {"films", "gluetun", "torrents"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &builder{}
			b.source("all.json")
			b.status("gluetun", map[string]string{"gluetun": "gluetun-k8s"}).Offers = []snapshot.Offer{{
				Name: "gluetun", Application: "gluetun", At: b.at(),
				Endpoints: []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}},
			}}
			for _, m := range tt.models {
				wholeBut(b, m[0], m[1])
			}
			got := Resolve(b.s, adr006())
			require.Equal(t, tt.want, stackModels(got))
			for _, s := range got.Stacks {
				for _, r := range s.Relations {
					require.Equal(t, "yes", r.Resolved, r.Name)
				}
			}
		})
	}
}

func TestAGatewayJoinsCoreAndDownloadsThatNothingElseJoins(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	through(b, b.status("films", map[string]string{"prowlarr": "prowlarr-k8s"}), "prowlarr", "admin/tunnel.gluetun")
	through(b, b.status("torrents", map[string]string{"qbittorrent": "qbittorrent-k8s"}), "qbittorrent", "admin/tunnel.gluetun")
	b.status("tunnel", map[string]string{"gluetun": "gluetun-k8s"}).Offers = []snapshot.Offer{{Name: "gluetun", Application: "gluetun", At: b.at()}}
	require.Equal(t, map[string][]string{"films": {"films", "torrents", "tunnel"}}, stackModels(Resolve(b.s, adr006())))
}

func TestModelsOfOneNameOnTwoControllers(t *testing.T) {
	b := &builder{}
	for i, controller := range []string{"prod", "lab"} {
		source := b.source(controller + "/core.json")
		b.source(controller + "/core.yaml")
		m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "plex": "plex-k8s"})
		m.Controller, m.At = controller, snapshot.Pos{source, 1, 1, 1}
		b.s.Models = append(b.s.Models, snapshot.Model{
			Hint: "charmarr-core", State: snapshot.Planned, At: snapshot.Pos{source + 1, 1, 1, 1},
			Evidence: []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuConfig},
			Applications: []snapshot.Application{
				{Name: "radarr", Charm: "radarr-k8s", Trust: snapshot.TriOf(i == 0), Scale: 1, At: b.at()},
				{Name: "plex", Charm: "plex-k8s", Scale: 1, At: b.at()},
			},
		})
	}
	got := Resolve(b.s, adr006())
	require.Empty(t, got.Gaps)
	require.Equal(t, []string{"lab:charmarr", "prod:charmarr"}, names(got.Stacks, func(s Stack) string { return s.Name }))
	for i, want := range []struct{ id, trust string }{{"lab:charmarr-core/radarr", "no"}, {"prod:charmarr-core/radarr", "yes"}} {
		a := got.Stacks[i].Applications[1]
		require.Equal(t, want.id, a.ID, "the same id twice would be one application to a rule")
		require.Equal(t, want.trust, a.Trust, "the bundle is that of the status in its folder")
	}

	b.s.Sources[1].Name, b.s.Sources[3].Name = "bundles/prod.yaml", "bundles/lab.yaml"
	b.s.Models[1].Hint, b.s.Models[3].Hint = "prod", "lab"
	got = Resolve(b.s, adr006())
	require.Len(t, got.Stacks, 2, "a bundle that fits both is no third model")
	require.Len(t, got.Gaps, 2)
	require.Contains(t, got.Gaps[0].Reason, "fits several")
}

func TestObjectsOfANamespaceThatTwoControllersHave(t *testing.T) {
	b := &builder{}
	for _, controller := range []string{"prod", "lab"} {
		source := b.source(controller + "/core.json")
		m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
		m.Controller, m.At = controller, snapshot.Pos{source, 1, 1, 1}
	}
	objects := b.source("lab/kube.yaml")
	b.s.Namespaces = []snapshot.Namespace{{Meta: snapshot.Meta{Name: "charmarr-core", At: snapshot.Pos{objects, 1, 1, 1}}}}
	got := Resolve(b.s, adr006())
	require.Empty(t, got.Gaps)
	require.Len(t, got.Stacks[0].Namespaces, 1, "lab's")
	require.Empty(t, got.Stacks[1].Namespaces)

	b.s.Sources[objects].Name = "kube.yaml"
	got = Resolve(b.s, adr006())
	require.Len(t, got.Gaps, 1)
	require.Contains(t, got.Gaps[0].Reason, "several controllers")
}

func TestBundlesOfOneNameInTwoFolders(t *testing.T) {
	b := &builder{}
	for _, env := range []string{"env/lab", "env/prod"} {
		for _, m := range []struct {
			hint, app, charm string
			saas             []snapshot.SAAS
		}{
			{"core", "radarr", "radarr-k8s", nil},
			{"downloads", "qbittorrent", "qbittorrent-k8s", []snapshot.SAAS{{Name: "radarr", URL: "admin/core.radarr"}}},
		} {
			source := b.source(env + "/" + m.hint + ".yaml")
			b.s.Models = append(b.s.Models, snapshot.Model{
				Hint: m.hint, State: snapshot.Planned, At: snapshot.Pos{source, 1, 1, 1}, SAAS: m.saas,
				Evidence:     []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers},
				Applications: []snapshot.Application{{Name: m.app, Charm: m.charm, Scale: 1, At: snapshot.Pos{source, 2, 1, 1}}},
			})
			if m.hint == "core" {
				b.s.Models[len(b.s.Models)-1].Offers = []snapshot.Offer{{Name: "radarr", Application: "radarr", Endpoints: []snapshot.Endpoint{{Name: "download-client"}}}}
			}
		}
	}
	got := Resolve(b.s, adr006())
	require.Empty(t, got.Gaps)
	require.Equal(t, map[string][]string{"env/lab:core": {"core", "downloads"}, "env/prod:core": {"core", "downloads"}}, stackModels(got))
	for _, s := range got.Stacks {
		require.Equal(t, "yes", s.SAAS[0].OfferFound)
	}
}

func TestABundleOfAnotherDeploymentIsNotTakenForTheStatusThatLooksLikeIt(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	wholeBut(b, "home-core", "home-downloads")
	for _, m := range []struct{ hint, app, charm, url string }{
		{"lab-core", "radarr", "radarr-k8s", ""},
		{"new-downloads", "qbittorrent", "qbittorrent-k8s", "admin/lab-core.radarr"},
	} {
		bundle := snapshot.Model{
			Hint: m.hint, State: snapshot.Planned, At: b.at(),
			Evidence:     []snapshot.Evidence{snapshot.JujuApplications},
			Applications: []snapshot.Application{{Name: m.app, Charm: m.charm, Scale: 1, At: b.at()}},
		}
		if m.url != "" {
			bundle.SAAS = []snapshot.SAAS{{Name: "radarr", URL: m.url}}
		}
		b.s.Models = append(b.s.Models, bundle)
	}
	require.Equal(t, map[string][]string{"home": {"home-core", "home-downloads"}, "lab": {"lab-core"}, "new": {"new-downloads"}}, stackModels(Resolve(b.s, adr006())))
}

func TestTheMeshsCompanionAloneMakesNothingCharmarrs(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	m := b.status("charmarr-core", map[string]string{"crowsnest": "charmarr-crowsnest-k8s", "radarr": "radarr-k8s"})
	m.SAAS = []snapshot.SAAS{{Name: "grafana", URL: "admin/cos.grafana", At: b.at(), Endpoints: []snapshot.Endpoint{
		{Name: "grafana-source", Interface: "grafana_datasource", Role: "requirer"},
		{Name: "require-cmr-mesh", Interface: "cross_model_mesh", Role: "requirer"},
	}}}
	b.relate(m, "crowsnest", "provide-cmr-mesh", "grafana", "", "cross_model_mesh")
	got := Resolve(b.s, adr006()).Stacks[0]
	require.Empty(t, got.Unread, "an observability model is nobody's part")
	require.False(t, got.SAAS[0].Charmarr)

	b.status("lab-core", map[string]string{"sonarr": "sonarr-k8s"})
	b.s.Models[0].SAAS[0].URL = "admin/lab-core.sonarr"
	require.True(t, Resolve(b.s, adr006()).Stacks[0].SAAS[0].Charmarr, "what Charmarr's own models offer is")
}

func TestNotesPointToTheOtherProfile(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	wholeBut(b, "home-core", "home-downloads")
	p := adr006()
	p.Name, p.Layout = "single-model", SingleModel
	require.Contains(t, Resolve(b.s, p).Notes, "stack home-core stands in home-core, home-downloads, and profile single-model is for a deployment in one model: where it stands does not get judged; --profile adr-006 does")
}

func TestACharmWithoutRoleOnCharmarrsOwnInterfaceIsNamed(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	m := b.status("charmarr-downloads", map[string]string{"deluge": "deluge-k8s", "gluetun": "gluetun-k8s", "postgresql": "postgresql-k8s"})
	b.relate(m, "gluetun", "vpn-gateway", "deluge", "", "vpn-gateway")
	b.relate(m, "gluetun", "metrics-endpoint", "postgresql", "", "prometheus_scrape")
	require.Equal(t, []string{"application deluge in model charmarr-downloads is related on interface vpn-gateway, and its charm deluge-k8s has no role: no rule judges it; give the charm one under roles in a profile"}, Resolve(b.s, adr006()).Notes)
	p := adr006()
	p.Roles = map[string]string{"deluge-k8s": RoleDownloadClient}
	require.Empty(t, Resolve(b.s, p).Notes)
}
