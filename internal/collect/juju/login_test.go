package juju_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery/checkers"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/bakery/identchecker"
	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
)

// loggedIn are the requests by which logins were made, each once.
func (f *fake) loggedIn() []string {
	var out []string
	for _, request := range f.asked {
		if _, login, ok := strings.Cut(request, "Admin."); ok && !slices.Contains(out, login) {
			out = append(out, login)
		}
	}
	return out
}

// A service account logs in with its id and secret, at the controller and at each
// of its models, and in no other way.
func TestServiceAccount(t *testing.T) {
	f := (&fake{recording: juju36(t), user: "robot@serviceaccount"}).start(t)
	env := map[string]string{
		"JUJU_CONTROLLER_ADDRESSES": f.address(), "JUJU_CA_CERT": f.ca, "JUJU_CLIENT_ID": "robot", "JUJU_CLIENT_SECRET": "canary-secret",
	}
	o := juju.Options{Login: juju.LoginFrom(func(key string) string { return env[key] }), Models: []string{"media"}}
	s := collect(t, o)
	require.Empty(t, gaps(s))
	require.Equal(t, []string{"media", "vpn"}, names(s))
	require.Equal(t, []string{"LoginWithClientCredentials"}, f.loggedIn())
	for _, sent := range f.logins {
		require.JSONEq(t, `{"client-id":"robot","client-secret":"canary-secret"}`, string(sent))
	}

	f.refusals = map[string]refusal{"Admin.LoginWithClientCredentials": {"invalid client credentials", "unauthorized access", nil}}
	s = collect(t, o)
	require.Empty(t, s.Models)
	require.Len(t, s.Gaps, 1)
	require.Contains(t, s.Gaps[0].Reason, "the controller does not accept the login of service account robot")
	require.Contains(t, s.Gaps[0].Reason, "see JUJU_CLIENT_ID and JUJU_CLIENT_SECRET")
	require.NotContains(t, s.Gaps[0].Reason, "canary-secret")

	// A controller without an identity provider does not know the request.
	f.refusals = map[string]refusal{"Admin.LoginWithClientCredentials": {`no such request - method Admin(3).LoginWithClientCredentials is not implemented`, "not implemented", nil}}
	require.Contains(t, collect(t, o).Gaps[0].Reason, "the controller does not know the request")
}

// The session of an account at an identity provider is used, and none is begun.
func TestSession(t *testing.T) {
	f := (&fake{recording: juju36(t), user: "bob@external"}).start(t)
	o := juju.Options{Store: f.store(t, "    user: bob@external\n    access-token: canary-token\n"), Models: []string{"media"}}
	require.Empty(t, gaps(collect(t, o)))
	require.Equal(t, []string{"LoginWithSessionToken"}, f.loggedIn())

	f.refusals = map[string]refusal{"Admin.LoginWithSessionToken": {"the session is over", "session token invalid", nil}}
	s := collect(t, o)
	require.Empty(t, s.Models)
	require.Len(t, s.Gaps, 1)
	require.Contains(t, s.Gaps[0].Reason, "the controller does not accept the login of user bob@external")
	require.Contains(t, s.Gaps[0].Reason, "log in with 'juju login -c home'")
	require.Equal(t, []string{"LoginWithSessionToken"}, f.loggedIn(), "nobody is asked to log in with a browser")
}

// provider is an identity provider, which discharges what a controller wants to
// know of a user.
type provider struct {
	url    string
	key    *bakery.KeyPair
	asked  atomic.Int32
	answer func(*http.Request) error
}

func newProvider(t *testing.T, answer func(*http.Request) error) *provider {
	t.Helper()
	key, err := bakery.GenerateKey()
	require.NoError(t, err)
	p := &provider{key: key, answer: answer}
	discharger := httpbakery.NewDischarger(httpbakery.DischargerParams{
		Key: key,
		CheckerP: httpbakery.ThirdPartyCaveatCheckerPFunc(func(_ context.Context, of httpbakery.ThirdPartyCaveatCheckerParams) ([]checkers.Caveat, error) {
			p.asked.Add(1)
			return nil, p.answer(of.Request)
		}),
	})
	mux := http.NewServeMux()
	for _, h := range discharger.Handlers() {
		mux.HandleFunc(h.Method+" "+h.Path, func(w http.ResponseWriter, r *http.Request) { h.Handle(w, r, nil) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// asks lets a controller want to know from the provider who a user is.
func (f *fake) asks(t *testing.T, p *provider) {
	t.Helper()
	locator := bakery.NewThirdPartyStore()
	locator.AddInfo(p.url, bakery.ThirdPartyInfo{PublicKey: p.key.Public, Version: bakery.LatestVersion})
	own, err := bakery.GenerateKey()
	require.NoError(t, err)
	oven := bakery.New(bakery.BakeryParams{Key: own, Locator: locator, Location: "juju"}).Oven
	f.login = func(_ string, sent json.RawMessage) (any, bool) {
		var login struct {
			Macaroons []json.RawMessage `json:"macaroons"`
		}
		if err := json.Unmarshal(sent, &login); err != nil || len(login.Macaroons) > 0 {
			return nil, false // discharged
		}
		m, err := oven.NewMacaroon(context.Background(), bakery.LatestVersion, []checkers.Caveat{{Location: p.url, Condition: "is-authenticated-user"}}, identchecker.LoginOp)
		if err != nil {
			return nil, false
		}
		return map[string]any{"bakery-discharge-required": m, "discharge-required-error": "who are you?"}, true
	}
}

// An account of an identity provider without a session logs in with macaroons. The
// provider is asked, and where it wants somebody to answer, nobody does.
func TestIdentityProvider(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(*http.Request) error
		reason string // none where the login passes
	}{
		"lets pass": {func(*http.Request) error { return nil }, ""},
		"wants a browser": {func(r *http.Request) error {
			err := httpbakery.NewInteractionRequiredError(nil, r)
			httpbakery.SetWebBrowserInteraction(err, "/login", "/wait")
			return err
		}, "the controller wants a login that needs a browser or a password: log in with 'juju login -c home'"},
		"refuses": {func(*http.Request) error {
			return &httpbakery.Error{Code: httpbakery.ErrPermissionDenied, Message: "bob is not known"}
		},
			"the identity provider did not let the login pass (cannot get discharge"},
	} {
		t.Run(name, func(t *testing.T) {
			f := (&fake{recording: juju36(t), user: "bob@external"}).start(t)
			p := newProvider(t, tt.answer)
			f.asks(t, p)
			s := collect(t, juju.Options{Store: f.store(t, "    user: bob@external\n"), Models: []string{"media"}})
			require.Positive(t, p.asked.Load())
			require.Equal(t, []string{"Login"}, f.loggedIn())
			require.Contains(t, string(f.logins[0]), `"auth-tag":"","credentials":""`)
			if tt.reason == "" {
				require.Empty(t, gaps(s))
				require.Equal(t, []string{"media", "vpn"}, names(s))
				return
			}
			require.Empty(t, s.Models)
			require.Len(t, s.Gaps, 1)
			require.Contains(t, s.Gaps[0].Reason, tt.reason)
		})
	}
}
