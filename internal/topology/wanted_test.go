package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestWanted(t *testing.T) {
	for name, tt := range map[string]struct {
		charm, iface string
		config       []snapshot.Fact
		unread       bool
		port         int
		path         string
	}{
		"the charm's defaults":            {charm: "radarr-k8s", port: 80, path: "/app"},
		"its options":                     {charm: "radarr-k8s", config: kv("ingress-port", "8443", "ingress-path", "/movies"), port: 8443, path: "/movies"},
		"an empty path is the default":    {charm: "radarr-k8s", config: kv("ingress-path", ""), port: 80, path: "/app"},
		"a slash at the end":              {charm: "radarr-k8s", config: kv("ingress-path", "/movies/"), port: 80, path: "/movies"},
		"the root by option":              {charm: "radarr-k8s", config: kv("ingress-path", "/"), port: 80, path: "/"},
		"the root and nothing else":       {charm: "plex-k8s", config: kv("ingress-path", "/plex"), port: 80, path: "/"},
		"an older name of the charm":      {charm: "seerr", config: kv("ingress-port", "8080"), port: 8080, path: "/"},
		"its name":                        {charm: "charmarr-crowsnest-k8s", port: 80, path: "/app"},
		"options that were not read":      {charm: "radarr-k8s", unread: true, port: -1},
		"root, options not read":          {charm: "plex-k8s", unread: true, port: -1, path: "/"},
		"some options read":               {charm: "radarr-k8s", unread: true, config: kv("ingress-port", "8080"), port: 8080},
		"a port that is no number":        {charm: "radarr-k8s", config: kv("ingress-port", "http"), port: -1, path: "/app"},
		"a charm of others":               {charm: "grafana-k8s", port: -1},
		"a charm of others, by ingress":   {charm: "grafana-k8s", iface: "ingress", port: 80, path: "/core-app"},
		"ingress knows no options":        {charm: "radarr-k8s", iface: "ingress", config: kv("ingress-path", "/movies"), port: 80, path: "/core-app"},
		"nothing is known of its charm":   {port: -1},
		"ingress without Juju's facts":    {iface: "ingress", unread: true, port: 80, path: "/core-app"},
		"a path that lacks its first one": {charm: "radarr-k8s", config: kv("ingress-path", "movies"), port: 80, path: "/movies"},
	} {
		a := &app{model: &model{name: "core"}, name: "app", charm: tt.charm, config: tt.config, hasConfig: !tt.unread}
		port, path := a.wanted(tt.iface)
		require.Equal(t, tt.port, port, name)
		require.Equal(t, tt.path, path, name)
	}
}

func TestAttachmentSaysWhereItIsServed(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	m := b.status("charmarr-core", map[string]string{"plex": "plex-k8s", "arr-gateway": "istio-ingress-k8s"})
	m.Evidence = append(m.Evidence, snapshot.JujuConfig)
	b.relate(m, "plex", "istio-ingress-route", "arr-gateway", "istio-ingress-route", "istio_ingress_route")
	b.s.Routes = []snapshot.Route{{
		Kind: "HTTPRoute", Meta: snapshot.Meta{Name: "plex", Namespace: "charmarr-core", At: b.at()},
		Parents: []snapshot.RouteRef{{Name: "arr-gateway", At: b.at()}}, Backends: []snapshot.RouteRef{{Name: "plex", At: b.at()}},
	}}
	for _, a := range Resolve(b.s, adr006()).Stacks[0].Applications {
		if a.Name != "plex" {
			continue
		}
		require.Len(t, a.Attachments, 2)
		require.Equal(t, []any{"httproute", -1, ""}, []any{a.Attachments[0].Via, a.Attachments[0].Port, a.Attachments[0].Path})
		require.Equal(t, []any{"relation", 80, "/", "istio-ingress-route"},
			[]any{a.Attachments[1].Via, a.Attachments[1].Port, a.Attachments[1].Path, a.Attachments[1].Endpoint})
	}
}

// Every charm in the tables of charms.json is one that it describes, under the
// name it has there, and offers the endpoints that a table says it has.
func TestTablesSpeakOfKnownCharms(t *testing.T) {
	table := charms()
	seen := map[string]bool{}
	for name, endpoints := range table.meshEndpoints {
		seen[name] = true
		for _, e := range endpoints {
			require.NotEmpty(t, table.interfaceOf(name, e), "%s has no endpoint %s", name, e)
		}
	}
	for name, path := range table.ingressPath {
		seen[name] = true
		require.Contains(t, []string{"option", "name", "root"}, path)
		require.NotEmpty(t, table.interfaceOf(name, "istio-ingress-route"), name)
		require.Contains(t, table.defaults[name], optionIngressPort, name)
	}
	for name := range table.defaults {
		seen[name] = true
	}
	for name := range seen {
		require.Equal(t, name, table.known(name))
	}
	require.Empty(t, table.known("grafana-k8s"))
}
