package webhook

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	// settle is how long changes are gathered before all is judged anew.
	settle = 200 * time.Millisecond
	// tick is how often ages are looked at where nothing changes.
	tick = 5 * time.Second
	// jujuTime bounds one reading of Juju beyond its own limits.
	jujuTime = 5 * time.Minute
)

// juju is the source of what Juju says.
const juju = "Juju"

// facts keep what is known, judged.
type facts struct {
	server *Server
	wake   chan struct{}
	last   atomic.Pointer[known]

	lock  sync.Mutex
	juju  snapshot.Snapshot
	since time.Time // when Juju was last read; zero before
}

// known is what was known at one time. It is never changed.
type known struct {
	court    *court
	standing *lint.Standing
	observed Observed
	juju     time.Time
	withJuju bool
	oldJuju  bool // what Juju said is left out
	// oldCluster says that what was seen of the cluster tells nothing about now.
	oldCluster bool
}

// changed says that something may be different now.
func (f *facts) changed() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// run keeps the facts up until the context ends.
func (f *facts) run(ctx context.Context) {
	var reading sync.WaitGroup
	if f.server.options.Juju != nil {
		reading.Go(func() { f.readJuju(ctx) })
	}
	defer reading.Wait()
	for ctx.Err() == nil {
		f.judge(ctx)
		timer := time.NewTimer(tick)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-f.wake:
			patience.Wait(ctx, settle)
		}
		timer.Stop()
	}
}

// judge judges what is known now, where it differs from what was.
func (f *facts) judge(ctx context.Context) {
	o := f.server.options
	observed, ok := o.Cluster.Observe()
	if !ok {
		return
	}
	f.lock.Lock()
	said, since := f.juju, f.since
	f.lock.Unlock()
	last, c := f.last.Load(), f.server.court.Load()
	next := &known{court: c, observed: observed, juju: since, withJuju: o.Juju != nil}
	next.oldJuju = next.withJuju && (since.IsZero() || o.Now().Sub(since) > o.JujuBudget)
	seen := o.Cluster.Current()
	next.oldCluster = o.Now().Sub(seen) > o.ClusterBudget
	// The cluster comes first: the places of a request's object are those of the
	// first source.
	parts := []snapshot.Snapshot{observed.Snapshot}
	if next.oldCluster {
		parts = append(parts, outdated("the cluster", "kube.", seen, o.ClusterBudget))
	}
	switch {
	case next.oldJuju:
		parts = append(parts, outdated(juju, "juju.", since, o.JujuBudget))
	case next.withJuju:
		parts = append(parts, said)
	}
	snap := snapshot.Merge(parts...)

	began := time.Now()
	ctx, span := f.server.options.Tracer.Start(ctx, "audit")
	var err error
	if last != nil && last.court == c {
		next.standing, err = c.repeater.Next(ctx, last.standing, snap)
	} else {
		next.standing, err = c.repeater.First(ctx, snap)
	}
	judgedOf(span, next, err)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.server.log.Error("judging what is there", "error", err.Error())
	}
	if next.standing == nil {
		return
	}
	f.server.metrics.judged(next, time.Since(began))
	f.last.Store(next)
	switch was := last != nil && last.oldCluster; {
	case next.oldCluster && !was:
		f.server.log.Warn("what is known of the cluster is too old: it decides nothing", "since", seen.UTC().Format(time.RFC3339))
	case was && !next.oldCluster:
		f.server.log.Info("what is known of the cluster is current again")
	}
	if last == nil {
		f.server.log.Info("ready", "objects", observed.Objects, "stacks", len(next.standing.Report.Stacks), "findings", len(next.standing.Report.Findings))
	}
}

// outdated is the gap that facts leave which are too old: rules that need them are
// unknown.
func outdated(source, kinds string, since time.Time, budget time.Duration) snapshot.Snapshot {
	g := snapshot.Gap{Source: source, What: "reading " + source, Reason: "it was not read yet"}
	if !since.IsZero() {
		g.Reason = fmt.Sprintf("what it said is older than %s: see the log of the webhook for why it cannot be read", budget)
	}
	g.Evidence = slices.DeleteFunc(slices.Clone(snapshot.AllEvidence), func(e snapshot.Evidence) bool { return !strings.HasPrefix(string(e), kinds) })
	return snapshot.Snapshot{Gaps: []snapshot.Gap{g}}
}

// readJuju reads Juju again and again. A reading that holds nothing and has gaps
// does not take the place of one before.
func (f *facts) readJuju(ctx context.Context) {
	o := f.server.options
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, jujuTime)
		snap, err := o.Juju(limited)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			f.server.log.Error("reading Juju", "error", snapshot.RedactText(err.Error()))
		case len(snap.Models) == 0 && len(snap.Gaps) > 0:
			f.server.log.Error("reading Juju", "error", snap.Gaps[0].What+": "+snap.Gaps[0].Reason)
		default:
			f.lock.Lock()
			f.juju, f.since = snap, o.Now()
			f.lock.Unlock()
			f.changed()
		}
		if !patience.Wait(ctx, o.JujuEvery) {
			return
		}
	}
}

// view is what is known, with its age now.
func (k *known) view(o Options) admission.View {
	now := o.Now()
	v := admission.View{Standing: k.standing, Ages: []admission.Age{
		{Of: admission.Cluster, Age: now.Sub(o.Cluster.Current()), Budget: o.ClusterBudget},
	}}
	if k.withJuju {
		age := now.Sub(k.juju)
		if k.oldJuju { // also where it was never read
			age = max(age, o.JujuBudget+1)
		}
		v.Ages = append(v.Ages, admission.Age{Of: juju, Age: age, Budget: o.JujuBudget})
	}
	return v
}
