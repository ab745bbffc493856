package lint

import (
	"context"

	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Repeater judges snapshots that are nearly the same, one after the other: of each
// it asks the rules that can see what changed since the one before. It is safe for
// use by several goroutines.
type Repeater struct {
	judge *Judge
	reads evaluate.Reads
}

// Repeater returns a repeater of the judge's run.
func (j *Judge) Repeater() (*Repeater, error) {
	reads, err := j.engine.Reads()
	if err != nil {
		return nil, err
	}
	return &Repeater{judge: j, reads: reads}, nil
}

// Standing is a snapshot that was judged. It is never changed.
type Standing struct {
	Snapshot snapshot.Snapshot
	Report   finding.Report
	judged   evaluate.Judged
}

// First judges a snapshot in whole.
func (r *Repeater) First(ctx context.Context, snap snapshot.Snapshot) (*Standing, error) {
	return r.Next(ctx, &Standing{}, snap)
}

// Next judges a snapshot as First does; the one before tells what need not be
// asked again.
func (r *Repeater) Next(ctx context.Context, before *Standing, snap snapshot.Snapshot) (*Standing, error) {
	j := r.judge
	report, judged, err := j.by(ctx, snap, func(ctx context.Context, stacks []topology.Stack, req evaluate.Request) (evaluate.Judged, error) {
		return j.engine.Again(ctx, r.reads, before.judged, stacks, req)
	})
	if report.Schema == "" {
		return nil, err
	}
	return &Standing{Snapshot: snap, Report: report, judged: judged}, err
}

// Rules are the rules there are, in order of their ids.
func (r *Repeater) Rules() []rule.Rule { return r.judge.all }

// Stacks are the stacks that were judged. They may be kept and must not be changed.
func (s *Standing) Stacks() []topology.Stack { return s.judged.Stacks }
