package webhook

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

// apiServer keeps objects as an API server does, and asks the webhook that is
// registered about patches. It knows no more than that.
type apiServer struct {
	objects *own.Objects

	lock      sync.Mutex
	kept      map[string]map[string]any // by path
	version   int
	forbidden string // a part of paths that nobody may write to
	away      bool
	writes    int
}

const (
	secretPath       = "/api/v1/namespaces/charmarr-lint/secrets/own"
	registrationPath = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/charmarr-lint"
)

// newAPIServer has what deploy/ makes for proofs, and nothing else.
func newAPIServer(t *testing.T) *apiServer {
	t.Helper()
	a := &apiServer{kept: map[string]map[string]any{}}
	trials := proof.Trials("")
	a.put(trials[0].Path, `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"charmarr-lint-proof","labels":{"model.juju.is/name":"charmarr-lint-proof"}}}`)
	a.put(trials[1].Path, `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"charmarr-lint-proof","namespace":"charmarr-lint-proof"},"spec":{"podSelector":{}}}`)
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	a.objects = own.New(apiserver.Client{Base: base, HTTP: server.Client()}, own.Names{Namespace: "charmarr-lint", Secret: "own", Registration: "charmarr-lint"})
	return a
}

// register registers a webhook at an address.
func (a *apiServer) register(t *testing.T, address string) {
	t.Helper()
	text := Configuration(Registration{Name: "charmarr-lint", Namespace: "charmarr-lint", URL: address})
	require.Nil(t, syntax.Parse(string(text), func(d *syntax.Document) bool {
		require.Nil(t, d.Err)
		body, err := json.Marshal(plain(d.Root))
		require.NoError(t, err)
		a.put(registrationPath, string(body))
		return true
	}))
}

// plain turns a document into what encoding/json makes of one.
func plain(n *syntax.Node) any {
	switch n.Kind() {
	case syntax.List:
		out := []any{}
		for _, item := range n.List() {
			out = append(out, plain(item))
		}
		return out
	case syntax.Map:
		out := map[string]any{}
		for key, value := range n.Entries() {
			out[key.Text()] = plain(value)
		}
		return out
	}
	return n.Text()
}

// put puts an object there, whoever has it now.
func (a *apiServer) put(path, text string) {
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		panic(err) // of this file
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	a.keep(path, object)
}

func (a *apiServer) keep(path string, object map[string]any) {
	a.version++
	object["metadata"].(map[string]any)["resourceVersion"] = strconv.Itoa(a.version)
	a.kept[path] = object
}

func (a *apiServer) change(f func()) {
	a.lock.Lock()
	defer a.lock.Unlock()
	f()
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.lock.Lock()
	code, said := a.answer(r, body)
	a.lock.Unlock()
	if call, ok := said.(func() (int, any)); ok {
		code, said = call() // without the lock: the webhook may ask meanwhile
	}
	if message, ok := said.(string); ok {
		said = map[string]any{"kind": "Status", "message": message, "code": code}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(said)
}

func (a *apiServer) answer(r *http.Request, body []byte) (int, any) {
	path := r.URL.Path
	before, there := a.kept[path]
	switch {
	case a.away:
		return http.StatusServiceUnavailable, "etcdserver: request timed out"
	case a.forbidden != "" && strings.Contains(path, a.forbidden) && r.Method != http.MethodGet:
		return http.StatusForbidden, "it is forbidden"
	case r.Method == http.MethodPost:
		path += "/own"
		if _, there := a.kept[path]; there {
			return http.StatusConflict, "it is there already"
		}
	case !there:
		return http.StatusNotFound, path + " not found"
	}
	if r.Method == http.MethodGet {
		return http.StatusOK, before
	}
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		return http.StatusBadRequest, err.Error()
	}
	if r.Method == http.MethodPatch {
		return 0, a.ask(path, before, body)
	}
	if there && object["metadata"].(map[string]any)["resourceVersion"] != before["metadata"].(map[string]any)["resourceVersion"] {
		return http.StatusConflict, "it was written meanwhile"
	}
	a.writes++
	a.keep(path, object)
	return http.StatusOK, object
}

// ask asks the webhook whether an object may be patched.
func (a *apiServer) ask(path string, before map[string]any, patch []byte) func() (int, any) {
	registration := a.kept[registrationPath]
	name, kind, group := proof.NamespacesWebhook, "Namespace", ""
	if strings.Contains(path, "networkpolicies") {
		name, kind, group = proof.PrivacyWebhook, "NetworkPolicy", "networking.k8s.io"
	}
	old, _ := json.Marshal(before)
	return func() (int, any) {
		var object, change map[string]any
		_ = json.Unmarshal(old, &object)
		_ = json.Unmarshal(patch, &change)
		merge(object, change)
		hooks, _ := registration["webhooks"].([]any)
		for _, hook := range hooks {
			hook := hook.(map[string]any)
			if hook["name"] != name {
				continue
			}
			client := hook["clientConfig"].(map[string]any)
			bundle, _ := client["caBundle"].(string)
			a, err := call(client["url"].(string), bundle, map[string]any{
				"uid": "1", "kind": map[string]string{"group": group, "version": "v1", "kind": kind}, "name": "charmarr-lint-proof",
				"namespace": "charmarr-lint-proof", "operation": "UPDATE", "dryRun": true, "object": object, "oldObject": before,
			})
			switch {
			case err != nil && hook["failurePolicy"] == "Fail":
				return http.StatusInternalServerError, fmt.Sprintf("Internal error occurred: failed calling webhook %q: %v", name, err)
			case err == nil && !a.Allowed:
				return a.Status.Code, fmt.Sprintf("admission webhook %q denied the request: %s", name, a.Status.Message)
			}
		}
		return http.StatusOK, object
	}
}

func merge(into, patch map[string]any) {
	for key, value := range patch {
		below, ok := value.(map[string]any)
		if old, was := into[key].(map[string]any); ok && was {
			merge(old, below)
			continue
		}
		into[key] = value
	}
}

func call(address, bundle string, request map[string]any) (answer, error) {
	roots := x509.NewCertPool()
	var pem []byte
	if err := json.Unmarshal(fmt.Appendf(nil, "%q", bundle), &pem); err != nil {
		return answer{}, err
	}
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, DisableKeepAlives: true}}
	body, err := json.Marshal(map[string]any{"apiVersion": apiVersion, "kind": reviewKind, "request": request})
	if err != nil {
		return answer{}, err
	}
	resp, err := client.Post(address, "application/json", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	var in review
	if err := json.NewDecoder(resp.Body).Decode(&in); err != nil {
		return answer{}, err
	}
	return *in.Response, nil
}
