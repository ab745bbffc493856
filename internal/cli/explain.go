package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/explain"
	"github.com/charmarr/charmarr-lint/internal/explain/explaindoc"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lastreport"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/stablejson"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// explainFlags are the flags of explain, besides the shared ones.
type explainFlags struct {
	format   string
	report   string
	policies []string
}

func newExplain(p *program) *cobra.Command {
	var (
		s sharedFlags
		f explainFlags
	)
	formats := []string{"text", "json", "markdown"}
	cmd := &cobra.Command{
		Use:                   "explain [flags] FINGERPRINT [PATH...]",
		DisableFlagsInUseLine: true,
		Short:                 "Show the chain of facts behind one finding, and what to do",
		Long: `Explain tells what is behind one finding: what is wrong, why it matters, the
facts that lead there with their places, who decided, the commands that mend it,
and how to accept it.

FINGERPRINT is what check shows under "more", or as much of it as is unique. The
finding is looked for in the last report that check made in this directory, in
the report that --report names, or, where PATHs are given, by checking them anew.

Exit codes: 0 explained, 2 wrong usage or no such finding, 3 no such finding, and
PATHs that could not be read in whole.`,
		Example: `  charmarr-lint check deploy/
  charmarr-lint explain 1683f383

  # of a report that somebody sent
  charmarr-lint explain 1683f383 --report report.json

  # for an issue
  charmarr-lint explain -f markdown 1683f383 deploy/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a finding by its fingerprint: charmarr-lint explain FINGERPRINT\n'charmarr-lint check' shows it under \"more\"; 'charmarr-lint explain --help' tells more")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return p.fingerprints(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p.quiet = s.quiet
			if err := oneOf("--format", f.format, formats); err != nil {
				return err
			}
			if f.report != "" && len(args) > 1 {
				return errors.New("--report names the report to look into, and a PATH what to check anew; give one of them")
			}
			return p.explain(cmd.Context(), s, f, args[0], args[1:])
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.format, "format", "f", "text", "`FORMAT` on standard output: "+strings.Join(formats, ", "))
	fs.StringVar(&f.report, "report", "", "look into this JSON report: `FILE`, or - for standard input (default: the last one that check made here)")
	fs.StringArrayVar(&f.policies, "policies", nil, "`DIR` with Rego rules of your own (repeatable)")
	s.register(cmd)
	for _, none := range []string{"verbose", "allow-empty"} {
		fs.Lookup(none).Hidden = true
	}
	complete(cmd, "format", func() []string { return formats })
	return cmd
}

func (p *program) explain(ctx context.Context, s sharedFlags, f explainFlags, word string, paths []string) error {
	o, err := p.options(s, reportFlags{policies: f.policies})
	if err != nil {
		return err
	}
	r, err := p.reportToExplain(ctx, o, f, paths)
	if err != nil {
		return err
	}
	found, err := explain.Find(r.Findings, word)
	if err != nil {
		if len(paths) > 0 && (r.Incomplete() || r.Empty) {
			// It may be in what was not read.
			p.done.incomplete = true
			p.say(err.Error() + "\n" + untold(r, "") + emptyHint(r, paths))
			return nil
		}
		return err
	}
	if len(paths) > 0 {
		p.notice(untold(r, ""))
	}
	of, err := p.aboutReport(ctx, o, r)
	if err != nil {
		return err
	}
	return written("the explanation", fill(p.stdout, p.explanation(found, of, f.format, s)))
}

func emptyHint(r finding.Report, paths []string) string {
	if !r.Empty {
		return ""
	}
	return "\n" + nothingFound(paths)
}

// explanation returns what writes the explanation of a finding in a format.
func (p *program) explanation(f finding.Finding, of explain.Subject, format string, s sharedFlags) func(io.Writer) error {
	if format == "json" {
		return func(w io.Writer) error { return stablejson.Write(w, explain.Of(f, of)) }
	}
	// Formats for people start with a report that is safe to show.
	of.Report = plain.Report(of.Report)
	for _, safe := range of.Report.Findings {
		if safe.Fingerprint == f.Fingerprint {
			f = safe
		}
	}
	e := explain.Of(f, of)
	if format == "markdown" {
		return func(w io.Writer) error { return explaindoc.Markdown(w, e) }
	}
	text := p.textOptions(s)
	return func(w io.Writer) error {
		return explaindoc.Text(w, e, explaindoc.Options{Color: text.Color, Width: p.width()})
	}
}

// aboutReport is what is known besides the report: the rules and the profile.
func (p *program) aboutReport(ctx context.Context, o lint.Options, r finding.Report) (explain.Subject, error) {
	of := explain.Subject{Report: r, Rules: r.Rules, Chain: []string{r.Profile}, Allowed: o.Config.AllowsAnnotation}
	if profile, err := o.Config.Resolve(r.Profile); err == nil {
		of.Chain = profile.Chain
	}
	if of.Rules == nil { // it was read from a file, which holds none
		engine, err := lint.Engine(ctx, o.Config, o.Policies)
		if err != nil {
			return explain.Subject{}, err
		}
		of.Rules = append(engine.Rules(), waiver.Rules()...)
	}
	return of, nil
}

// reportToExplain is the report to look into: of PATHs that are checked anew,
// the one that was named, or the last.
func (p *program) reportToExplain(ctx context.Context, o lint.Options, f explainFlags, paths []string) (finding.Report, error) {
	switch {
	case len(paths) == 1 && p.holdsReport(ctx, paths[0]):
		return p.namedReport(ctx, paths[0])
	case len(paths) > 0:
		return p.checkAnew(ctx, o, paths)
	case f.report != "":
		return p.namedReport(ctx, f.report)
	}
	return p.lastReport()
}

// holdsReport tells whether a file is a JSON report, which is read and not checked.
func (p *program) holdsReport(ctx context.Context, path string) bool {
	if path == "-" {
		return false // what is read of it is gone; --report - is for that
	}
	doc, err := p.document(ctx, path)
	return err == nil && json.Recognise(doc)
}

func (p *program) checkAnew(ctx context.Context, o lint.Options, paths []string) (finding.Report, error) {
	paths, err := sourcePaths(paths)
	if err != nil {
		return finding.Report{}, err
	}
	progress := p.newProgress()
	var read collected
	o.Collect = func(ctx context.Context) (_ snapshot.Snapshot, err error) {
		read, err = p.collect(ctx, paths, o.Config.Roots, progress)
		return read.snap, err
	}
	o.Variants = func() []lint.Variant { return read.variants() }
	r, err := lint.Run(ctx, o)
	progress.erase()
	return r, err
}

func (p *program) namedReport(ctx context.Context, name string) (finding.Report, error) {
	path, err := sideName(name)
	if err != nil {
		return finding.Report{}, err
	}
	doc, err := p.document(ctx, path)
	switch {
	case err != nil:
		return finding.Report{}, err
	case doc == nil:
		return finding.Report{}, fmt.Errorf("--report: %s cannot be read; is it there, and a file?", path)
	case !json.Recognise(doc):
		return finding.Report{}, fmt.Errorf("--report: %s is no JSON report; write one with 'charmarr-lint check -o json=FILE', or give files to check as PATHs", path)
	}
	r, err := json.Read(doc)
	if err != nil {
		return finding.Report{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// lastReport is the last report that check made in this directory. It tells
// where files have changed since.
func (p *program) lastReport() (finding.Report, error) {
	const instead = "run 'charmarr-lint check' here, name a report with --report, or give files to check as PATHs"
	store, workdir, ok := p.lastReports()
	if !ok {
		return finding.Report{}, errors.New("there is no place where check keeps its last report: neither XDG_CACHE_HOME nor HOME says where\n" + instead)
	}
	kept, err := store.Last(workdir)
	switch {
	case errors.Is(err, lastreport.ErrNone):
		return finding.Report{}, errors.New("check has made no report in this directory, or could not keep it\n" + instead)
	case err != nil:
		return finding.Report{}, fmt.Errorf("%w\n%s", err, instead)
	}
	if changed := changedSince(kept.Report.Sources, kept.At); len(changed) > 0 {
		p.notice("changed since the report was made: " + strings.Join(changed, ", ") + "; run 'charmarr-lint check' again")
	}
	return kept.Report, nil
}

// maxChanged files are named; more are counted.
const maxChanged = 3

// changedSince lists the files of a report that were written to, or removed,
// after it was made.
func changedSince(sources []finding.Source, at time.Time) []string {
	var out []string
	seen := map[string]bool{"-": true}
	for _, s := range sources {
		if seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		if info, err := os.Stat(s.Name); err != nil || info.ModTime().After(at) {
			out = append(out, s.Name)
		}
	}
	if n := len(out) - maxChanged; n > 0 {
		out = append(out[:maxChanged], fmt.Sprintf("and %d more", n))
	}
	return out
}

// fingerprints are those of the last report, for completion.
func (p *program) fingerprints() []string {
	store, workdir, ok := p.lastReports()
	if !ok {
		return nil
	}
	kept, err := store.Last(workdir)
	if err != nil {
		return nil
	}
	short := finding.ShortLength(kept.Report.Findings)
	var out []string
	for _, f := range kept.Report.Findings {
		out = append(out, f.Fingerprint[:min(short, len(f.Fingerprint))]+"\t"+plain.Line(string(f.Rule)+" "+f.Subject.Name))
	}
	return out
}
