package lint

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// report is the report of a run before any rule was asked. Its lists are
// sorted, so that the order in which sources were named does not show.
func (o Options) report(snap snapshot.Snapshot, resolved topology.Result, gaps []snapshot.Gap, p topology.Profile) finding.Report {
	r := finding.Report{
		Schema:       finding.Schema,
		Tool:         finding.Tool{Name: Name, Version: o.Version},
		Profile:      p.Name,
		Stacks:       []finding.Stack{},
		Findings:     []finding.Finding{},
		Decided:      []finding.Decided{},
		Unknown:      []finding.Undecided{},
		NotEvaluated: []finding.Unevaluated{},
		Gaps:         []finding.Gap{},
		Sources:      []finding.Source{},
		Ignored:      []finding.Ignored{},
		Notes:        sorted(resolved.Notes, cmp.Compare[string]),
		Empty:        len(resolved.Stacks) == 0,
	}
	for _, s := range resolved.Stacks {
		r.Stacks = append(r.Stacks, stackOf(s))
	}
	for _, g := range gaps {
		r.Gaps = append(r.Gaps, finding.Gap{Source: g.Source, Line: g.Line, Column: g.Column, What: g.What, Reason: g.Reason})
	}
	for _, s := range snap.Sources {
		r.Sources = append(r.Sources, finding.Source{Kind: string(s.Kind), Name: s.Name, Live: s.Kind.Live(), Recorded: s.Recorded})
	}
	for _, i := range snap.Ignored {
		r.Ignored = append(r.Ignored, finding.Ignored{Name: i.Name, Reason: i.Reason})
	}
	slices.SortFunc(r.Stacks, func(a, b finding.Stack) int { return cmp.Compare(a.Name, b.Name) })
	r.Gaps = sorted(r.Gaps, compareGaps)
	r.Sources = sorted(r.Sources, compareSources)
	r.Ignored = sorted(r.Ignored, compareIgnored)
	return r
}

func compareGaps(a, b finding.Gap) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.What, b.What), cmp.Compare(a.Reason, b.Reason))
}

func compareSources(a, b finding.Source) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Recorded, b.Recorded))
}

func compareIgnored(a, b finding.Ignored) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reason, b.Reason))
}

func stackOf(s topology.Stack) finding.Stack {
	out := finding.Stack{Name: s.Name, Models: []string{}, Namespaces: []string{}, Parts: []finding.Part{}}
	for _, m := range s.Models {
		out.Models = append(out.Models, m.Name)
		if m.Part != "" {
			out.Parts = append(out.Parts, finding.Part{Model: m.Name, Part: m.Part, Basis: m.PartBasis})
		}
	}
	for _, n := range s.Namespaces {
		out.Namespaces = append(out.Namespaces, n.Name)
	}
	out.Models, out.Namespaces = sorted(out.Models, cmp.Compare[string]), sorted(out.Namespaces, cmp.Compare[string])
	out.Parts = sorted(out.Parts, func(a, b finding.Part) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Basis, b.Basis))
	})
	return out
}

// tally enters what the rules said: findings, and what could not be decided.
func tally(r *finding.Report, results []evaluate.Result, t translator) {
	for _, res := range results {
		decided := finding.Decided{Stack: res.Stack, Rules: []rule.ID{}}
		for _, rr := range res.Rules {
			switch rr.Verdict {
			case finding.Pass:
				r.Summary.Passed++
			case finding.Unknown:
				r.Unknown = append(r.Unknown, finding.Undecided{Rule: rr.Rule, Stack: res.Stack, Missing: sorted(rr.Missing, cmp.Compare[string])})
			case finding.NotEvaluated:
				r.NotEvaluated = append(r.NotEvaluated, finding.Unevaluated{Rule: rr.Rule, Stack: res.Stack, Needs: sorted(rr.Missing, cmp.Compare[string])})
			}
			if rr.Whole {
				decided.Rules = append(decided.Rules, rr.Rule)
			}
			r.Findings = append(r.Findings, t.findings(res.Stack, rr)...)
		}
		r.Decided = append(r.Decided, decided)
	}
	slices.SortFunc(r.Unknown, func(a, b finding.Undecided) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Stack, b.Stack))
	})
	slices.SortFunc(r.NotEvaluated, func(a, b finding.Unevaluated) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Stack, b.Stack))
	})
}

// count fills in the summary of a report whose findings are complete.
func count(r *finding.Report) {
	r.Summary.Unknown, r.Summary.NotEvaluated = len(r.Unknown), len(r.NotEvaluated)
	for _, f := range r.Findings {
		switch {
		case f.Verdict == finding.Waived:
			r.Summary.Waived++
		case f.Level == rule.Error:
			r.Summary.Error++
		case f.Level == rule.Warning:
			r.Summary.Warning++
		case f.Level == rule.Note:
			r.Summary.Note++
		}
	}
}

func byID(a, b rule.Rule) int { return cmp.Compare(a.ID, b.ID) }

// sorted returns a sorted copy without what is there twice; never nil.
func sorted[T comparable](in []T, compare func(a, b T) int) []T {
	out := append(make([]T, 0, len(in)), in...)
	slices.SortFunc(out, compare)
	return slices.Compact(out)
}
