package sarif

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

const (
	// maxMessage keeps a message readable in an alert; a longer one is cut. Its
	// parts are cut before, so that the commands are not what falls off.
	maxMessage = 4000
	maxSaid    = 2000
	// maxRelated is how many locations of a result GitHub keeps.
	maxRelated = 100
	// maxLinks is how many facts a message links to; all stand in the related
	// locations.
	maxLinks = 3
	maxLink  = 120
)

func (b *builder) results(fs []finding.Finding) []result {
	out := make([]result, 0, len(fs))
	seen := map[string]int{}
	for _, f := range fs {
		seen[f.Fingerprint]++
		res := result{
			RuleID:    string(f.Rule),
			RuleIndex: b.index[string(f.Rule)],
			Level:     level(f.Level),
			Locations: []location{{
				Physical: b.place(f),
				Logical:  logical(f.Subject),
			}},
			RelatedLocations: b.related(f),
			CodeFlows:        b.flow(f),
			PartialFingerprints: map[string]string{
				"charmarrLint/v1": f.Fingerprint,
				// What GitHub tells alerts apart by: a hash and how often it
				// has been seen. One subject can violate a rule in several
				// states.
				"primaryLocationLineHash": fmt.Sprintf("%.16s:%d", f.Fingerprint, seen[f.Fingerprint]),
			},
			Suppressions:  b.suppressions(f),
			BaselineState: baseline(f.Standing),
			Properties: resultProperties{
				State: f.State, Stack: f.Stack, Way: f.Way, Remediation: append([]string{}, f.Remediation...),
			},
		}
		res.Message = message{Text: say(f, res.RelatedLocations, b.report.Variants)}
		out = append(out, res)
	}
	return out
}

// baseline says in SARIF's words whether a finding is there today.
func baseline(s finding.Standing) string {
	switch s {
	case finding.Today:
		return "unchanged"
	case finding.New:
		return "new"
	}
	return ""
}

// place is where a finding is shown: its own place, else that of the first fact
// that has one, else the fallback.
func (b *builder) place(f finding.Finding) *physicalLocation {
	if f.Location.File == "" {
		for _, e := range f.Evidence {
			if e.File != "" {
				return b.places.physical(e.File, e.Line, e.Column, e.EndColumn)
			}
		}
	}
	return b.places.physical(f.Location.File, f.Location.Line, f.Location.Column, f.Location.EndColumn)
}

// say writes the message of a result: whom it is about, what is wrong, links to
// the first facts, and the commands that mend it. GitHub shows nothing else of
// a single result; the help of its rule has no names filled in.
func say(f finding.Finding, related []location, variants []string) string {
	text := sentence(cut(noLink(plain.Sentence(f.Message)), maxSaid))
	if f.Subject.Name != "" && !mentions(text, plain.Line(f.Subject.Name)) {
		label := noLink(plain.Sentence(digest.Label(f.Subject)))
		text = capital(label) + ": " + text
	}
	if words := digest.Variants(f, variants); words != "" {
		text += " " + sentence(cut(noLink(plain.Sentence(capital(words))), maxLink*2))
	}
	var links []string
	for _, l := range related[:min(len(related), maxLinks)] {
		fact := strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(cut(strings.TrimSuffix(l.Message.Text, "."), maxLink))
		links = append(links, fmt.Sprintf("[%s](%d)", fact, *l.ID))
	}
	if len(links) > 0 {
		text += " Because: " + strings.Join(links, "; ") + "."
	}
	if len(f.Remediation) > 0 {
		var commands []string
		for _, c := range f.Remediation {
			commands = append(commands, "`"+noLink(plain.Line(c))+"`")
		}
		text += " To mend: " + strings.Join(commands, ", then ") + "."
	}
	return cut(text, maxMessage)
}

// mentions tells whether text has name as a word of its own, not as a part of a
// longer name.
func mentions(text, name string) bool {
	part := func(r rune) bool { return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for {
		before, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		left, _ := utf8.DecodeLastRuneInString(before)
		right, _ := utf8.DecodeRuneInString(after)
		if !part(left) && !part(right) {
			return true
		}
		text = after
	}
}

// noLink keeps foreign text from making a link, which SARIF writes as
// [text](destination) in plain text too.
func noLink(s string) string { return strings.ReplaceAll(s, "](", "] (") }

// related lists the facts that stand in files, numbered from 1 for links.
func (b *builder) related(f finding.Finding) []location {
	var out []location
	for _, e := range f.Evidence {
		if e.File != "" && len(out) < maxRelated {
			id := len(out) + 1
			out = append(out, b.fact(&id, e))
		}
	}
	return out
}

// flow lists the same facts as steps, where there is a chain of them.
func (b *builder) flow(f finding.Finding) []codeFlow {
	var steps []threadFlowLocation
	for _, e := range f.Evidence {
		if e.File != "" && len(steps) < maxRelated {
			steps = append(steps, threadFlowLocation{Location: b.fact(nil, e)})
		}
	}
	if len(steps) < 2 {
		return nil
	}
	return []codeFlow{{ThreadFlows: []threadFlow{{Locations: steps}}}}
}

func (b *builder) fact(id *int, e finding.Evidence) location {
	text := plain.Sentence(e.Fact)
	if e.Object != "" {
		text += " (" + plain.Sentence(e.Object) + ")"
	}
	return location{
		ID:       id,
		Physical: b.places.physical(e.File, e.Line, e.Column, e.EndColumn),
		Message:  &message{Text: sentence(cut(noLink(text), maxDescription))},
	}
}

// suppressions says that a finding is accepted. In the full flavour a finding
// that is not says so too, by an empty list.
func (b *builder) suppressions(f finding.Finding) []suppression {
	if b.flavour != Full {
		return nil
	}
	if f.Verdict != finding.Waived {
		return []suppression{}
	}
	out := suppression{Kind: "external", Status: "accepted", Justification: "Waived."}
	if w := f.Waiver; w != nil {
		out.Justification = sentence(w.Reason) + " Expires " + plain.Line(w.Expires) + "."
		switch w.Source.Kind {
		case finding.InAnnotation:
			// The object that the finding is about says it itself.
			out.Kind = "inSource"
			out.Justification += " By " + sentence("annotation "+w.Source.Key+" of "+w.Source.Object)
		case finding.InComment:
			out.Kind = "inSource"
			out.Justification += " By " + sentence("a comment on "+w.Source.Object)
		}
		if at := w.Source.Location; at.File != "" {
			out.Location = &location{Physical: b.places.physical(at.File, at.Line, at.Column, at.EndColumn)}
		}
	}
	return []suppression{out}
}
