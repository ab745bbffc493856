// Package digest puts a report into the order in which people read it.
//
// A report is a flat list of findings, of undecided rules and of rules that
// were not evaluated. A reader wants to know, stack by stack and subject by
// subject, what is wrong; then what was looked at, what was not, and which
// evidence would change that. All formats for people share this one view, so
// that they count the same.
//
// The package decides nothing: it groups and sorts what the report says.
package digest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Digest is a report in reading order.
type Digest struct {
	// Stacks are those of the report, in its order. Findings that belong to no
	// stack of the report (the configuration, or several stacks together) come
	// last, in a Stack whose Listed is false.
	Stacks []Stack
	// Waived are all waived findings.
	Waived []finding.Finding
	// Sources counts what was read by kind, in order of the kinds.
	Sources []Count
	// Unknown and NotEvaluated group rules by the evidence they miss, the
	// evidence that most rules miss first.
	Unknown      []Missing
	NotEvaluated []Missing
	// Violated is the number of rules violated and not waived, once a stack.
	Violated int

	variants []string
	rules    map[rule.ID]rule.Rule
	short    int // characters that tell the fingerprints apart
}

// Stack is one stack with what was found in it.
type Stack struct {
	finding.Stack
	Listed bool // the report lists the stack
	Groups []Group
	// Rules has every rule of the report with its verdict for the stack, in
	// order of the ids.
	Rules []Verdict
}

// Group is what was found about one subject, waived findings left out.
type Group struct {
	Subject  finding.Subject
	Findings []finding.Finding
}

// Variants says in words in which plans a finding holds.
func (d Digest) Variants(f finding.Finding) string { return Variants(f, d.variants) }

// Verdict is what is known of one rule for one stack.
type Verdict struct {
	Rule    rule.Rule
	Verdict finding.Verdict
	// Violations and Waived are the findings behind the verdict.
	Violations []finding.Finding
	Waived     []finding.Finding
	// Missing is the evidence that was not there. A rule can be violated and
	// still miss some: then there may be more to find.
	Missing []string
}

// Count is how many sources of a kind were read.
type Count struct {
	Kind string
	N    int
}

// Missing is evidence that was not there, and the rules that wait for it.
type Missing struct {
	What   string
	Rules  []rule.ID
	Stacks []string // in which it is missing
}

// Of returns the digest of r.
func Of(r finding.Report) Digest {
	fs := slices.Clone(r.Findings)
	finding.Sort(fs)
	d := Digest{variants: r.Variants, rules: make(map[rule.ID]rule.Rule, len(r.Rules)), short: finding.ShortLength(fs)}
	for _, ru := range r.Rules {
		d.rules[ru.ID] = ru
	}
	for _, f := range fs {
		if f.Verdict == finding.Waived {
			d.Waived = append(d.Waived, f)
		}
	}
	d.Sources = counts(r.Sources)
	d.Unknown, d.NotEvaluated = missing(undecided(r)), missing(unevaluated(r))
	d.Stacks = stacks(r, fs, d)
	for _, s := range d.Stacks {
		for _, v := range s.Rules {
			if v.Verdict == finding.Violated {
				d.Violated++
			}
		}
	}
	return d
}

// Rule returns what a rule says of itself, or a rule with nothing but its id
// where the report does not list it (findings about the configuration).
func (d Digest) Rule(id rule.ID) rule.Rule {
	if r, ok := d.rules[id]; ok {
		return r
	}
	return rule.Rule{ID: id, Title: string(id)}
}

// Short returns as much of a finding's fingerprint as names it within the
// report.
func (d Digest) Short(f finding.Finding) string {
	return f.Fingerprint[:min(len(f.Fingerprint), d.short)]
}

// Way returns the title of the way in which a finding violates its rule, the
// way's id where the rule does not describe it, and "" where it has one way.
func (d Digest) Way(f finding.Finding) string {
	for _, w := range d.Rule(f.Rule).Ways {
		if w.ID == f.Way && w.Title != "" {
			return w.Title
		}
	}
	return f.Way
}

func counts(sources []finding.Source) []Count {
	n := map[string]int{}
	for _, s := range sources {
		n[s.Kind]++
	}
	var out []Count
	for kind, c := range n {
		out = append(out, Count{Kind: kind, N: c})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Compare(a.Kind, b.Kind) })
	return out
}

// groups puts findings of one stack together by subject. The subject with the
// gravest finding comes first; equals keep the order of the report.
func groups(fs []finding.Finding) []Group {
	var out []Group
	at := map[finding.Subject]int{}
	for _, f := range fs {
		i, ok := at[f.Subject]
		if !ok {
			i = len(out)
			at[f.Subject] = i
			out = append(out, Group{Subject: f.Subject})
		}
		out[i].Findings = append(out[i].Findings, f)
	}
	return out
}

// waiting is one rule that waits for evidence in one stack.
type waiting struct {
	rule  rule.ID
	stack string
	what  string
}

func undecided(r finding.Report) []waiting {
	var out []waiting
	for _, u := range r.Unknown {
		out = append(out, waiting{u.Rule, u.Stack, strings.Join(u.Missing, ", ")})
	}
	return out
}

func unevaluated(r finding.Report) []waiting {
	var out []waiting
	for _, u := range r.NotEvaluated {
		out = append(out, waiting{u.Rule, u.Stack, strings.Join(u.Needs, ", ")})
	}
	return out
}

// missing groups rules that wait for the same evidence in the same stacks.
func missing(ws []waiting) []Missing {
	type key struct {
		rule rule.ID
		what string
	}
	inStacks := map[key][]string{}
	for _, w := range ws {
		k := key{w.rule, w.what}
		inStacks[k] = append(inStacks[k], w.stack)
	}
	groups := map[string]*Missing{}
	for k, names := range inStacks {
		slices.Sort(names)
		names = slices.Compact(names)
		g := k.what + "\x00" + strings.Join(names, "\x00")
		if groups[g] == nil {
			groups[g] = &Missing{What: k.what, Stacks: names}
		}
		groups[g].Rules = append(groups[g].Rules, k.rule)
	}
	var out []Missing
	for _, g := range groups {
		slices.Sort(g.Rules)
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Missing) int {
		return cmp.Or(
			cmp.Compare(len(b.Rules), len(a.Rules)),
			cmp.Compare(a.What, b.What),
			slices.Compare(a.Stacks, b.Stacks),
		)
	})
	return out
}
