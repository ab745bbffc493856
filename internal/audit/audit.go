// Package audit keeps what is wrong in a cluster written down in that cluster, as
// reports that dashboards know: those of OpenReports (openreports.io), or where only
// these are installed, PolicyReports (wgpolicyk8s.io).
//
// Words: a report object is an object of one of these kinds, with results. The
// report of a namespace has the findings about what is in it; the report of the
// cluster has the rest, and the verdict of each rule for each stack. Of several
// replicas one leads, by a Lease; it alone writes.
//
// Report objects are replaced wholesale, and only where they differ: the same
// findings make the same bytes. They bear labels by which they are known for this
// installation's own; no other object is ever changed or deleted. Their size is
// bounded: what is gravest comes first, and what is left out is counted.
//
// The package judges nothing. It writes down what it is handed, and of Secrets it
// knows nothing.
package audit

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/tracing"
)

// Latest is what was last found in what is there.
type Latest struct {
	Report   finding.Report
	Snapshot snapshot.Snapshot // that was judged
}

// Options say what is written where.
type Options struct {
	// Server is the API server, which knows who asks.
	Server apiserver.Client
	// Interval is how often is looked whether something is to be written.
	Interval time.Duration
	// Namespace is where the Lease is, and by whose name report objects are known
	// for this installation's own.
	Namespace string
	// Identity names this replica; empty is the name of the host with something
	// random.
	Identity string
	Log      io.Writer
	// Tracer is told what is done; nil is told nothing.
	Tracer *tracing.Tracer
	// Now is the clock.
	Now func() time.Time
}

// Auditor writes report objects while it leads.
type Auditor struct {
	options  Options
	api      api
	log      *slog.Logger
	metrics  *metrics
	election *election
	soon     time.Duration // where there is nothing to write yet, or writing failed

	said string // what was last said of the kinds that are installed
}

// The times of a replica that leads, or wants to. Nothing here is urgent: a Lease
// that is renewed every five seconds costs next to nothing.
const (
	leaseTime  = 30 * time.Second
	leaseLimit = 20 * time.Second // a leader that could not renew for so long is none
	leaseRetry = 5 * time.Second
	soon       = 10 * time.Second
)

// New returns an auditor; it does nothing before Run.
func New(o Options) *Auditor {
	if o.Identity == "" {
		o.Identity = identity()
	}
	a := &Auditor{options: o, api: newAPI(o.Server), log: slog.New(slog.NewJSONHandler(o.Log, nil)), metrics: &metrics{}, soon: min(soon, o.Interval)}
	a.election = &election{
		api: a.api, namespace: o.Namespace, name: leaseName, identity: o.Identity, now: o.Now,
		duration: leaseTime, limit: leaseLimit, retry: leaseRetry,
		failed: func(err error) { a.log.Warn("choosing who writes reports", "error", err.Error()) },
	}
	return a
}

// Run writes what is latest, while this replica leads, until the context ends.
func (a *Auditor) Run(ctx context.Context, latest func() (Latest, bool)) {
	a.election.run(ctx, func(ctx context.Context) {
		a.metrics.leads(true)
		defer a.metrics.leads(false)
		a.log.Info("writing reports", "replica", a.options.Identity)
		a.lead(ctx, latest)
		if ctx.Err() != nil {
			a.log.Info("writing reports no more", "replica", a.options.Identity)
		}
	})
}

// WriteMetrics writes how the auditor is doing, in the text format of Prometheus.
func (a *Auditor) WriteMetrics(w *strings.Builder) { a.metrics.write(w) }

func (a *Auditor) lead(ctx context.Context, latest func() (Latest, bool)) {
	wrong := ""
	for ctx.Err() == nil {
		wait := a.soon
		if l, ok := latest(); ok {
			err := a.traced(ctx, l)
			switch {
			case ctx.Err() != nil:
				return
			case err == nil:
				wait, wrong = a.options.Interval, ""
				a.metrics.wrote(a.options.Now())
			default:
				a.metrics.failed()
				if text := err.Error(); text != wrong { // the same every few seconds tells nothing
					wrong = text
					a.log.Error("writing reports", "error", text)
				}
			}
		}
		if !patience.Wait(ctx, wait) {
			return
		}
	}
}

// traced is write within a span.
func (a *Auditor) traced(ctx context.Context, l Latest) error {
	ctx, span := a.options.Tracer.Start(ctx, "write reports")
	defer span.End()
	before := a.metrics.written()
	err := a.write(ctx, l)
	span.Set(tracing.Number("charmarr_lint.written", a.metrics.written()-before))
	span.Fail(err)
	return err
}

// write brings the report objects up to what is latest.
func (a *Auditor) write(ctx context.Context, l Latest) error {
	to, others, err := a.api.installed(ctx)
	if err != nil {
		return err
	}
	a.say(to)
	var errs []error
	for _, f := range others { // written before the better kind was installed
		errs = append(errs, a.bring(ctx, f, nil))
	}
	if to == nil {
		a.metrics.holds("", nil)
		return errors.Join(errs...)
	}
	want := objects(l, *to, a.options.Namespace)
	err = a.bring(ctx, *to, want)
	if err == nil {
		a.metrics.holds(to.group, want)
	}
	return errors.Join(append(errs, err)...)
}

// say says which kind is written, where that is news.
func (a *Auditor) say(to *form) {
	now := "none"
	if to != nil {
		now = to.group + "/" + to.version
	}
	if now == a.said {
		return
	}
	a.said = now
	if to == nil {
		a.log.Warn("neither the kinds of openreports.io nor those of wgpolicyk8s.io are installed: findings are not written into the cluster until they are; the report over HTTP has them")
		return
	}
	a.log.Info("reports are written", "as", now)
}

// bring makes, replaces and deletes objects until there are those that are wanted.
func (a *Auditor) bring(ctx context.Context, f form, want []object) error {
	have, err := a.api.own(ctx, f, a.options.Namespace)
	if err != nil {
		return err
	}
	var errs []error
	for _, o := range want {
		at := slices.IndexFunc(have, func(h object) bool { return h.Kind == o.Kind && h.Metadata.Namespace == o.Metadata.Namespace })
		var what string
		switch {
		case at < 0:
			what, err = "created", a.api.create(ctx, f, o)
		case !have[at].same(o):
			o.Metadata.ResourceVersion = have[at].Metadata.ResourceVersion
			what, err = "updated", a.api.update(ctx, f, o)
		default:
			what, err = "", nil
		}
		if at >= 0 {
			have = slices.Delete(have, at, at+1)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case passing(err): // the namespace is on its way out, or another was faster: next time is early enough
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		a.metrics.did(what)
	}
	for _, o := range have {
		switch err := a.api.remove(ctx, f, o); {
		case ctx.Err() != nil:
			return ctx.Err()
		case passing(err):
		case err != nil:
			errs = append(errs, err)
		default:
			a.metrics.did("deleted")
		}
	}
	return errors.Join(errs...)
}
