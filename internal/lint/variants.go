package lint

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// Variant is what becomes of a deployment: by a plan, or by one of several that
// were made with other inputs.
type Variant struct {
	Name  string
	After snapshot.Snapshot
	// Before is what is there today; nil where that is not known.
	Before *snapshot.Snapshot
	Inputs []finding.Input
}

// Variants judges each variant on its own and puts the findings together: the same
// finding of several is one, which names them.
func (j *Judge) Variants(ctx context.Context, variants []Variant) (finding.Report, error) {
	var errs []error
	reports := make([]finding.Report, 0, len(variants))
	for _, v := range variants {
		r, err := j.variant(ctx, v)
		if err != nil && r.Schema == "" {
			return finding.Report{}, err
		}
		errs = append(errs, err)
		reports = append(reports, r)
	}
	return merge(variants, reports), errors.Join(errs...)
}

// variant judges one variant, and what is there today beside it.
func (j *Judge) variant(ctx context.Context, v Variant) (finding.Report, error) {
	r, err := j.Judge(ctx, v.After)
	if v.Before == nil || r.Schema == "" {
		return r, err
	}
	before, beforeErr := j.Judge(ctx, *v.Before)
	if before.Schema == "" {
		return r, errors.Join(err, beforeErr)
	}
	stand(&r, before)
	return r, err
}

// stand says of each finding whether it is there today or would be new, and lists
// those that would be gone. What nobody could judge any more is not mended.
func stand(r *finding.Report, before finding.Report) {
	known, left := map[string]bool{}, map[string]bool{}
	for _, f := range before.Findings {
		known[f.Fingerprint] = true
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		left[f.Fingerprint] = true
		f.Standing = finding.New
		if known[f.Fingerprint] {
			f.Standing = finding.Today
		}
	}
	for _, f := range before.Findings {
		if f.Verdict != finding.Violated || f.Subject.Kind == finding.Waivers || left[f.Fingerprint] || undecided(*r, f.Rule, f.Stack) {
			continue
		}
		f.Standing = finding.Mended
		r.Mended = append(r.Mended, f)
	}
}

// undecided tells whether a rule could not judge a stack.
func undecided(r finding.Report, id rule.ID, stack string) bool {
	return slices.ContainsFunc(r.Unknown, func(u finding.Undecided) bool { return u.Rule == id && u.Stack == stack }) ||
		slices.ContainsFunc(r.NotEvaluated, func(u finding.Unevaluated) bool { return u.Rule == id && u.Stack == stack })
}

// merge makes one report of those of several variants.
func merge(variants []Variant, reports []finding.Report) finding.Report {
	if len(reports) == 1 {
		return reports[0]
	}
	out := reports[0]
	out.Summary = finding.Summary{}
	out.Findings, out.Mended = mergedFindings(variants, reports)
	out.Stacks, out.Decided, out.Unknown, out.NotEvaluated = nil, nil, nil, nil
	out.Gaps, out.Sources, out.Ignored, out.Notes = nil, nil, nil, nil
	for _, v := range variants {
		out.Variants = append(out.Variants, v.Name)
	}
	for _, r := range reports {
		out.Stacks = mergedStacks(out.Stacks, r.Stacks)
		out.Unknown = append(out.Unknown, r.Unknown...)
		out.NotEvaluated = append(out.NotEvaluated, r.NotEvaluated...)
		out.Gaps, out.Sources = append(out.Gaps, r.Gaps...), append(out.Sources, r.Sources...)
		out.Ignored, out.Notes = append(out.Ignored, r.Ignored...), append(out.Notes, r.Notes...)
		out.Empty = out.Empty && r.Empty
	}
	slices.SortFunc(out.Stacks, func(a, b finding.Stack) int { return cmp.Compare(a.Name, b.Name) })
	out.Unknown = undecidedOnce(out.Unknown)
	out.NotEvaluated = unevaluatedOnce(out.NotEvaluated, out.Unknown)
	out.Gaps = sorted(out.Gaps, compareGaps)
	out.Sources = sorted(out.Sources, compareSources)
	out.Ignored = sorted(out.Ignored, compareIgnored)
	out.Notes = sorted(out.Notes, cmp.Compare[string])
	out.Decided = decidedInAll(reports)
	out.Summary.Passed = passedInAll(out)
	count(&out)
	finding.Sort(out.Findings)
	finding.Sort(out.Mended)
	return out
}

// mergedFindings are the findings of all variants, each once. That a waiver is of
// no use holds where it is of none in any variant.
func mergedFindings(variants []Variant, reports []finding.Report) (findings, mended []finding.Finding) {
	findings = []finding.Finding{}
	at := map[string]int{}
	in := map[string][]int{}
	for i, r := range reports {
		for _, f := range r.Findings {
			j, ok := at[f.Fingerprint]
			if !ok {
				at[f.Fingerprint] = len(findings)
				findings = append(findings, f)
			} else {
				findings[j] = gravest(findings[j], f)
			}
			if list := in[f.Fingerprint]; len(list) == 0 || list[len(list)-1] != i {
				in[f.Fingerprint] = append(list, i)
			}
		}
		for _, f := range r.Mended {
			if !slices.ContainsFunc(mended, func(m finding.Finding) bool { return m.Fingerprint == f.Fingerprint }) {
				mended = append(mended, f)
			}
		}
	}
	findings = slices.DeleteFunc(findings, func(f finding.Finding) bool {
		return f.Rule == waiver.Unused && len(in[f.Fingerprint]) < len(variants)
	})
	mended = slices.DeleteFunc(mended, func(f finding.Finding) bool { return len(in[f.Fingerprint]) > 0 })
	for i := range findings {
		f := &findings[i]
		if f.Subject.Kind == finding.Waivers {
			continue
		}
		for _, v := range in[f.Fingerprint] {
			f.Variants = append(f.Variants, variants[v].Name)
		}
		f.When = telling(variants, in[f.Fingerprint])
	}
	return findings, mended
}

// gravest is the graver of two findings that are the same in two variants. A waiver
// holds in both or counts for none, and what is new in one is new.
func gravest(a, b finding.Finding) finding.Finding {
	out := a
	if b.Level.Rank() > a.Level.Rank() || a.Verdict == finding.Waived && b.Verdict == finding.Violated {
		out = b
	}
	if a.Standing == finding.New || b.Standing == finding.New {
		out.Standing = finding.New
	}
	return out
}

func mergedStacks(have, more []finding.Stack) []finding.Stack {
	for _, s := range more {
		i := slices.IndexFunc(have, func(h finding.Stack) bool { return h.Name == s.Name })
		if i < 0 {
			have = append(have, s)
			continue
		}
		h := &have[i]
		h.Models = sorted(append(slices.Clone(h.Models), s.Models...), cmp.Compare[string])
		h.Namespaces = sorted(append(slices.Clone(h.Namespaces), s.Namespaces...), cmp.Compare[string])
		for _, p := range s.Parts {
			if !slices.ContainsFunc(h.Parts, func(x finding.Part) bool { return x.Model == p.Model }) {
				h.Parts = append(slices.Clone(h.Parts), p)
			}
		}
	}
	return have
}

func undecidedOnce(list []finding.Undecided) []finding.Undecided {
	out := []finding.Undecided{}
	for _, u := range list {
		i := slices.IndexFunc(out, func(o finding.Undecided) bool { return o.Rule == u.Rule && o.Stack == u.Stack })
		if i < 0 {
			out = append(out, u)
			continue
		}
		out[i].Missing = sorted(append(slices.Clone(out[i].Missing), u.Missing...), cmp.Compare[string])
	}
	slices.SortFunc(out, func(a, b finding.Undecided) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Stack, b.Stack))
	})
	return out
}

// unevaluatedOnce leaves out what is undecided in another variant.
func unevaluatedOnce(list []finding.Unevaluated, unknown []finding.Undecided) []finding.Unevaluated {
	out := []finding.Unevaluated{}
	for _, u := range list {
		if slices.ContainsFunc(unknown, func(o finding.Undecided) bool { return o.Rule == u.Rule && o.Stack == u.Stack }) {
			continue
		}
		i := slices.IndexFunc(out, func(o finding.Unevaluated) bool { return o.Rule == u.Rule && o.Stack == u.Stack })
		if i < 0 {
			out = append(out, u)
			continue
		}
		out[i].Needs = sorted(append(slices.Clone(out[i].Needs), u.Needs...), cmp.Compare[string])
	}
	slices.SortFunc(out, func(a, b finding.Unevaluated) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Stack, b.Stack))
	})
	return out
}

// decidedInAll are the rules that judged a stack in every variant that has it.
func decidedInAll(reports []finding.Report) []finding.Decided {
	judged, of := map[string]map[rule.ID]int{}, map[string]int{}
	for _, r := range reports {
		for _, d := range r.Decided {
			of[d.Stack]++
			if judged[d.Stack] == nil {
				judged[d.Stack] = map[rule.ID]int{}
			}
			for _, id := range d.Rules {
				judged[d.Stack][id]++
			}
		}
	}
	out := []finding.Decided{}
	for stack, rules := range judged {
		d := finding.Decided{Stack: stack, Rules: []rule.ID{}}
		for id, n := range rules {
			if n == of[stack] {
				d.Rules = append(d.Rules, id)
			}
		}
		slices.Sort(d.Rules)
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b finding.Decided) int { return cmp.Compare(a.Stack, b.Stack) })
	return out
}

// passedInAll counts the rules that judged a stack in each variant and found
// nothing in any.
func passedInAll(r finding.Report) int {
	type of struct {
		id    rule.ID
		stack string
	}
	violated := map[of]bool{}
	for _, f := range r.Findings {
		violated[of{f.Rule, f.Stack}] = true
	}
	own := waiver.Rules()
	passed := 0
	for _, d := range r.Decided {
		for _, id := range d.Rules {
			if slices.ContainsFunc(own, func(w rule.Rule) bool { return w.ID == id }) || violated[of{id, d.Stack}] || undecided(r, id, d.Stack) {
				continue
			}
			passed++
		}
	}
	return passed
}
