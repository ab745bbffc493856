package juju_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
)

// within runs a reading and fails the test where it does not come back long
// after its limit.
func within(t testing.TB, ctx context.Context, o juju.Options) (snapshot.Snapshot, error) {
	t.Helper()
	type result struct {
		snap snapshot.Snapshot
		err  error
	}
	done := make(chan result, 1)
	go func() {
		s, err := juju.New(o).Collect(ctx)
		done <- result{s, err}
	}()
	select {
	case r := <-done:
		recorded(t, r.snap)
		return r.snap, r.err
	case <-time.After(o.TimeLimit + 30*time.Second):
		stacks := make([]byte, 1<<20)
		t.Fatalf("the reading hangs past its limit of %v\n%s", o.TimeLimit, stacks[:runtime.Stack(stacks, true)])
		return snapshot.Snapshot{}, nil
	}
}

// honest demands that a snapshot claims nothing that it does not have: what a
// model lists as evidence is all there, and what is not there is a gap.
func honest(t testing.TB, whole, s snapshot.Snapshot) {
	t.Helper()
	touched := func(e snapshot.Evidence) bool {
		return slices.ContainsFunc(s.Gaps, func(g snapshot.Gap) bool {
			return len(g.Evidence) == 0 || slices.Contains(g.Evidence, e)
		})
	}
	for _, g := range s.Gaps {
		require.NotEmpty(t, g.Source)
		require.NotEmpty(t, g.What)
		require.NotEmpty(t, g.Reason)
	}
	for _, want := range whole.Models {
		i := slices.IndexFunc(s.Models, func(m snapshot.Model) bool { return m.Name == want.Name })
		for _, e := range want.Evidence {
			if i < 0 || !slices.Contains(s.Models[i].Evidence, e) {
				require.True(t, touched(e), "%s of model %s is neither there nor a gap: %+v", e, want.Name, s.Gaps)
			}
		}
		if i < 0 {
			continue
		}
		got := s.Models[i]
		for _, e := range got.Evidence {
			require.Equal(t, part(want, e), part(got, e), "%s of model %s", e, want.Name)
		}
		for _, c := range s.Coverage {
			require.False(t, c.Namespace == want.Name && !slices.Contains(got.Evidence, c.Evidence))
		}
	}
	require.LessOrEqual(t, len(s.Models), len(whole.Models))
}

// part is what a kind of evidence covers of a model.
func part(m snapshot.Model, e snapshot.Evidence) string {
	var b strings.Builder
	switch e {
	case snapshot.JujuApplications:
		for _, a := range m.Applications {
			a.Config, a.Trust, a.Status, a.Message = nil, "", "", ""
			fmt.Fprintf(&b, "%+v\n", a)
		}
	case snapshot.JujuRelations:
		fmt.Fprintf(&b, "%+v", m.Relations)
	case snapshot.JujuConfig:
		for _, a := range m.Applications {
			fmt.Fprintf(&b, "%s %s %+v\n", a.Name, a.Trust, a.Config)
		}
	case snapshot.JujuOffers:
		fmt.Fprintf(&b, "%+v %+v", m.Offers, m.SAAS)
	case snapshot.JujuUnits:
		for _, u := range m.Units {
			fmt.Fprintf(&b, "%s %+v\n", u.Name, u.Relations)
		}
	case snapshot.JujuStatuses:
		for _, a := range m.Applications {
			fmt.Fprintf(&b, "%s %s %s\n", a.Name, a.Status, a.Message)
		}
		for _, u := range m.Units {
			fmt.Fprintf(&b, "%s %s %s %s\n", u.Name, u.Status, u.Message, u.Agent)
		}
	case snapshot.JujuSecrets:
		fmt.Fprintf(&b, "%+v", m.Secrets)
	}
	return b.String()
}

func always(f jujuserver.Fault) func(int) jujuserver.Fault {
	return func(int) jujuserver.Fault { return f }
}

// A controller that does not answer is a gap when the limit is over.
func TestAHungController(t *testing.T) {
	c := media(t)
	for _, f := range []jujuserver.Fault{{Kind: jujuserver.Hang}, {Kind: jujuserver.Silent}, {Kind: jujuserver.Stall, After: 500}} {
		t.Run(f.Kind, func(t *testing.T) {
			p := newProxy(t, c, always(f))
			s, err := within(t, context.Background(), juju.Options{Login: p.login("admin"), TimeLimit: 2 * time.Second})
			require.NoError(t, err)
			require.NotEmpty(t, s.Gaps)
			require.Contains(t, s.Gaps[0].Reason, "the time limit of 2s was over: give it more time, or name fewer models")
		})
	}
	t.Run("one request", func(t *testing.T) {
		p := newProxy(t, c, always(jujuserver.Fault{Kind: jujuserver.Silent}))
		s, err := within(t, context.Background(), juju.Options{Login: p.login("admin"), RequestLimit: time.Second, TimeLimit: time.Minute})
		require.NoError(t, err)
		onlyGap(t, s, "connecting to Juju controller home", "the controller did not answer within 1s: see that it is well")
	})
}

// Models whose connections work are read beside one whose does not.
func TestOneModelHangs(t *testing.T) {
	c := media(t)
	whole := collect(t, juju.Options{Store: c.store(t, "admin")})
	p := newProxy(t, c, func(n int) jujuserver.Fault {
		if n == 1 { // the first of the models'
			return jujuserver.Fault{Kind: jujuserver.Stall, After: 3000}
		}
		return jujuserver.Fault{}
	})
	s, err := within(t, context.Background(), juju.Options{Login: p.login("admin"), RequestLimit: 5 * time.Second, TimeLimit: time.Minute})
	require.NoError(t, err)
	honest(t, whole, s)
	require.NotEmpty(t, s.Gaps)
	require.GreaterOrEqual(t, len(s.Models), 3)
}

// What was read before an interrupt is returned, with gaps for the rest.
func TestInterrupt(t *testing.T) {
	c := media(t)
	whole := collect(t, juju.Options{Store: c.store(t, "admin")})
	ctx, cancel := context.WithCancelCause(context.Background())
	interrupt := errors.New("interrupted")
	// The models whose names come last hang; the interrupt comes when others are done.
	p := newProxy(t, c, func(n int) jujuserver.Fault {
		if n >= 3 {
			return jujuserver.Fault{Kind: jujuserver.Stall, After: 3000}
		}
		return jujuserver.Fault{}
	})
	var done atomic.Int32
	s, err := within(t, ctx, juju.Options{Login: p.login("admin"), TimeLimit: time.Minute, Progress: func(int, int, string) {
		if done.Add(1) == 2 {
			cancel(interrupt)
		}
	}})
	require.ErrorIs(t, err, interrupt)
	honest(t, whole, s)
	require.NotEmpty(t, s.Models)
	require.NotEmpty(t, s.Gaps)
	require.Contains(t, s.Gaps[0].Reason, "the reading was cancelled: run again")

	// One that was cancelled before it began says so, too.
	s, err = within(t, ctx, juju.Options{Login: p.login("admin"), TimeLimit: time.Minute})
	require.ErrorIs(t, err, interrupt)
	honest(t, whole, s)
	require.NotEmpty(t, s.Gaps)
}

// A controller that ends while it is read leaves gaps.
func TestAControllerThatStops(t *testing.T) {
	c := start(t, "home", "media", nil)
	p := newProxy(t, c, always(jujuserver.Fault{}))
	whole, err := within(t, context.Background(), juju.Options{Login: p.login("admin"), TimeLimit: time.Minute})
	require.NoError(t, err)
	require.Empty(t, whole.Gaps)

	var once sync.Once
	p = telling(t, c, always(jujuserver.Fault{}), func(connection, bytes int) {
		if connection > 1 && bytes > 6000 {
			once.Do(c.Kill)
		}
	})
	s, err := within(t, context.Background(), juju.Options{Login: p.login("admin"), TimeLimit: 20 * time.Second})
	require.NoError(t, err)
	honest(t, whole, s)
	require.NotEmpty(t, s.Gaps)
}

// runs is how many readings are made under faults.
const runs = 80

// Whatever goes wrong between here and a controller, a reading ends in time,
// claims nothing that it does not have, and leaves nothing running.
func TestFaults(t *testing.T) {
	c := media(t)
	whole := collect(t, juju.Options{Store: c.store(t, "admin")})
	before := runtime.NumGoroutine()
	var complete, partly, nothing atomic.Int32
	t.Run("runs", func(t *testing.T) {
		for seed := range uint64(runs) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				s := faulty(t, c, seed)
				honest(t, whole, s)
				switch {
				case len(s.Gaps) == 0:
					complete.Add(1)
				case len(s.Models) > 0:
					partly.Add(1)
				default:
					nothing.Add(1)
				}
			})
		}
	})
	t.Logf("%d readings were complete, %d in part, %d read nothing", complete.Load(), partly.Load(), nothing.Load())
	// Faults are of use only where they meet readings at every stage.
	require.Positive(t, complete.Load())
	require.Positive(t, partly.Load())
	require.Positive(t, nothing.Load())

	for range 200 {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Fatalf("%d goroutines before, %d are left\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}

// faulty reads through a proxy with which, by the seed, much goes wrong.
func faulty(t *testing.T, c *controller, seed uint64) snapshot.Snapshot {
	random := rand.New(rand.NewPCG(seed, 1))
	share := random.Float64() // of connections that have a fault
	kinds := jujuserver.Kinds()
	var lock sync.Mutex
	p := newProxy(t, c, func(int) jujuserver.Fault {
		lock.Lock()
		defer lock.Unlock()
		if random.Float64() > share*share {
			return jujuserver.Fault{}
		}
		return jujuserver.Fault{Kind: kinds[random.IntN(len(kinds))], After: random.IntN(12_000)}
	})
	s, err := within(t, context.Background(), juju.Options{
		Login: p.login("admin"), TimeLimit: 8 * time.Second, RequestLimit: 2 * time.Second,
	})
	require.NoError(t, err)
	p.Close()
	return s
}
