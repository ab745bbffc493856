package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// never is the --fail-on that no finding reaches.
const never = "never"

func newCheck(p *program) *cobra.Command {
	var (
		s sharedFlags
		r reportFlags
	)
	cmd := &cobra.Command{
		Use:                   "check [flags] [PATH...]",
		Short:                 "Check files and folders, offline",
		DisableFlagsInUseLine: true,
		Long: `Check reads files and folders (the working directory where none is named, "-"
for standard input), joins what they say into stacks and asks the rules.

Files are recognised by content: Juju status as JSON or YAML, bundles,
'juju show-unit', 'juju show-secret', 'juju offers', Terraform and OpenTofu
plans and states as 'terraform show -json' prints them, Kubernetes manifests,
recorded snapshots.

A plan is judged as if it were applied; each finding says whether it is there
today or would be new. Several plans of the same resources are variants: each is
judged on its own, and a finding names those in which it holds.

Of SARIF there are two flavours: sarif, for GitHub, leaves waived findings out,
which it would show as open; sarif-full has them, suppressed and justified.

Exit codes: 0 passed, 1 findings, 2 wrong usage or configuration, 3 incomplete.`,
		Example: `  # a model as it is
  juju status --format json -m charmarr-core | charmarr-lint check -

  # a repository, for code scanning and for people
  charmarr-lint check -o sarif=charmarr.sarif deploy/

  # what would this change do?
  terraform show -json tfplan >plan.json && charmarr-lint check plan.json

  # one area only, failing on warnings too
  charmarr-lint check --rule 'mesh/*' --fail-on warning deploy/`,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p.quiet = s.quiet
			return p.check(cmd.Context(), s, r, paths)
		},
	}
	r.register(cmd)
	s.register(cmd)
	return cmd
}

func (p *program) check(ctx context.Context, s sharedFlags, r reportFlags, paths []string) error {
	out, err := r.outputs(p, s)
	if err != nil {
		return err
	}
	o, err := p.options(s, r)
	if err != nil {
		return err
	}
	paths, err = sourcePaths(paths)
	if err != nil {
		return err
	}
	progress := p.newProgress()
	var read collected
	o.Collect = func(ctx context.Context) (_ snapshot.Snapshot, err error) {
		read, err = p.collect(ctx, paths, o.Config.Roots, progress)
		return read.snap, err
	}
	o.Variants = func() []lint.Variant {
		variants := read.variants()
		read = collected{files: read.files} // the rest is judged, and let go
		return variants
	}
	rep, err := lint.Run(ctx, o)
	progress.erase()
	setup := new(lint.SetupError)
	if err != nil && (!errors.As(err, &setup) || rep.Schema == "") {
		return err
	}
	p.done = outcome{
		broken:     err != nil,
		findings:   reaches(rep.Findings, r.failOn),
		incomplete: rep.Incomplete(),
		empty:      rep.Empty && !s.allowEmpty,
	}
	if writeErr := out.write(rep, read); writeErr != nil {
		p.done.broken = true
		err = errors.Join(err, writeErr)
	}
	p.keepLast(rep)
	if !out.forPeople {
		p.notice(untold(rep, o.Config.File))
	}
	if p.done.empty {
		p.notice(nothingFound(paths))
	}
	return err
}

// maxUntold gaps are told on standard error; the report has all.
const maxUntold = 5

// untold says which settings of the configuration do nothing and what made a
// run incomplete, for somebody who looks at a terminal or a log while the report
// goes to a machine.
func untold(r finding.Report, config string) string {
	var lines []string
	for _, note := range r.Notes {
		if config != "" && strings.HasPrefix(note, config+":") {
			lines = append(lines, note)
		}
	}
	for i, g := range r.Gaps {
		if i == maxUntold {
			lines = append(lines, fmt.Sprintf("and %d more that could not be read; the report lists them", len(r.Gaps)-i))
			break
		}
		lines = append(lines, gapLine(snapshot.Gap{Source: g.Source, Line: g.Line, Column: g.Column, What: g.What, Reason: g.Reason}))
	}
	return strings.Join(lines, "\n")
}

// options turns flags and configuration into options of a run.
func (p *program) options(s sharedFlags, r reportFlags) (lint.Options, error) {
	c, err := s.configuration()
	if err != nil {
		return lint.Options{}, err
	}
	p.misnamed(c)
	only, err := patterns("--rule", r.only)
	if err != nil {
		return lint.Options{}, err
	}
	skip, err := patterns("--skip-rule", r.skip)
	if err != nil {
		return lint.Options{}, err
	}
	today, err := p.today()
	if err != nil {
		return lint.Options{}, err
	}
	return lint.Options{
		Config: c, Profile: cmp.Or(s.profile, c.Profile), Policies: r.policies,
		Only: only, Skip: skip, Version: version(), Today: today,
	}, nil
}

// today is the day of the run. SOURCE_DATE_EPOCH (seconds since 1970) stands in
// for the clock, so that a run can be repeated.
func (p *program) today() (time.Time, error) {
	epoch := p.getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q: want seconds since 1970", epoch)
	}
	return time.Unix(seconds, 0), nil
}

// reaches tells whether a finding that is not waived is at or above a level.
func reaches(findings []finding.Finding, failOn string) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return counts(f.Verdict, f.Level, failOn) })
}

// counts tells whether a finding that is not waived is at or above a level.
func counts(v finding.Verdict, l rule.Level, failOn string) bool {
	return failOn != never && v == finding.Violated && l.Rank() >= rule.Level(failOn).Rank()
}

// nothingFound is the message of a run that had nothing to check.
func nothingFound(paths []string) string {
	shown := make([]string, len(paths))
	for i, path := range paths {
		if shown[i] = path; path == "-" {
			shown[i] = "standard input"
		}
	}
	return "found no Charmarr application or namespace in " + strings.Join(shown, ", ") +
		"; name the files that hold them, or allow that with --allow-empty"
}
