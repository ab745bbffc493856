package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Evaluate asks the enabled rules about each stack, several stacks at a time,
// and returns one Result a stack in the order given.
//
// The results are whole even where the error is not nil: Errors then holds the
// policies that failed while judging, whose rules are violated or unknown, never
// passed. Only a cancelled ctx leaves no results.
func (e *Engine) Evaluate(ctx context.Context, stacks []topology.Stack, req Request) ([]Result, error) {
	results := make([]Result, len(stacks))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(stacks)) {
		workers.Go(func() {
			for i := range next {
				results[i] = e.judge(ctx, &stacks[i], e.input(&stacks[i]), req)
			}
		})
	}
	for i := range stacks {
		next <- i
	}
	close(next)
	workers.Wait()

	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("judging stacks: %w", err)
	}
	return results, errorsOf(results)
}

// errorsOf gathers the policies that failed while judging.
func errorsOf(results []Result) error {
	var errs Errors
	for _, r := range results {
		for _, rr := range r.Rules {
			if rr.Err != nil {
				errs = append(errs, rr.Err)
			}
		}
	}
	if len(errs) > 0 {
		return errs.sorted()
	}
	return nil
}

// judge asks the enabled rules about one stack. Rules share one cache, so that
// what several derive from a library is derived once.
//
// Built-in rules are asked several in a query, since a query costs as much as a
// rule. Of those of which one failed each is asked alone.
func (e *Engine) judge(ctx context.Context, s *topology.Stack, input *ast.Term, req Request) Result {
	res := Result{Stack: s.Name}
	txn, err := e.store.NewTransaction(ctx)
	if err != nil {
		// The store is in memory and only read: it fails when ctx has ended.
		return res
	}
	defer e.store.Abort(ctx, txn)

	run := newJudging(e, txn, s, input, req)
	asked := make([]*loaded, 0, len(e.rules))
	for i := range e.rules {
		if r := &e.rules[i]; req.Enabled == nil || req.Enabled(r.ID) {
			asked = append(asked, r)
		}
	}
	if len(asked) > 0 {
		res.Rules = make([]RuleResult, 0, len(asked))
	}
	for len(asked) > 0 {
		together := batch(asked)
		answers := run.together(ctx, together)
		for i, r := range together {
			if ctx.Err() != nil {
				return res
			}
			if answers != nil {
				res.Rules = append(res.Rules, run.result(r, answers[i]))
			} else {
				res.Rules = append(res.Rules, run.alone(ctx, r))
			}
		}
		asked = asked[len(together):]
	}
	slices.SortFunc(res.Rules, func(a, b RuleResult) int { return cmp.Compare(a.Rule, b.Rule) })
	return res
}

// judging is one stack under judgement.
type judging struct {
	engine  *Engine
	txn     storage.Transaction
	stack   *topology.Stack
	input   *ast.Term
	cache   topdown.VirtualCache
	touched touch
	known   *known
}

func newJudging(e *Engine, txn storage.Transaction, s *topology.Stack, input *ast.Term, req Request) *judging {
	return &judging{
		engine: e, txn: txn, stack: s, input: input, cache: topdown.NewVirtualCache(),
		touched: touch{all: req.AllTouched, evidence: req.Touched}, known: newKnown(s),
	}
}

// said is what a rule said, or why it said nothing.
type said struct {
	violations, undecided []*ast.Term
	err                   *PolicyError
}

// alone asks one rule within the time limit.
func (j *judging) alone(ctx context.Context, r *loaded) RuleResult {
	var a said
	limited, cancel := context.WithTimeout(ctx, j.engine.timeLimit)
	defer cancel()
	for _, q := range []struct {
		query query
		into  *[]*ast.Term
	}{{r.violations, &a.violations}, {r.undecided, &a.undecided}} {
		if q.query.body == nil || a.err != nil {
			continue
		}
		err := j.ask(limited, r.compiler, q.query.body, func(found topdown.QueryResult) { *q.into = q.query.members(found) })
		if err != nil {
			a.err = j.failure(limited, r, err)
		}
	}
	return j.result(r, a)
}

// result makes a result of what a rule said.
func (j *judging) result(r *loaded, a said) RuleResult {
	res := RuleResult{Rule: r.ID, Err: a.err}
	for _, v := range a.violations {
		violation, wrong := decodeViolation(v, r)
		if wrong != "" {
			res.Err = cmp.Or(res.Err, j.malformed(r, wrong))
			continue
		}
		res.Violations = append(res.Violations, violation)
	}
	sortViolations(res.Violations)
	for _, u := range a.undecided {
		one, wrong := decodeUndecided(u)
		if wrong != "" {
			res.Err = cmp.Or(res.Err, j.malformed(r, wrong))
			continue
		}
		res.Undecided = append(res.Undecided, one)
	}

	if res.Err != nil && len(res.Violations) == 0 {
		res.Verdict, res.Missing = finding.Unknown, []string{"the policy failed: " + res.Err.Error()}
		return res
	}
	missing := make([]string, len(res.Undecided))
	for i, u := range res.Undecided {
		missing[i] = u.Missing
	}
	silence, lacking := j.known.decide(r.Needs, j.touched, false, missing)
	res.Verdict, res.Missing = silence, lacking
	if len(res.Violations) > 0 {
		res.Verdict, res.Missing = finding.Violated, nil
	}
	res.Whole = silence == finding.Pass && res.Err == nil
	return res
}

// ask runs a query and hands its result over.
func (j *judging) ask(ctx context.Context, compiler *ast.Compiler, q ast.Body, result func(topdown.QueryResult)) error {
	stop := topdown.NewCancel()
	unhook := context.AfterFunc(ctx, stop.Cancel)
	defer unhook()
	err := topdown.NewQuery(q).
		WithCompiler(compiler).
		WithStore(j.engine.store).
		WithTransaction(j.txn).
		WithInput(j.input).
		WithVirtualCache(j.cache).
		WithMetrics(metrics.NoOp()).
		WithCancel(stop).
		WithIndexing(true).
		WithEarlyExit(true).
		// A failing built-in function would otherwise make its expression
		// undefined, and a violation vanish.
		WithStrictBuiltinErrors(true).
		Iter(ctx, func(qr topdown.QueryResult) error {
			result(qr)
			return nil
		})
	if err != nil {
		// What was half derived when the query stopped helps nobody.
		j.cache = topdown.NewVirtualCache()
	}
	return err
}

// failure translates an error of evaluation.
func (j *judging) failure(ctx context.Context, r *loaded, err error) *PolicyError {
	e := at(KindRuntime, r.at, "rule %s: %v", r.ID, err)
	if t, ok := errors.AsType[*topdown.Error](err); ok {
		e = at(KindRuntime, cmp.Or(t.Location, r.at), "rule %s: %s", r.ID, t.Message)
	}
	if topdown.IsCancel(err) && ctx.Err() != nil {
		e = at(KindTime, r.at, "rule %s took longer than %s and was stopped", r.ID, j.engine.timeLimit)
	}
	e.Rule, e.Stack = r.ID, j.stack.Name
	return e
}

func (j *judging) malformed(r *loaded, wrong string) *PolicyError {
	e := at(KindResult, r.at, "rule %s: %s", r.ID, wrong)
	e.Rule, e.Stack = r.ID, j.stack.Name
	return e
}
