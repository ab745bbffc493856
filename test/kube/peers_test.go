package kube

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// balancer stands for the load balancer in front of several API servers: a new
// connection goes to the first that takes it, and what is connected stays.
type balancer struct {
	address string

	lock     sync.Mutex
	backends []string       // the first one first
	open     map[string]int // connections that there are
}

func balance(t *testing.T, backends ...*rest.Config) *balancer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b := &balancer{address: listener.Addr().String(), open: map[string]int{}}
	for _, c := range backends {
		b.backends = append(b.backends, hostOf(c))
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { b.forward(ctx, c) })
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = listener.Close()
		running.Wait()
	})
	return b
}

func hostOf(c *rest.Config) string {
	return strings.TrimSuffix(strings.TrimPrefix(c.Host, "https://"), "/")
}

func (b *balancer) forward(ctx context.Context, from net.Conn) {
	defer from.Close()
	for _, address := range b.backends {
		to, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
		if err != nil {
			continue
		}
		defer to.Close()
		b.count(address, 1)
		splice(ctx, from, to)
		b.count(address, -1)
		return
	}
}

func (b *balancer) count(address string, by int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.open[address] += by
}

// connected counts the connections to an API server.
func (b *balancer) connected(c *rest.Config) int {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.open[hostOf(c)]
}

// asking has the same fleet, asked by the API server that a configuration reaches.
func (f *fleet) asking(t testing.TB, c *rest.Config) *fleet {
	t.Helper()
	d := &door{log: f.log}
	mine := rest.CopyConfig(c)
	mine.WarningHandler, mine.QPS = d, -1
	client, err := dynamic.NewForConfig(mine)
	require.NoError(t, err)
	d.client = client
	return &fleet{door: d, service: f.service, account: f.account}
}

// TestSeveralAPIServers has two API servers of one cluster ask a webhook of two
// replicas, which reads and proves itself through a load balancer in front of both. Each
// is killed once, while the other is under load.
func TestSeveralAPIServers(t *testing.T) {
	f := newFleet(t)
	peer, err := plane.Peer(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, peer.End()) })
	lb := balance(t, peer.Config, plane.Config)
	f.account.Host = "https://" + lb.address
	one, two := f.start(t, nil), f.start(t, nil)
	logs := func() string { return one.log() + "\n---\n" + two.log() }
	f.eventually(t, armed(), logs)
	servers := map[string]*fleet{"the first": f, "the other": f.asking(t, peer.Config)}
	healthy := func(why string) {
		t.Helper()
		for name, asking := range servers {
			require.Eventually(t, func() bool { return apierrors.IsForbidden(asking.send(t, tries()[0])) }, 30*time.Second, 50*time.Millisecond, "%s, %s: %s", why, name, logs())
			for _, x := range free() {
				require.NoError(t, asking.send(t, x), "%s, %s: %s", why, name, x.name)
			}
			for _, x := range tries()[:20] {
				asking.said()
				err := asking.send(t, x)
				if x.refused == "" {
					require.NoError(t, err, "%s, %s: %s", why, name, x.name)
				} else {
					require.ErrorContains(t, err, x.refused, "%s, %s: %s", why, name, x.name)
				}
			}
		}
	}
	healthy("at first")
	require.Positive(t, lb.connected(peer.Config))
	require.Zero(t, lb.connected(plane.Config), "all is read through one of them")

	f.knownSoon(t, "the first", servers["the first"], "the other", servers["the other"])
	f.knownSoon(t, "the other", servers["the other"], "the first", servers["the first"])

	// Whatever becomes of the API server by which the webhook reads, what the other asks
	// is answered as before.
	survives := func(asking *fleet, other *rest.Config, end func() error) {
		t.Helper()
		require.Zero(t, lb.connected(other))
		w := f.watch(t, one, two)
		l := asking.load(t)
		l.more(t, 40)
		require.NoError(t, end())
		l.more(t, 200)
		for _, r := range []*replica{one, two} {
			require.Eventually(t, func() bool { return metric(t, r, "broken_watches") == "0" }, 30*time.Second, 50*time.Millisecond, "%s", r.log())
		}
		l.more(t, 40)
		l.stop()
		require.Empty(t, l.take(), "no request through the other is refused wrongly, and no fault passes")
		w.stop(t)
		require.Positive(t, lb.connected(other), "the watches go through the other")
	}
	t.Log("the API server is killed by which the webhook reads")
	survives(servers["the first"], plane.Config, peer.Kill)
	f.knownSoon(t, "the first", servers["the first"], "the first", servers["the first"])

	t.Log("it comes back, and the first is killed")
	require.NoError(t, peer.Start(t.Context()))
	healthy("after it came back")
	survives(servers["the other"], peer.Config, func() error { return plane.Restart(t.Context(), 3*time.Second) })
	healthy("after the first came back")
	f.knownSoon(t, "the other", servers["the other"], "the first", servers["the first"])

	one.end()
	require.Equal(t, armed(), f.policies(t))
	two.end()
	require.Equal(t, disarmed(), f.policies(t))
	require.NotContains(t, logs(), "panic")
}

// knownSoon takes the gateway out of the mesh and back again through one API server, and
// asks by the other whether its namespace may be labelled for the mesh: it may while the
// gateway is out of it. What is asked at once is decided on what was before or on what is,
// and never otherwise.
func (f *fleet) knownSoon(t *testing.T, writer string, by *fleet, asker string, asking *fleet) {
	t.Helper()
	const rounds = 6
	var longest, sum time.Duration
	old := 0
	for round := range rounds {
		mode, refused := `"none"`, false
		if round%2 == 1 {
			mode, refused = "null", true
		}
		_, err := by.of(sets, "gluetun").Patch(t.Context(), "gluetun", types.MergePatchType,
			fmt.Appendf(nil, `{"spec":{"template":{"metadata":{"labels":{"istio.io/dataplane-mode":%s}}}}}`, mode), metav1.PatchOptions{})
		require.NoError(t, err)
		_, err = by.of("pods", "gluetun").Patch(t.Context(), "gluetun-0", types.MergePatchType,
			fmt.Appendf(nil, `{"metadata":{"labels":{"istio.io/dataplane-mode":%s}}}`, mode), metav1.PatchOptions{})
		require.NoError(t, err)
		began := time.Now()
		for {
			err := asking.send(t, tries()[0])
			if err != nil {
				require.ErrorContains(t, err, tries()[0].refused, "nothing else is ever said")
			}
			if (err != nil) == refused {
				break
			}
			old++
			require.Less(t, time.Since(began), 20*time.Second, "what was written through %s is not known when %s asks", writer, asker)
		}
		took := time.Since(began)
		longest, sum = max(longest, took), sum+took
	}
	t.Logf("written through %s, asked by %s: known after %v, at most %v; %d of the questions before were decided on what was", writer, asker,
		(sum / rounds).Round(time.Millisecond), longest.Round(time.Millisecond), old)
}

// watching looks whether the webhook stays armed, and how old what it knows becomes.
type watching struct {
	cancel   context.CancelFunc
	ended    sync.WaitGroup
	oldest   float64
	broken   int
	disarmed string
}

func (f *fleet) watch(t *testing.T, replicas ...*replica) *watching {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	w := &watching{cancel: cancel}
	t.Cleanup(func() { cancel(); w.ended.Wait() })
	w.ended.Go(func() {
		for ctx.Err() == nil {
			for i, r := range replicas {
				if age, err := strconv.ParseFloat(metric(t, r, `snapshot_age_seconds{of="cluster"}`), 64); err == nil {
					w.oldest = max(w.oldest, age)
				}
				if n, err := strconv.Atoi(metric(t, r, "broken_watches")); err == nil {
					w.broken = max(w.broken, n)
				}
				for _, name := range []string{"namespaces", "privacy"} {
					if is := metric(t, r, `armed{webhook="`+name+`.charmarr-lint.io"}`); is != "1" {
						w.disarmed = fmt.Sprintf("replica %d, %s: %q", i, name, is)
					}
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	return w
}

func (w *watching) stop(t *testing.T) {
	t.Helper()
	w.cancel()
	w.ended.Wait()
	require.Empty(t, w.disarmed, "it stays armed")
	t.Logf("what is known of the cluster was at most %.1fs old; %d watches were broken at once", w.oldest, w.broken)
}
