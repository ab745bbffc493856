package juju_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// everything is what a controller carries of a model.
var everything = []snapshot.Evidence{
	snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers,
	snapshot.JujuUnits, snapshot.JujuStatuses, snapshot.JujuSecrets,
}

func without(one snapshot.Evidence) []snapshot.Evidence {
	return slices.DeleteFunc(slices.Clone(everything), func(e snapshot.Evidence) bool { return e == one })
}

// collect reads, and demands that no secret comes out.
func collect(t testing.TB, o juju.Options) snapshot.Snapshot {
	t.Helper()
	if o.TimeLimit == 0 {
		o.TimeLimit = 20 * time.Second
	}
	s, err := juju.New(o).Collect(context.Background())
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, snapshot.Encode(&text, s))
	require.NotContains(t, text.String(), "canary")
	_, err = snapshot.Decode(strings.NewReader(text.String()))
	require.NoError(t, err)
	return s
}

func facts(pairs ...string) []snapshot.Fact {
	var list []snapshot.Fact
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, snapshot.Fact{Key: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func gaps(s snapshot.Snapshot) []string {
	list := []string{}
	for _, g := range s.Gaps {
		list = append(list, fmt.Sprintf("%s: %s: %s %v", g.Source, g.What, g.Reason, g.Evidence))
	}
	return list
}

func names(s snapshot.Snapshot) []string {
	list := []string{}
	for _, m := range s.Models {
		list = append(list, m.Name)
	}
	return list
}

func TestJuju36(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	s := collect(t, juju.Options{Login: f.reached()})
	require.Empty(t, gaps(s))
	require.Equal(t, []string{"media", "vpn"}, names(s))
	media := s.Models[0]
	require.Equal(t, everything, media.Evidence)
	require.Equal(t, "old-home", media.Controller)
	require.Equal(t, mediaUUID, media.UUID)
	require.Equal(t, "3.6.25", media.Version)
	require.Equal(t, []snapshot.Application{
		{
			Name: "prowlarr", Charm: "prowlarr-k8s", Channel: "latest/edge", Revision: 7, Scale: 1, Exposed: snapshot.No, Trust: snapshot.No,
			Status: "blocked", Message: "login failed: password=" + snapshot.Redacted, Life: "dying",
		},
		{
			Name: "radarr", Charm: "radarr-k8s", Channel: "latest/stable", Revision: 12, Scale: 1, Exposed: snapshot.Yes, Trust: snapshot.Yes,
			Status: "active", Life: "alive", Bindings: facts("", "alpha", "indexer", "alpha"),
			Config: facts("api-key", snapshot.Redacted, "port", "10000000", "ratio", "0.25"),
		},
	}, media.Applications)
	require.Equal(t, []snapshot.Relation{
		{A: snapshot.RelationEnd{Application: "gluetun", Endpoint: "vpn-gateway"}, B: snapshot.RelationEnd{Application: "radarr", Endpoint: "vpn-gateway"}, Interface: "vpn-gateway"},
		{A: snapshot.RelationEnd{Application: "prowlarr", Endpoint: "indexer"}, B: snapshot.RelationEnd{Application: "radarr", Endpoint: "indexer"}, Interface: "media-indexer"},
	}, media.Relations)
	require.Equal(t, []snapshot.Offer{{
		Name: "indexers", URL: "admin/media.indexers", Application: "prowlarr", Active: 1, Total: 2,
		Endpoints: []snapshot.Endpoint{{Name: "indexer", Interface: "media-indexer", Role: "provider"}},
	}}, media.Offers)
	require.Equal(t, "bob@external/vpn.gateway", media.SAAS[0].URL)

	// Juju 3 tells the databag of the application at the other end.
	require.Equal(t, []snapshot.Unit{
		{
			Name: "prowlarr/0", Address: "10.1.2.4", Leader: snapshot.No, Status: "blocked", Message: "token: " + snapshot.Redacted, Agent: "idle",
			Relations: []snapshot.UnitRelation{{
				Endpoint: "indexer", RelatedEndpoint: "indexer", ApplicationData: facts("wants", "movies"), RelatedUnits: []string{"radarr/0"},
			}},
		},
		{
			Name: "radarr/0", Address: "10.1.2.3", Leader: snapshot.Yes, Status: "active", Agent: "idle",
			Relations: []snapshot.UnitRelation{
				{
					Endpoint: "indexer", RelatedEndpoint: "indexer", ApplicationData: facts("url", "http://prowlarr:9696"),
					RelatedUnits: []string{"prowlarr/0"},
				},
				{
					Endpoint: "vpn-gateway", RelatedEndpoint: "vpn-gateway", CrossModel: true,
					ApplicationData: facts("cluster-dns", "10.152.183.10", "password", snapshot.Redacted), RelatedUnits: []string{"gluetun/0"},
				},
			},
		},
	}, media.Units)
	require.Equal(t, []snapshot.Secret{
		{ID: "cqmp6vfmp25c7c1t7gjg", Label: "account", Owner: "prowlarr", Readers: []string{"radarr"}},
		{ID: "cqmp6vfmp25c7c1t7gjh", Label: "of a unit", Owner: "prowlarr"},
		{ID: "cqmp6vfmp25c7c1t7gji", Label: "of the model"},
	}, media.Secrets)

	// Offers are shown to admins alone, and Bob's model is read by a reader.
	require.Equal(t, without(snapshot.JujuOffers), s.Models[1].Evidence)
	require.Equal(t, snapshot.Unsaid, s.Models[1].Applications[0].Trust)
}

// Nothing but what reads is asked for, and no value of a secret.
func TestOnlyReads(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	collect(t, juju.Options{Login: f.reached()})
	requests := map[string]bool{}
	for _, name := range f.asked {
		words := strings.Fields(name)
		if words[0] == mediaUUID || words[0] == vpnUUID {
			words = words[1:]
		}
		requests[words[0]] = true
	}
	require.Equal(t, map[string]bool{
		"Admin.Login": true, "Controller.ControllerConfig": true, "ModelManager.ListModelSummaries": true,
		"Client.FullStatus": true, "Application.Get": true, "Application.UnitsInfo": true, "Secrets.ListSecrets": true,
	}, requests)
	shown := 0
	for _, trail := range f.trails {
		if strings.Contains(trail, "Secrets.ListSecrets") {
			require.Contains(t, trail, `"show-secrets":false`)
			shown++
		}
	}
	require.Equal(t, 2, shown)
}

// Each request that fails is a gap of its own, with the evidence that it costs.
func TestRequestsThatFail(t *testing.T) {
	const what = "old-home: reading the "
	for name, test := range map[string]struct {
		refused  string
		with     refusal
		gap      string
		evidence []snapshot.Evidence
	}{
		"status": {
			mediaUUID + " Client.FullStatus", refusal{"permission denied", "unauthorized access", nil},
			what + "status of model admin/media: user admin may not read it (permission denied (unauthorized access)): a controller's admin lets the user with 'juju grant USER read MODEL'", nil,
		},
		"configuration": {
			mediaUUID + " Application.Get radarr", refusal{"it is on fire", "", nil},
			what + "configuration of radarr in model admin/media: the controller answered: it is on fire", without(snapshot.JujuConfig),
		},
		"units": {
			mediaUUID + " Application.UnitsInfo", refusal{"no such request - method Application.UnitsInfo is not implemented", "not implemented", nil},
			what + "units of model admin/media: the controller does not know the request", without(snapshot.JujuUnits),
		},
		"secrets": {
			mediaUUID + " Secrets.ListSecrets", refusal{"backend is down", "not supported", nil},
			"old-home: listing the secrets of model admin/media: the controller answered: backend is down", without(snapshot.JujuSecrets),
		},
		"model that is gone": {
			mediaUUID + " Admin.Login", refusal{`unknown model: "` + mediaUUID + `"`, "model not found", nil},
			"old-home: reading model admin/media: the model is gone or going", nil,
		},
		"model that is migrated": {
			mediaUUID + " Admin.Login", refusal{"migration in progress", "model migration in progress", nil},
			"old-home: reading model admin/media: migration in progress", nil,
		},
		"model list": {
			"ModelManager.ListModelSummaries", refusal{"permission denied", "unauthorized access", nil},
			"old-home: listing the models of Juju controller old-home: user admin may not read it", nil,
		},
		"login": {
			"Admin.Login", refusal{"invalid entity name or password", "unauthorized access", nil},
			": the controller does not accept the login of user admin (invalid entity name or password (unauthorized access)): see JUJU_USERNAME and JUJU_PASSWORD", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := (&fake{recording: juju36(t), refusals: map[string]refusal{test.refused: test.with}}).start(t)
			s := collect(t, juju.Options{Login: f.reached()})
			require.Len(t, s.Gaps, 1)
			require.Contains(t, gaps(s)[0], test.gap)
			if test.evidence == nil {
				require.Equal(t, everything, s.Gaps[0].Evidence)
				require.NotContains(t, names(s), "media")
				return
			}
			require.Equal(t, []string{"media", "vpn"}, names(s))
			require.Equal(t, test.evidence, s.Models[0].Evidence)
		})
	}
}

// Answers that make no sense are gaps, too.
func TestAnswersThatMakeNoSense(t *testing.T) {
	status := mediaUUID + " Client.FullStatus"
	for name, test := range map[string]struct {
		spoil func(*fake)
		gap   string
		loses []snapshot.Evidence
	}{
		"an empty status": {
			func(f *fake) { f.set(t, status, map[string]any{}) }, "the controller's answer is empty", everything,
		},
		"a status of another shape": {
			func(f *fake) { f.set(t, status, map[string]any{"applications": []string{"radarr"}}) }, "reading the status of model admin/media", everything,
		},
		"an application that Juju cannot tell": {
			func(f *fake) {
				f.edit(t, status, `"charm": "ch:amd64/jammy/radarr-k8s-12",`, `"charm": "ch:amd64/jammy/radarr-k8s-12", "err": {"message": "token: canary", "code": ""},`)
			},
			"reading application radarr of model admin/media: token: (redacted)",
			[]snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuStatuses},
		},
		"a SAAS that Juju cannot tell": {
			func(f *fake) {
				f.edit(t, status, `"offer-name": "gateway",`, `"offer-name": "gateway", "err": {"message": "no offer", "code": "not found"},`)
			},
			"reading SAAS gluetun of model admin/media: it is gone or going (no offer)", []snapshot.Evidence{snapshot.JujuOffers, snapshot.JujuRelations},
		},
		"an offer that Juju cannot tell": {
			func(f *fake) {
				f.edit(t, status, `"offer-name": "indexers",`, `"offer-name": "indexers", "err": {"message": "no", "code": ""},`)
			},
			"reading offer indexers of model admin/media", []snapshot.Evidence{snapshot.JujuOffers},
		},
		"a relation with one end too many": {
			func(f *fake) {
				f.change(t, status, func(status map[string]any) {
					first := status["relations"].([]any)[0].(map[string]any)
					first["endpoints"] = append(first["endpoints"].([]any), map[string]any{"application": "c"})
				})
			},
			`reading the relations of model admin/media: relation "radarr:indexer prowlarr:indexer" has 3 ends`,
			[]snapshot.Evidence{snapshot.JujuRelations},
		},
		"no configuration": {
			func(f *fake) { f.set(t, mediaUUID+" Application.Get radarr", map[string]any{}) },
			"reading the configuration of radarr in model admin/media: the controller's answer is empty", []snapshot.Evidence{snapshot.JujuConfig},
		},
		"too few units": {
			func(f *fake) { f.set(t, mediaUUID+" Application.UnitsInfo", map[string]any{"results": []any{}}) },
			"the controller answered for 0 of 2 units", []snapshot.Evidence{snapshot.JujuUnits},
		},
		"a unit that Juju cannot tell": {
			func(f *fake) {
				f.set(t, mediaUUID+" Application.UnitsInfo", map[string]any{"results": []any{
					map[string]any{"error": map[string]any{"message": "unit is gone", "code": "not found"}}, map[string]any{},
				}})
			},
			"reading unit prowlarr/0 of model admin/media: it is gone or going (unit is gone)", []snapshot.Evidence{snapshot.JujuUnits},
		},
		"a unit without a number": {
			func(f *fake) { f.edit(t, status, `"radarr/0": {`, `"radarr/x": {`) },
			"is no name of a unit", []snapshot.Evidence{snapshot.JujuUnits},
		},
		"a secret of nobody": {
			func(f *fake) { f.edit(t, mediaUUID+" Secrets.ListSecrets", "application-prowlarr", "nobody") },
			"the owner of secret cqmp6vfmp25c7c1t7gjg", []snapshot.Evidence{snapshot.JujuSecrets},
		},
		"a secret without a URI": {
			func(f *fake) {
				f.edit(t, mediaUUID+" Secrets.ListSecrets", "secret:cqmp6vfmp25c7c1t7gjg", "https://user:canary-pw@host")
			},
			"is no secret's URI", []snapshot.Evidence{snapshot.JujuSecrets},
		},
		"a secret for a stranger": {
			func(f *fake) { f.edit(t, mediaUUID+" Secrets.ListSecrets", "application-radarr", "x") },
			"a reader of secret cqmp6vfmp25c7c1t7gjg", []snapshot.Evidence{snapshot.JujuSecrets},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{recording: juju36(t)}
			test.spoil(f)
			f.start(t)
			s := collect(t, juju.Options{Login: f.reached(), Models: []string{"media"}})
			require.NotEmpty(t, s.Gaps)
			require.Contains(t, gaps(s)[0], test.gap)
			left := []snapshot.Evidence{}
			for _, m := range s.Models {
				if m.Name == "media" {
					left = m.Evidence
				}
			}
			for _, e := range everything {
				require.Equal(t, !slices.Contains(test.loses, e), slices.Contains(left, e), e)
			}
		})
	}
}

// A controller that is too old has no facade in a version that is spoken.
func TestAControllerThatIsTooOld(t *testing.T) {
	for _, name := range []string{"ModelManager", "Client", "Secrets"} {
		f := &fake{recording: juju36(t)}
		f.Version = "2.9.49"
		for i := range f.Facades {
			if f.Facades[i].Name == name {
				f.Facades[i].Versions = []int{0}
			}
		}
		f.start(t)
		s := collect(t, juju.Options{Login: f.reached()})
		require.NotEmpty(t, s.Gaps)
		require.Equal(t, "the controller (Juju 2.9.49) has no facade "+name+" that this version speaks: Juju 3.6 and 4 are read", s.Gaps[0].Reason)
	}
}

// A superuser asks for all models, everybody else for those they may see.
func TestWhoseModels(t *testing.T) {
	for _, access := range []string{"superuser", "login"} {
		f := (&fake{recording: juju36(t), access: access}).start(t)
		s := collect(t, juju.Options{Login: f.reached()})
		require.Equal(t, access == "superuser", slices.ContainsFunc(f.trails, func(trail string) bool {
			return strings.HasPrefix(trail, "ModelManager.ListModelSummaries") && strings.Contains(trail, `"all":true`)
		}))
		// A superuser sees the offers of every model.
		require.Equal(t, access == "superuser", slices.Contains(s.Models[1].Evidence, snapshot.JujuOffers))
	}
}

// Two models of one name cannot be told apart by what comes later.
func TestNamesakes(t *testing.T) {
	f := &fake{recording: juju36(t)}
	f.edit(t, "ModelManager.ListModelSummaries", `"name": "vpn"`, `"name": "media"`)
	f.start(t)
	s := collect(t, juju.Options{Login: f.reached()})
	require.Empty(t, names(s))
	require.Equal(t, []string{"old-home: choosing the models of Juju controller old-home: 2 models have one name (admin/media, bob@external/media), " +
		"and findings would not tell which is meant: name the one to read, with its owner " + fmt.Sprint(everything)}, gaps(s))

	// The user's own is meant where nobody else is named.
	s = collect(t, juju.Options{Login: f.reached(), Models: []string{"media"}})
	require.Equal(t, mediaUUID, s.Models[0].UUID)
	s = collect(t, juju.Options{Login: f.reached(), Models: []string{"bob@external/media"}})
	require.Equal(t, vpnUUID, s.Models[0].UUID)
}

// Requests that hang cost what they ask for and nothing else.
func TestRequestsThatHang(t *testing.T) {
	f := (&fake{recording: juju36(t), hang: []string{mediaUUID + " Application.Get radarr"}}).start(t)
	s := collect(t, juju.Options{Login: f.reached(), RequestLimit: 300 * time.Millisecond})
	require.Len(t, s.Gaps, 1)
	require.Contains(t, gaps(s)[0], "reading the configuration of radarr in model admin/media: the controller did not answer within 300ms")
	require.Equal(t, without(snapshot.JujuConfig), s.Models[0].Evidence)
	require.Equal(t, []string{"media", "vpn"}, names(s))
}

func TestCancelled(t *testing.T) {
	f := (&fake{recording: juju36(t), hang: []string{vpnUUID + " Client.FullStatus"}}).start(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("interrupted")
	var told []string
	s, err := juju.New(juju.Options{Login: f.reached(), Progress: func(done, total int, name string) {
		told = append(told, fmt.Sprintf("%d/%d %s", done, total, name))
		cancel(why)
	}}).Collect(ctx)
	require.ErrorIs(t, err, why)
	require.Equal(t, []string{"1/2 admin/media", "2/2 bob@external/vpn"}, told)
	require.Equal(t, []string{"media"}, names(s))
	require.Len(t, s.Gaps, 1)
	require.Contains(t, gaps(s)[0], "model bob@external/vpn: the reading was cancelled: run again "+fmt.Sprint(everything))
}

// A controller that is not there is tried again, and then a gap.
func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	s := collect(t, juju.Options{Login: &juju.Login{Addresses: []string{address}, Username: "admin", Password: "canary"}})
	require.Len(t, s.Gaps, 1)
	require.Contains(t, gaps(s)[0], "connection refused: see that the controller can be reached from here, and run again")
}

// A model that has moved says where to; a controller that stands for others leads
// on to them.
func TestModelsElsewhere(t *testing.T) {
	other := (&fake{recording: juju36(t)}).start(t)
	host, port, err := net.SplitHostPort(other.address())
	require.NoError(t, err)
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	servers := [][]map[string]any{{{"value": host, "type": "ipv4", "scope": "public", "port": number}}}

	f := (&fake{recording: juju36(t), refusals: map[string]refusal{mediaUUID + " Admin.Login": {
		"redirection to alternative server required", "redirection required",
		map[string]any{"servers": servers, "ca-cert": other.ca, "controller-alias": "new-home"},
	}}}).start(t)
	s := collect(t, juju.Options{Login: f.reached(), Models: []string{"media"}})
	require.Equal(t, []string{"old-home: reading model admin/media: the model has moved to another controller new-home: " +
		"log in there and name that controller " + fmt.Sprint(everything)}, gaps(s))
	require.Empty(t, other.asked)

	f.refusals = map[string]refusal{mediaUUID + " Admin.Login": {"redirection required", "redirection required", nil}}
	f.set(t, mediaUUID+" Admin.RedirectInfo", map[string]any{"servers": servers, "ca-cert": other.ca})
	s = collect(t, juju.Options{Login: f.reached(), Models: []string{"media"}})
	require.Empty(t, gaps(s))
	require.Equal(t, []string{"media", "vpn"}, names(s))
	require.Contains(t, other.asked, mediaUUID+" Client.FullStatus")
	require.Contains(t, f.asked, vpnUUID+" Client.FullStatus")
	// The password is for the first controller alone.
	require.NotContains(t, string(other.logins[0]), "canary")
}
