package digest

import (
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// NothingFound says what an empty run means.
const NothingFound = "Nothing of Charmarr was found: no application of a Charmarr charm and no namespace that holds one."

// Suggestion is a command whose output can be checked.
type Suggestion struct {
	What    string
	Command string
}

// Suggestions returns what to give to a run that found nothing.
func Suggestions() []Suggestion {
	return []Suggestion{
		{"what Juju knows of a model", "juju status -m MODEL --relations --format json > status.json"},
		{"options, trust and offers of a model", "juju export-bundle -m MODEL --filename bundle.yaml"},
		{"what runs in a namespace", "kubectl get ns,sts,deploy,pod,svc,cm,netpol,gateway,httproute -n NAMESPACE -o yaml > objects.yaml"},
	}
}

// Label names a subject: "application charmarr-core/radarr".
func Label(s finding.Subject) string {
	place := s.Model
	if place == "" {
		place = s.Namespace
	}
	name := s.Name
	switch {
	case name == "":
		name = place
	case place != "" && (place != name || s.Kind != "model" && s.Kind != "namespace"):
		name = place + "/" + name
	}
	return strings.TrimSpace(s.Kind + " " + name)
}

// Title names a stack as a heading does.
func (s Stack) Title() string {
	switch {
	case s.Listed && s.Name != "":
		return "Stack " + s.Name
	case s.Name == "" && !s.Listed:
		return "Outside any one stack"
	case s.Name == "":
		return "Stack without a name"
	}
	return s.Name
}

// Count returns how many rules have a verdict in the stack.
func (s Stack) Count(v finding.Verdict) int {
	n := 0
	for _, r := range s.Rules {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Place writes a place as editors and terminals know it: file:line:column, as
// much of it as is known, and "" for a fact without a file.
func Place(file string, line, column int) string {
	switch {
	case file == "" || line <= 0:
		return file
	case column <= 0:
		return fmt.Sprintf("%s:%d", file, line)
	}
	return fmt.Sprintf("%s:%d:%d", file, line, column)
}

// WaiverPlace says where a waiver stands: "charmarr-lint.yaml:16:5", or
// "annotation charmarr-lint.io/waive of Namespace gluetun at gluetun.yaml:9:5".
func WaiverPlace(w finding.Waiver) string {
	s := w.Source
	at := Place(s.Location.File, s.Location.Line, s.Location.Column)
	words := "annotation " + s.Key + " of " + s.Object
	switch s.Kind {
	case finding.InAnnotation:
	case finding.InComment:
		words = "comment on " + s.Object
	default:
		return at
	}
	if at != "" {
		words += " at " + at
	}
	return words
}

// Totals says in one line how many findings there are: "2 errors, 1 note,
// 1 waived", or "no findings".
func Totals(s finding.Summary) string {
	var parts []string
	for _, c := range []struct {
		n    int
		noun string
	}{{s.Error, "error"}, {s.Warning, "warning"}, {s.Note, "note"}} {
		if c.n > 0 {
			parts = append(parts, Plural(c.n, c.noun))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no findings")
	}
	if s.Waived > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", s.Waived))
	}
	return strings.Join(parts, ", ")
}

// Plural writes a number with its noun: "1 rule", "2 rules".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// DocURL is the page of a built-in rule, and "" where there is none: for a rule
// of the operator's own and for what is not a rule but speaks like one, such as
// findings about the configuration.
func DocURL(r rule.Rule) string {
	if r.Own || r.Package == "" {
		return ""
	}
	return "https://github.com/charmarr/charmarr-lint/blob/main/docs/rules/" + string(r.ID) + ".md"
}

// Standing says in words whether a finding is there today or would be new; empty
// where nothing was laid over what is live.
func Standing(s finding.Standing) string {
	switch s {
	case finding.Today:
		return "there today"
	case finding.New:
		return "would be new"
	case finding.Mended:
		return "would be gone"
	}
	return ""
}

// mostNamed bounds how many plans are named in a sentence.
const mostNamed = 5

// Variants says in words in which of all plans a finding holds, and by which inputs
// these differ from the others; empty where one plan or none was read.
func Variants(f finding.Finding, all []string) string {
	switch len(f.Variants) {
	case 0:
		return ""
	case len(all):
		return "in every plan"
	}
	if len(f.When) > 0 {
		inputs := make([]string, len(f.When))
		for i, in := range f.When {
			switch in.Value {
			case "true":
				inputs[i] = in.Name
			case "false":
				inputs[i] = "not " + in.Name
			default:
				inputs[i] = in.Name + " is " + in.Value
			}
		}
		return "only when " + strings.Join(inputs, " and ") + " (" + named(f.Variants) + ")"
	}
	return "in " + named(f.Variants)
}

func named(variants []string) string {
	if len(variants) <= mostNamed {
		return strings.Join(variants, ", ")
	}
	return strings.Join(variants[:mostNamed], ", ") + fmt.Sprintf(" and %d more", len(variants)-mostNamed)
}
