package sarif

import (
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// The kinds of notification, by index into notificationDescriptors.
const (
	kindGap = iota
	kindUnknown
	kindNotEvaluated
	kindEmpty
	kindLimit
	kindNote
)

// notificationDescriptors describe what a run can say of itself.
func notificationDescriptors() []descriptor {
	describe := func(id, name string, l rule.Level, text, next string) descriptor {
		return descriptor{
			ID: id, Name: name, ShortDescription: message{Text: text}, FullDescription: message{Text: text + " " + next},
			Help:                 &message{Text: next, Markdown: next},
			DefaultConfiguration: configuration{Enabled: true, Level: level(l)},
		}
	}
	return []descriptor{
		kindGap: describe("run/gap", "RunGap", rule.Error, "Something that was asked for could not be read.",
			"Mend the source as the message says and run again: rules that need it have no verdict."),
		kindUnknown: describe("run/unknown", "RunUnknown", rule.Warning, "A rule could not be decided, because something was not read.",
			"Mend the gap that the run reports; until then the rule has neither passed nor failed."),
		kindNotEvaluated: describe("run/not-evaluated", "RunNotEvaluated", rule.Note, "A rule was not evaluated, because no source gave its evidence.",
			"Give a source that carries the evidence, if the rule matters to you."),
		kindEmpty: describe("run/empty", "RunEmpty", rule.Error, "Nothing of Charmarr was found.",
			"Give a Juju status, a bundle or the manifests of a Charmarr deployment."),
		kindLimit: describe("run/limit", "RunLimit", rule.Error, "Some results were left out.",
			"Read the JSON report, which has them all."),
		kindNote: describe("run/note", "RunNote", rule.Note, "Something was inferred or assumed.",
			"Say in charmarr-lint.yaml what is meant, if the guess is wrong."),
	}
}

// notifications tells what the run could not do, and with left how many results
// it had to leave out.
func (b *builder) notifications(left int) []notification {
	all := notificationDescriptors()
	out := []notification{}
	add := func(kind int, text string) *notification {
		d := all[kind]
		out = append(out, notification{
			Descriptor: reference{ID: d.ID, Index: kind},
			Level:      d.DefaultConfiguration.Level,
			Message:    message{Text: cut(noLink(text), maxMessage)},
		})
		return &out[len(out)-1]
	}
	if b.report.Empty {
		add(kindEmpty, digest.NothingFound)
	}
	for _, g := range b.report.Gaps {
		n := add(kindGap, plain.Line(g.Source)+": "+plain.Sentence(g.What)+": "+sentence(g.Reason))
		if g.Line > 0 {
			n.Locations = []location{{Physical: b.places.physical(g.Source, g.Line, g.Column, 0)}}
		}
	}
	if left > 0 {
		add(kindLimit, fmt.Sprintf("%d results of the lowest levels were left out: a run holds at most %d. The JSON report has them all.", left, maxResults))
	}
	for _, u := range b.report.Unknown {
		n := add(kindUnknown, fmt.Sprintf("Rule %s could not be decided%s; missing: %s",
			plain.Line(string(u.Rule)), of(u.Stack), sentence(strings.Join(u.Missing, ", "))))
		n.AssociatedRule = b.reference(u.Rule)
	}
	for _, u := range b.report.NotEvaluated {
		n := add(kindNotEvaluated, fmt.Sprintf("Rule %s was not evaluated%s; no source gave: %s",
			plain.Line(string(u.Rule)), of(u.Stack), sentence(strings.Join(u.Needs, ", "))))
		n.AssociatedRule = b.reference(u.Rule)
	}
	for _, text := range b.report.Notes {
		add(kindNote, sentence(text))
	}
	return out
}

func (b *builder) reference(id rule.ID) *reference {
	return &reference{ID: string(id), Index: b.index[string(id)]}
}

func of(stack string) string {
	if stack == "" {
		return ""
	}
	return " for stack " + plain.Line(stack)
}
