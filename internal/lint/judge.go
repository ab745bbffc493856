package lint

import (
	"cmp"
	"context"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// Judge is a run that is set up once and judges many snapshots: rules compiled,
// profile resolved. It is safe for use by several goroutines.
type Judge struct {
	options Options
	engine  *evaluate.Engine
	profile topology.Profile
	notes   []string
	// all are the rules there are, rules those that are asked, each with its level.
	all    []rule.Rule
	rules  []rule.Rule
	levels map[rule.ID]rule.Level
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
	return o.judgeBy(engine, profile, notes), nil
}

// judgeBy returns a judge by rules that are compiled.
func (o Options) judgeBy(engine *evaluate.Engine, profile topology.Profile, notes []string) *Judge {
	j := &Judge{options: o, engine: engine, profile: profile, notes: notes, all: engine.Rules()}
	j.rules, j.levels = o.asked(j.all, profile)
	return j
}

// Judge is Run from a snapshot on.
func (j *Judge) Judge(ctx context.Context, snap snapshot.Snapshot) (finding.Report, error) {
	r, _, err := j.by(ctx, snap, func(ctx context.Context, stacks []topology.Stack, req evaluate.Request) (evaluate.Judged, error) {
		results, err := j.engine.Evaluate(ctx, stacks, req)
		return evaluate.Judged{Stacks: stacks, Request: req, Results: results}, err
	})
	return r, err
}

// ask asks rules about stacks, as evaluate.Engine.Evaluate does.
type ask func(context.Context, []topology.Stack, evaluate.Request) (evaluate.Judged, error)

// by is Judge with a way to ask the rules. It also returns what they were asked
// about and what they said.
func (j *Judge) by(ctx context.Context, snap snapshot.Snapshot, ask ask) (finding.Report, evaluate.Judged, error) {
	o, profile := j.options, j.profile
	snap = complete(snap, o.Config.Complete)
	resolved := topology.Resolve(snap, profile)
	if o.Joined != nil {
		o.Joined(resolved.Stacks)
	}
	gaps := slices.Concat(snap.Gaps, resolved.Gaps)

	req := evaluate.Request{Enabled: func(id rule.ID) bool { return j.levels[id] != "" }}
	req.Touched, req.AllTouched = evaluate.TouchedBy(gaps)
	r := o.report(snap, resolved, gaps, profile)
	annotations, comments := annotationsOf(resolved, snap), commentsOf(snap)
	tells := translator{sources: snap.Sources, rules: j.rules, levels: j.levels, declared: declaredIn(snap, resolved.Placed)}
	// The snapshot is not looked at any more: where nobody else has it, its memory
	// is free for what the rules need.
	judged, err := ask(ctx, resolved.Stacks, req)
	if err != nil && judged.Results == nil {
		return finding.Report{}, evaluate.Judged{}, err
	}
	tally(&r, judged.Results, tells)
	r.Rules = j.rules
	o.decideWaivers(&r, resolved.Stacks, gaps, profile)
	if len(o.Config.Waivers)+len(annotations)+len(comments) > 0 {
		waivers := o.waivers(r, profile, j.all)
		waivers.Annotations, waivers.Comments = annotations, comments
		r.Findings = waivers.Apply(r.Findings)
		r.Rules = slices.Clone(j.rules)
		for _, about := range waiver.Rules() {
			if o.level(about, profile) != rule.Off {
				r.Rules = append(r.Rules, about)
			}
		}
		slices.SortFunc(r.Rules, byID)
	}
	r.Notes = sorted(append(r.Notes, j.notes...), cmp.Compare[string])
	finding.Sort(r.Findings)
	count(&r)
	if err != nil {
		return r, judged, &SetupError{err}
	}
	return r, judged, nil
}
