package text

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
)

const (
	indent = "      "     // of all that is said of a finding
	blank  = "          " // as wide as a label with its gap
)

// label fills the column that says what a line is: "where", "because".
func label(s string) string { return s + blank[columns(s):] }

func (p *printer) findings(d digest.Digest) {
	for _, s := range d.Stacks {
		if len(s.Groups) == 0 {
			continue
		}
		p.line("")
		p.line(p.bold(s.Title()))
		for _, g := range s.Groups {
			p.line("")
			p.line("  " + p.bold(digest.Label(g.Subject)))
			for _, f := range g.Findings {
				p.finding(d, f)
			}
		}
	}
}

func (p *printer) finding(d digest.Digest, f finding.Finding) {
	head := "    " + p.level(f.Level, string(f.Level)) + "  " + p.bold(string(f.Rule))
	var how []string
	if f.State != "" {
		how = append(how, f.State)
	}
	for _, words := range []string{digest.Standing(f.Standing), d.Variants(f)} {
		if words != "" {
			how = append(how, words)
		}
	}
	if way := d.Way(f); way != "" {
		how = append(how, way)
	}
	if len(how) > 0 {
		p.para(head+"  ", indent, "["+strings.Join(how, "; ")+"]")
	} else {
		p.line(head)
	}
	p.para(indent, indent, f.Message)
	if at := digest.Place(f.Location.File, f.Location.Line, f.Location.Column); at != "" {
		p.line(indent + p.dim(label("where")) + at)
	}
	name := "because"
	for _, e := range f.Evidence {
		fact := e.Fact
		if e.Object != "" {
			fact += " (" + e.Object + ")"
		}
		p.para(indent+p.dim(label(name)), indent+blank, fact)
		if at := digest.Place(e.File, e.Line, e.Column); at != "" {
			p.line(indent + blank + p.dim("at "+at))
		}
		name = ""
	}
	name = "to mend"
	for _, command := range f.Remediation {
		p.line(indent + p.dim(label(name)) + "$ " + command)
		name = ""
	}
	if len(f.ADR) > 0 {
		p.para(indent+p.dim(label("record")), indent+blank, strings.Join(f.ADR, ", "))
	}
	p.line(indent + p.dim(label("more")) + "charmarr-lint explain " + d.Short(f))
	if d.Rule(f.Rule).Package != "" {
		p.line(indent + blank + "charmarr-lint rules " + string(f.Rule))
	}
}

func (p *printer) waived(d digest.Digest) {
	if len(d.Waived) == 0 {
		return
	}
	p.line("")
	p.line(p.bold("Waived"))
	for _, f := range d.Waived {
		where := ""
		if f.Stack != "" {
			where = ", stack " + f.Stack
		}
		p.para("  ", "    ", string(f.Level)+"  "+string(f.Rule)+"  "+digest.Label(f.Subject)+where+" ("+d.Short(f)+")")
		if f.Waiver != nil {
			p.para("    ", "    ", "until "+f.Waiver.Expires+": "+f.Waiver.Reason)
			if at := digest.WaiverPlace(*f.Waiver); at != "" {
				p.para("    "+p.dim("by")+" ", "       ", at)
			}
		}
	}
}

// mended lists what is there today and would be gone.
func (p *printer) mended(fs []finding.Finding) {
	if len(fs) == 0 {
		return
	}
	p.line("")
	p.line(p.bold("Would be gone once the plan is applied"))
	for _, f := range fs {
		p.para("  "+p.level(f.Level, string(f.Level))+"  ", "    ", string(f.Rule)+" of "+digest.Label(f.Subject)+": "+f.Message)
	}
}
