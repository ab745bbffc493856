// Package github writes the report as workflow commands of GitHub Actions, which
// the runner turns into annotations on the files of a pull request.
//
// The runner shows ten errors, ten warnings and ten notices a step, in order of
// appearance. So gaps come first, findings follow with the gravest first, and
// rules without a verdict share one command.
package github

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Write writes r to w. Waived findings are left out: they ask nothing of
// whoever reads the pull request.
func Write(w io.Writer, r finding.Report) error {
	r = plain.Report(r)
	d := digest.Of(r)
	var b bytes.Buffer
	if r.Empty {
		command(&b, rule.Error, finding.Location{}, "Nothing to check", digest.NothingFound)
	}
	for _, g := range r.Gaps {
		at := finding.Location{}
		text := g.Source + ": " + g.What + "\n" + g.Reason
		if g.Line > 0 {
			at = finding.Location{File: g.Source, Line: g.Line, Column: g.Column}
		}
		command(&b, rule.Error, at, "Could not be read", text)
	}
	for _, f := range gravest(r.Findings) {
		command(&b, f.Level, f.Location, string(f.Rule)+" - "+digest.Label(f.Subject), say(d, f))
	}
	if n := r.Summary.Unknown; n > 0 {
		command(&b, rule.Warning, finding.Location{}, digest.Plural(n, "rule")+" undecided",
			waiting("Because of what could not be read:", d.Unknown))
	}
	if n := r.Summary.NotEvaluated; n > 0 {
		command(&b, rule.Note, finding.Location{}, digest.Plural(n, "rule")+" not evaluated",
			waiting("No source gave:", d.NotEvaluated))
	}
	fmt.Fprintf(&b, "%s %s, profile %s: %s; %s passed.\n",
		r.Tool.Name, r.Tool.Version, r.Profile, digest.Totals(r.Summary), digest.Plural(r.Summary.Passed, "rule"))
	_, err := w.Write(b.Bytes())
	return err
}

func gravest(fs []finding.Finding) []finding.Finding {
	fs = slices.DeleteFunc(slices.Clone(fs), func(f finding.Finding) bool { return f.Verdict == finding.Waived })
	slices.SortStableFunc(fs, func(a, b finding.Finding) int { return b.Level.Rank() - a.Level.Rank() })
	return fs
}

func say(d digest.Digest, f finding.Finding) string {
	lines := []string{f.Message}
	if way := d.Way(f); way != "" {
		lines = append(lines, "Way: "+way)
	}
	for _, e := range f.Evidence {
		line := "Because: " + e.Fact
		if at := digest.Place(e.File, e.Line, e.Column); at != "" {
			line += " (" + at + ")"
		}
		lines = append(lines, line)
	}
	for _, c := range f.Remediation {
		lines = append(lines, "$ "+c)
	}
	if len(f.ADR) > 0 {
		lines = append(lines, "Record: "+strings.Join(f.ADR, ", "))
	}
	return strings.Join(lines, "\n")
}

func waiting(head string, ms []digest.Missing) string {
	lines := []string{head}
	for _, m := range ms {
		lines = append(lines, m.What+": "+digest.Plural(len(m.Rules), "rule"))
	}
	return strings.Join(lines, "\n")
}

// command writes one workflow command on one line.
func command(b *bytes.Buffer, l rule.Level, at finding.Location, title, text string) {
	name := "notice"
	switch l {
	case rule.Error:
		name = "error"
	case rule.Warning:
		name = "warning"
	}
	var props []string
	set := func(key, value string) { props = append(props, key+"="+property(value)) }
	if at.File != "" {
		set("file", at.File)
		if at.Line > 0 {
			set("line", fmt.Sprint(at.Line))
			if at.Column > 0 {
				set("col", fmt.Sprint(at.Column))
				if at.EndColumn > at.Column {
					set("endColumn", fmt.Sprint(at.EndColumn))
				}
			}
		}
	}
	set("title", title)
	fmt.Fprintf(b, "::%s %s::%s\n", name, strings.Join(props, ","), data(text))
}

// data escapes the message of a command as the runner reads it.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property, in which more characters have a
// meaning.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
