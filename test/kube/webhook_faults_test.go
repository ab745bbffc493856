package kube

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// TestWatchesAreBroken cuts the webhook off from the API server: it says how old what
// it knows is, refuses nothing on it, and comes back.
func TestWatchesAreBroken(t *testing.T) {
	var cut atomic.Bool
	var lock sync.Mutex
	var ends []chan struct{}
	proxy, err := plane.Proxy(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if cut.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		end := make(chan struct{})
		lock.Lock()
		ends = append(ends, end)
		lock.Unlock()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() { _ = recover() }() // the reverse proxy's own, of an aborted answer
			next.ServeHTTP(w, r)
		}()
		select {
		case <-done:
		case <-end:
			panic(http.ErrAbortHandler)
		}
	})
	require.NoError(t, err)
	t.Cleanup(proxy.Close) // after the webhook has ended
	// The watcher goes through the proxy; the API server's questions and proofs do not.
	d := newFleet(t)
	d.watched = &rest.Config{Host: proxy.URL}
	r := d.start(t, func(o *webhook.Options) { o.ClusterBudget = 3 * time.Second })
	d.eventually(t, armed(), r.log)
	d.eventuallyRefuses(t)

	cut.Store(true)
	lock.Lock()
	for _, end := range ends {
		close(end)
	}
	ends = nil
	lock.Unlock()
	status := &door{status: r.status}
	require.Eventually(t, func() bool {
		d.said()
		err := d.send(t, tries()[0])
		return err == nil && containsAll(d.said(), "mesh/gateway-not-enrolled", "what is known of the cluster is", "it decides nothing")
	}, 30*time.Second, 200*time.Millisecond, "%s", status.get("/metrics"))
	require.Eventually(t, func() bool {
		age, err := strconv.ParseFloat(metric(t, r, `snapshot_age_seconds{of="cluster"}`), 64)
		return err == nil && age > 3 && metric(t, r, "broken_watches") != "0" && strings.Contains(status.get("/metrics"), `unknown_rules{rule="mesh/gateway-not-enrolled",`)
	}, 20*time.Second, 200*time.Millisecond, "%s", r.log())
	require.Contains(t, status.get("/report/text"), "reading the cluster")
	// Who knows nothing refuses nothing, and so no proof either.
	d.eventually(t, disarmed(), r.log)
	require.Contains(t, r.log(), "what is known of the cluster is too old")

	cut.Store(false)
	require.Eventually(t, func() bool { return apierrors.IsForbidden(d.send(t, tries()[0])) }, 60*time.Second, 200*time.Millisecond)
	d.eventually(t, armed(), r.log)
	require.Eventually(t, func() bool {
		return !strings.Contains(status.get("/metrics"), `unknown_rules{rule="mesh/gateway-not-enrolled",`)
	}, 20*time.Second, 200*time.Millisecond)
}

// TestManifestsAreAccepted applies what deploy/ has, and watches as the account that
// it makes: it sees what one does who has every right.
func TestManifestsAreAccepted(t *testing.T) {
	deploy(t, "clean", true)
	base := filepath.Join("..", "..", "deploy", "base")
	// The namespace first, and no Kustomization, which kustomize alone knows.
	for _, name := range []string{"namespace.yaml", "clusterrole.yaml", "account.yaml", "configuration.yaml", "deployment.yaml", "service.yaml", "policies.yaml"} {
		text, err := os.ReadFile(filepath.Join(base, name))
		require.NoError(t, err)
		require.NoError(t, plane.Apply(t.Context(), text), name)
	}
	list, err := os.ReadFile(filepath.Join(base, "kustomization.yaml"))
	require.NoError(t, err)
	entries, err := os.ReadDir(base)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() != "kustomization.yaml" {
			require.Contains(t, string(list), "- "+e.Name()+"\n")
		}
	}
	registration, err := os.ReadFile(filepath.Join("..", "..", "deploy", "cert-manager", "registration.yaml"))
	require.NoError(t, err)
	require.NoError(t, plane.Apply(t.Context(), registration))

	bind(t, "watcher", "charmarr-lint-webhook", "")
	user, err := plane.User("watcher")
	require.NoError(t, err)
	w, err := kube.NewWatcher(options(t, user))
	require.NoError(t, err)
	stop := run(t, w)
	defer stop()
	require.Eventually(t, func() bool { _, ok := w.Observe(); return ok }, 30*time.Second, 20*time.Millisecond)
	seen, _ := w.Observe()
	require.Empty(t, seen.Snapshot.Gaps)
	require.Zero(t, seen.Broken)
	require.Equal(t, sorted(t, read(t, options(t, plane.Config)))["pods"], sorted(t, seen.Snapshot)["pods"])
}
