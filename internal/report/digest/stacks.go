package digest

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// byRule is what is told of each rule in a stack.
type byRule map[rule.ID]*Verdict

// stacks puts findings and verdicts into the stacks they belong to.
func stacks(r finding.Report, fs []finding.Finding, d Digest) []Stack {
	var out []Stack
	listed := map[string]bool{}
	for _, s := range r.Stacks {
		out = append(out, Stack{Stack: s, Listed: true})
		listed[s.Name] = true
	}
	told := tell(r, fs)
	violated := map[string][]finding.Finding{}
	for _, f := range fs {
		if f.Verdict != finding.Waived {
			violated[f.Stack] = append(violated[f.Stack], f)
		}
	}
	elsewhere := map[rule.ID]bool{}
	for name, rules := range told {
		if listed[name] {
			continue
		}
		out = append(out, Stack{Stack: finding.Stack{Name: name}})
		for id := range rules {
			elsewhere[id] = true
		}
	}
	slices.SortStableFunc(out[len(r.Stacks):], func(a, b Stack) int { return cmp.Compare(a.Name, b.Name) })
	for i := range out {
		s := &out[i]
		s.Groups = groups(violated[s.Name])
		s.Rules = verdicts(*s, r.Rules, told[s.Name], elsewhere, d)
	}
	return out
}

// tell collects what the report says of each rule in each stack.
func tell(r finding.Report, fs []finding.Finding) map[string]byRule {
	told := map[string]byRule{}
	get := func(stack string, id rule.ID) *Verdict {
		rules := told[stack]
		if rules == nil {
			rules = byRule{}
			told[stack] = rules
		}
		if rules[id] == nil {
			rules[id] = &Verdict{}
		}
		return rules[id]
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
func verdicts(s Stack, rules []rule.Rule, told byRule, elsewhere map[rule.ID]bool, d Digest) []Verdict {
	var out []Verdict
	for id, v := range told {
		w := *v
		w.Rule = d.Rule(id)
		out = append(out, w)
	}
	if s.Listed {
		for _, r := range rules {
			if told[r.ID] == nil && !elsewhere[r.ID] {
				out = append(out, Verdict{Rule: r, Verdict: finding.Pass})
			}
		}
	}
	slices.SortFunc(out, func(a, b Verdict) int { return cmp.Compare(a.Rule.ID, b.Rule.ID) })
	return out
}
