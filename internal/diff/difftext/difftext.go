// Package difftext writes a comparison for a person: what is new first and in
// full, for that is what has to be mended; then what cannot be told and why,
// what is fixed, and what stayed.
//
// Nothing from a foreign file reaches the terminal as it is: see package plain.
package difftext

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/diff"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// Options are for the reader's terminal. The zero value is for a pipe.
type Options struct {
	Color   bool // headings in bold
	Verbose bool // list every unchanged finding
}

// Write writes r to w.
func Write(w io.Writer, r diff.Result, o Options) error {
	p := &printer{bold: o.Color}
	p.side("old", r.Sides.Old)
	p.side("new", r.Sides.New)
	if r.Sides.Old.Profile != r.Sides.New.Profile {
		p.line("The profiles differ: levels and rules may, too.")
	}
	p.added(r)
	p.incomparable(r)
	p.fixed(r)
	p.unchanged(r, o.Verbose)
	p.line("")
	s := r.Summary
	p.line("%d new%s, %d fixed, %d unchanged, %d incomparable",
		s.New.Total(), totals(s.New), s.Fixed.Total(), s.Unchanged.Total(), s.Incomparable.Total())
	_, err := w.Write(p.out.Bytes())
	return err
}

// printer collects lines.
type printer struct {
	out  bytes.Buffer
	bold bool
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *printer) head(title string) {
	if p.bold {
		title = "\x1b[1m" + title + "\x1b[0m"
	}
	p.line("\n%s", title)
}

func (p *printer) side(label string, a diff.About) {
	state := ""
	switch {
	case a.Empty:
		state = ", nothing to check found"
	case a.Incomplete:
		state = ", incomplete"
	}
	name := plain.Line(a.Name)
	if name == "-" {
		name = "standard input"
	}
	p.line("%s  %s, profile %s%s", label, name, plain.Line(a.Profile), state)
	for _, g := range a.Gaps {
		p.line("     %s: %s: %s", digest.Place(plain.Line(g.Source), g.Line, g.Column), plain.Sentence(g.What), plain.Sentence(g.Reason))
	}
}

func (p *printer) added(r diff.Result) {
	if len(r.New) == 0 {
		return
	}
	p.head("New")
	for _, f := range r.New {
		p.finding(f, waived(f))
		p.line("    %s", plain.Sentence(f.Message))
		if at := digest.Place(plain.Line(f.Location.File), f.Location.Line, f.Location.Column); at != "" {
			p.line("    where     %s", at)
		}
		label := "to mend"
		for _, command := range f.Remediation {
			p.line("    %-9s $ %s", label, plain.Line(command))
			label = ""
		}
	}
}

func (p *printer) incomparable(r diff.Result) {
	if len(r.Incomparable) == 0 {
		return
	}
	p.head("Incomparable")
	for _, i := range r.Incomparable {
		other := diff.New
		if i.In == diff.New {
			other = diff.Old
		}
		p.finding(i.Finding, waived(i.Finding))
		p.line("    in %s only; %s: %s", i.In, other, plain.Sentence(i.Reason))
	}
}

func (p *printer) fixed(r diff.Result) {
	if len(r.Fixed) == 0 {
		return
	}
	p.head("Fixed")
	for _, f := range r.Fixed {
		p.finding(f, waived(f))
	}
}

// unchanged lists the findings whose level or verdict differ, and all where
// that is asked for.
func (p *printer) unchanged(r diff.Result, all bool) {
	title := false
	for _, u := range r.Unchanged {
		if !all && !u.Changed() {
			continue
		}
		if !title {
			p.head("Unchanged")
			title = true
		}
		p.finding(u.Finding, became(u))
	}
}

// became says what differs in a finding that stayed.
func became(u diff.Unchanged) string {
	var how []string
	if u.Was.Level != u.Finding.Level {
		how = append(how, "was "+plain.Line(string(u.Was.Level)))
	}
	switch {
	case u.Was.Verdict == u.Finding.Verdict:
		return strings.Join(append(how, words(waived(u.Finding))...), ", ")
	case u.Finding.Verdict == finding.Waived:
		how = append(how, "now waived")
	default:
		how = append(how, "no longer waived")
	}
	return strings.Join(how, ", ")
}

func words(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func waived(f finding.Finding) string {
	if f.Verdict == finding.Waived {
		return "waived"
	}
	return ""
}

// finding writes what a finding is about on one line.
func (p *printer) finding(f finding.Finding, how string) {
	if how != "" {
		how = "  [" + how + "]"
	}
	way := ""
	if f.Way != "" {
		way = " (" + plain.Line(f.Way) + ")"
	}
	p.line("  %-7s  %s%s  %s%s", f.Level, plain.Line(string(f.Rule)), way, plain.Line(digest.Label(f.Subject)), how)
}

func totals(c diff.Count) string {
	if c.Total() == 0 {
		return ""
	}
	if c.Total() == c.Waived {
		return " (waived)"
	}
	return " (" + digest.Totals(finding.Summary{Error: c.Error, Warning: c.Warning, Note: c.Note, Waived: c.Waived}) + ")"
}
