package kube

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// TestWatchedIsRead holds what a watcher knows to what a reading tells, at first and
// after each change.
func TestWatchedIsRead(t *testing.T) {
	deploy(t, "clean", true)
	w, err := kube.NewWatcher(options(t, plane.Config))
	require.NoError(t, err)
	stop := run(t, w)
	defer stop()
	require.Eventually(t, func() bool { _, ok := w.Observe(); return ok }, 30*time.Second, 20*time.Millisecond)
	same := func(what string) {
		t.Helper()
		want := read(t, options(t, plane.Config))
		var difference string
		for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
			seen, ok := w.Observe()
			require.True(t, ok)
			if difference = cmp.Diff(sorted(t, want), sorted(t, seen.Snapshot)); difference == "" {
				return
			}
		}
		require.Empty(t, difference, "after %s", what)
	}
	same("starting")

	client, err := dynamic.NewForConfig(plane.Config)
	require.NoError(t, err)
	d := &door{client: client}
	_, err = d.of("namespaces", "").Patch(t.Context(), "gluetun", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	same("a label")
	require.NoError(t, d.of("networking.k8s.io/v1/networkpolicies", "charmarr-downloads").Delete(t.Context(), "qbittorrent-vpn-killswitch", metav1.DeleteOptions{}))
	same("a deletion")
	require.NoError(t, plane.Apply(t.Context(), []byte(`
{apiVersion: v1, kind: Namespace, metadata: {name: fresh, labels: {model.juju.is/name: fresh, app.kubernetes.io/managed-by: juju}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: fresh}, spec: {ports: [{port: 80}], selector: {app.kubernetes.io/name: web}}}
`)))
	same("a new model")
	_, err = d.of("namespaces", "").Patch(t.Context(), "fresh", types.MergePatchType, []byte(`{"metadata":{"labels":{"model.juju.is/name":null,"app.kubernetes.io/managed-by":null}}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	same("a model that is none any more")
}

// run runs a watcher until it is stopped.
func run(t testing.TB, w *kube.Watcher) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func() {})
	}()
	return func() {
		cancel()
		<-ended
	}
}

// sorted leaves out what differs between two ways to read the same: a reading goes
// from model to model, a watcher from kind to kind.
func sorted(t *testing.T, s snapshot.Snapshot) map[string][]string {
	t.Helper()
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var lists map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &lists))
	out := map[string][]string{}
	for name, list := range lists {
		var items []json.RawMessage
		if name == "schema" {
			continue
		}
		require.NoError(t, json.Unmarshal(list, &items))
		for _, item := range items {
			out[name] = append(out[name], string(item))
		}
		slices.Sort(out[name])
	}
	return out
}
