package evaluate

import (
	"context"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// batchSize is how many rules are asked in one query. The more there are, the
// deeper the stack of calls, since each expression of a query is evaluated within
// the one before it.
const batchSize = 16

// query asks for what a rule derives.
type query struct {
	answer ast.Var  // what holds it
	body   ast.Body // nil for a rule that derives nothing
}

// newQuery asks for the document at ref.
func newQuery(ref ast.Ref) query {
	answer := ast.Var(ref.String())
	return query{answer, ast.NewBody(ast.Equality.Expr(ast.NewTerm(answer), ast.NewTerm(ref)))}
}

// members are those of the set that was asked for.
func (q query) members(found topdown.QueryResult) []*ast.Term {
	if term := found[q.answer]; term != nil {
		if set, ok := term.Value.(ast.Set); ok {
			return set.Slice()
		}
	}
	return nil
}

// batch returns the first of some rules that are asked together. A rule of one's
// own is asked alone: what it does is on nobody else.
func batch(rules []*loaded) []*loaded {
	n := 1
	for n < len(rules) && n < batchSize && !rules[0].Own && !rules[n].Own && rules[n].compiler == rules[0].compiler {
		n++
	}
	return rules[:n]
}

// together asks several rules in one query, within the time limit of one. It
// returns nothing where it failed or had no answer: it is not known then of which rule,
// or what the others would have said.
func (j *judging) together(ctx context.Context, rules []*loaded) []said {
	if len(rules) == 1 {
		return nil
	}
	var body ast.Body
	for _, r := range rules {
		for _, q := range []query{r.violations, r.undecided} {
			for _, expr := range q.body {
				one := *expr // its place in the query is written into it
				body.Append(&one)
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, j.engine.timeLimit)
	defer cancel()
	var answers []said
	err := j.ask(ctx, rules[0].compiler, body, func(found topdown.QueryResult) {
		answers = make([]said, len(rules))
		for i, r := range rules {
			answers[i] = said{violations: r.violations.members(found), undecided: r.undecided.members(found)}
		}
	})
	if err != nil {
		return nil
	}
	return answers
}
