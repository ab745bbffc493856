// Package explaindoc writes an explanation for people: as text for a terminal,
// as Markdown for an issue or a chat.
//
// What is wrong comes first and what to do about it last, where a terminal leaves
// the reader. Nothing from a foreign file reaches the reader as it is: see
// package plain.
package explaindoc

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/explain"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule/ruledoc"
)

// Options are for the reader's terminal. The zero value is for a pipe.
type Options struct {
	Color bool // headings in bold
	Width int  // columns to wrap at; 0 means 100
}

// Text writes an explanation for a terminal.
func Text(w io.Writer, e explain.Explanation, o Options) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	p := &printer{bold: o.Color, width: o.Width}
	f := e.Finding
	p.line("%s", p.strong(string(f.Level)+"  "+string(f.Rule)))
	p.para("", digest.Label(f.Subject)+inStack(f))
	p.line("fingerprint %s", f.Fingerprint)

	p.head("What is wrong" + state(f.State))
	p.para("  ", f.Message)
	if e.Way != "" {
		p.para("  ", "The way: "+e.Way)
	}
	p.why(e)
	p.chain(e.Chain)
	p.judged(e)
	if len(f.Remediation) > 0 {
		p.head("To mend it")
		for _, command := range f.Remediation {
			p.line("  $ %s", command)
		}
	}
	if f.Waiver != nil {
		p.head("It is accepted")
		p.para("  ", "until "+f.Waiver.Expires+": "+sentence(f.Waiver.Reason))
		p.para("  ", "by "+digest.WaiverPlace(*f.Waiver))
	} else {
		p.accept(e)
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

// printer collects lines.
type printer struct {
	out   bytes.Buffer
	bold  bool
	width int
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *printer) strong(text string) string {
	if !p.bold {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

func (p *printer) head(title string) { p.line("\n%s", p.strong(title)) }

func (p *printer) para(lead, words string) {
	p.out.WriteString(ruledoc.Paragraph(lead, words, p.width))
}

func (p *printer) why(e explain.Explanation) {
	p.head("Why it matters")
	if !e.Rule.Known {
		p.para("  ", "This version of charmarr-lint has no rule of that name, or was not given it: --policies names rules of your own.")
		return
	}
	p.para("  ", sentence(e.Rule.Title))
	if e.Rule.Why != "" {
		p.line("")
		p.out.WriteString(ruledoc.Flow(markdown(e.Rule.Why), p.width))
	}
	if e.Rule.Disputed != "" {
		p.head("Where record and charms disagree")
		p.out.WriteString(ruledoc.Flow(markdown(e.Rule.Disputed), p.width))
	}
}

func (p *printer) chain(hops []explain.Hop) {
	if len(hops) == 0 {
		return
	}
	p.head("Because")
	for i, h := range hops {
		lead := fmt.Sprintf("  %d. ", i+1)
		p.para(lead, h.Fact+object(h))
		if at := where(h); at != "" {
			p.line("%s%s", strings.Repeat(" ", len(lead)), at)
		}
	}
}

func (p *printer) judged(e explain.Explanation) {
	p.head("Who says so")
	words := "Profile " + e.Profile.Name
	if e.Profile.Level != "" {
		words += ": " + string(e.Finding.Level) + ", " + e.Profile.Level
	}
	p.para("  - ", words+".")
	for _, part := range e.Profile.Parts {
		p.para("  - ", partInWords(part))
	}
	for _, r := range e.Records {
		p.para("  - ", strings.Join(present(r.Ref, r.Title, r.Says), ": "))
		if r.URL != "" {
			p.line("    %s", r.URL)
		}
	}
}

func (p *printer) accept(e explain.Explanation) {
	a := e.Accept
	if a.Refused != "" {
		p.head("To accept it")
		p.para("  ", capital(a.Refused)+".")
		return
	}
	p.head("To accept it, in charmarr-lint.yaml")
	for l := range strings.Lines(a.Configuration) {
		p.line("  %s", plain.Line(strings.TrimSuffix(l, "\n")))
	}
	if a.Annotation != nil {
		p.head("or on the object")
		if a.Annotation.Refused {
			p.para("  ", "annotation_waivers in charmarr-lint.yaml does not let annotations waive this rule.")
		} else {
			p.line("  $ %s", a.Annotation.Command)
		}
	}
	if n := len(a.AlsoWaives); n > 0 {
		p.line("")
		p.para("  ", fmt.Sprintf("Either accepts %s of the rule about the same subject as well.", digest.Plural(n, "more finding")))
	}
}

func inStack(f finding.Finding) string {
	if f.Stack == "" {
		return ""
	}
	return ", stack " + f.Stack
}

// state says in brackets how real a violation is.
func state(word string) string {
	if word == "" {
		return ""
	}
	return " (" + stateInWords(word) + ")"
}

func stateInWords(word string) string {
	switch word {
	case "planned":
		return "planned: a bundle or a plan says it"
	case "declared":
		return "declared: Juju says it"
	case "effective":
		return "effective: Kubernetes says it"
	}
	return word
}

func object(h explain.Hop) string {
	if h.Object == "" {
		return ""
	}
	return " (" + h.Object + ")"
}

// where is the state and the place of a fact.
func where(h explain.Hop) string {
	return strings.Join(present(h.State, digest.Place(h.File, h.Line, h.Column)), ", ")
}

func partInWords(p finding.Part) string {
	part := "is the " + p.Part + " model"
	if p.Part == "single" {
		part = "is the one model"
	}
	return strings.Join(present("Model "+p.Model+" "+part, p.Basis), ": ") + "."
}

// present leaves empty words out.
func present(words ...string) []string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// markdown makes each line of a rule's text harmless.
func markdown(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = plain.Line(lines[i])
	}
	return strings.Join(lines, "\n")
}

func sentence(s string) string {
	s = plain.Sentence(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
