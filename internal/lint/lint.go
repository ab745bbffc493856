// Package lint is the spine: it runs one check from sources to report.
//
//	collect -> resolve -> evaluate -> findings -> waivers -> report
//
// Every shell (the command line, an audit, a webhook) runs this spine on a
// snapshot and must come to the same verdicts. The package decides nothing
// about deployments itself: what is comes from package topology, what must be
// from the rules.
package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// Name is the name of the program in reports.
const Name = "charmarr-lint"

// Options say what to run and how.
type Options struct {
	// Collect gives the snapshot to judge. What it could not read is a gap of
	// the snapshot; an error ends the run.
	Collect func(context.Context) (snapshot.Snapshot, error)
	// Variants, where given, are asked for after Collect; where there are any, they
	// are judged in the place of its snapshot.
	Variants func() []Variant
	// Joined is handed the stacks before the rules are asked, for who wants to
	// show what was judged. It may keep them and must not change them.
	Joined func([]topology.Stack)
	Config config.Config
	// Profile is the name of the profile; empty is the configuration's.
	Profile string
	// Policies are folders with rules of one's own, besides the configuration's.
	Policies []string
	// Only are the rules to ask, all where there is none; Skip are rules to
	// leave out.
	Only, Skip []config.Pattern
	// Version is the version of the program.
	Version string
	// Today is the day of the run. It decides which waivers have expired and is
	// never shown.
	Today time.Time
}

// SetupError is a configuration, waiver, profile or policy that does not load,
// or a policy that failed while judging: the run was not what was asked for.
type SetupError struct{ Err error }

// Error is the error of what does not load, one problem a line.
func (e *SetupError) Error() string { return e.Err.Error() }

// Unwrap returns what does not load.
func (e *SetupError) Unwrap() error { return e.Err }

// Run collects, judges and reports. A SetupError may come with a report: what
// the rules that work have found. Any other error comes without one.
func Run(ctx context.Context, o Options) (finding.Report, error) {
	profile, err := o.profile()
	if err != nil {
		return finding.Report{}, &SetupError{err}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type collected struct {
		snap snapshot.Snapshot
		err  error
	}
	done := make(chan collected, 1)
	go func() { // reading waits for disks, compiling for the processor
		snap, err := o.Collect(ctx)
		done <- collected{snap, err}
	}()
	engine, notes, err := o.engine(ctx, profile)
	if err != nil {
		cancel()
		<-done
		return finding.Report{}, err
	}
	c := <-done
	if c.err != nil {
		return finding.Report{}, c.err
	}
	j := o.judgeBy(engine, profile, notes)
	if o.Variants != nil {
		if variants := o.Variants(); len(variants) > 0 {
			return j.Variants(ctx, variants)
		}
	}
	return j.Judge(ctx, c.snap)
}

func (o Options) profile() (topology.Profile, error) {
	name := o.Profile
	if name == "" {
		name = o.Config.Profile
	}
	return o.Config.Resolve(name)
}

// engine compiles the rules, demands that the settings and the patterns name
// rules that exist and that some rule is left to ask, and returns notes about
// settings that do nothing.
func (o Options) engine(ctx context.Context, p topology.Profile) (*evaluate.Engine, []string, error) {
	engine, err := Engine(ctx, o.Config, o.Policies)
	if err != nil {
		return nil, nil, err
	}
	known := append(engine.Rules(), waiver.Rules()...)
	notes, err := o.Config.Check(known)
	errs := []error{err}
	for _, f := range []struct {
		flag     string
		patterns []config.Pattern
	}{{"--rule", o.Only}, {"--skip-rule", o.Skip}} {
		for _, p := range f.patterns {
			if message := p.Check(known); message != "" {
				errs = append(errs, fmt.Errorf("%s: %s", f.flag, message))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, &SetupError{err}
	}
	if left, _ := o.asked(known, p); len(left) == 0 {
		return nil, nil, &SetupError{errors.New("no rule is left to ask: --rule, --skip-rule and the settings of the configuration leave all of them out")}
	}
	return engine, notes, nil
}

// Engine compiles the built-in rules with those of the configuration and of
// further folders.
func Engine(ctx context.Context, c config.Config, policies []string) (*evaluate.Engine, error) {
	opts := evaluate.Options{OwnPolicies: slices.Concat(c.Policies, policies), Parameters: c.Parameters()}
	engine, err := evaluate.New(ctx, opts)
	if errs, ok := errors.AsType[evaluate.Errors](err); ok {
		// Parameters of a rule that does not exist are a matter of the
		// configuration: it knows the line, and which rule was meant.
		for _, e := range errs {
			if e.Kind == evaluate.KindParameters {
				delete(opts.Parameters, e.Rule)
			}
		}
		errs = slices.DeleteFunc(errs, func(e *evaluate.PolicyError) bool { return e.Kind == evaluate.KindParameters })
		if err = errs; len(errs) == 0 {
			engine, err = evaluate.New(ctx, opts)
		}
	}
	switch {
	case err == nil:
		return engine, reserved(engine)
	case ctx.Err() != nil:
		return nil, err
	}
	return nil, &SetupError{err}
}

// reserved keeps one's own rules out of the area of the findings about the
// configuration, which would be taken for theirs.
func reserved(engine *evaluate.Engine) error {
	var errs []error
	for _, r := range engine.Rules() {
		if r.Own && r.ID.Area() == config.OwnArea {
			errs = append(errs, fmt.Errorf("%s: rule %s: the area %q is for findings about the configuration; put the rule into another package", r.File, r.ID, config.OwnArea))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return &SetupError{err}
	}
	return nil
}

// asked returns the rules to ask, with the level of each under the profile and
// the settings.
func (o Options) asked(all []rule.Rule, p topology.Profile) ([]rule.Rule, map[rule.ID]rule.Level) {
	rules, levels := []rule.Rule{}, map[rule.ID]rule.Level{}
	for _, r := range all {
		if level := o.level(r, p); level != rule.Off {
			rules, levels[r.ID] = append(rules, r), level
		}
	}
	return rules, levels
}

// level returns the level of a rule in this run; off where it is not asked.
func (o Options) level(r rule.Rule, p topology.Profile) rule.Level {
	named := func(ps []config.Pattern) bool {
		return slices.ContainsFunc(ps, func(p config.Pattern) bool { return p.Matches(r) })
	}
	if len(o.Only) > 0 && !named(o.Only) || named(o.Skip) {
		return rule.Off
	}
	return o.Config.Level(r, p.Chain)
}
