package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestCredentials(t *testing.T) {
	of := func(option, value string) []string {
		a := &app{config: []snapshot.Fact{{Key: option, Value: snapshot.Redact(option, value)}}}
		return names(a.credentials(), func(c Credential) string { return c.Option + " " + c.Key })
	}
	require.Empty(t, of("timezone", "Europe/Berlin"))
	require.Empty(t, of("wireguard-private-key-secret", "secret:d3r0vnfmp25c76i8p5ag"))
	require.Equal(t, []string{"claim-token "}, of("claim-token", "claim-aBcDeFgHiJkLmNoPqRsT"))
	require.Empty(t, of("claim-token", ""))
	require.Equal(t, []string{"custom-overrides OPENVPN_PASSWORD", "custom-overrides OPENVPN_USER"},
		of("custom-overrides", `{"OPENVPN_USER": "somebody", "OPENVPN_PASSWORD": "a-word", "LOG_LEVEL": "debug"}`))
	require.Empty(t, of("custom-overrides", `{"OPENVPN_USER": "", "LOG_LEVEL": "debug"}`))
	require.Empty(t, of("other", `{"OPENVPN_USER": "somebody"}`))
	const key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
	require.Empty(t, of("wireguard-public-key", key), "of the form of a private key")
	require.Equal(t, []string{"custom-overrides WIREGUARD_PRIVATE_KEY"}, of("custom-overrides", `{"WIREGUARD_PUBLIC_KEY": "`+key+`", "WIREGUARD_PRIVATE_KEY": "`+key+`"}`))
	require.Equal(t, []string{"custom-overrides "}, of("custom-overrides", "OPENVPN_PASSWORD=a-word"), "no JSON")
}

func TestRedactedIn(t *testing.T) {
	const r = snapshot.Redacted
	for text, want := range map[string][]string{
		"":                                    nil,
		"plain":                               nil,
		r:                                     {""},
		"a " + r + " b":                       {""},
		`{"a": "` + r + `"}`:                  {"a"},
		`{"a": {"b": ["x", "` + r + `"]}}`:    {"a.b"},
		`["` + r + `", "` + r + `"]`:          {""},
		`{"a": "{\"b\": \"` + r + `\"}"}`:     {"a.b"},
		`{"a": "` + r + `", "c": "` + r + `"`: {""}, // cut short
		`{"a": 1} ` + r:                       {""},
		`{"` + r + `": 1}`:                    {""},
		`{"a": "` + r + `", "a": "x"}`:        {""},
	} {
		require.Equal(t, want, redactedIn(text), text)
	}
}

func FuzzRedactedIn(f *testing.F) {
	for _, s := range []string{"", snapshot.Redacted, `{"a":"(redacted)"}`, `{"a":"{\"b\":\"(redacted)\"}"}`, `[[["(redacted)"]]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, strings.Contains(text, snapshot.Redacted), len(redactedIn(text)) > 0)
		accountsIn(text)
	})
}

func TestPublished(t *testing.T) {
	core := &model{name: "core"}
	radarr := &app{model: core, name: "radarr", charm: "radarr-k8s"}
	prowlarr := &app{model: core, name: "prowlarr", charm: "prowlarr-k8s"}
	remote := &app{model: &model{name: "downloads"}, name: "torrents", charm: "qbittorrent-k8s"}
	link := func(iface, endpoint string, other *app, s *saas) *relation {
		return &relation{iface: iface, ends: [2]relationEnd{{app: radarr, name: "radarr", endpoint: endpoint}, {app: other, saas: s}}}
	}
	links := []*relation{
		link("media-indexer", "media-indexer", prowlarr, nil),
		link("download-client", "download-client", remote, &saas{facts: &snapshot.SAAS{Name: "qbittorrent"}}),
		link("download-client", "download-client", &app{model: core, name: "sabnzbd"}, nil),
		link("download-client", "download-client", nil, nil),
	}
	bag := func(endpoint, unit, value string) *snapshot.UnitRelation {
		return &snapshot.UnitRelation{Endpoint: endpoint, RelatedUnits: []string{unit}, ApplicationData: []snapshot.Fact{{Key: "config", Value: value}}}
	}
	for name, tt := range map[string]struct {
		bag       *snapshot.UnitRelation
		own       bool
		publisher string
		secrets   []string
	}{
		"the only one":             {bag("media-indexer", "remote-1/0", `{"api_key": "(redacted)"}`), true, "core/prowlarr", []string{"config.api_key"}},
		"one of several, by name":  {bag("download-client", "sabnzbd/0", `{"x": 1}`), true, "core/sabnzbd", nil},
		"one of several, consumed": {bag("download-client", "qbittorrent/0", "(redacted)"), true, "downloads/torrents", []string{"config"}},
		"one of several, unknown":  {bag("download-client", "remote-2/0", ""), true, "", nil},
		"of somebody else's":       {bag("certificates", "ca/0", "(redacted)"), false, "", []string{"config"}},
		"the mesh's":               {bag("require-cmr-mesh", "x/0", "(redacted)"), false, "", []string{"config"}},
		"crowsnest's":              {bag("crowsnest", "x/0", ""), true, "", nil},
	} {
		own, publisher, secrets := radarr.published(tt.bag, links)
		require.Equal(t, tt.own, own, name)
		require.Equal(t, tt.secrets, secrets, name)
		id := ""
		if publisher != nil {
			id = publisher.id()
		}
		require.Equal(t, tt.publisher, id, name)
	}
}

func TestRotation(t *testing.T) {
	of := func(charm string, known bool, config ...snapshot.Fact) []string {
		return names((&app{charm: charm, hasConfig: known, config: config, model: &model{}}).rotation(), func(f Fact) string { return f.Key + "=" + f.Value })
	}
	require.Equal(t, []string{"api-key-rotation=disabled"}, of("radarr-k8s", true))
	require.Equal(t, []string{"api-key-rotation="}, of("radarr-k8s", false))
	require.Equal(t, []string{"credential-rotation=monthly"}, of("qbittorrent-k8s", false, snapshot.Fact{Key: "credential-rotation", Value: "monthly"}))
	require.Empty(t, of("plex-k8s", true))
	require.Empty(t, of("another", true))
}
