// Package markdown writes the report in GitHub's Markdown, for the summary of a
// job or a comment on a pull request.
//
// A table says what is wrong at a glance; each finding follows with its facts
// and commands, folded away; what was and was not looked at comes last.
package markdown

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/markup"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// maxFindings is how many bytes findings may fill. GitHub drops a job summary
// of more than 1 MiB as a whole; the rest is room for what comes after.
const maxFindings = 900 << 10

// Write writes r to w.
func Write(w io.Writer, r finding.Report) error {
	r = plain.Report(r)
	p := &printer{d: digest.Of(r)}
	p.f("# %s: %s\n\n", markup.Text(r.Tool.Name), digest.Totals(r.Summary))
	p.head(r)
	p.gaps(r.Gaps)
	p.findings()
	p.waived()
	p.mended(r.Mended)
	p.looked(r)
	_, err := w.Write(p.out.Bytes())
	return err
}

type printer struct {
	out bytes.Buffer
	d   digest.Digest
}

func (p *printer) f(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func (p *printer) head(r finding.Report) {
	if r.Empty {
		p.f("**%s**\n\nGive one or more of:\n\n", digest.NothingFound)
		for _, s := range digest.Suggestions() {
			p.f("- %s:\n%s", s.What, markup.Fence("  ", "sh", []string{s.Command}))
		}
		p.f("\n")
	}
	if r.Incomplete() {
		p.f("**Incomplete:** %s, %s undecided.\n\n", digest.Plural(len(r.Gaps), "gap"), digest.Plural(len(r.Unknown), "rule"))
	}
	p.f("| Passed | Violated | Unknown | Not evaluated | Waived findings |\n| --: | --: | --: | --: | --: |\n")
	p.f("| %d | %d | %d | %d | %d |\n\n", r.Summary.Passed, p.d.Violated, r.Summary.Unknown, r.Summary.NotEvaluated, r.Summary.Waived)
}

func (p *printer) gaps(gs []finding.Gap) {
	if len(gs) == 0 {
		return
	}
	p.f("## Could not be read\n\n")
	for _, g := range gs {
		p.f("- %s: %s: %s\n", markup.Code(digest.Place(g.Source, g.Line, g.Column)), markup.Text(g.What), markup.Text(g.Reason))
	}
	p.f("\n")
}

func (p *printer) findings() {
	left := 0
	for _, s := range p.d.Stacks {
		if len(s.Groups) == 0 {
			continue
		}
		p.f("## %s\n\n", markup.Text(s.Title()))
		p.table(s)
		for _, g := range s.Groups {
			for _, f := range g.Findings {
				if p.out.Len() > maxFindings {
					left++
					continue
				}
				p.finding(f)
			}
		}
	}
	if left > 0 {
		p.f("**%s left out here for want of room; the JSON report has them all.**\n\n", digest.Plural(left, "finding"))
	}
}

func (p *printer) table(s digest.Stack) {
	p.f("| Level | Rule | Subject | State |\n| --- | --- | --- | --- |\n")
	for _, g := range s.Groups {
		for _, f := range g.Findings {
			if p.out.Len() > maxFindings {
				break
			}
			p.f("| %s | %s | %s | %s |\n", sign(f.Level), p.rule(f.Rule), markup.Text(digest.Label(f.Subject)), markup.Text(f.State))
		}
	}
	p.f("\n")
}

func (p *printer) rule(id rule.ID) string {
	if url := digest.DocURL(p.d.Rule(id)); url != "" {
		return "[" + markup.Text(string(id)) + "](" + url + ")"
	}
	return markup.Text(string(id))
}

func (p *printer) finding(f finding.Finding) {
	p.f("### %s %s\n\n", sign(f.Level), markup.Text(digest.Label(f.Subject)))
	p.f("%s\n\n", markup.Text(f.Message))
	how := []string{p.rule(f.Rule)}
	for _, s := range []string{f.State, digest.Standing(f.Standing), p.d.Variants(f), p.d.Way(f)} {
		if s != "" {
			how = append(how, markup.Text(s))
		}
	}
	if at := digest.Place(f.Location.File, f.Location.Line, f.Location.Column); at != "" {
		how = append(how, markup.Code(at))
	}
	if len(f.ADR) > 0 {
		how = append(how, "record "+markup.Text(strings.Join(f.ADR, ", ")))
	}
	p.f("%s\n\n", strings.Join(how, " · "))
	if len(f.Evidence) > 0 {
		p.f("<details><summary>Why</summary>\n\n")
		for i, e := range f.Evidence {
			p.f("%d. %s", i+1, markup.Text(e.Fact))
			if e.Object != "" {
				p.f(" (%s)", markup.Text(e.Object))
			}
			if at := digest.Place(e.File, e.Line, e.Column); at != "" {
				p.f(" at %s", markup.Code(at))
			}
			p.f("\n")
		}
		p.f("\n</details>\n\n")
	}
	if len(f.Remediation) > 0 {
		p.f("To mend:\n\n%s\n", markup.Fence("", "sh", f.Remediation))
	}
}

func (p *printer) waived() {
	if len(p.d.Waived) == 0 {
		return
	}
	p.f("## Waived\n\n| Rule | Subject | Until | Reason | By |\n| --- | --- | --- | --- | --- |\n")
	for _, f := range p.d.Waived {
		w := finding.Waiver{}
		if f.Waiver != nil {
			w = *f.Waiver
		}
		p.f("| %s | %s | %s | %s | %s |\n", p.rule(f.Rule), markup.Text(digest.Label(f.Subject)), markup.Text(w.Expires), markup.Text(w.Reason), markup.Text(digest.WaiverPlace(w)))
	}
	p.f("\n")
}

// mended lists what is there today and would be gone.
func (p *printer) mended(fs []finding.Finding) {
	if len(fs) == 0 {
		return
	}
	p.f("## Would be gone once the plan is applied\n\n| Level | Rule | Subject | Why |\n| --- | --- | --- | --- |\n")
	for _, f := range fs {
		if p.out.Len() > maxFindings {
			break
		}
		p.f("| %s | %s | %s | %s |\n", sign(f.Level), p.rule(f.Rule), markup.Text(digest.Label(f.Subject)), markup.Text(f.Message))
	}
	p.f("\n")
}

// sign writes a level so that it is seen at a glance and still read aloud.
func sign(l rule.Level) string {
	switch l {
	case rule.Error:
		return "🔴 error"
	case rule.Warning:
		return "🟠 warning"
	}
	return "🔵 note"
}
