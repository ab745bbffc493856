package juju_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward/forwardtest"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// otherCA is a certificate that signed nothing here.
const otherCA = `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIQIRi6zePL6mKjOipn+dNuaTAKBggqhkjOPQQDAjASMRAw
DgYDVQQKEwdBY21lIENvMB4XDTE3MTAyMDE5NDMwNloXDTE4MTAyMDE5NDMwNlow
EjEQMA4GA1UEChMHQWNtZSBDbzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABD0d
7VNhbWvZLWPuj/RtHFjvtJBEwOkhbN/BnnE8rnZR8+sbwnc/KhCk3FhnpHZnQz7B
5aETbbIgmuvewdjvSBSjYzBhMA4GA1UdDwEB/wQEAwICpDATBgNVHSUEDDAKBggr
BgEFBQcDATAPBgNVHRMBAf8EBTADAQH/MCkGA1UdEQQiMCCCDmxvY2FsaG9zdDo1
NDUzgg4xMjcuMC4wLjE6NTQ1MzAKBggqhkjOPQQDAgNIADBFAiEA2zpJEPQyz6/l
Wf86aX6PepsntZv2GYlA5UpabfT2EZICICpJ5h/iI+i341gBmLiAFQOyTDT+/wQc
6MF9+Yw1Yy0t
-----END CERTIFICATE-----
`

// login is how to reach the controller from the environment alone.
func (c *controller) login(user string) *juju.Login {
	return &juju.Login{Addresses: []string{c.Address}, CACert: c.CACert, Username: user, Password: c.Users[user]}
}

// replace rewrites a file of a store.
func replace(t testing.TB, store, name, old, by string) {
	t.Helper()
	path := filepath.Join(store, name)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, by)), 0o600))
}

// onlyGap demands that nothing was read and that one gap says why.
func onlyGap(t testing.TB, s snapshot.Snapshot, what, reason string) {
	t.Helper()
	require.Empty(t, s.Models)
	require.Len(t, s.Gaps, 1)
	require.Equal(t, what, s.Gaps[0].What)
	require.Contains(t, s.Gaps[0].Reason, reason)
	require.Equal(t, everything, s.Gaps[0].Evidence)
}

// A controller that is in no store is read as the same, under its own name.
func TestLoginFromTheEnvironment(t *testing.T) {
	c := media(t)
	env := map[string]string{
		"JUJU_CONTROLLER_ADDRESSES": "127.0.0.1:1, " + c.Address, "JUJU_CA_CERT": c.CACert,
		"JUJU_USERNAME": "admin", "JUJU_PASSWORD": c.Users["admin"],
	}
	login := juju.LoginFrom(func(key string) string { return env[key] })
	require.NotNil(t, login)
	s := collect(t, juju.Options{Login: login})
	require.Equal(t, recorded(t, collect(t, juju.Options{Store: c.store(t, "admin")})), recorded(t, s))

	login.Name = "mine"
	require.Equal(t, "mine", collect(t, juju.Options{Login: login, Models: []string{"gluetun"}}).Models[0].Controller)
}

func TestRefusedLogins(t *testing.T) {
	c := media(t)
	t.Run("wrong password", func(t *testing.T) {
		store := c.store(t, "admin")
		replace(t, store, "accounts.yaml", c.Users["admin"], "canary-wrong-password")
		s := collect(t, juju.Options{Store: store})
		onlyGap(t, s, "connecting to Juju controller home", "does not accept the login of user admin")
		require.Contains(t, s.Gaps[0].Reason, "log in with 'juju login -c home'")

		login := c.login("admin")
		login.Password = "canary-wrong-password"
		s = collect(t, juju.Options{Login: login})
		onlyGap(t, s, "connecting to Juju controller "+c.Address, "see JUJU_USERNAME and JUJU_PASSWORD")
	})
	t.Run("unknown user", func(t *testing.T) {
		login := c.login("admin")
		login.Username = "nobody"
		onlyGap(t, collect(t, juju.Options{Login: login}), "connecting to Juju controller "+c.Address, "does not accept the login of user nobody")
	})
	t.Run("service account", func(t *testing.T) {
		// A controller without an identity provider knows none.
		login := &juju.Login{Addresses: []string{c.Address}, CACert: c.CACert, ClientID: "robot", ClientSecret: "canary-secret"}
		s := collect(t, juju.Options{Login: login})
		require.Len(t, s.Gaps, 1)
		require.Empty(t, s.Models)
	})
	t.Run("session that is over", func(t *testing.T) {
		store := c.store(t, "admin")
		replace(t, store, "accounts.yaml", "password: "+c.Users["admin"], "access-token: canary-token")
		s := collect(t, juju.Options{Store: store})
		require.Len(t, s.Gaps, 1)
		require.Empty(t, s.Models)
	})
	t.Run("wrong CA", func(t *testing.T) {
		login := c.login("admin")
		login.CACert = otherCA
		onlyGap(t, collect(t, juju.Options{Login: login}), "connecting to Juju controller "+c.Address, "its CA certificate is not the one that is given here")
	})
	t.Run("no CA", func(t *testing.T) {
		login := c.login("admin")
		login.CACert = ""
		onlyGap(t, collect(t, juju.Options{Login: login}), "connecting to Juju controller "+c.Address, "its CA certificate is not the one that is given here")
	})
	t.Run("nobody listens", func(t *testing.T) {
		login := c.login("admin")
		login.Addresses = []string{"127.0.0.1:1"}
		onlyGap(t, collect(t, juju.Options{Login: login}), "connecting to Juju controller 127.0.0.1:1", "see that the controller can be reached from here")
	})
	t.Run("no such host", func(t *testing.T) {
		login := c.login("admin")
		login.Addresses = []string{"controller.invalid:17070"}
		onlyGap(t, collect(t, juju.Options{Login: login}), "connecting to Juju controller controller.invalid:17070", "controller.invalid")
	})
}

// Accounts that keep no password log in with the macaroon that `juju login` got.
func TestMacaroons(t *testing.T) {
	c := media(t)
	store := c.store(t, "reader")
	jujuIn(t, store, "", "logout", "-c", "home", "--force")
	jujuIn(t, store, c.Users["reader"]+"\n", "login", "-c", "home", "-u", "reader")
	accounts, err := os.ReadFile(filepath.Join(store, "accounts.yaml"))
	require.NoError(t, err)
	require.NotContains(t, string(accounts), "password")

	before := contents(t, store)
	s := collect(t, juju.Options{Store: store})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"charmarr-core"}, modelNames(s))
	require.Equal(t, before, contents(t, store))

	require.NoError(t, os.Remove(filepath.Join(store, "cookies", "home.json")))
	onlyGap(t, collect(t, juju.Options{Store: store}), "connecting to Juju controller home",
		"the controller wants a login that needs a browser or a password: log in with 'juju login -c home'")
}

func TestNamedModels(t *testing.T) {
	c := media(t)
	for _, name := range []string{"gluetun", "admin/gluetun", "home:gluetun", "home:admin/gluetun"} {
		s := collect(t, juju.Options{Store: c.store(t, "admin"), Models: []string{name, "gluetun"}})
		require.Empty(t, s.Gaps, name)
		require.Equal(t, []string{"gluetun"}, modelNames(s), name)
	}
	for _, name := range []string{"nowhere", "bob/gluetun", "home:nowhere"} {
		s := collect(t, juju.Options{Store: c.store(t, "admin"), Models: []string{name}})
		onlyGap(t, s, "finding Juju model "+name, "there is no such model, or the user may not read it; it may read admin/charmarr-core, ")
		require.Equal(t, "home", s.Gaps[0].Source)
	}
	s := collect(t, juju.Options{Store: c.store(t, "admin"), Models: []string{"elsewhere:gluetun"}})
	onlyGap(t, s, "finding Juju model elsewhere:gluetun", "that controller is not read: name it too")
	// What is there is read beside what is not.
	s = collect(t, juju.Options{Store: c.store(t, "admin"), Models: []string{"nowhere", "gluetun"}})
	require.Equal(t, []string{"gluetun"}, modelNames(s))
	require.Len(t, s.Gaps, 1)
	// A controller's own model is read where it is named.
	s = collect(t, juju.Options{Store: c.store(t, "admin"), Models: []string{"controller"}})
	require.Equal(t, []string{"controller"}, modelNames(s))
}

// A user who may read one model reads all of that one, and nothing else.
func TestReadAccessToOneModel(t *testing.T) {
	c := media(t)
	s := collect(t, juju.Options{Store: c.store(t, "reader")})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"charmarr-core"}, modelNames(s))
	// Juju shows a model's offers to its admins alone: there are none to see, and
	// no evidence that there are none.
	want := model(t, collect(t, juju.Options{Store: c.store(t, "admin")}), "charmarr-core")
	want.Offers, want.Evidence = nil, without(everything, snapshot.JujuOffers)
	require.Equal(t, want, s.Models[0])

	s = collect(t, juju.Options{Store: c.store(t, "reader"), Models: []string{"charmarr-core", "private"}})
	require.Equal(t, []string{"charmarr-core"}, modelNames(s))
	require.Len(t, s.Gaps, 1)
	require.Equal(t, "finding Juju model private", s.Gaps[0].What)

	s = collect(t, juju.Options{Store: c.store(t, "stranger")})
	require.Empty(t, s.Models)
	s = collect(t, juju.Options{Store: c.store(t, "stranger"), Models: []string{"charmarr-core"}})
	onlyGap(t, s, "finding Juju model charmarr-core", "it may read none")
}

// A model that makes an offer is read with the one that consumes it; where the
// user does not see it, the offer is.
func TestOffersAreFollowed(t *testing.T) {
	c := media(t)
	s := collect(t, juju.Options{Store: c.store(t, "admin"), Models: []string{"charmarr-downloads"}})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"charmarr-downloads", "charmarr-core", "gluetun"}, modelNames(s))

	s = collect(t, juju.Options{Store: c.store(t, "guest")})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"charmarr-downloads", "gluetun"}, modelNames(s))
	gluetun := model(t, s, "gluetun")
	require.Empty(t, gluetun.Evidence)
	require.Empty(t, gluetun.Applications)
	require.Equal(t, []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}}, gluetun.Offers[0].Endpoints)
	require.Equal(t, "vpn", gluetun.Offers[0].Name)
}

// An offer of another controller is followed where the store knows that one.
func TestOffersOfAnotherController(t *testing.T) {
	home := media(t)
	edge := start(t, "edge", "edge", home)
	alone := edge.store(t, "admin")
	s := collect(t, juju.Options{Store: alone})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"edge-downloads"}, modelNames(s))
	require.Equal(t, "home:admin/gluetun.vpn", s.Models[0].SAAS[0].URL)

	both := merged(t, alone, home.store(t, "admin"))
	s = collect(t, juju.Options{Store: both})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"edge-downloads", "gluetun"}, modelNames(s))
	require.Equal(t, "edge", s.Models[0].Controller)
	require.Equal(t, "home", s.Models[1].Controller)
	require.Equal(t, []snapshot.Source{{Kind: snapshot.JujuController, Name: "edge"}, {Kind: snapshot.JujuController, Name: "home"}}, s.Sources)
	require.Equal(t, 1, s.Models[1].At.Source())
	require.Equal(t, everything, s.Models[1].Evidence)

	// Both controllers, asked for.
	s = collect(t, juju.Options{Store: both, Controllers: []string{"home", "edge"}})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"charmarr-core", "charmarr-downloads", "gluetun", "private", "edge-downloads"}, modelNames(s))
	s = collect(t, juju.Options{Store: both, Controllers: []string{"home", "edge"}, Models: []string{"home:gluetun", "edge-downloads"}})
	require.Empty(t, s.Gaps)
	require.Equal(t, []string{"gluetun", "edge-downloads"}, modelNames(s))

	// One that is gone does not take the other with it.
	edge.Kill()
	s = collect(t, juju.Options{Store: both, Controllers: []string{"edge", "home"}, TimeLimit: 20 * time.Second})
	require.Equal(t, []string{"charmarr-core", "charmarr-downloads", "gluetun", "private"}, modelNames(s))
	require.Len(t, s.Gaps, 1)
	require.Equal(t, "connecting to Juju controller edge", s.Gaps[0].What)
}

// merged returns a store that knows the controllers of two; its current one is
// that of the first.
func merged(t testing.TB, one, other string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"controllers.yaml", "accounts.yaml"} {
		first, err := os.ReadFile(filepath.Join(one, name))
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(other, name))
		require.NoError(t, err)
		_, more, ok := strings.Cut(string(second), "controllers:\n")
		require.True(t, ok)
		more, _, _ = strings.Cut(more, "current-controller:")
		text := strings.Replace(string(first), "controllers:\n", "controllers:\n"+more, 1)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	return folder
}

// Options that do not say which controller is meant are errors.
func TestWrongUsage(t *testing.T) {
	c := media(t)
	for name, test := range map[string]struct {
		options juju.Options
		want    string
	}{
		"no store":           {juju.Options{Store: t.TempDir()}, "has no current one: log in with 'juju login', name a controller (it knows none), or set JUJU_CONTROLLER_ADDRESSES"},
		"unknown controller": {juju.Options{Store: c.store(t, "admin"), Controllers: []string{"nowhere"}}, `finding Juju controller "nowhere": the client store`},
		"model without name": {juju.Options{Store: c.store(t, "admin"), Models: []string{"home:"}}, `finding Juju model "home:": want NAME, OWNER/NAME or CONTROLLER:OWNER/NAME`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := juju.New(test.options).Collect(context.Background())
			require.ErrorContains(t, err, test.want)
		})
	}
}

// The progress counts to what there is, and nothing is told twice.
func TestProgress(t *testing.T) {
	var told []string
	collect(t, juju.Options{Store: media(t).store(t, "admin"), Progress: func(done, total int, name string) {
		told = append(told, fmt.Sprint(done, "/", total))
		require.True(t, strings.HasPrefix(name, "admin/"), name)
	}})
	require.Equal(t, []string{"1/4", "2/4", "3/4", "4/4"}, told)
}

// A controller on Kubernetes is reached through the cluster's API server.
func TestThroughKubernetes(t *testing.T) {
	c := media(t)
	cluster := forwardtest.Start(t, c.Address)
	store, service := c.store(t, "admin"), cluster.Of()
	proxy, err := json.Marshal(map[string]any{"type": service.Kind, "config": map[string]string{
		"api-host": service.APIServer, "ca-cert": service.CACert, "namespace": service.Namespace, "remote-port": service.Port,
		"service": service.Name, "service-account-token": service.Token,
	}})
	require.NoError(t, err)
	replace(t, store, "controllers.yaml", "        cloud: ", "        proxy-config: "+string(proxy)+"\n        cloud: ")
	replace(t, store, "controllers.yaml", c.Address, "10.152.183.99:17070")
	s := collect(t, juju.Options{Store: store})
	require.Empty(t, s.Gaps)
	require.Equal(t, recorded(t, collect(t, juju.Options{Store: c.store(t, "admin")})), recorded(t, s))
}
