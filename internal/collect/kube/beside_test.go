package kube

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// beside is what runs beside the models of a cluster: a network plugin in a
// namespace of its own, an Istio that no charm installed, and Tailscale.
const beside = `
{apiVersion: v1, kind: Namespace, metadata: {name: calico-system}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: tailscale, labels: {istio.io/dataplane-mode: ambient}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: kube-proxy, namespace: kube-system}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: calico-node, namespace: calico-system}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: calico-typha, namespace: calico-system}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: kiali, namespace: istio-system, labels: {app: kiali}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: istio-cni-node, namespace: istio-system}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: operator, namespace: tailscale}}
`

// TestBesideModels reads what tells of the cluster in namespaces that are no
// models, and nothing else there.
func TestBesideModels(t *testing.T) {
	server := newServer(t, small, beside)
	for name, spaces := range map[string][]string{"all models": nil, "named": {"core", "downloads"}} {
		t.Run(name, func(t *testing.T) {
			o := server.options()
			o.Namespaces = spaces
			s := read(t, o)
			require.Empty(t, s.Gaps)
			require.ElementsMatch(t, []string{"kube-proxy", "calico-node", "istiod", "istio-cni-node"},
				names(s.Workloads, func(w snapshot.Workload) snapshot.Meta { return w.Meta }))
			seen, covered := names(s.Namespaces, func(n snapshot.Namespace) snapshot.Meta { return n.Meta }), everything("core", "downloads")
			require.Subset(t, seen, []string{"core", "downloads", "tailscale"})
			if spaces != nil {
				require.Len(t, seen, 3)
				covered = unlisted(covered)
			}
			require.Equal(t, covered, s.Coverage)
		})
	}
	for _, path := range server.asked() {
		require.NotContains(t, path, "/namespaces/kube-flannel/", "it does not exist")
		require.NotContains(t, path, "/namespaces/tailscale/")
	}

	o := server.options()
	o.Namespaces = []string{"core", "istio-system", "tailscale"}
	s := read(t, o)
	require.Empty(t, s.Gaps)
	require.Equal(t, unlisted(everything("core", "istio-system", "tailscale")), s.Coverage)
	require.Contains(t, names(s.Workloads, func(w snapshot.Workload) snapshot.Meta { return w.Meta }), "kiali", "a namespace that is named is read in whole")
	require.Len(t, s.Namespaces, 3, "and once")
}

// TestBesideModelsForbidden: what may not be read of a namespace that exists, or
// that may, is a gap; of one that does not exist it is none.
func TestBesideModelsForbidden(t *testing.T) {
	deny := func(server *server, denied func(path string) bool) {
		server.before = func(w http.ResponseWriter, r *http.Request) bool {
			if !denied(r.URL.Path) {
				return false
			}
			path := strings.Split(r.URL.Path, "/")
			forbid(server, w, path[len(path)-1], "x")
			return true
		}
	}
	known := newServer(t, small, beside)
	outside := append(pluginNamespaces(), istioNamespace)
	content := func(path string) bool {
		return slices.ContainsFunc(outside, func(n string) bool {
			return strings.Contains(path, "/namespaces/"+n+"/") && !strings.Contains(path, "/configmaps/")
		})
	}
	system := []snapshot.Evidence{snapshot.KubeSystem}
	for name, spaces := range map[string][]string{"all models": nil, "named": {"core", "downloads"}} {
		t.Run(name, func(t *testing.T) {
			deny(known, content)
			o := known.options()
			o.Namespaces = spaces
			s := read(t, o)
			require.Equal(t, []string{"listing daemonsets in namespaces calico-system and istio-system", "listing deployments in namespace istio-system"}, whats(s))
			require.Equal(t, system, s.Gaps[0].Evidence)
			require.Equal(t, system, s.Gaps[1].Evidence)
			require.NotContains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeSystem})
		})
	}

	// Who may not even ask which namespaces there are.
	deny(known, func(path string) bool {
		return content(path) || strings.HasPrefix(path, "/api/v1/namespaces/") && strings.Count(path, "/") == 4
	})
	o := known.options()
	o.Namespaces = []string{"core"}
	s := read(t, o)
	require.Equal(t, []string{
		"reading Namespace core",
		"listing daemonsets in namespaces calico-system, cilium, kube-flannel, openshift-ovn-kubernetes, ovn-kubernetes and istio-system",
		"listing deployments in namespace istio-system",
		"reading Namespace tailscale",
	}, whats(s))
	require.Equal(t, []snapshot.Evidence{snapshot.KubeNamespaces}, s.Gaps[3].Evidence)
}

func whats(s snapshot.Snapshot) []string {
	var out []string
	for _, g := range s.Gaps {
		out = append(out, g.What)
	}
	return out
}

// TestPluginNamespaces holds the namespaces that are read for network plugins to
// those in which the table of plugins looks for them.
func TestPluginNamespaces(t *testing.T) {
	text, err := os.ReadFile("../../topology/plugins.json")
	require.NoError(t, err)
	var table struct {
		Plugins []struct {
			Namespaces []string `json:"namespaces"`
		} `json:"plugins"`
	}
	require.NoError(t, json.Unmarshal(text, &table))
	var looked []string
	for _, p := range table.Plugins {
		looked = append(looked, p.Namespaces...)
	}
	slices.Sort(looked)
	looked = slices.DeleteFunc(slices.Compact(looked), func(n string) bool { return n == systemNamespace })
	require.Equal(t, looked, pluginNamespaces())
}
