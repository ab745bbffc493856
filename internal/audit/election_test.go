package audit

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// replica is one of several that want to lead.
type replica struct {
	leads atomic.Bool
	end   func() // as a pod is told to end
	cut   atomic.Bool
}

// cutOff lets no request through while it is.
type cutOff struct {
	cut  *atomic.Bool
	next http.RoundTripper
}

func (c cutOff) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.cut.Load() {
		return nil, context.DeadlineExceeded
	}
	return c.next.RoundTrip(r)
}

// leadership counts the replicas that lead.
type leadership struct {
	now  atomic.Int32
	most atomic.Int32
}

func (l *leadership) add() {
	if n := l.now.Add(1); n > l.most.Load() {
		l.most.Store(n)
	}
}

// start starts a replica.
func start(t *testing.T, s *server, name string, leaders *leadership) *replica {
	t.Helper()
	r := &replica{}
	server, client := s.client(), *s.Client()
	client.Transport = cutOff{&r.cut, client.Transport}
	server.HTTP = &client
	e := &election{
		api: newAPI(server), namespace: "lint", name: leaseName, identity: name, now: time.Now,
		duration: time.Second, limit: 700 * time.Millisecond, retry: 20 * time.Millisecond, failed: func(error) {},
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.run(ctx, func(ctx context.Context) {
			leaders.add()
			r.leads.Store(true)
			<-ctx.Done()
			r.leads.Store(false)
			leaders.now.Add(-1)
		})
	}()
	r.end = func() { cancel(); <-ended }
	t.Cleanup(r.end)
	return r
}

func TestElection(t *testing.T) {
	s := newServer(t)
	var leaders leadership
	eventually := func(what string, is func() bool) {
		t.Helper()
		require.Eventually(t, is, 20*time.Second, time.Millisecond, what)
	}
	first := start(t, s, "first", &leaders)
	eventually("the first leads", first.leads.Load)
	second := start(t, s, "second", &leaders)
	time.Sleep(1500 * time.Millisecond) // longer than the Lease holds unrenewed
	require.True(t, first.leads.Load())
	require.False(t, second.leads.Load())

	first.end()
	began := time.Now()
	eventually("the second leads when the first has ended", second.leads.Load)
	require.Less(t, time.Since(began), 15*time.Second)

	third := start(t, s, "third", &leaders)
	second.cut.Store(true) // a leader that reaches nobody
	eventually("it stops by itself", func() bool { return !second.leads.Load() })
	eventually("another leads", third.leads.Load)
	second.cut.Store(false)
	time.Sleep(100 * time.Millisecond)
	require.True(t, third.leads.Load())
	require.False(t, second.leads.Load())

	require.EqualValues(t, 1, leaders.most.Load(), "two have led at once")

	// Somebody takes the Lease away.
	s.with(func() {
		for path, o := range s.objects {
			if strings.HasPrefix(path, "coordination") {
				o["spec"].(map[string]any)["holderIdentity"] = "somebody"
				s.put(path, o)
			}
		}
	})
	eventually("it stops", func() bool { return !third.leads.Load() })
	eventually("and one leads when that one renews nothing", func() bool { return leaders.now.Load() == 1 })

	// Somebody deletes it.
	s.with(func() { clear(s.objects) })
	time.Sleep(200 * time.Millisecond)
	eventually("it is made anew", func() bool { return leaders.now.Load() == 1 })
}

// TestLeaseIsAsOthersWriteIt keeps what a Lease has besides, and counts as client-go
// does.
func TestLeaseIsAsOthersWriteIt(t *testing.T) {
	s := newServer(t)
	const path = leasePath
	s.with(func() {
		var o map[string]any
		require.NoError(t, json.Unmarshal([]byte(`{"metadata":{"name":"charmarr-lint","namespace":"lint","annotations":{"a":"b"}},
			"spec":{"holderIdentity":"","leaseDurationSeconds":15,"leaseTransitions":4,"acquireTime":"2026-01-01T00:00:00.000000Z"}}`), &o))
		s.put(path, o)
	})
	at := time.Date(2026, 6, 1, 12, 0, 0, 123456789, time.FixedZone("x", 3600))
	e := &election{api: newAPI(s.client()), namespace: "lint", name: leaseName, identity: "me", now: func() time.Time { return at }, duration: leaseTime, limit: leaseLimit, retry: leaseRetry}
	require.Equal(t, mine, e.take(t.Context()))
	at = at.Add(time.Second)
	require.Equal(t, mine, e.take(t.Context()))
	text, err := json.Marshal(s.objects[path])
	require.NoError(t, err)
	var l lease
	require.NoError(t, json.Unmarshal(text, &l))
	require.Equal(t, leaseSpec{Holder: "me", Seconds: 30, Acquired: "2026-06-01T11:00:00.123456Z", Renewed: "2026-06-01T11:00:01.123456Z", Transitions: 5}, l.Spec)
	require.Equal(t, map[string]any{"a": "b"}, l.Metadata["annotations"])
}

// emptyLease puts a Lease there that nobody holds, with what is said of its spec.
func emptyLease(t *testing.T, s *server, spec string) {
	t.Helper()
	var o map[string]any
	require.NoError(t, json.Unmarshal([]byte(`{"metadata":{"name":"charmarr-lint","namespace":"lint","labels":{"a":"b"}}`+spec+`}`), &o))
	s.with(func() { s.put(leasePath, o) })
}

const leasePath = "coordination.k8s.io/v1/namespaces/lint/leases/charmarr-lint"

// TestEmptyLease is taken at once, however it is empty, and is one that others write
// then.
func TestEmptyLease(t *testing.T) {
	for name, spec := range map[string]string{
		"no spec": ``, "an empty spec": `,"spec":{}`, "null": `,"spec":null`, "nothing in it": `,"spec":{"holderIdentity":null,"leaseTransitions":null,"renewTime":null}`,
		"given back": `,"spec":{"holderIdentity":"","leaseDurationSeconds":1,"renewTime":"2026-06-01T11:00:00.000000Z"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			emptyLease(t, s, spec)
			one, two := election{}, election{}
			for name, e := range map[string]*election{"one": &one, "two": &two} {
				*e = election{
					api: newAPI(s.client()), namespace: "lint", name: leaseName, identity: name, now: time.Now, duration: leaseTime,
					failed: func(err error) { t.Error(err) },
				}
			}
			require.Equal(t, mine, one.take(t.Context()))
			require.Equal(t, others, two.take(t.Context()))
			require.Equal(t, mine, one.take(t.Context()))
			require.Equal(t, map[string]any{"a": "b"}, s.objects[leasePath]["metadata"].(map[string]any)["labels"])
		})
	}
}

// TestNoLease makes one where it may, and says where to have it from where it may not.
func TestNoLease(t *testing.T) {
	s := newServer(t)
	var said string
	e := election{api: newAPI(s.client()), namespace: "lint", name: leaseName, identity: "me", now: time.Now, duration: leaseTime, failed: func(err error) { said = err.Error() }}
	s.refuse = func(method, _ string) (int, string) {
		if method == http.MethodPost {
			return 403, forbidden("leases.coordination.k8s.io")
		}
		return 0, ""
	}
	require.Equal(t, unknown, e.take(t.Context()))
	require.Equal(t, "reading Lease lint/charmarr-lint: there is none, and to make it is forbidden: apply deploy/reports again, or upgrade the release with audit.interval set: both have it", said)
	require.NotContains(t, s.objects, leasePath)
	s.with(func() { s.refuse = func(string, string) (int, string) { return 0, "" } })
	require.Equal(t, mine, e.take(t.Context()))
	require.Contains(t, s.objects, leasePath)
}

// TestRolesAreWhatIsAskedFor holds what is asked for to deploy/reports: each request
// is allowed, and there is no right that no request needs.
func TestRolesAreWhatIsAskedFor(t *testing.T) {
	kept, err := os.ReadFile("../../deploy/reports/rbac.yaml")
	require.NoError(t, err)
	require.Equal(t, string(Roles(tool, tool+"-webhook")), string(kept), "run make generate")

	kept, err = os.ReadFile("../../deploy/reports/lease.yaml")
	require.NoError(t, err)
	require.Equal(t, string(Lease(tool)), string(kept), "run make generate")

	s := newServer(t)
	emptyLease(t, s, "")
	a, _ := auditor(s)
	require.Equal(t, mine, a.election.take(t.Context()))
	require.Equal(t, mine, a.election.take(t.Context()))
	a.election.release(t.Context())
	for _, f := range forms() {
		s.with(func() { s.installed = map[string]bool{f.group: true} })
		require.NoError(t, a.write(t.Context(), broken()))
		for _, path := range s.paths() {
			s.with(func() { s.objects[path]["results"] = []any{} })
		}
		require.NoError(t, a.write(t.Context(), broken()))
		require.NoError(t, a.bring(t.Context(), f, nil))
	}
	used := map[string]bool{}
	for _, r := range append(clusterRights(), ownRights()...) {
		for _, resource := range r.resources {
			for _, verb := range r.verbs {
				used[strings.Join([]string{r.group, resource, strings.Join(r.names, ","), verb}, " ")] = false
			}
		}
	}
	for _, q := range s.asked {
		name := ""
		if q.group == "coordination.k8s.io" {
			name = q.name
		}
		key := strings.Join([]string{q.group, q.resource, name, q.verb}, " ")
		require.Contains(t, used, key)
		used[key] = true
	}
	for key, is := range used {
		require.True(t, is, "nothing needs %s", key)
	}
}
