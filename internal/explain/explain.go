// Package explain tells what is behind one finding of a report: what is wrong
// and why it matters, the facts that make it, who says so, what mends it and how
// it is accepted.
//
// Everything comes from the report and from what the rule says of itself; the
// package reads no file and asks no rule again. A chain is the facts in the
// order in which they lead to the violation, each once, each with the place and
// the state (planned, declared, effective) it was found in.
package explain

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/rule/ruledoc"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Schema identifies the format of an Explanation as JSON.
const Schema = "charmarr-lint/explanation/v1"

// Explanation is what there is to say of one finding. Its lists are never nil.
type Explanation struct {
	Schema  string          `json:"schema"`
	Tool    finding.Tool    `json:"tool"`
	Finding finding.Finding `json:"finding"`
	Rule    Rule            `json:"rule"`
	// Way is how the finding violates its rule, in words; empty where the rule
	// has one way.
	Way   string `json:"way"`
	Chain []Hop  `json:"chain"`
	// Profile is what the finding was judged by.
	Profile Profile  `json:"profile"`
	Records []Record `json:"records"`
	Accept  Accept   `json:"accept"`
}

// Rule is what the rule says of itself.
type Rule struct {
	ID    rule.ID `json:"id"`
	Title string  `json:"title"`
	// Why is Markdown; empty where this program has no such rule.
	Why      string     `json:"why"`
	Level    rule.Level `json:"level"` // its own; empty where the rule is not known
	Disputed string     `json:"disputed"`
	Known    bool       `json:"known"`
}

// Hop is one fact of a chain.
type Hop struct {
	Fact   string `json:"fact"`
	Object string `json:"object"`
	// State says how real the fact is; empty where its source is not known.
	State     string `json:"state"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
}

// Profile is the profile that decided, and what it makes of the rule and of the
// models that the finding is about.
type Profile struct {
	Name string `json:"name"`
	// Level says where the finding's level comes from.
	Level string         `json:"level"`
	Parts []finding.Part `json:"parts"`
}

// Record is a clause of a decision record.
type Record struct {
	Ref   string `json:"ref"` // networking/adr-006#model-2
	Title string `json:"title"`
	Says  string `json:"says"`
	URL   string `json:"url"`
}

// Subject is what an explanation is made from, besides the finding.
type Subject struct {
	Report finding.Report
	// Rules are all rules there are.
	Rules []rule.Rule
	// Chain is the report's profile and those that it extends.
	Chain []string
	// Allowed tells whether annotations may waive a rule.
	Allowed func(rule.Rule) bool
}

// Of explains a finding of a report.
func Of(f finding.Finding, s Subject) Explanation {
	r, known := ruleOf(f.Rule, s.Rules)
	e := Explanation{
		Schema: Schema, Tool: s.Report.Tool, Finding: f,
		Rule:    Rule{ID: r.ID, Title: r.Title, Why: r.Description, Level: r.Level, Disputed: r.Disputed, Known: known},
		Way:     wayOf(f, r),
		Chain:   chain(f, s.Report),
		Profile: Profile{Name: s.Report.Profile, Parts: parts(f, s.Report)},
		Records: records(f.ADR),
		Accept:  accept(f, r, s),
	}
	if known {
		e.Profile.Level = levelFrom(f, r, s.Chain)
	}
	return e
}

// ruleOf finds a rule by its id or by one that it had when the report was made.
func ruleOf(id rule.ID, rules []rule.Rule) (rule.Rule, bool) {
	for _, r := range rules {
		if r.ID == id || slices.Contains(r.Aliases, id) {
			return r, true
		}
	}
	return rule.Rule{ID: id}, false
}

func wayOf(f finding.Finding, r rule.Rule) string {
	for _, w := range r.Ways {
		if w.ID == f.Way {
			return w.Title
		}
	}
	return f.Way
}

// levelFrom says who gave a finding its level.
func levelFrom(f finding.Finding, r rule.Rule, chain []string) string {
	switch under := r.LevelUnder(chain); {
	case f.Level == r.Level && under == r.Level:
		return "as the rule has it"
	case f.Level == under:
		return "the profile makes it so; the rule's own is " + string(r.Level)
	default:
		return "the rule's own is " + string(under) + ", and the configuration or this way of violating it makes it " + string(f.Level)
	}
}

// chain returns the facts of a finding, each once. A finding whose own place is
// in none of them starts with its subject.
func chain(f finding.Finding, r finding.Report) []Hop {
	hops := []Hop{}
	placed := f.Location.File == ""
	for _, e := range f.Evidence {
		h := Hop{
			Fact: e.Fact, Object: e.Object, State: e.State,
			File: e.File, Line: e.Line, Column: e.Column, EndColumn: e.EndColumn,
		}
		if h.State == "" {
			h.State = stateOf(e.File, r.Sources)
		}
		if slices.Contains(hops, h) {
			continue
		}
		hops = append(hops, h)
		placed = placed || e.File == f.Location.File && e.Line == f.Location.Line
	}
	if placed {
		return hops
	}
	at := f.Location
	start := Hop{
		Fact: digest.Label(f.Subject) + " stands here", State: stateOf(at.File, r.Sources),
		File: at.File, Line: at.Line, Column: at.Column, EndColumn: at.EndColumn,
	}
	return slices.Insert(hops, 0, start)
}

// stateOf is the state of what a file says, where all that it says has one.
func stateOf(file string, sources []finding.Source) string {
	state := ""
	for _, s := range sources {
		if s.Name != file || file == "" {
			continue
		}
		its := string(snapshot.SourceKind(s.Kind).State())
		if state != "" && its != state {
			return ""
		}
		state = its
	}
	return state
}

// parts are those of the models that a finding is about.
func parts(f finding.Finding, r finding.Report) []finding.Part {
	out := []finding.Part{}
	for _, s := range r.Stacks {
		for _, p := range s.Parts {
			if s.Name == f.Stack && (p.Model == f.Subject.Model || p.Model == f.Subject.Namespace) {
				out = append(out, p)
			}
		}
	}
	return out
}

func records(refs []string) []Record {
	out := []Record{}
	for _, ref := range refs {
		record, clause, ok := ruledoc.Find(ref)
		if !ok {
			out = append(out, Record{Ref: ref})
			continue
		}
		entry := Record{Ref: ref, Title: record.Title, Says: clause.Says, URL: record.URL()}
		if clause.Title != "" {
			entry.Title += ", " + clause.Title
		}
		if clause.Heading {
			entry.URL += "#" + clause.Anchor
		}
		out = append(out, entry)
	}
	return out
}
