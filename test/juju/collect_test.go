package juju_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/collect/juju"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// collect reads controllers and demands that nothing secret comes out.
func collect(t testing.TB, o juju.Options) snapshot.Snapshot {
	t.Helper()
	s, err := juju.New(o).Collect(context.Background())
	require.NoError(t, err)
	recorded(t, s)
	return s
}

// recorded writes a snapshot as it is recorded. It can be read again, and holds
// no secret.
func recorded(t testing.TB, s snapshot.Snapshot) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, snapshot.Encode(&text, s))
	require.NotContains(t, text.String(), "canary-")
	for _, m := range s.Models {
		require.NotContains(t, fmt.Sprintf("%+v", m), "canary-")
	}
	_, err := snapshot.Decode(strings.NewReader(text.String()))
	require.NoError(t, err)
	return text.String()
}

// model returns what was read of a model.
func model(t testing.TB, s snapshot.Snapshot, name string) snapshot.Model {
	t.Helper()
	i := slices.IndexFunc(s.Models, func(m snapshot.Model) bool { return m.Name == name })
	require.GreaterOrEqual(t, i, 0, "model %s is not there; gaps: %+v", name, s.Gaps)
	return s.Models[i]
}

func modelNames(s snapshot.Snapshot) []string {
	names := []string{}
	for _, m := range s.Models {
		names = append(names, m.Name)
	}
	return names
}

// everything is what a controller carries of a model.
var everything = []snapshot.Evidence{
	snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers,
	snapshot.JujuUnits, snapshot.JujuStatuses, snapshot.JujuSecrets,
}

func facts(pairs ...string) []snapshot.Fact {
	var list []snapshot.Fact
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, snapshot.Fact{Key: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func end(application, endpoint string) snapshot.RelationEnd {
	return snapshot.RelationEnd{Application: application, Endpoint: endpoint}
}

// What module server made is what was read, all of it.
func TestEverythingIsRead(t *testing.T) {
	c := media(t)
	s := collect(t, juju.Options{Store: c.store(t, "admin")})
	require.Empty(t, s.Gaps)
	require.Equal(t, []snapshot.Source{{Kind: snapshot.JujuController, Name: "home"}}, s.Sources)
	require.Equal(t, []string{"charmarr-core", "charmarr-downloads", "gluetun", "private"}, modelNames(s))
	for _, m := range s.Models {
		require.Equal(t, "home", m.Controller)
		require.Equal(t, c.Models[m.Name], m.UUID)
		require.Equal(t, "caas", m.Type)
		require.Equal(t, snapshot.Declared, m.State)
		require.NotEmpty(t, m.Version)
	}

	core := model(t, s, "charmarr-core")
	require.Equal(t, everything, core.Evidence)
	require.Equal(t, []snapshot.Application{
		{
			Name: "idle", Charm: "prowlarr-k8s", Channel: "latest/candidate", Revision: 6, Scale: 0,
			Exposed: snapshot.No, Trust: snapshot.No, Status: "unknown", Life: "alive",
			Bindings: facts("", "alpha", "indexer", "alpha", "juju-info", "alpha", "peers", "alpha"),
		},
		{
			Name: "prowlarr", Charm: "prowlarr-k8s", Channel: "latest/stable", Revision: 7, Scale: 1,
			Exposed: snapshot.No, Trust: snapshot.Yes, Status: "waiting", Message: "installing agent", Life: "alive",
			Bindings: facts("", "alpha", "indexer", "alpha", "juju-info", "alpha", "peers", "alpha"),
		},
		{
			Name: "radarr", Charm: "radarr-k8s", Channel: "latest/stable", Revision: 12, Scale: 2,
			Exposed: snapshot.Yes, Trust: snapshot.No, Status: "waiting", Message: "installing agent", Life: "alive",
			// quality was set too, to what is its default.
			Config:   facts("announce", "false", "api-key", snapshot.Redacted, "port", "7979"),
			Bindings: facts("", "alpha", "download-client", "media", "indexer", "alpha", "juju-info", "alpha", "peers", "alpha"),
		},
	}, core.Applications)
	require.Equal(t, []snapshot.Relation{
		{A: end("idle", "peers"), B: end("idle", "peers"), Interface: "charmarr-peers"},
		{A: end("prowlarr", "indexer"), B: end("radarr", "indexer"), Interface: "media-indexer"},
		{A: end("prowlarr", "peers"), B: end("prowlarr", "peers"), Interface: "charmarr-peers"},
		{A: end("radarr", "peers"), B: end("radarr", "peers"), Interface: "charmarr-peers"},
	}, core.Relations)
	require.Equal(t, []snapshot.Offer{{
		Name: "indexers", URL: "admin/charmarr-core.indexers", Application: "prowlarr",
		Endpoints: []snapshot.Endpoint{{Name: "indexer", Interface: "media-indexer", Role: "provider"}},
	}}, core.Offers)
	require.Empty(t, core.SAAS)

	require.Len(t, core.Secrets, 1)
	require.NotEmpty(t, core.Secrets[0].ID)
	core.Secrets[0].ID = ""
	require.Equal(t, snapshot.Secret{Label: "indexer-account", Readers: []string{"prowlarr", "radarr"}}, core.Secrets[0])

	ofProwlarr := facts("config", `{"api_key":"`+snapshot.Redacted+`","host":"prowlarr"}`,
		"secret", "secret:d0000000000000000000", "url", "http://prowlarr:9696")
	waiting := func(name string, relations ...snapshot.UnitRelation) snapshot.Unit {
		return snapshot.Unit{
			Name: name, Leader: snapshot.No, Status: "waiting", Message: "installing agent", Agent: "allocating", Relations: relations,
		}
	}
	require.Equal(t, []snapshot.Unit{
		waiting("prowlarr/0",
			snapshot.UnitRelation{
				Endpoint: "indexer", RelatedEndpoint: "indexer", ApplicationData: facts("wants", "movies"),
				RelatedUnits: []string{"radarr/0", "radarr/1"},
			},
			snapshot.UnitRelation{Endpoint: "peers", RelatedEndpoint: "peers"}),
		waiting("radarr/0",
			snapshot.UnitRelation{
				Endpoint: "indexer", RelatedEndpoint: "indexer", ApplicationData: ofProwlarr, RelatedUnits: []string{"prowlarr/0"},
			},
			snapshot.UnitRelation{Endpoint: "peers", RelatedEndpoint: "peers", RelatedUnits: []string{"radarr/1"}}),
		waiting("radarr/1",
			snapshot.UnitRelation{
				Endpoint: "indexer", RelatedEndpoint: "indexer", ApplicationData: ofProwlarr, RelatedUnits: []string{"prowlarr/0"},
			},
			snapshot.UnitRelation{Endpoint: "peers", RelatedEndpoint: "peers", RelatedUnits: []string{"radarr/0"}}),
	}, core.Units)

	downloads := model(t, s, "charmarr-downloads")
	require.Equal(t, []snapshot.SAAS{
		{
			Name: "indexers", URL: "admin/charmarr-core.indexers", Status: "unknown", Life: "alive",
			Endpoints: []snapshot.Endpoint{
				{Name: "indexer", Interface: "media-indexer", Role: "provider"}, {Name: "juju-info", Interface: "juju-info", Role: "provider"},
			},
		},
		{
			Name: "vpn", URL: "admin/gluetun.vpn", Status: "unknown", Life: "alive",
			Endpoints: []snapshot.Endpoint{
				{Name: "juju-info", Interface: "juju-info", Role: "provider"}, {Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"},
			},
		},
	}, downloads.SAAS)
	require.Equal(t, []snapshot.Relation{
		{A: end("vpn", "vpn-gateway"), B: end("qbittorrent", "vpn-gateway"), Interface: "vpn-gateway"},
	}, downloads.Relations)
	require.True(t, downloads.Units[0].Relations[0].CrossModel)
	// Juju 4 tells no databag of an application of another model.
	require.Equal(t, without(everything, snapshot.JujuUnits), downloads.Evidence)

	gluetun := model(t, s, "gluetun")
	require.Equal(t, everything, gluetun.Evidence)
	require.Equal(t, snapshot.Yes, gluetun.Applications[0].Trust)
	require.Equal(t, facts("cluster-cidrs", "10.1.0.0/16,10.152.183.0/24", "wireguard-private-key", snapshot.Redacted), gluetun.Applications[0].Config)
	require.Equal(t, "vpn", gluetun.Offers[0].Name)
	require.Equal(t, []snapshot.Coverage{
		{Evidence: snapshot.JujuUnits, Namespace: "charmarr-core"}, {Evidence: snapshot.JujuUnits, Namespace: "gluetun"},
		{Evidence: snapshot.JujuUnits, Namespace: "private"},
	}, s.Coverage)
}

func without(list []snapshot.Evidence, one snapshot.Evidence) []snapshot.Evidence {
	return slices.DeleteFunc(slices.Clone(list), func(e snapshot.Evidence) bool { return e == one })
}

// The same controller gives the same bytes, whatever the order of its answers.
func TestTwoReadingsAreAlike(t *testing.T) {
	o := juju.Options{Store: media(t).store(t, "admin")}
	first, second := recorded(t, collect(t, o)), recorded(t, collect(t, o))
	require.Equal(t, first, second)
}

// What Juju's own client prints of the same models, read by the readers of its
// dumps, is what a controller says.
func TestAsJujusOwnClient(t *testing.T) {
	c := media(t)
	live := collect(t, juju.Options{Store: c.store(t, "admin")})
	for _, l := range live.Models {
		t.Run(l.Name, func(t *testing.T) {
			dumps := t.TempDir()
			for name, args := range map[string][]string{
				"status.json": {"status", "--format", "json"},
				"offers.json": {"offers", "--format", "json"},
				"status.yaml": {"status", "--format", "yaml"},
			} {
				text := c.juju(t, "admin", append(args, "-m", "admin/"+l.Name)...)
				require.NoError(t, os.WriteFile(filepath.Join(dumps, name), []byte(text), 0o600))
			}
			for _, name := range []string{"status.json", "status.yaml"} {
				s, err := file.Collector{Paths: []string{name}, Dir: dumps}.Collect(context.Background())
				require.NoError(t, err)
				require.Empty(t, s.Gaps)
				require.Len(t, s.Models, 1)
				sameAsStatus(t, s.Models[0], l)
			}
			s, err := file.Collector{Paths: []string{dumps}}.Collect(context.Background())
			require.NoError(t, err)
			sameOffers(t, s, l)
			for _, app := range l.Applications {
				sameConfig(t, c.juju(t, "admin", "config", "-m", "admin/"+l.Name, app.Name, "--format", "json"), app)
			}
			sameSecrets(t, c.juju(t, "admin", "secrets", "-m", "admin/"+l.Name, "--format", "json"), l)
		})
	}
}

// sameAsStatus compares a status with what was read live. Live knows more:
// where a status says nothing, nothing is compared.
func sameAsStatus(t *testing.T, status, live snapshot.Model) {
	require.Equal(t, status.Name, live.Name)
	require.Equal(t, status.Controller, live.Controller)
	require.Equal(t, status.Type, live.Type)
	require.Equal(t, status.Version, live.Version)
	require.Equal(t, status.Cloud, live.Cloud)
	require.NotEmpty(t, live.Cloud)
	require.Equal(t, status.State, live.State)
	for _, e := range status.Evidence {
		require.Contains(t, live.Evidence, e)
	}

	require.Len(t, live.Applications, len(status.Applications))
	for i, want := range status.Applications {
		got := live.Applications[i]
		got.At, got.CharmAt, want.At, want.CharmAt = snapshot.Pos{}, snapshot.Pos{}, snapshot.Pos{}, snapshot.Pos{}
		got.Config, got.Trust = nil, snapshot.Unsaid // which a status does not say
		if want.Scale < 0 {
			want.Scale = 0 // a status leaves nought out
		}
		if want.Bindings == nil {
			got.Bindings = nil
		}
		require.Equal(t, bare(want), bare(got))
	}
	require.Len(t, live.Units, len(status.Units))
	for i, want := range status.Units {
		got := live.Units[i]
		if want.Leader == snapshot.Unsaid {
			want.Leader = snapshot.No
		}
		want.At, got.At, got.Relations = snapshot.Pos{}, snapshot.Pos{}, nil
		require.Equal(t, want, got)
	}
	require.Len(t, live.SAAS, len(status.SAAS))
	for i, want := range status.SAAS {
		want.At = snapshot.Pos{}
		require.Equal(t, want, live.SAAS[i])
	}
	require.Len(t, live.Offers, len(status.Offers))
	for i, want := range status.Offers {
		want.At, want.URL, want.Active, want.Total = snapshot.Pos{}, live.Offers[i].URL, max(want.Active, 0), max(want.Total, 0)
		require.Equal(t, want, live.Offers[i])
	}

	// A status states a relation from each side that is an application or a SAAS,
	// and leaves the other's endpoint out.
	stated := map[string]bool{}
	for _, r := range status.Relations {
		stated[fmt.Sprint(r.A.Application, ":", r.A.Endpoint, " ", r.B.Application, " ", r.Interface)] = true
	}
	read := map[string]bool{}
	for _, r := range live.Relations {
		read[fmt.Sprint(r.A.Application, ":", r.A.Endpoint, " ", r.B.Application, " ", r.Interface)] = true
		read[fmt.Sprint(r.B.Application, ":", r.B.Endpoint, " ", r.A.Application, " ", r.Interface)] = true
	}
	require.Equal(t, stated, read)
}

// bare strips the places of facts.
func bare(a snapshot.Application) snapshot.Application {
	a.Bindings = slices.Clone(a.Bindings)
	for i := range a.Bindings {
		a.Bindings[i].At = snapshot.Pos{}
	}
	return a
}

// sameOffers compares what `juju offers` prints.
func sameOffers(t *testing.T, dumps snapshot.Snapshot, live snapshot.Model) {
	var offers []snapshot.Offer
	for _, m := range dumps.Models {
		if dumps.Sources[m.At.Source()].Kind == snapshot.JujuOfferSet {
			require.Equal(t, live.Name, m.Name)
			require.Equal(t, live.Controller, m.Controller)
			offers = append(offers, m.Offers...)
		}
	}
	require.Len(t, live.Offers, len(offers))
	for i, want := range offers {
		got := live.Offers[i]
		require.Equal(t, want.Name, got.Name)
		require.Equal(t, strings.TrimPrefix(want.URL, "home:"), got.URL)
		require.Equal(t, want.Application, got.Application)
		require.Equal(t, want.Endpoints, got.Endpoints)
	}
}

// sameConfig compares what `juju config` prints of an application.
func sameConfig(t *testing.T, text string, app snapshot.Application) {
	type option struct {
		Value, Default any
		Source         string
	}
	var said struct {
		Settings map[string]option
		Config   map[string]option `json:"application-config"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &said))
	require.Equal(t, said.Config["trust"].Value == true, app.Trust == snapshot.Yes)
	differing := 0
	for name, o := range said.Settings {
		if o.Value == nil || fmt.Sprint(o.Value) == fmt.Sprint(o.Default) {
			continue
		}
		differing++
		got, ok := snapshot.Lookup(app.Config, name)
		require.True(t, ok, name)
		require.Equal(t, snapshot.Redact(name, fmt.Sprint(o.Value)), got.Value)
	}
	require.Len(t, app.Config, differing)
}

// sameSecrets compares what `juju secrets` prints.
func sameSecrets(t *testing.T, text string, live snapshot.Model) {
	var said map[string]struct{ Name, Owner string }
	require.NoError(t, json.Unmarshal([]byte(text), &said))
	require.Len(t, live.Secrets, len(said))
	for _, s := range live.Secrets {
		require.Contains(t, said, s.ID)
		require.Equal(t, said[s.ID].Name, s.Label)
	}
}

// The store is as it was: no file was written, made or removed, and none was
// locked.
func TestTheStoreIsLeftAlone(t *testing.T) {
	store := media(t).store(t, "admin")
	before := contents(t, store)
	s := collect(t, juju.Options{Store: store})
	require.Len(t, s.Models, 4)
	require.Equal(t, before, contents(t, store))
}

// contents are the files below a folder with what is in them and when it was
// last written.
func contents(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text := ""
		if !entry.IsDir() {
			read, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(read)
		}
		files[path] = fmt.Sprint(info.Mode(), info.ModTime().Format(time.RFC3339Nano), text)
		return nil
	}))
	return files
}
