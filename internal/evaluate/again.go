package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Judged is stacks with what the rules said of them.
type Judged struct {
	Stacks  []topology.Stack
	Request Request
	Results []Result
	// inputs are the documents of the stacks, for Again; none after Evaluate.
	inputs []*ast.Term
}

// Again is Evaluate where nearly the same stacks were judged before: a rule is
// asked about a stack only where something changed that it can read. The results
// are those of Evaluate. Nothing judged before is the zero Judged.
func (e *Engine) Again(ctx context.Context, reads Reads, last Judged, stacks []topology.Stack, req Request) (Judged, error) {
	out := Judged{Stacks: stacks, Request: req, Results: make([]Result, len(stacks)), inputs: make([]*ast.Term, len(stacks))}
	for i := range stacks {
		s := &stacks[i]
		at := slices.IndexFunc(last.Stacks, func(o topology.Stack) bool { return o.Name == s.Name })
		if at < 0 || at >= len(last.inputs) {
			out.inputs[i] = e.input(s)
			out.Results[i] = e.judge(ctx, s, out.inputs[i], req)
			continue
		}
		input, changed := reads.renew(last.inputs[at], &last.Stacks[at], s)
		out.inputs[i] = input
		var known []RuleResult
		if sameGaps(last.Request, req) {
			known = slices.DeleteFunc(slices.Clone(last.Results[at].Rules), func(rr RuleResult) bool {
				return rr.Err != nil || req.Enabled != nil && !req.Enabled(rr.Rule) || reads.Any(rr.Rule, changed)
			})
		}
		out.Results[i] = e.judgeRest(ctx, s, input, req, known)
	}
	if err := ctx.Err(); err != nil {
		return Judged{}, fmt.Errorf("judging stacks: %w", err)
	}
	return out, errorsOf(out.Results)
}

// judgeRest asks the rules whose answers are not known. Those that are stand in
// order of rule ids.
func (e *Engine) judgeRest(ctx context.Context, s *topology.Stack, input *ast.Term, req Request, known []RuleResult) Result {
	rest := req
	rest.Enabled = func(id rule.ID) bool {
		_, is := slices.BinarySearchFunc(known, id, func(rr RuleResult, id rule.ID) int { return cmp.Compare(rr.Rule, id) })
		return !is && (req.Enabled == nil || req.Enabled(id))
	}
	res := Result{Stack: s.Name, Rules: known}
	if !slices.ContainsFunc(e.rules, func(r loaded) bool { return rest.Enabled(r.ID) }) {
		return res
	}
	for _, rr := range e.judge(ctx, s, input, rest).Rules {
		at, _ := slices.BinarySearchFunc(res.Rules, rr.Rule, func(o RuleResult, id rule.ID) int { return cmp.Compare(o.Rule, id) })
		res.Rules = slices.Insert(res.Rules, at, rr)
	}
	return res
}

// sameGaps tells whether gaps touch the same evidence in both.
func sameGaps(a, b Request) bool {
	return a.AllTouched == b.AllTouched && slices.Equal(a.Touched, b.Touched)
}
