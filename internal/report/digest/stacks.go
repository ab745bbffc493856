package digest

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// at is a rule in a stack.
type at struct {
	stack string
	rule  rule.ID
}

// stacks puts findings and verdicts into the stacks they belong to.
func stacks(r finding.Report, fs []finding.Finding, d Digest) []Stack {
	var out []Stack
	listed := map[string]bool{}
	for _, s := range r.Stacks {
		out = append(out, Stack{Stack: s, Listed: true})
		listed[s.Name] = true
	}
	told := tell(r, fs)
	for name := range unlisted(told, listed) {
		out = append(out, Stack{Stack: finding.Stack{Name: name}})
	}
	slices.SortStableFunc(out[len(r.Stacks):], func(a, b Stack) int { return cmp.Compare(a.Name, b.Name) })

	elsewhere := map[rule.ID]bool{}
	for k := range told {
		if !listed[k.stack] {
			elsewhere[k.rule] = true
		}
	}
	for i := range out {
		s := &out[i]
		var violated []finding.Finding
		for _, f := range fs {
			if f.Stack == s.Name && f.Verdict != finding.Waived {
				violated = append(violated, f)
			}
		}
		s.Groups = groups(violated)
		s.Rules = verdicts(*s, r.Rules, told, elsewhere, d)
	}
	return out
}

// unlisted returns the stacks that are spoken of and not listed.
func unlisted(told map[at]*Verdict, listed map[string]bool) map[string]bool {
	out := map[string]bool{}
	for k := range told {
		if !listed[k.stack] {
			out[k.stack] = true
		}
	}
	return out
}

// tell collects what the report says of each rule in each stack.
func tell(r finding.Report, fs []finding.Finding) map[at]*Verdict {
	told := map[at]*Verdict{}
	get := func(stack string, id rule.ID) *Verdict {
		k := at{stack, id}
		if told[k] == nil {
			told[k] = &Verdict{}
		}
		return told[k]
	}
	for _, u := range r.NotEvaluated {
		v := get(u.Stack, u.Rule)
		v.Verdict, v.Missing = finding.NotEvaluated, append(v.Missing, u.Needs...)
	}
	for _, u := range r.Unknown {
		v := get(u.Stack, u.Rule)
		v.Verdict, v.Missing = finding.Unknown, append(v.Missing, u.Missing...)
	}
	// Waived after unknown, so that an accepted finding does not hide that
	// there may be more; violated last, since a violation always counts.
	for _, f := range fs {
		v := get(f.Stack, f.Rule)
		if f.Verdict == finding.Waived {
			v.Waived = append(v.Waived, f)
			if v.Verdict == "" {
				v.Verdict = finding.Waived
			}
		} else {
			v.Violations = append(v.Violations, f)
			v.Verdict = finding.Violated
		}
	}
	return told
}

// verdicts lists every rule with its verdict for a stack. A rule of which
// nothing is told has passed, unless it was told of outside the listed stacks:
// then it judges the estate as a whole and has no verdict for one stack.
func verdicts(s Stack, rules []rule.Rule, told map[at]*Verdict, elsewhere map[rule.ID]bool, d Digest) []Verdict {
	var out []Verdict
	for k, v := range told {
		if k.stack == s.Name {
			w := *v
			w.Rule = d.Rule(k.rule)
			out = append(out, w)
		}
	}
	if s.Listed {
		for _, r := range rules {
			if told[at{s.Name, r.ID}] == nil && !elsewhere[r.ID] {
				out = append(out, Verdict{Rule: r, Verdict: finding.Pass})
			}
		}
	}
	slices.SortFunc(out, func(a, b Verdict) int { return cmp.Compare(a.Rule.ID, b.Rule.ID) })
	return out
}
