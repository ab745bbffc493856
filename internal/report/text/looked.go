package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// gaps tells what was asked for and not read. It stands by itself, before the
// account of the run: a reader must not take silence about it for a pass.
func (p *printer) gaps(r finding.Report) {
	if len(r.Gaps) == 0 {
		return
	}
	p.line("")
	p.line(p.bold("Could not be read"))
	for _, g := range r.Gaps {
		p.para("  "+p.level(rule.Error, "gap")+"  ", "       ", digest.Place(g.Source, g.Line, g.Column)+": "+g.What)
		p.para("       ", "       ", g.Reason)
	}
}

// looked accounts for the run: what was looked at, what was not, and what would
// have been needed.
func (p *printer) looked(r finding.Report, d digest.Digest, verbose bool) {
	p.line("")
	if r.Empty {
		p.para("", "", digest.NothingFound)
		p.line("Give one or more of:")
		for _, s := range digest.Suggestions() {
			p.line("  " + s.What)
			p.line("    $ " + s.Command)
		}
		p.line("")
	}
	for _, s := range d.Stacks {
		if s.Listed {
			p.entry(s.Title(), made(s.Stack))
		}
	}
	p.sources(r, d, verbose)
	p.entry("Rules", rules(r, d))
	p.missing("unknown, because of what could not be read", d.Unknown, len(r.Stacks), verbose)
	p.missing("not evaluated, no source gave", d.NotEvaluated, len(r.Stacks), verbose)
	for _, n := range r.Notes {
		p.entry("Note", n)
	}
}

func (p *printer) entry(name, words string) {
	p.para(p.bold(name)+": ", "  ", words)
}

// made says which models and namespaces make up a stack, and how that is known.
func made(s finding.Stack) string {
	var parts, alike []string
	left := slices.Clone(s.Models)
	for i, part := range s.Parts {
		left = slices.DeleteFunc(left, func(m string) bool { return m == part.Model })
		alike = append(alike, part.Part+" "+part.Model)
		// One basis for several parts is said once, after the last of them.
		if i+1 < len(s.Parts) && s.Parts[i+1].Basis == part.Basis {
			continue
		}
		words := strings.Join(alike, ", ")
		if part.Basis != "" {
			words += " (" + part.Basis + ")"
		}
		parts, alike = append(parts, words), nil
	}
	if len(left) > 0 {
		parts = append(parts, "no part for "+strings.Join(left, ", "))
	}
	var extra []string
	for _, n := range s.Namespaces {
		if !slices.Contains(s.Models, n) {
			extra = append(extra, n)
		}
	}
	if len(extra) > 0 {
		parts = append(parts, "namespaces without a model "+strings.Join(extra, ", "))
	}
	if len(parts) == 0 {
		return "no model and no namespace"
	}
	return strings.Join(parts, "; ")
}

func (p *printer) sources(r finding.Report, d digest.Digest, verbose bool) {
	var parts []string
	for _, c := range d.Sources {
		parts = append(parts, fmt.Sprintf("%d %s", c.N, c.Kind))
	}
	words := strings.Join(parts, ", ")
	if len(parts) == 0 {
		words = "nothing"
	}
	if n := len(r.Ignored); n > 0 {
		words += "; " + digest.Plural(n, "file") + " of no known kind ignored"
		if !verbose {
			words += " (-v lists them)"
		}
	}
	p.entry("Read", words)
	if !verbose {
		return
	}
	for _, s := range r.Sources {
		p.line("  " + p.dim(s.Kind) + "  " + s.Name)
	}
	for _, i := range r.Ignored {
		p.para("  "+p.dim("ignored")+"  ", "    ", i.Name+": "+i.Reason)
	}
}

// rules counts verdicts; a rule counts once a stack, as in the summary.
func rules(r finding.Report, d digest.Digest) string {
	parts := []string{fmt.Sprintf("%d passed", r.Summary.Passed)}
	for _, c := range []struct {
		n    int
		what string
	}{{d.Violated, "violated"}, {r.Summary.Unknown, "unknown"}, {r.Summary.NotEvaluated, "not evaluated"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	words := strings.Join(parts, ", ")
	if len(r.Stacks) > 1 {
		words += fmt.Sprintf(" (each rule once for each of %d stacks)", len(r.Stacks))
	}
	return words
}

// maxMissing lines are shown of a list of missing evidence; the longest lists
// stand first, so the rest is of little weight. -v shows all.
const maxMissing = 4

// named is how many rules are named on a line; more are counted.
const named = 3

func (p *printer) missing(what string, ms []digest.Missing, stacks int, verbose bool) {
	if len(ms) == 0 {
		return
	}
	p.line("  " + what + ":")
	for i, m := range ms {
		if i == maxMissing && !verbose {
			n := 0
			for _, rest := range ms[i:] {
				n += len(rest.Rules)
			}
			p.line(fmt.Sprintf("    and %s that wait for other evidence (-v lists them)", digest.Plural(n, "rule")))
			return
		}
		words := m.What + ": " + ruleList(m.Rules, verbose)
		if stacks > 1 && len(m.Stacks) < stacks {
			words += ", in stack " + strings.Join(m.Stacks, ", ")
		}
		p.para("    ", "      ", words)
	}
}

func ruleList(ids []rule.ID, verbose bool) string {
	if len(ids) > named && !verbose {
		return digest.Plural(len(ids), "rule")
	}
	var names []string
	for _, id := range ids {
		names = append(names, string(id))
	}
	return strings.Join(names, ", ")
}

// verdict is the last line, the one that is read first.
func (p *printer) verdict(r finding.Report) {
	p.line("")
	words := digest.Totals(r.Summary)
	level := rule.Note
	switch {
	case r.Summary.Error > 0 || r.Incomplete() || r.Empty:
		level = rule.Error
	case r.Summary.Warning > 0:
		level = rule.Warning
	}
	var missed []string
	if n := len(r.Gaps); n > 0 {
		missed = append(missed, digest.Plural(n, "gap"))
	}
	if n := len(r.Unknown); n > 0 {
		missed = append(missed, digest.Plural(n, "rule")+" undecided")
	}
	if n := r.Summary.NotEvaluated; n > 0 {
		words += "; " + digest.Plural(n, "rule") + " not evaluated"
	}
	if r.Empty {
		words += "; nothing was checked"
	}
	if len(missed) > 0 {
		words += "; incomplete: " + strings.Join(missed, ", ")
	}
	for _, l := range wrap(strings.ToUpper(words[:1])+words[1:]+".", p.width, p.width) {
		p.line(p.level(level, l))
	}
}
