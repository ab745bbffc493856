package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// uses returns an application's endpoints that matter, by name.
func uses(t *testing.T, r Result, id string) map[string]EndpointUse {
	t.Helper()
	for _, s := range r.Stacks {
		for _, a := range s.Applications {
			if a.ID == id {
				out := map[string]EndpointUse{}
				for _, e := range a.Endpoints {
					out[e.Name] = e
				}
				return out
			}
		}
	}
	t.Fatalf("no application %s", id)
	return nil
}

func relate(m *snapshot.Model, a, endpoint, b, other, iface string) {
	m.Relations = append(m.Relations, snapshot.Relation{
		A: snapshot.RelationEnd{Application: a, Endpoint: endpoint}, B: snapshot.RelationEnd{Application: b, Endpoint: other}, Interface: iface,
	})
}

func TestEndpointsAreCountedOverModels(t *testing.T) {
	b := &builder{}
	b.source("x")
	core := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "storage": "charmarr-storage-k8s"})
	core.Offers = []snapshot.Offer{{Name: "radarr", Application: "radarr", Total: 1, Active: 1, Endpoints: []snapshot.Endpoint{{Name: "download-client", Interface: "download-client", Role: "requirer"}}}}
	relate(core, "radarr", "media-storage", "storage", "media-storage", "media-storage")
	downloads := b.status("charmarr-downloads", map[string]string{"qbittorrent": "qbittorrent-k8s"})
	downloads.SAAS = []snapshot.SAAS{{Name: "radarr", URL: "admin/charmarr-core.radarr"}}
	relate(downloads, "qbittorrent", "download-client", "radarr", "download-client", "download-client")

	got := uses(t, Resolve(b.s, adr006()), "charmarr-core/radarr")
	require.Equal(t, "yes", got["media-storage"].Connected)
	require.Equal(t, "yes", got["download-client"].Connected, "the relation stands in the other model")
	require.Equal(t, 1, got["download-client"].Related)
	require.Equal(t, "no", got["media-indexer"].Connected)
}

func TestAnOfferToAModelThatWasNotReadLeavesItOpen(t *testing.T) {
	offered := func(total int, endpoints ...string) string {
		b := &builder{}
		b.source("x")
		core := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
		o := snapshot.Offer{Name: "radarr", Application: "radarr", Total: total, Active: total}
		for _, e := range endpoints {
			o.Endpoints = append(o.Endpoints, snapshot.Endpoint{Name: e, Interface: "download-client", Role: "requirer"})
		}
		core.Offers = []snapshot.Offer{o}
		return uses(t, Resolve(b.s, adr006()), "charmarr-core/radarr")["download-client"].Connected
	}
	require.Equal(t, "yes", offered(2, "download-client"), "its only endpoint is in use")
	require.Equal(t, "", offered(2, "download-client", "require-cmr-mesh"), "one of them is in use")
	require.Equal(t, "", offered(-1, "download-client"), "nobody counted")
	require.Equal(t, "no", offered(0, "download-client"), "nobody uses it")
	require.Equal(t, "no", offered(2, "media-manager"), "another endpoint is offered")
}

func TestMismatch(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint, other string
		want            string
	}{
		"fits":              {"media-indexer", "media-indexer", ""},
		"other interfaces":  {"download-client", "media-indexer", "radarr:download-client speaks download-client"},
		"no such endpoint":  {"indexer", "media-indexer", `charm radarr-k8s has no endpoint "indexer"`},
		"two providers":     {"metrics-endpoint", "metrics-endpoint", "are both providers"},
		"every charm's own": {"juju-info", "juju-info", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := &builder{}
			b.source("x")
			core := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "prowlarr": "prowlarr-k8s"})
			relate(core, "radarr", c.endpoint, "prowlarr", c.other, "")
			r := Resolve(b.s, adr006()).Stacks[0].Relations
			require.Len(t, r, 1)
			if c.want == "" {
				require.Empty(t, r[0].Mismatch)
			} else {
				require.Contains(t, r[0].Mismatch, c.want)
			}
		})
	}
}

func TestTelemetryFollowsTheCharm(t *testing.T) {
	require.Equal(t, []string{"loki_push_api", "prometheus_scrape", "tracing"}, (&app{charm: "radarr-k8s"}).telemetry())
	require.Equal(t, []string{"prometheus_scrape"}, (&app{charm: "seerr-k8s"}).telemetry())
	require.Empty(t, (&app{charm: "postgresql-k8s"}).telemetry())
}
