package lint

import (
	"cmp"
	"context"

	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Judge is a run that is set up once and judges many snapshots: rules compiled,
// profile resolved. It is safe for use by several goroutines.
type Judge struct {
	options Options
	engine  *evaluate.Engine
	profile topology.Profile
	notes   []string
}

// NewJudge sets a run up; Collect of the options is not used. Its errors are
// those of Run.
func NewJudge(ctx context.Context, o Options) (*Judge, error) {
	profile, err := o.profile()
	if err != nil {
		return nil, &SetupError{err}
	}
	engine, notes, err := o.engine(ctx, profile)
	if err != nil {
		return nil, err
	}
	return &Judge{options: o, engine: engine, profile: profile, notes: notes}, nil
}

// Judge is Run from a snapshot on.
func (j *Judge) Judge(ctx context.Context, snap snapshot.Snapshot) (finding.Report, error) {
	r, err := j.options.judge(ctx, snap, j.engine, j.profile)
	r.Notes = sorted(append(r.Notes, j.notes...), cmp.Compare[string])
	return r, err
}
