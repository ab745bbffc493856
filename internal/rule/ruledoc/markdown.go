package ruledoc

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Markdown writes the page of a rule.
func Markdown(w io.Writer, r rule.Rule) error {
	p := &page{}
	p.line("# %s", r.ID)
	p.line("\n**%s.**\n", strings.TrimSuffix(r.Title, "."))
	p.line("| | |\n|---|---|")
	p.row("Level", levels(r))
	p.row("Holds for", strings.Join(r.Subjects, ", "))
	p.row("Judges what is", each(r.States, stateInWords))
	p.row("Security weight", r.Security)
	p.row("At admission", admission(r))
	p.row("Formerly", each(r.Aliases, func(id rule.ID) string { return string(id) }))
	if r.Own {
		p.row("Defined in", r.File)
	}
	if r.Description != "" {
		p.line("\n## Why\n\n%s", r.Description)
	}
	p.ways(r)
	p.mend(r)
	p.needs(r)
	if r.Disputed != "" {
		p.line("\n## Where record and charms disagree\n\n%s", r.Disputed)
	}
	p.records(r)
	p.usage(r)
	return p.writeTo(w, "the page of rule "+string(r.ID))
}

// Example is a pair of fixtures that differ in one thing: the rule fires on one
// and is silent on the other. Either may be missing.
type Example struct {
	Name       string
	Fail, Pass string // links
}

// Examples writes the section that lists a rule's fixtures.
func Examples(w io.Writer, examples []Example) error {
	p := &page{}
	p.line("\n## Examples\n")
	p.line("The two of a pair differ in one thing only.\n")
	p.line("| example | the rule fires | the rule is silent |\n|---|---|---|")
	for _, e := range examples {
		p.line("| %s | %s | %s |", e.Name, link("fail", e.Fail), link("pass", e.Pass))
	}
	return p.writeTo(w, "the examples of a rule")
}

func link(text, target string) string {
	if target == "" {
		return ""
	}
	return fmt.Sprintf("[%s](%s)", text, target)
}

// Index writes the list of rules with links to their pages.
func Index(w io.Writer, rules []rule.Rule) error {
	p := &page{}
	p.line("# Rules\n")
	p.line("Each rule is one invariant of a Charmarr deployment. `charmarr-lint rules RULE-ID`")
	p.line("shows the same pages in a terminal. This folder is generated from the METADATA of")
	p.line("the rules in [policies/rules](../../policies/rules); run `go generate ./...` after a change.")
	area := ""
	for _, r := range byID(rules) {
		if r.ID.Area() != area {
			area = r.ID.Area()
			p.line("\n## %s\n\n| rule | level | what must be |\n|---|---|---|", area)
		}
		p.line("| [%s](%s) | %s | %s |", r.ID, Path(r.ID), cell(levels(r)), cell(r.Title))
	}
	return p.writeTo(w, "the index of rules")
}

func (p *page) row(name, value string) {
	if value != "" {
		p.line("| %s | %s |", name, cell(value))
	}
}

func (p *page) ways(r rule.Rule) {
	if len(r.Ways) == 0 {
		return
	}
	p.line("\n## Ways to break it\n\n| way | what is wrong |\n|---|---|")
	for _, way := range r.Ways {
		p.line("| `%s` | %s |", way.ID, cell(way.Title))
	}
}

func (p *page) mend(r rule.Rule) {
	if len(r.Remediation) == 0 {
		return
	}
	p.line("\n## How to mend it\n")
	p.line("A finding shows the commands with the real names filled in.\n\n```sh")
	for _, command := range r.Remediation {
		p.line("%s", command)
	}
	p.line("```")
}

func (p *page) needs(r rule.Rule) {
	p.line("\n## What it needs to know\n")
	if len(r.Needs) > 1 {
		p.line("Any one of these is enough for a pass; a violation counts on less.")
	} else {
		p.line("Without it the rule does not pass; a violation counts on less.")
	}
	for i, set := range r.Needs {
		if len(r.Needs) > 1 {
			p.line("\n%d. All of:", i+1)
		} else {
			p.line("")
		}
		indent := ""
		if len(r.Needs) > 1 {
			indent = "   "
		}
		for _, n := range set {
			p.line("%s- %s, from %s (`%s`)", indent, needInWords(n), origin(n.Evidence), n)
		}
	}
}

func (p *page) records(r rule.Rule) {
	if len(r.ADR) == 0 {
		return
	}
	p.line("\n## Decision records\n")
	for _, ref := range r.ADR {
		record, clause, ok := Find(ref)
		if !ok {
			p.line("- %s", ref)
			continue
		}
		url, name := record.URL(), record.Title
		if clause.Heading {
			url += "#" + clause.Anchor
		}
		if clause.Title != "" {
			name += ", " + clause.Title
		}
		p.line("- [%s](%s) (`%s`)%s", name, url, record.File, colon(clause.Says))
	}
}

func (p *page) usage(r rule.Rule) {
	p.line("\n## Run only this rule\n\n```sh\ncharmarr-lint check --rule %s .\n```", r.ID)
	p.line("\n## Accept a finding\n")
	if r.NotWaivable {
		p.line(notWaivable)
	} else {
		p.line("In `charmarr-lint.yaml`, with a reason and the last day it holds:\n\n```yaml\n%s\n```", waiver(r))
	}
	p.line("\nTo change the level for a whole deployment, or to switch the rule off:\n")
	p.line("```yaml\nrules:\n  %s: {level: note}       # or {enabled: false}\n```", r.ID)
}

// admission says what the webhook does with a request that breaks the rule, where
// that is not a warning.
func admission(r rule.Rule) string {
	switch r.Admission {
	case rule.Deny:
		return "the webhook refuses a request that brings an error"
	case rule.Let:
		return "the webhook says nothing"
	}
	return ""
}

func colon(says string) string {
	if says == "" {
		return ""
	}
	return ": " + says
}

func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", `\|`)
}

func each[T any](items []T, say func(T) string) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = fmt.Sprint(say(item))
	}
	return strings.Join(words, ", ")
}
