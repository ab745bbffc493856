package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/diff"
	"github.com/charmarr/charmarr-lint/internal/diff/difftext"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/stablejson"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// maxReport bounds a JSON report: a finding takes some 2 KiB, so that this
// leaves room for 100,000.
const maxReport = 256 << 20

// diffFlags are the flags of diff, besides the shared ones.
type diffFlags struct {
	format   string
	failOn   string
	policies []string
}

func newDiff(p *program) *cobra.Command {
	var (
		s sharedFlags
		f diffFlags
	)
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:                   "diff [flags] OLD NEW",
		DisableFlagsInUseLine: true,
		Short:                 "Compare two reports: new, fixed, unchanged, incomparable",
		Long: `Diff compares what was found before with what is found now. OLD and NEW are
each a JSON report (check -f json), a recorded snapshot, or a file or folder as
check reads it; what is no report is checked first. One of them may be "-".

A finding of one side alone is new or fixed where the other side would have
shown it. Where the rule was not decided there, it is incomparable.

Exit codes: 0 nothing new, 1 findings that are new, that have risen to the level
of --fail-on-new, or that are no longer waived, 2 wrong usage or configuration,
3 a side is incomplete or empty, or a finding is incomparable.`,
		Example: `  # take stock once
  charmarr-lint check --fail-on never -o json=baseline.json facts

  # from then on, fail on what is new
  charmarr-lint diff baseline.json facts

  # what a change would do
  charmarr-lint diff before.json.gz after.json.gz`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name two things to compare: charmarr-lint diff OLD NEW\n'charmarr-lint diff --help' tells more")
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.quiet = s.quiet
			if err := oneOf("--format", f.format, formats); err != nil {
				return err
			}
			if err := oneOf("--fail-on-new", f.failOn, failOns()); err != nil {
				return err
			}
			return p.diff(cmd.Context(), s, f, args[0], args[1])
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.format, "format", "f", "text", "`FORMAT` on standard output: text, json")
	fs.StringVar(&f.failOn, "fail-on-new", string(rule.Error), "exit with 1 on new findings of this `LEVEL` or above: error, warning, note, never")
	fs.StringArrayVar(&f.policies, "policies", nil, "`DIR` with Rego rules of your own (repeatable)")
	s.register(cmd)
	fs.Lookup("verbose").Usage = "list every unchanged finding"
	complete(cmd, "format", func() []string { return formats })
	complete(cmd, "fail-on-new", failOns)
	return cmd
}

func (p *program) diff(ctx context.Context, s sharedFlags, f diffFlags, before, after string) error {
	if before == "-" && after == "-" {
		return errors.New("standard input can be one side only; name a file for the other")
	}
	o, err := p.options(s, reportFlags{policies: f.policies})
	if err != nil {
		return err
	}
	var errs []error
	sides := [2]finding.Report{}
	names := [2]string{before, after}
	for i, path := range names {
		var err error
		if names[i], err = sideName(path); err != nil {
			return err
		}
		sides[i], err = p.side(ctx, o, names[i])
		if err != nil && (!errors.As(err, new(*lint.SetupError)) || sides[i].Schema == "") {
			return err
		}
		errs = append(errs, err)
	}
	result := diff.Compare(sides[0], sides[1])
	result.Tool = finding.Tool{Name: lint.Name, Version: version()}
	result.Sides.Old.Name, result.Sides.New.Name = names[0], names[1]
	err = errors.Join(errs...)
	p.done = outcome{
		broken:     err != nil,
		findings:   reaches(result.New, f.failOn) || worse(result.Unchanged, f.failOn),
		incomplete: result.Incomplete(),
		empty:      !s.allowEmpty && (result.Sides.Old.Empty || result.Sides.New.Empty),
	}
	text := p.textOptions(s)
	write := func(w io.Writer) error { return stablejson.Write(w, result) }
	if f.format == "text" {
		write = func(w io.Writer) error {
			return difftext.Write(w, result, difftext.Options{Color: text.Color, Verbose: s.verbose})
		}
	}
	return errors.Join(err, written("the comparison", fill(p.stdout, write)))
}

// worse tells whether a finding of both sides counts now and did not before: its
// level has risen, or it is no longer waived.
func worse(both []diff.Unchanged, failOn string) bool {
	return slices.ContainsFunc(both, func(u diff.Unchanged) bool {
		return counts(u.Finding.Verdict, u.Finding.Level, failOn) && !counts(u.Was.Verdict, u.Was.Level, failOn)
	})
}

// sideName is a path as it is shown.
func sideName(path string) (string, error) {
	if path == "-" {
		return path, nil
	}
	paths, err := sourcePaths([]string{path})
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

// side is the report on one side: read, where the path holds one, else made by
// a check.
func (p *program) side(ctx context.Context, o lint.Options, path string) (finding.Report, error) {
	doc, err := p.document(ctx, path)
	if err != nil {
		return finding.Report{}, err
	}
	if json.Recognise(doc) {
		r, err := json.Read(doc)
		if err != nil {
			return finding.Report{}, fmt.Errorf("%s: %w", path, err)
		}
		return r, nil
	}
	here := *p
	if path == "-" { // what was read is put back for the collector
		here.stdin = io.MultiReader(bytes.NewReader(doc), p.stdin)
	}
	progress := here.newProgress()
	o.Collect = func(ctx context.Context) (snapshot.Snapshot, error) {
		read, err := here.collect(ctx, []string{path}, nil, progress)
		return read.snap, err
	}
	r, err := lint.Run(ctx, o)
	progress.erase()
	return r, err
}

// document returns the text of a regular file or of standard input that could
// be a JSON report. What is anything else, or cannot be read, is for the
// collector, which knows what to say of it.
func (p *program) document(ctx context.Context, path string) ([]byte, error) {
	if path == "-" {
		return p.standardInput(ctx)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxReport {
		return nil, nil //nolint:nilerr // the collector reports what it cannot read as a gap
	}
	doc, err := os.ReadFile(path)
	if err != nil {
		return nil, nil //nolint:nilerr // as above
	}
	return doc, nil
}

// standardInput reads up to maxReport of standard input. It returns at an
// interrupt even while the read waits for more.
func (p *program) standardInput(ctx context.Context) ([]byte, error) {
	type result struct {
		doc []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		doc, err := io.ReadAll(io.LimitReader(p.stdin, maxReport))
		done <- result{doc, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("reading standard input: %w", reason(r.err))
		}
		return r.doc, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
