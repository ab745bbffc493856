package own

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

// answering has objects with an API server that answers each request alike.
func answering(t *testing.T, code int, body string, sent *string) *Objects {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		if sent != nil {
			*sent = r.Method + " " + r.URL.String() + " " + r.Header.Get("Content-Type") + " " + string(text)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL + "/clusters/a")
	require.NoError(t, err)
	return New(apiserver.Client{Base: base, HTTP: server.Client(), Time: 50 * time.Millisecond}, Names{Namespace: "lint", Secret: "own", Registration: "charmarr-lint"})
}

// TestTry tells what became of a trial from the API server's words.
func TestTry(t *testing.T) {
	status := func(message string) string {
		text, err := json.Marshal(map[string]string{"kind": "Status", "message": message})
		require.NoError(t, err)
		return string(text)
	}
	for name, x := range map[string]struct {
		code int
		body string
		want Outcome
		says string
	}{
		"refused":              {403, status(`admission webhook "privacy.charmarr-lint.io" denied the request: charmarr-lint: a`), Refused, ""},
		"by another":           {403, status(`admission webhook "validate.kyverno.svc-fail" denied the request: a`), "", "sending a request that has to be refused to /apis/networking.k8s.io/v1/namespaces/charmarr-lint-proof/networkpolicies/charmarr-lint-proof: admission webhook"},
		"by its other entry":   {403, status(`admission webhook "others.charmarr-lint.io" denied the request: a`), "", "sending a request"},
		"said by an object":    {422, status(`"admission webhook \"privacy.charmarr-lint.io\" denied the request: " is invalid`), "", "is invalid"},
		"not reached":          {500, status(`Internal error occurred: failed calling webhook "privacy.charmarr-lint.io": failed to call webhook: EOF`), Unanswered, ""},
		"passed":               {200, `{}`, Passed, ""},
		"without the right":    {403, status(`networkpolicies.networking.k8s.io "charmarr-lint-proof" is forbidden`), "", "it takes the right to patch on the NetworkPolicy charmarr-lint-proof of namespace charmarr-lint-proof (deploy/fail-closed has the roles)"},
		"without its object":   {404, status(`networkpolicies.networking.k8s.io "charmarr-lint-proof" not found`), "", "deploy/fail-closed makes it"},
		"a busy API server":    {429, "slow down", "", "429 Too Many Requests"},
		"a proxy that logs in": {502, "<html>", "", "502 Bad Gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			var sent string
			outcome, _, err := answering(t, x.code, x.body, &sent).Try(t.Context(), proof.Trials("me")[1])
			require.Equal(t, x.want, outcome)
			if x.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, x.says)
			}
			require.True(t, strings.HasPrefix(sent, "PATCH /clusters/a/apis/networking.k8s.io/v1/namespaces/charmarr-lint-proof/networkpolicies/charmarr-lint-proof?dryRun=All&"), sent)
		})
	}
}

// TestHosts are those that the API server asks for.
func TestHosts(t *testing.T) {
	entries, err := answering(t, 200, `{"metadata":{},"webhooks":[
		{"name":"a","failurePolicy":"Fail","clientConfig":{"caBundle":"YQ==","service":{"name":"charmarr-lint-webhook","namespace":"lint","path":"/validate"}}},
		{"name":"b","clientConfig":{"url":"https://10.0.0.1:9443/validate"}},
		{"name":"c","clientConfig":{"url":"https://lint.example.com/validate"}}, {"name":"d"}, 7]}`, nil).Registered(t.Context())
	require.NoError(t, err)
	require.Equal(t, []Entry{
		{Name: "a", Policy: Fail, Bundle: []byte("a"), Host: "charmarr-lint-webhook.lint.svc"},
		{Name: "b", Bundle: []byte{}, Host: "10.0.0.1"}, {Name: "c", Bundle: []byte{}, Host: "lint.example.com"}, {Name: "d", Bundle: []byte{}},
	}, entries)
}

// TestErrorsSayNothingOfASecret, whatever is answered.
func TestErrorsSayNothingOfASecret(t *testing.T) {
	for _, body := range []string{`{"data":{"tls.key":"canary!"}}`, `{"data":{"tls.key":`, `["canary"]`, `canary`} {
		_, err := answering(t, 200, body, nil).ReadSecret(t.Context())
		require.Error(t, err)
		require.NotContains(t, err.Error(), "canary")
		require.ErrorContains(t, err, "reading Secret lint/own: ")
	}
	o := answering(t, 500, "etcd is away", nil)
	s := Secret{object: map[string]any{"metadata": map[string]any{}}}
	const leftOut = "what it says is left out here, for it may quote the Secret"
	for _, x := range []struct {
		code       int
		says, want string
	}{
		{422, `Secret "own" is invalid: data[tls.key]: Invalid value: "canary"`, "writing Secret lint/own: the API server answered 422: " + leftOut},
		{403, `admission webhook "keys.example.com" denied the request: canary is no key`, `writing Secret lint/own: admission webhook "keys.example.com" denied the request: ` + leftOut},
		{403, `ValidatingAdmissionPolicy 'keys' denied request: canary`, "writing Secret lint/own: ValidatingAdmissionPolicy 'keys' denied request: " + leftOut},
		{403, `secrets "own" is forbidden: User "a" cannot update`, `writing Secret lint/own: it is forbidden: secrets "own" is forbidden: User "a" cannot update: it takes the right to update it`},
		{404, `namespaces "lint" not found`, `writing Secret lint/own: the API server answered 404: namespaces "lint" not found`},
		{503, "etcdserver: request timed out", "writing Secret lint/own: the API server answered 503: etcdserver: request timed out"},
	} {
		text, err := json.Marshal(map[string]string{"kind": "Status", "message": x.says})
		require.NoError(t, err)
		err = answering(t, x.code, string(text), nil).WriteSecret(t.Context(), s, map[string][]byte{"tls.key": []byte("canary")})
		require.ErrorContains(t, err, x.want)
		require.NotContains(t, err.Error(), "canary")
	}
	err := o.WriteSecret(t.Context(), s, map[string][]byte{"tls.key": []byte("canary")})
	require.ErrorContains(t, err, "writing Secret lint/own: the API server answered 500")
	require.NotContains(t, err.Error(), "canary")
	require.ErrorContains(t, o.WriteSecret(t.Context(), Secret{object: map[string]any{}}, nil), "has no metadata")
}

// TestRegisterLeavesTheRest writes what was asked for, and of the rest nothing else.
func TestRegisterLeavesTheRest(t *testing.T) {
	const before = `{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"charmarr-lint","resourceVersion":"12345678901234567890","annotations":{"a":"b"}},"webhooks":[{"clientConfig":{"service":{"port":443}},"failurePolicy":"Ignore","name":"a","new":{"x":[1]},"timeoutSeconds":5}]}`
	var sent string
	o := answering(t, 200, before, &sent)
	_, changed, err := o.Register(t.Context(), func(e *Entry) { e.Policy = Fail })
	require.NoError(t, err)
	require.True(t, changed)
	_, body, _ := strings.Cut(sent, "application/json ")
	require.JSONEq(t, strings.Replace(before, "Ignore", "Fail", 1), body)
	require.Contains(t, body, "12345678901234567890")
	_, changed, err = o.Register(t.Context(), func(*Entry) {})
	require.NoError(t, err)
	require.False(t, changed)
	require.True(t, strings.HasPrefix(sent, "GET "), "nothing is written where nothing changes")
}
