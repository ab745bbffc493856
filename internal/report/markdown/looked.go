package markdown

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
)

// looked says what was looked at and what was not.
func (p *printer) looked(r finding.Report) {
	p.f("## What was looked at\n\nProfile %s, %s %s.\n\n", text(r.Profile), text(r.Tool.Name), text(r.Tool.Version))
	for _, s := range p.d.Stacks {
		if !s.Listed {
			continue
		}
		p.f("- %s\n", text(s.Title()))
		for _, part := range s.Parts {
			p.f("  - %s: %s", text(part.Part), code(part.Model))
			if part.Basis != "" {
				p.f(", %s", text(part.Basis))
			}
			p.f("\n")
		}
		p.f("  - models: %s\n  - namespaces: %s\n", codes(s.Models), codes(s.Namespaces))
	}
	for _, c := range p.d.Sources {
		p.f("- %s: %d read\n", text(c.Kind), c.N)
	}
	if n := len(r.Ignored); n > 0 {
		p.f("- %s of no known kind ignored\n", digest.Plural(n, "file"))
	}
	for _, n := range r.Notes {
		p.f("- %s\n", text(n))
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
			ids = append(ids, text(string(id)))
		}
		p.f("| %s | %s | %s |\n", text(m.What), strings.Join(ids, ", "), text(strings.Join(m.Stacks, ", ")))
	}
	p.f("\n</details>\n")
}

func codes(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var out []string
	for _, n := range names {
		out = append(out, code(n))
	}
	return strings.Join(out, ", ")
}
