package kube

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// small is a cluster with two models, a namespace that is none, and settings.
const small = `
{apiVersion: v1, kind: Namespace, metadata: {name: core, labels: {model.juju.is/name: core}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: downloads, labels: {juju-model: downloads}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: tenant}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: controller-here, labels: {model.juju.is/name: controller}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: radarr-0, namespace: core}, spec: {containers: [{name: radarr}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: qbittorrent-0, namespace: downloads}, spec: {containers: [{name: qbittorrent}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: other-0, namespace: tenant}, spec: {containers: [{name: x}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}, spec: {clusterIP: 10.0.0.10, clusterIPs: [10.0.0.10]}}
---
{apiVersion: v1, kind: Service, metadata: {name: metrics, namespace: kube-system}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-cni-config, namespace: istio-system}, data: {AMBIENT_ENABLED: "true"}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: mine}, spec: {claimRef: {namespace: core, name: media}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: theirs}, spec: {claimRef: {namespace: tenant, name: media}, nfs: {server: nas, path: /x}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: free}, spec: {}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: wanted}, spec: {claimRef: {namespace: tenant, name: media}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: media, namespace: downloads}, spec: {volumeName: wanted}}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDR: 10.1.0.0/24}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: arr, namespace: core}, spec: {gatewayClassName: istio}}
`

func TestWhatIsRead(t *testing.T) {
	server := newServer(t, small)
	s := read(t, server.options())
	require.Empty(t, s.Gaps)
	require.Equal(t, []snapshot.Source{{Kind: snapshot.KubeCluster, Name: "here"}}, s.Sources)
	require.Equal(t, []string{"core", "downloads", "tenant", "controller-here"}, names(s.Namespaces, func(n snapshot.Namespace) snapshot.Meta { return n.Meta }))
	require.Equal(t, []string{"radarr-0", "qbittorrent-0"}, names(s.Pods, func(p snapshot.Pod) snapshot.Meta { return p.Meta }))
	require.Equal(t, []string{"kube-dns"}, names(s.Services, func(x snapshot.Service) snapshot.Meta { return x.Meta }))
	require.Equal(t, []string{"istio-cni-config"}, names(s.ConfigMaps, func(c snapshot.ConfigMap) snapshot.Meta { return c.Meta }))
	require.Equal(t, []string{"mine", "free", "wanted"}, names(s.PersistentVolumes, func(v snapshot.PersistentVolume) snapshot.Meta { return v.Meta }))
	require.Equal(t, []string{"n1"}, names(s.Nodes, func(n snapshot.Node) snapshot.Meta { return n.Meta }))
	require.Equal(t, []string{"arr"}, names(s.Gateways, func(g snapshot.Gateway) snapshot.Meta { return g.Meta }))
}

func names[T any](list []T, meta func(T) snapshot.Meta) []string {
	var out []string
	for _, x := range list {
		out = append(out, meta(x).Name)
	}
	return out
}

// everything is the coverage of a reading that lacks nothing.
func everything(models ...string) []snapshot.Coverage {
	var all []snapshot.Coverage
	for _, e := range snapshot.AllEvidence {
		switch {
		case !strings.HasPrefix(string(e), "kube."):
		case e.OfCluster():
			all = append(all, snapshot.Coverage{Evidence: e})
		case e == snapshot.KubeNamespaces:
			all = append(all, snapshot.Coverage{Evidence: e})
			fallthrough
		default:
			for _, m := range models {
				all = append(all, snapshot.Coverage{Evidence: e, Namespace: m})
			}
		}
	}
	return all
}

// unlisted is the coverage of a reading of namespaces that were named: which others
// there are it does not know.
func unlisted(all []snapshot.Coverage) []snapshot.Coverage {
	return slices.DeleteFunc(all, func(c snapshot.Coverage) bool { return c == snapshot.Coverage{Evidence: snapshot.KubeNamespaces} })
}

func TestCoverage(t *testing.T) {
	server := newServer(t, small)
	require.Equal(t, everything("core", "downloads"), read(t, server.options()).Coverage)

	server.crds = nil // no Gateway API and no Istio: there is none of it, and that is known
	bare := read(t, server.options())
	require.Empty(t, bare.Gaps)
	require.Empty(t, bare.Gateways)
	require.Equal(t, everything("core", "downloads"), bare.Coverage)
}

func TestNamedNamespaces(t *testing.T) {
	server := newServer(t, small)
	o := server.options()
	o.Namespaces = []string{"tenant", "nowhere", "tenant"}
	s := read(t, o)
	require.Equal(t, []string{"other-0"}, names(s.Pods, func(p snapshot.Pod) snapshot.Meta { return p.Meta }))
	require.Equal(t, unlisted(everything("tenant")), s.Coverage, "nothing is known of a namespace that does not exist")
	require.Equal(t, []snapshot.Gap{{
		Source: "here", What: "reading Namespace nowhere",
		Reason:   "there is none of that name in the cluster: see how it is spelt, and which context is chosen",
		Evidence: []snapshot.Evidence{snapshot.KubeNamespaces},
	}}, s.Gaps)
	require.NotContains(t, server.asked(), "/api/v1/namespaces", "who may not list namespaces can still name them")
}

func forbid(s *server, w http.ResponseWriter, resource, namespace string) {
	where := "at the cluster scope"
	if namespace != "" {
		where = fmt.Sprintf("in the namespace %q", namespace)
	}
	s.status(w, apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "",
		fmt.Errorf("User %q cannot list resource %q in API group %q %s", "system:serviceaccount:ci:lint", resource, "", where)))
}

func TestForbidden(t *testing.T) {
	server := newServer(t, small)
	server.before = func(w http.ResponseWriter, r *http.Request) bool {
		for resource, path := range map[string]string{"pods": "/pods", "nodes": "/nodes", "configmaps": "/coredns", "gateways": "/gateways"} {
			if strings.HasSuffix(r.URL.Path, path) {
				namespace := ""
				if _, rest, ok := strings.Cut(r.URL.Path, "/namespaces/"); ok {
					namespace, _, _ = strings.Cut(rest, "/")
				}
				forbid(server, w, resource, namespace)
				return true
			}
		}
		return false
	}
	s := read(t, server.options())
	require.Empty(t, s.Pods)
	const who, more = "it is forbidden to user system:serviceaccount:ci:lint", "; deploy/rbac.yaml has every rule that is needed"
	require.Equal(t, []snapshot.Gap{
		{
			Source: "here", What: "listing nodes", Evidence: []snapshot.Evidence{snapshot.KubeNodes},
			Reason: who + `: RBAC lacks {apiGroups: [""], resources: ["nodes"], verbs: ["list"]}` + more,
		},
		{
			Source: "here", What: "reading ConfigMap coredns in namespace kube-system", Evidence: []snapshot.Evidence{snapshot.KubeConfigMaps},
			Reason: who + `: RBAC lacks {apiGroups: [""], resources: ["configmaps"], verbs: ["get"], resourceNames: ["coredns"]} in namespace kube-system` + more,
		},
		{
			Source: "here", What: "listing pods in namespaces core and downloads", Evidence: []snapshot.Evidence{snapshot.KubePods},
			Reason: who + `: RBAC lacks {apiGroups: [""], resources: ["pods"], verbs: ["list"]} in namespaces core and downloads` + more,
		},
		{
			Source: "here", What: "listing gateways.gateway.networking.k8s.io in namespaces core and downloads", Evidence: []snapshot.Evidence{snapshot.KubeGateways},
			Reason: who + `: RBAC lacks {apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways"], verbs: ["list"]} in namespaces core and downloads` + more,
		},
	}, s.Gaps)
	want := slices.DeleteFunc(everything("core", "downloads"), func(c snapshot.Coverage) bool {
		return c.Evidence == snapshot.KubePods || c.Evidence == snapshot.KubeNodes || c.Evidence == snapshot.KubeGateways
	})
	require.Equal(t, want, s.Coverage)
}

// TestServicesOfTwoScopes: where Services may not be listed anywhere, one gap
// tells of both that they are missing from.
func TestServicesOfTwoScopes(t *testing.T) {
	server := newServer(t, small)
	server.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/services") {
			forbid(server, w, "services", "core")
			return true
		}
		return false
	}
	s := read(t, server.options())
	require.Len(t, s.Gaps, 1)
	require.Equal(t, "listing services in namespaces kube-system, core and downloads", s.Gaps[0].What)
	require.Equal(t, []snapshot.Evidence{snapshot.KubeSystem, snapshot.KubeServices}, s.Gaps[0].Evidence)
}

func TestForbiddenNamespaces(t *testing.T) {
	server := newServer(t, small)
	server.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/v1/namespaces" || r.URL.Path == "/api/v1/namespaces/core" {
			forbid(server, w, "namespaces", "")
			return true
		}
		return false
	}
	s := read(t, server.options())
	require.Len(t, s.Gaps, 1)
	require.Contains(t, s.Gaps[0].Reason, "or name the namespaces to read")
	require.Equal(t, []snapshot.Coverage{{Evidence: snapshot.KubeNodes}, {Evidence: snapshot.KubeSystem}}, s.Coverage,
		"the cluster's own facts are read all the same; which volumes are of interest is not known")

	o := server.options()
	o.Namespaces = []string{"core"}
	s = read(t, o)
	require.Len(t, s.Gaps, 1)
	require.Equal(t, "reading Namespace core", s.Gaps[0].What)
	require.Len(t, s.Pods, 1, "what is in it may be read")
}

func TestNothingToTalkTo(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // that the client does not trust it
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for name, tt := range map[string]struct {
		options Options
		before  func(*server) func(http.ResponseWriter, *http.Request) bool
		reason  string
	}{
		"nobody listens":    {options: Options{Kubeconfig: []string{kubeconfig(t, "http://127.0.0.1:1")}}, reason: "connection refused, 5 times: see that the API server can be reached from here"},
		"unknown authority": {options: Options{Kubeconfig: []string{kubeconfig(t, secure.URL)}}, reason: "certificate signed by unknown authority: see the cluster's and the user's part of the kubeconfig"},
		"unauthorized": {before: func(s *server) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				s.status(w, apierrors.NewUnauthorized("Unauthorized"))
				return true
			}
		}, reason: "the API server does not accept the credentials: log in again"},
		"a web site": {before: func(*server) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write([]byte("<html>"))
				return true
			}
		}, reason: "the answer is not the JSON that was asked for"},
		"some JSON": {before: func(*server) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write([]byte("{}"))
				return true
			}
		}, reason: `the API server answered with a "", want an APIGroupList`},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.before != nil {
				server := newServer(t, small)
				server.before = tt.before(server)
				tt.options = server.options()
			}
			s := read(t, tt.options)
			require.Len(t, s.Gaps, 1)
			require.Equal(t, "reading the cluster", s.Gaps[0].What)
			require.Contains(t, s.Gaps[0].Reason, tt.reason)
			require.Contains(t, s.Gaps[0].Evidence, snapshot.KubePods)
			require.Contains(t, s.Gaps[0].Evidence, snapshot.KubeNodes)
			require.Empty(t, s.Coverage)
		})
	}
}

func TestWrongUsage(t *testing.T) {
	good := kubeconfig(t, "http://127.0.0.1:1")
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "config")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for name, tt := range map[string]struct {
		options Options
		err     string
	}{
		"no file":            {Options{}, "reading kubeconfig: no file is named"},
		"missing file":       {Options{Kubeconfig: []string{"/nowhere/config"}}, "/nowhere/config: no such file or directory: name the file that kubectl uses"},
		"broken file":        {Options{Kubeconfig: []string{write("{")}}, "reading kubeconfig: "},
		"no current context": {Options{Kubeconfig: []string{write("apiVersion: v1\nkind: Config\n")}}, "it has no current context: name one, it has none"},
		"unknown context":    {Options{Kubeconfig: []string{good}, Context: "her"}, `it has no context "her", it has elsewhere and here`},
		"no cluster":         {Options{Kubeconfig: []string{write("apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: b, user: c}}]\n")}}, `reading context "a" of kubeconfig`},
		"no pod":             {Options{InCluster: &Pod{}}, "so this is no pod: use a kubeconfig"},
		"no account":         {Options{InCluster: &Pod{Host: "10.0.0.1", Port: "443", Account: t.TempDir()}}, "its service account has no token: set automountServiceAccountToken"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := New(tt.options).Collect(t.Context())
			require.ErrorContains(t, err, tt.err)
			require.NotContains(t, err.Error(), "canary")
			require.Empty(t, s)
		})
	}
}

func TestContexts(t *testing.T) {
	server := newServer(t, small)
	o := Options{Kubeconfig: []string{"/nowhere/config", kubeconfig(t, server.web.URL)}}
	require.Empty(t, read(t, o).Gaps, "of several files, one that is not there is passed over")
	o.Context = "elsewhere"
	s := read(t, o)
	require.Len(t, s.Gaps, 1)
	require.Equal(t, "elsewhere", s.Gaps[0].Source)
}

func TestInCluster(t *testing.T) {
	server := newServer(t, small)
	secure := httptest.NewTLSServer(server)
	t.Cleanup(secure.Close)
	server.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer canary-of-the-account" && strings.HasPrefix(r.UserAgent(), "charmarr-lint/1.2.3 ") {
			return false
		}
		server.status(w, apierrors.NewUnauthorized("Unauthorized"))
		return true
	}
	account := t.TempDir()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	require.NoError(t, os.WriteFile(filepath.Join(account, "ca.crt"), certificate, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(account, "token"), []byte("canary-of-the-account\n"), 0o600))
	address, err := url.Parse(secure.URL)
	require.NoError(t, err)
	s := read(t, Options{Version: "1.2.3", InCluster: &Pod{Host: address.Hostname(), Port: address.Port(), Account: account}})
	require.Empty(t, s.Gaps)
	require.Equal(t, "in-cluster", s.Sources[0].Name)
	require.Len(t, s.Pods, 2)
}

func TestProgress(t *testing.T) {
	server := newServer(t, small)
	o := server.options()
	var told []string
	o.Progress = func(done, total int, name string) {
		require.Equal(t, 4, total)
		require.Equal(t, len(told)+1, done)
		told = append(told, name)
	}
	read(t, o)
	require.ElementsMatch(t, []string{"cluster", "namespace kube-system", "namespace core", "namespace downloads"}, told)
	require.Equal(t, "cluster", New(o).String())
}

func TestTimeLimitAndCancellation(t *testing.T) {
	for name, limit := range map[string]time.Duration{"time limit": 3 * time.Second, "cancelled": 0} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, small)
			hang := make(chan struct{})
			t.Cleanup(func() { close(hang) })
			ctx, cancel := context.WithCancelCause(t.Context())
			server.before = func(_ http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/downloads/services") {
					return false
				}
				select {
				case <-hang:
				case <-r.Context().Done():
				}
				return true
			}
			o := server.options()
			o.TimeLimit = limit
			o.Progress = func(_, _ int, name string) {
				if limit == 0 && name == "namespace core" {
					cancel(errors.New("interrupt"))
				}
			}
			start := time.Now()
			s, err := quick(o).Collect(ctx)
			require.Less(t, time.Since(start), 30*time.Second, "it ends")
			reason := "the time limit of 3s was over: give it more time, or fewer namespaces"
			if limit == 0 {
				require.EqualError(t, err, `reading cluster "here": interrupt`)
				reason = "the reading was cancelled: run again"
			} else {
				require.NoError(t, err)
				require.Len(t, s.Gaps, 1)
				require.Equal(t, "listing services in namespace downloads", s.Gaps[0].What)
				require.Len(t, s.Coverage, len(everything("core", "downloads"))-1)
			}
			require.Equal(t, "radarr-0", s.Pods[0].Name, "what was read until then is kept")
			require.NotContains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeServices, Namespace: "downloads"})
			for _, g := range s.Gaps {
				require.Equal(t, reason, g.Reason)
			}
		})
	}
}
