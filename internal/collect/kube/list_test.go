package kube

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// crowd is a model with pods.
func crowd(pods int) string {
	var text strings.Builder
	text.WriteString("{apiVersion: v1, kind: Namespace, metadata: {name: core, labels: {model.juju.is/name: core}}}\n")
	for i := range pods {
		fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Pod, metadata: {name: p%05d, namespace: core, managedFields: [{manager: x}]}, spec: {containers: [{name: radarr}]}}\n", i)
	}
	return text.String()
}

func isPods(r *http.Request) bool { return r.URL.Path == "/api/v1/namespaces/core/pods" }

func TestPages(t *testing.T) {
	server := newServer(t, crowd(1201))
	s := read(t, server.options())
	require.Empty(t, s.Gaps)
	require.Len(t, s.Pods, 1201)
	require.Equal(t, "p01200", s.Pods[1200].Name)
	pages := 0
	for _, r := range server.requests {
		if isPods(r) {
			pages++
			require.Equal(t, "500", r.URL.Query().Get("limit"))
		}
	}
	require.Equal(t, 3, pages)
}

// TestExpired lets the second page of a list be gone, a number of times.
func TestExpired(t *testing.T) {
	for times, want := range map[int]struct{ pods, gaps int }{1: {700, 0}, restarts: {700, 0}, restarts + 1: {500, 1}} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			server := newServer(t, crowd(700))
			gone, whole := 0, 0
			server.before = func(w http.ResponseWriter, r *http.Request) bool {
				if !isPods(r) {
					return false
				}
				if r.URL.Query().Get("limit") == "" {
					whole++
				}
				expired := r.URL.Query().Get("continue") != "" || whole > 0 && times > restarts
				if !expired || gone >= times {
					return false
				}
				gone++
				server.status(w, apierrors.NewResourceExpired("The provided continue parameter is too old"))
				return true
			}
			s := read(t, server.options())
			require.Len(t, s.Pods, want.pods, "what was seen is kept")
			require.Len(t, s.Gaps, want.gaps)
			covered := snapshot.Coverage{Evidence: snapshot.KubePods, Namespace: "core"}
			if want.gaps > 0 {
				require.NotContains(t, s.Coverage, covered)
				require.Contains(t, s.Gaps[0].Reason, "the API server answered 410: ")
			} else {
				require.Contains(t, s.Coverage, covered)
			}
		})
	}
}

// TestFailuresThatPass makes a request fail in each way that may pass, fewer
// times than it is tried, and always.
func TestFailuresThatPass(t *testing.T) {
	for name, tt := range map[string]struct {
		fail   func(*server, http.ResponseWriter)
		reason string
	}{
		"429":           {func(s *server, w http.ResponseWriter) { s.status(w, apierrors.NewTooManyRequestsError("later")) }, "too busy to answer, 5 times"},
		"500":           {func(s *server, w http.ResponseWriter) { s.status(w, apierrors.NewInternalError(fmt.Errorf("etcd"))) }, "the API server failed with 500, 5 times: Internal error occurred: etcd: see"},
		"502 from else": {func(_ *server, w http.ResponseWriter) { http.Error(w, "<html>bad gateway", http.StatusBadGateway) }, "the API server failed with 502, 5 times"},
		"503":           {func(s *server, w http.ResponseWriter) { s.status(w, apierrors.NewServiceUnavailable("starting")) }, "the API server failed with 503, 5 times: starting: see"},
		"reset":         {func(_ *server, w http.ResponseWriter) { cutOff(w, "") }, "EOF, 5 times"},
		"truncated": {func(_ *server, w http.ResponseWriter) {
			cutOff(w, "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.kubernetes.protobuf\r\nContent-Length: 100\r\n\r\nk8s\x00")
		}, "unexpected EOF"},
		"truncated and whole": {func(_ *server, w http.ResponseWriter) {
			w.Header().Set("Content-Type", protobuf)
			_, _ = w.Write([]byte("k8s\x00\x0a\x10"))
		}, "5 times"},
		"other content": {func(_ *server, w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
		}, "5 times"},
	} {
		const always = 1000
		for _, times := range []int32{attempts - 1, always} {
			t.Run(fmt.Sprintf("%s %d times", name, times), func(t *testing.T) {
				server := newServer(t, crowd(3))
				var failed atomic.Int32
				server.before = func(w http.ResponseWriter, r *http.Request) bool {
					if !isPods(r) || failed.Add(1) > times {
						return false
					}
					tt.fail(server, w)
					return true
				}
				s := read(t, server.options())
				if times < always {
					require.Empty(t, s.Gaps)
					require.Len(t, s.Pods, 3)
					return
				}
				require.Empty(t, s.Pods)
				require.Len(t, s.Gaps, 1)
				require.Equal(t, "listing pods in namespace core", s.Gaps[0].What)
				require.Contains(t, s.Gaps[0].Reason, tt.reason)
				require.NotContains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubePods, Namespace: "core"})
			})
		}
	}
}

// cutOff writes bytes and closes the connection.
func cutOff(w http.ResponseWriter, text string) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = connection.Write([]byte(text))
	_ = connection.Close()
}

// TestStrangeAnswers lets the API server answer what none answers: never a
// panic, and never a list that was read in whole.
func TestStrangeAnswers(t *testing.T) {
	for name, tt := range map[string]struct{ answer, reason string }{
		"another kind":   {`{"kind":"PodList","items":[]}`, `the API server answered with a "PodList", want a GatewayList`},
		"null":           {`null`, `answered with a "", want a GatewayList`},
		"items as text":  {`{"kind":"GatewayList","items":"x"}`, "the answer is not the JSON that was asked for"},
		"null item":      {`{"kind":"GatewayList","items":[null]}`, "the Gateway has no metadata.name"},
		"empty item":     {`{"kind":"GatewayList","items":[{}]}`, "the Gateway has no metadata.name"},
		"spec as text":   {`{"kind":"GatewayList","items":[{"metadata":{"name":"x","namespace":"core"},"spec":"x"}]}`, "spec is text, want a mapping"},
		"same page":      {`{"kind":"GatewayList","metadata":{"continue":"x"},"items":[{"metadata":{"name":"x","namespace":"core"}}]}`, "the same page twice"},
		"status":         {`{"kind":"Status","status":"Failure"}`, `answered with a "Status"`},
		"deep":           {`{"kind":"GatewayList","items":[{"metadata":{"name":"x"},"spec":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}]}`, "nested more than 200 levels deep"},
		"secret in text": {`{"kind":"GatewayList","items":[{"metadata":{"name":"x","annotations":{"password":"canary"}},"spec":{"listeners":"password=canary"}}]}`, "listeners is text, want a list"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, crowd(1))
			server.before = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/gateways") {
					return false
				}
				w.Header().Set("Content-Type", jsonText)
				_, _ = w.Write([]byte(tt.answer))
				return true
			}
			s := read(t, server.options())
			require.Len(t, s.Gaps, 1)
			require.Contains(t, s.Gaps[0].Reason, tt.reason)
			require.Equal(t, []snapshot.Evidence{snapshot.KubeGateways}, s.Gaps[0].Evidence)
			require.NotContains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeGateways, Namespace: "core"})
			require.Len(t, s.Pods, 1)
		})
	}
}

// TestNotFoundByOthers lets something in between answer 404: that is not the API
// server's word that there is no such object or kind.
func TestNotFoundByOthers(t *testing.T) {
	for path, what := range map[string]string{
		"/api/v1/namespaces/istio-system/configmaps/istio-cni-config":   "reading ConfigMap istio-cni-config in namespace istio-system",
		"/apis/gateway.networking.k8s.io/v1/namespaces/core/httproutes": "listing httproutes.gateway.networking.k8s.io in namespace core",
		"/api/v1/namespaces/core/pods":                                  "listing pods in namespace core",
	} {
		server := newServer(t, small)
		server.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == path {
				http.NotFound(w, r)
			}
			return r.URL.Path == path
		}
		s := read(t, server.options())
		require.Len(t, s.Gaps, 1)
		require.Equal(t, what, s.Gaps[0].What)
		require.Contains(t, s.Gaps[0].Reason, "the API server answered 404")
	}
}

func TestVersionsOfCRDs(t *testing.T) {
	const group = "gateway.networking.k8s.io/"
	for name, tt := range map[string]struct {
		crds   map[string][]string
		reason string
	}{
		"old":          {map[string][]string{group + "v1beta1": {"gateways"}}, ""},
		"not readable": {map[string][]string{group + "v1alpha2": {"gateways"}}, "the cluster serves it as gateway.networking.k8s.io/v1alpha2 alone, which is not read, want gateway.networking.k8s.io/v1 and gateway.networking.k8s.io/v1beta1: upgrade its CRDs"},
		"both":         {map[string][]string{group + "v1alpha2": {"gateways"}, group + "v1": {"gateways"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, small)
			server.crds = tt.crds
			s := read(t, server.options())
			if tt.reason == "" {
				require.Empty(t, s.Gaps)
				require.Len(t, s.Gateways, 1)
				return
			}
			require.Len(t, s.Gaps, 1)
			require.Equal(t, "listing gateways.gateway.networking.k8s.io in namespaces core and downloads", s.Gaps[0].What)
			require.Equal(t, tt.reason, s.Gaps[0].Reason)
		})
	}
}

// TestUndiscovered lets the API server not say what is installed: kinds that
// may not be are then unknown, not absent.
func TestUndiscovered(t *testing.T) {
	for _, path := range []string{"/apis", "/apis/gateway.networking.k8s.io/v1"} {
		t.Run(path, func(t *testing.T) {
			server := newServer(t, small)
			server.crds = map[string][]string{"gateway.networking.k8s.io/v1": {"gateways"}}
			server.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != path {
					return false
				}
				server.status(w, apierrors.NewInternalError(fmt.Errorf("no")))
				return true
			}
			s := read(t, server.options())
			require.NotEmpty(t, s.Gaps)
			require.Len(t, s.Pods, 2)
			require.NotContains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeGateways, Namespace: "core"})
			require.Contains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubePods, Namespace: "core"})
		})
	}
}
