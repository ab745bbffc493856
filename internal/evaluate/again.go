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
		known := map[rule.ID]RuleResult{}
		for _, rr := range last.Results[at].Rules {
			if rr.Err == nil && sameGaps(last.Request, req) && !reads.Any(rr.Rule, changed) {
				known[rr.Rule] = rr
			}
		}
		out.Results[i] = e.judgeRest(ctx, s, out.inputs[i], req, known)
	}
	if err := ctx.Err(); err != nil {
		return Judged{}, fmt.Errorf("judging stacks: %w", err)
	}
	return out, errorsOf(out.Results)
}

// judgeRest asks the rules whose answers are not known.
func (e *Engine) judgeRest(ctx context.Context, s *topology.Stack, input *ast.Term, req Request, known map[rule.ID]RuleResult) Result {
	rest := req
	rest.Enabled = func(id rule.ID) bool {
		_, is := known[id]
		return !is && (req.Enabled == nil || req.Enabled(id))
	}
	res := Result{Stack: s.Name}
	if slices.ContainsFunc(e.rules, func(r loaded) bool { return rest.Enabled(r.ID) }) {
		res = e.judge(ctx, s, input, rest)
	}
	for id, rr := range known {
		if req.Enabled == nil || req.Enabled(id) {
			res.Rules = append(res.Rules, rr)
		}
	}
	slices.SortFunc(res.Rules, func(a, b RuleResult) int { return cmp.Compare(a.Rule, b.Rule) })
	return res
}

// sameGaps tells whether gaps touch the same evidence in both.
func sameGaps(a, b Request) bool {
	return a.AllTouched == b.AllTouched && slices.Equal(a.Touched, b.Touched)
}
