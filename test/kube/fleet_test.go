package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/webhook"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
)

// ownSecret is the name of the Secret that deploy/self-signed makes.
const ownSecret = "charmarr-lint-webhook-own"

// fleet is a webhook of several replicas behind what stands for its Service.
type fleet struct {
	*door

	service *service
	account *rest.Config // whose rights the replicas have
	watched *rest.Config // by whom they watch the cluster, where it is another
}

// replica is one of a fleet.
type replica struct {
	address, status string
	log             func() string
	end             func() // as the kubelet ends a pod
}

// newFleet deploys what deploy/ has for a webhook that makes its certificate and fails
// closed, and registers it at a Service. No replica runs yet.
func newFleet(t testing.TB) *fleet {
	t.Helper()
	deploy(t, "clean", true)
	for _, file := range []string{
		"base/namespace.yaml", "base/clusterrole.yaml", "base/account.yaml", "base/service.yaml",
		"self-signed/own.yaml", "fail-closed/proof.yaml",
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", file))
		require.NoError(t, err)
		require.NoError(t, plane.Apply(t.Context(), text), file)
	}
	f := &fleet{door: &door{log: &lockedBuffer{}}, service: serve(t), account: account(t)}
	f.client = f.listening(t)
	require.NoError(t, plane.Apply(t.Context(), webhook.Configuration(webhook.Registration{
		Name: "charmarr-lint", Namespace: ownNamespace, URL: "https://" + f.service.address + webhook.Path,
	})))
	return f
}

// account logs in as the webhook's service account, which has the rights that deploy/
// gives it and no other.
func account(t testing.TB) *rest.Config {
	t.Helper()
	client, err := rest.HTTPClientFor(plane.Config)
	require.NoError(t, err)
	resp, err := client.Post(strings.TrimSuffix(plane.Config.Host, "/")+"/api/v1/namespaces/"+ownNamespace+"/serviceaccounts/charmarr-lint-webhook/token",
		"application/json", strings.NewReader(`{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}`))
	require.NoError(t, err)
	defer resp.Body.Close()
	var said struct {
		Status struct{ Token string }
	}
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, resp.StatusCode, "%s", text)
	require.NoError(t, json.Unmarshal(text, &said))
	return &rest.Config{Host: plane.Config.Host, TLSClientConfig: rest.TLSClientConfig{CAData: plane.Config.CAData}, BearerToken: said.Status.Token}
}

// start starts a replica in this process.
func (f *fleet) start(t testing.TB, change func(*webhook.Options)) *replica {
	t.Helper()
	mine := options(t, f.account)
	base, client, err := mine.Reach()
	require.NoError(t, err)
	r := &replica{}
	watched := f.account
	if f.watched != nil {
		watched = f.watched
	}
	d := launch(t, watched, func(o *webhook.Options) {
		o.Certificate, o.Key, o.Drain = "", "", time.Second
		o.Own = webhook.Own{
			Objects:     own.New(apiserver.Client{Base: base, HTTP: client}, own.Names{Namespace: ownNamespace, Secret: ownSecret, Registration: "charmarr-lint"}),
			Certificate: true, Every: 100 * time.Millisecond, Settle: 500 * time.Millisecond,
			FailClosed: true, ProofEvery: 300 * time.Millisecond,
		}
		if change != nil {
			change(o)
		}
	})
	r.address, r.status, r.log = d.address, d.status, d.log.String
	r.end = func() {
		d.end()
		f.service.forget(r)
	}
	f.service.add(r)
	return r
}

// policies are what the API server does while nobody answers, by webhook.
func (f *fleet) policies(t testing.TB) map[string]own.Policy {
	t.Helper()
	out := map[string]own.Policy{}
	entries, err := f.registered()
	require.NoError(t, err)
	for _, e := range entries {
		out[strings.TrimSuffix(e.Name, ".charmarr-lint.io")] = e.Policy
	}
	return out
}

func (f *fleet) registered() ([]own.Entry, error) {
	client, err := rest.HTTPClientFor(plane.Config)
	if err != nil {
		return nil, err
	}
	base, _, err := rest.DefaultServerUrlFor(plane.Config)
	if err != nil {
		return nil, err
	}
	return own.New(apiserver.Client{Base: base, HTTP: client}, own.Names{Registration: "charmarr-lint"}).Registered(context.Background())
}

func armed() map[string]own.Policy {
	return map[string]own.Policy{"namespaces": own.Fail, "privacy": own.Fail, "others": own.Ignore}
}

func disarmed() map[string]own.Policy {
	return map[string]own.Policy{"namespaces": own.Ignore, "privacy": own.Ignore, "others": own.Ignore}
}

// eventually waits until the policies are as they are to be.
func (f *fleet) eventually(t testing.TB, want map[string]own.Policy, logs ...func() string) {
	t.Helper()
	var is map[string]own.Policy
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if is = f.policies(t); fmt.Sprint(is) == fmt.Sprint(want) {
			return
		}
	}
	for _, log := range logs {
		t.Log(log())
	}
	require.Equal(t, want, is)
}

// service stands for a Service: an address behind which each new connection goes to
// one of the replicas that are ready. What is connected stays so, as with kube-proxy.
type service struct {
	address string

	lock     sync.Mutex
	replicas []*replica
	ready    map[*replica]bool
	away     bool // nobody gets through
	cut      context.CancelFunc
	open     context.Context // of the connections that there are
}

// breaks lets nobody through, and ends what is connected; or lets through again.
func (s *service) breaks(away bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.cut()
	s.away = away
	s.open, s.cut = context.WithCancel(context.Background())
}

func serve(t testing.TB) *service {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &service{address: listener.Addr().String(), ready: map[*replica]bool{}}
	s.open, s.cut = context.WithCancel(context.Background())
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { s.probe(ctx) })
	running.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go s.forward(c)
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = listener.Close()
		s.breaks(true)
		running.Wait()
	})
	return s
}

// probe asks the replicas whether they are ready, as kubelets do.
func (s *service) probe(ctx context.Context) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for ctx.Err() == nil {
		s.lock.Lock()
		all := slices.Clone(s.replicas)
		s.lock.Unlock()
		for _, r := range all {
			resp, err := client.Get("http://" + r.status + "/readyz")
			ready := err == nil && resp.StatusCode == http.StatusOK
			if err == nil {
				_ = resp.Body.Close()
			}
			s.lock.Lock()
			s.ready[r] = ready
			s.lock.Unlock()
		}
		time.Sleep(30 * time.Millisecond)
	}
}

func (s *service) add(r *replica) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.replicas = append(s.replicas, r)
}

func (s *service) forget(r *replica) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.replicas = slices.DeleteFunc(s.replicas, func(o *replica) bool { return o == r })
	delete(s.ready, r)
}

// one is a replica that is ready.
func (s *service) one() (string, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	var ready []string
	for _, r := range s.replicas {
		if s.ready[r] && !s.away {
			ready = append(ready, r.address)
		}
	}
	if len(ready) == 0 {
		return "", errors.New("the Service has no endpoint")
	}
	return ready[rand.IntN(len(ready))], nil
}

func (s *service) forward(from net.Conn) {
	defer from.Close()
	s.lock.Lock()
	ctx := s.open
	s.lock.Unlock()
	address, err := s.one()
	if err != nil {
		return
	}
	to, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer to.Close()
	splice(ctx, from, to)
}

// splice lets two connections speak with each other, until one of them has gone or the
// context ends.
func splice(ctx context.Context, from, to net.Conn) {
	stop := context.AfterFunc(ctx, func() { _, _ = from.Close(), to.Close() })
	defer stop()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			ended <- struct{}{}
		}()
	}
	<-ended // either side has gone: the other is let go
}

// load is a steady stream of ordinary changes, and of faults that have to be refused.
type load struct {
	sent, refused atomic.Int64

	lock   sync.Mutex
	wrong  []string
	cancel context.CancelFunc
	ended  sync.WaitGroup
}

// start sends until the load is stopped. Each change is one that the API server asks
// about; the first is for webhooks that fail closed.
func (f *fleet) load(t testing.TB) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	l := &load{cancel: cancel}
	t.Cleanup(l.stop)
	annotate := func(n int) []byte { return fmt.Appendf(nil, `{"metadata":{"annotations":{"load":"%d"}}}`, n) }
	for worker := range 4 {
		l.ended.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				var err error
				what := ""
				switch (worker + n) % 4 {
				case 0:
					what = "a Service is annotated"
					_, err = f.of("services", "charmarr-core").Patch(ctx, "radarr", types.MergePatchType, annotate(n), metav1.PatchOptions{})
				case 1:
					what = "a NetworkPolicy is annotated"
					_, err = f.of(policies, "charmarr-downloads").Patch(ctx, "sabnzbd-vpn-killswitch", types.MergePatchType, annotate(n), metav1.PatchOptions{})
				case 2:
					what = "a namespace is annotated"
					_, err = f.of("namespaces", "").Patch(ctx, "charmarr-core", types.MergePatchType, annotate(n), metav1.PatchOptions{})
				case 3:
					what = "a fault is refused"
					_, err = f.of("namespaces", "").Patch(ctx, "gluetun", types.MergePatchType, []byte(`{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
					switch {
					case err == nil:
						err = errors.New("it passes")
					case apierrors.IsForbidden(err):
						err = nil
						l.refused.Add(1)
					}
				}
				if ctx.Err() != nil {
					return
				}
				l.sent.Add(1)
				if err != nil && !apierrors.IsConflict(err) {
					l.lock.Lock()
					l.wrong = append(l.wrong, what+": "+err.Error())
					l.lock.Unlock()
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	return l
}

func (l *load) stop() {
	l.cancel()
	l.ended.Wait()
}

// take returns what went wrong since it was asked last.
func (l *load) take() []string {
	l.lock.Lock()
	defer l.lock.Unlock()
	out := l.wrong
	l.wrong = nil
	return out
}

// more waits until so many more requests were sent.
func (l *load) more(t testing.TB, n int64) {
	t.Helper()
	from := l.sent.Load()
	require.Eventually(t, func() bool { return l.sent.Load() >= from+n }, 60*time.Second, 20*time.Millisecond)
}

// strangers makes new connections all the time, as API servers do that have just
// started: each trusts what the registration said a moment ago.
func (f *fleet) strangers(t testing.TB, l *load) (made *atomic.Int64) {
	t.Helper()
	made = &atomic.Int64{}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var ended sync.WaitGroup
	ended.Go(func() {
		var roots *x509.CertPool
		for n := 0; ctx.Err() == nil; n++ {
			var err error
			if n%5 == 0 {
				entries, failure := f.registered()
				if err = failure; err == nil {
					roots = x509.NewCertPool()
					roots.AppendCertsFromPEM(entries[0].Bundle)
				}
			}
			if err == nil {
				var c *tls.Conn
				if c, err = tls.Dial("tcp", f.service.address, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}); err == nil {
					made.Add(1)
					_ = c.Close()
				}
			}
			if err != nil {
				l.lock.Lock()
				l.wrong = append(l.wrong, "a new connection: "+err.Error())
				l.lock.Unlock()
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	t.Cleanup(func() {
		cancel()
		ended.Wait()
	})
	return made
}

// metric reads one of a replica's metrics.
func metric(t testing.TB, r *replica, name string) string {
	t.Helper()
	text := (&door{status: r.status}).get("/metrics")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "charmarr_lint_webhook_"+name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
