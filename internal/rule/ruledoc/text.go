package ruledoc

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Text writes a rule for a terminal of the given width; a width below 40 counts
// as 40.
func Text(w io.Writer, r rule.Rule, width int) error {
	t := &text{width: max(width, 40)}
	t.line("%s", r.ID)
	t.para("", r.Title)
	t.line("")
	t.para("Level    ", levels(r))
	if len(r.Subjects) > 0 {
		t.para("Subjects ", strings.Join(r.Subjects, ", "))
	}
	if len(r.States) > 0 {
		t.para("States   ", each(r.States, stateInWords))
	}
	if says := admission(r); says != "" {
		t.para("Admitted ", says)
	}
	if r.Own {
		t.para("File     ", r.File)
	}
	if r.Description != "" {
		t.head("Why")
		t.markdown(r.Description)
	}
	if len(r.Ways) > 0 {
		t.head("Ways to break it")
		for _, way := range r.Ways {
			t.para("  "+way.ID+": ", way.Title)
		}
	}
	if len(r.Remediation) > 0 {
		t.head("How to mend it")
		for _, command := range r.Remediation {
			t.line("  %s", command) // never wrapped, to be copied
		}
	}
	t.needs(r)
	if r.Disputed != "" {
		t.head("Where record and charms disagree")
		t.markdown(r.Disputed)
	}
	t.records(r)
	t.head("Run only this rule")
	t.line("  charmarr-lint check --rule %s .", r.ID)
	if r.NotWaivable {
		t.head("Accept a finding")
		t.para("  ", notWaivable)
	} else {
		t.head("Accept a finding (charmarr-lint.yaml)")
		for _, l := range strings.Split(waiver(r), "\n") {
			t.line("  %s", l)
		}
	}
	return t.writeTo(w, "rule "+string(r.ID))
}

// List writes rules as a table: id, level, title.
func List(w io.Writer, rules []rule.Rule) error {
	p := &page{}
	table := tabwriter.NewWriter(&p.Buffer, 0, 0, 2, ' ', 0)
	for _, r := range byID(rules) {
		fmt.Fprintf(table, "%s\t%s\t%s\n", r.ID, r.Level, r.Title)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("laying out the list of rules: %w", err)
	}
	return p.writeTo(w, "the list of rules")
}

// text is a page of bounded width.
type text struct {
	page
	width int
}

func (t *text) head(title string) { t.line("\n%s", title) }

func (t *text) needs(r rule.Rule) {
	t.head("What it needs to know")
	for i, set := range r.Needs {
		if i > 0 {
			t.line("  or")
		}
		for _, n := range set {
			t.para("  - ", fmt.Sprintf("%s, from %s (%s)", needInWords(n), strings.ReplaceAll(origin(n.Evidence), "`", ""), n))
		}
	}
}

func (t *text) records(r rule.Rule) {
	if len(r.ADR) == 0 {
		return
	}
	t.head("Decision records")
	for _, ref := range r.ADR {
		record, clause, ok := Find(ref)
		if !ok {
			t.line("  - %s", ref)
			continue
		}
		t.para("  - ", strings.TrimSuffix(ref+" ("+record.File+")"+colon(clause.Says), ": "))
	}
}

// markdown reflows Markdown: paragraphs are wrapped, items of lists too, and
// blocks of code stay as they are.
func (t *text) markdown(source string) {
	var words []string
	lead, fenced := "  ", false
	flush := func() {
		if len(words) > 0 {
			t.para(lead, strings.Join(words, " "))
		}
		words, lead = nil, "  "
	}
	for _, l := range strings.Split(source, "\n") {
		trimmed := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			flush()
			fenced = !fenced
		case fenced:
			t.line("    %s", l)
		case trimmed == "":
			flush()
			t.line("")
		case strings.HasPrefix(trimmed, "- "), strings.HasPrefix(trimmed, "* "):
			flush()
			lead, words = "  - ", []string{trimmed[2:]}
		default:
			words = append(words, trimmed)
		}
	}
	flush()
}

// para writes a paragraph after a lead; further lines are indented by the
// lead's width.
func (t *text) para(lead, body string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(lead))
	column := utf8.RuneCountInString(lead)
	line := lead
	for i, word := range strings.Fields(body) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > t.width:
			t.line("%s", strings.TrimRight(line, " "))
			line, column = indent, utf8.RuneCountInString(indent)
		default:
			line += " "
			column++
		}
		line += word
		column += n
	}
	t.line("%s", strings.TrimRight(line, " "))
}
