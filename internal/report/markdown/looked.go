package markdown

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/markup"
)

// looked says what was looked at and what was not.
func (p *printer) looked(r finding.Report) {
	p.f("## What was looked at\n\nProfile %s, %s %s.\n\n", markup.Text(r.Profile), markup.Text(r.Tool.Name), markup.Text(r.Tool.Version))
	for _, s := range p.d.Stacks {
		if !s.Listed {
			continue
		}
		p.f("- %s\n", markup.Text(s.Title()))
		for _, part := range s.Parts {
			p.f("  - %s: %s", markup.Text(part.Part), markup.Code(part.Model))
			if part.Basis != "" {
				p.f(", %s", markup.Text(part.Basis))
			}
			p.f("\n")
		}
		p.f("  - models: %s\n  - namespaces: %s\n", codes(s.Models), codes(s.Namespaces))
	}
	for _, c := range p.d.Sources {
		p.f("- %s: %d read\n", markup.Text(c.Kind), c.N)
	}
	if n := len(r.Ignored); n > 0 {
		p.f("- %s of no known kind ignored\n", digest.Plural(n, "file"))
	}
	for _, n := range r.Notes {
		p.f("- %s\n", markup.Text(n))
	}
	p.missing("Unknown, because of what could not be read", p.d.Unknown)
	p.missing("Not evaluated, no source gave", p.d.NotEvaluated)
}

func (p *printer) missing(head string, ms []digest.Missing) {
	if len(ms) == 0 {
		return
	}
	p.f("\n<details><summary>%s</summary>\n\n| Evidence | Rules | Stacks |\n| --- | --- | --- |\n", head)
	for _, m := range ms {
		var ids []string
		for _, id := range m.Rules {
			ids = append(ids, markup.Text(string(id)))
		}
		p.f("| %s | %s | %s |\n", markup.Text(m.What), strings.Join(ids, ", "), markup.Text(strings.Join(m.Stacks, ", ")))
	}
	p.f("\n</details>\n")
}

func codes(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var out []string
	for _, n := range names {
		out = append(out, markup.Code(n))
	}
	return strings.Join(out, ", ")
}
