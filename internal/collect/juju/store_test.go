package juju_test

import (
	"context"
	"encoding/base64"
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
)

func TestFolder(t *testing.T) {
	home, xdg := filepath.FromSlash("/home/me"), filepath.FromSlash("/home/me/data")
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"JUJU_DATA":     {map[string]string{"JUJU_DATA": "/x", "XDG_DATA_HOME": xdg, "HOME": home}, "/x"},
		"XDG_DATA_HOME": {map[string]string{"XDG_DATA_HOME": xdg, "HOME": home}, filepath.Join(xdg, "juju")},
		"HOME":          {map[string]string{"HOME": home}, filepath.Join(home, ".local", "share", "juju")},
		"nothing":       {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, juju.Folder(func(key string) string { return test.env[key] }))
		})
	}
}

func TestLoginFrom(t *testing.T) {
	env := map[string]string{
		"JUJU_CONTROLLER_ADDRESSES": " 10.0.0.1:17070, ,[fd00::1]:17070", "JUJU_CA_CERT": "ca", "JUJU_USERNAME": "u",
		"JUJU_PASSWORD": "p", "JUJU_CLIENT_ID": "i", "JUJU_CLIENT_SECRET": "s",
	}
	require.Equal(t, &juju.Login{
		Addresses: []string{"10.0.0.1:17070", "[fd00::1]:17070"}, CACert: "ca", Username: "u", Password: "p", ClientID: "i", ClientSecret: "s",
	}, juju.LoginFrom(func(key string) string { return env[key] }))
	require.Nil(t, juju.LoginFrom(func(string) string { return "" }))
}

// store writes a client store that knows a controller.
func (f *fake) store(t testing.TB, account string) string {
	t.Helper()
	folder := t.TempDir()
	ca := "      " + strings.ReplaceAll(strings.TrimSpace(f.ca), "\n", "\n      ")
	write(t, folder, "controllers.yaml", fmt.Sprintf(`controllers:
  home:
    uuid: 5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9aff
    api-endpoints: ['%s']
    ca-cert: |
%s
    cloud: microk8s
current-controller: home
`, f.address(), ca))
	write(t, folder, "accounts.yaml", "controllers:\n  home:\n"+account)
	return folder
}

func write(t testing.TB, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestStore(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	folder := f.store(t, "    user: admin\n    password: canary-password\n")
	s := collect(t, juju.Options{Store: folder})
	require.Empty(t, gaps(s))
	require.Equal(t, []string{"media", "vpn"}, names(s))
	require.Equal(t, "home", s.Models[0].Controller) // not its own name
	require.Contains(t, string(f.logins[0]), `"auth-tag":"user-admin","credentials":"canary-password"`)

	// The controllers of a store are read beside a login, once each.
	s = collect(t, juju.Options{Store: folder, Controllers: []string{"home", "home"}, Login: f.reached(), Models: []string{"home:media", "old-home:vpn"}})
	require.Empty(t, gaps(s))
	require.Equal(t, []string{"media", "vpn", "vpn"}, names(s)) // media of home consumes an offer of its vpn
}

// What the store says of an account decides how it logs in.
func TestAccounts(t *testing.T) {
	for name, test := range map[string]struct {
		account string
		sent    string
	}{
		"a number for a password": {"    user: admin\n    password: 12345\n", `"credentials":"12345"`},
		"a local user without":    {"    user: admin\n", `"auth-tag":"user-admin","credentials":""`},
		"an external user":        {"    user: bob@external\n", `"auth-tag":"","credentials":""`},
		"nobody":                  {"    last-known-access: superuser\n", `"auth-tag":"","credentials":""`},
		"a session":               {"    user: bob@external\n    access-token: canary-token\n", `"session-token":"canary-token"`},
	} {
		t.Run(name, func(t *testing.T) {
			f := (&fake{recording: juju36(t)}).start(t)
			s := collect(t, juju.Options{Store: f.store(t, test.account), Models: []string{"media"}})
			require.Empty(t, gaps(s))
			require.Contains(t, string(f.logins[0]), test.sent)
		})
	}
}

func TestCookies(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	folder := f.store(t, "    user: admin\n")
	// Macaroons of an earlier login, as the juju client keeps them: one is over.
	macaroon := base64.StdEncoding.EncodeToString([]byte(`[{"i":"canary-id","l":"juju","s64":"` + strings.Repeat("A", 43) + `"}]`))
	kept := func(name string, expires time.Time) map[string]any {
		return map[string]any{
			"Name": name, "Value": macaroon, "Domain": "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9aff", "Path": "/", "Persistent": true, "HostOnly": true,
			"Expires": expires, "CanonicalHost": "5d1dd5f1-0b5c-4f3c-8c7e-6f5a6f1d9aff",
		}
	}
	text, err := json.Marshal([]any{
		kept("macaroon-1", time.Now().Add(time.Hour)), kept("macaroon-2", time.Now().Add(-time.Hour)),
		map[string]any{"Name": "other", "Value": "x", "Path": "/", "CanonicalHost": "elsewhere.example", "Domain": "elsewhere.example", "Expires": time.Now().Add(time.Hour)},
	})
	require.NoError(t, err)
	write(t, folder, "cookies/home.json", string(text))
	require.Empty(t, gaps(collect(t, juju.Options{Store: folder, Models: []string{"media"}})))
	require.Equal(t, 1, strings.Count(string(f.logins[0]), "canary-id"), string(f.logins[0]))

	for _, broken := range []string{"{", `{"a": 1}`, `[1]`} {
		write(t, folder, "cookies/home.json", broken)
		s := collect(t, juju.Options{Store: folder})
		require.Len(t, s.Gaps, 1)
		require.Contains(t, s.Gaps[0].Reason, "reading cookies/home.json of the client store: it holds no list of cookies; move it away and log in again with 'juju login'")
	}
	require.NoError(t, os.Remove(filepath.Join(folder, "cookies", "home.json")))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "cookies", "home.json"), 0o700))
	s := collect(t, juju.Options{Store: folder})
	require.Equal(t, "reading cookies/home.json of the client store: is a directory", s.Gaps[0].Reason)
	require.NoError(t, os.Remove(filepath.Join(folder, "cookies", "home.json")))
	write(t, folder, "cookies/home.json", "")
	require.Empty(t, gaps(collect(t, juju.Options{Store: folder, Models: []string{"media"}})))
}

// Options that do not say which controller is meant, or how to log in, are
// errors that say what to do.
func TestWrongUsage(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	whole := f.store(t, "    user: admin\n    password: canary\n")
	broken := t.TempDir()
	write(t, broken, "controllers.yaml", "controllers: {home: [canary\n")
	binary := t.TempDir()
	write(t, binary, "controllers.yaml", "controllers: {}\n")
	write(t, binary, "accounts.yaml", "password: canary\x00")
	unreadable := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(unreadable, "controllers.yaml"), 0o700))
	login := func(change func(*juju.Login)) juju.Options {
		l := f.reached()
		change(l)
		return juju.Options{Login: l}
	}
	for name, test := range map[string]struct {
		options juju.Options
		want    string
	}{
		"nothing":              {juju.Options{}, "has no current one"},
		"empty store":          {juju.Options{Store: t.TempDir()}, "it knows none"},
		"unknown controller":   {juju.Options{Store: whole, Controllers: []string{"away"}}, `finding Juju controller "away": the client store ` + filepath.ToSlash(whole) + ` does not know it, it knows home`},
		"broken store":         {juju.Options{Store: broken}, "cannot be read as YAML: move it away and log in again"},
		"binary store":         {juju.Options{Store: binary}, "cannot be read as YAML"},
		"store of folders":     {juju.Options{Store: unreadable}, "reading the Juju client store: "},
		"no address":           {login(func(l *juju.Login) { l.Addresses = nil }), "set JUJU_CONTROLLER_ADDRESSES to HOST:PORT"},
		"two accounts":         {login(func(l *juju.Login) { l.ClientID = "i" }), "a user and a service account are given"},
		"no password":          {login(func(l *juju.Login) { l.Password = "" }), "a user needs both JUJU_USERNAME and JUJU_PASSWORD"},
		"nobody":               {login(func(l *juju.Login) { l.Username, l.Password = "", "" }), "a user needs both JUJU_USERNAME and JUJU_PASSWORD"},
		"no client secret":     {login(func(l *juju.Login) { l.Username, l.Password, l.ClientID = "", "", "i" }), "a service account needs both"},
		"no name of a user":    {login(func(l *juju.Login) { l.Username = "a b" }), `JUJU_USERNAME "a b" is no name of a Juju user`},
		"no certificate":       {login(func(l *juju.Login) { l.CACert = "/etc/ssl/ca.pem" }), "JUJU_CA_CERT is no certificate in PEM"},
		"no model":             {juju.Options{Store: whole, Models: []string{""}}, `finding Juju model "": want NAME, OWNER/NAME or CONTROLLER:OWNER/NAME`},
		"no owner":             {juju.Options{Store: whole, Models: []string{"/media"}}, `finding Juju model "/media"`},
		"no controller":        {juju.Options{Store: whole, Models: []string{":media"}}, `finding Juju model ":media"`},
		"no owner there":       {juju.Options{Store: whole, Models: []string{"home:/media"}}, `finding Juju model "home:/media"`},
		"no name":              {juju.Options{Store: whole, Models: []string{"admin/"}}, `finding Juju model "admin/"`},
		"a model like no name": {juju.Options{Store: whole, Models: []string{"Media!"}}, `finding Juju model "Media!"`},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := juju.New(test.options).Collect(context.Background())
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "canary")
			require.Empty(t, s.Models)
		})
	}
}

// A controller of the store that cannot be reached says how to mend the store.
func TestStoresThatLeadNowhere(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	for name, test := range map[string]struct {
		old, by string
		want    string
	}{
		"no address":     {"api-endpoints: ['" + f.address() + "']", "api-endpoints: []", "missing addresses"},
		"no list":        {"api-endpoints: ['" + f.address() + "']", "api-endpoints: {a: b}", "missing addresses"},
		"no certificate": {"-----BEGIN CERTIFICATE-----", "-----BEGIN-----", "certificate"},
		"a proxy that is unknown": {"cloud: microk8s", "proxy-config: {type: carrier-pigeon, config: {namespace: controller-home, service: controller}}",
			`a proxy of kind "carrier-pigeon" is unknown to this version`},
		"a proxy without a host": {"cloud: microk8s", "proxy-config: {type: kubernetes-port-forward, config: {remote-port: '17070', service-account-token: canary}}",
			"api-host is no https:// address"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := f.store(t, "    user: admin\n    password: canary\n")
			text, err := os.ReadFile(filepath.Join(folder, "controllers.yaml"))
			require.NoError(t, err)
			require.Contains(t, string(text), test.old)
			write(t, folder, "controllers.yaml", strings.ReplaceAll(string(text), test.old, test.by))
			s := collect(t, juju.Options{Store: folder})
			require.Len(t, s.Gaps, 1)
			require.Contains(t, s.Gaps[0].Reason, test.want)
			require.Equal(t, everything, s.Gaps[0].Evidence)
		})
	}
	folder := f.store(t, "    user: \"a b\"\n")
	s := collect(t, juju.Options{Store: folder})
	require.Contains(t, s.Gaps[0].Reason, `the client store's user "a b" is no name of a Juju user`)
}

// A controller on Kubernetes is reached through the cluster's API server, as its
// store says.
func TestAControllerOnKubernetes(t *testing.T) {
	f := (&fake{recording: juju36(t)}).start(t)
	cluster := forwardtest.Start(t, f.address())
	folder := f.store(t, "    user: admin\n    password: canary\n")
	service := cluster.Of()
	path := filepath.Join(folder, "controllers.yaml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	proxy, err := json.Marshal(map[string]any{"type": service.Kind, "config": map[string]string{
		"api-host": service.APIServer, "ca-cert": service.CACert, "namespace": service.Namespace, "remote-port": service.Port,
		"service": service.Name, "service-account-token": service.Token,
	}})
	require.NoError(t, err)
	// Its address within the cluster leads nowhere from here.
	changed := strings.NewReplacer(f.address(), "10.152.183.99:17070", "cloud: microk8s", "proxy-config: "+string(proxy)).Replace(string(text))
	write(t, folder, "controllers.yaml", changed)
	s := collect(t, juju.Options{Store: folder})
	require.Empty(t, gaps(s))
	require.Equal(t, []string{"media", "vpn"}, names(s))
	require.Contains(t, cluster.Asked(), "POST /prefix/api/v1/namespaces/controller-home/pods/controller-0/portforward")

	cluster.Failure = "nobody listens on port 17070"
	s = collect(t, juju.Options{Store: folder})
	require.Len(t, s.Gaps, 1)
	require.Contains(t, s.Gaps[0].Reason, "the cluster could not forward: nobody listens on port 17070")
}
