// Package evaluate judges stacks by rules.
//
// New loads the built-in rules and one's own; Evaluate asks every rule about every
// stack. A rule that errs or loops takes no other rule's verdict away: each of one's
// own is a query by itself, with a time limit, and built-in ones become that as soon
// as one of them fails.
//
// The built-in rules come compiled: NewCatalogue checks them against the schema
// of package topology, compiles them and writes them down (`make generate`), and
// New reads what was written. One's own are checked and compiled by New, together
// with what they refer to.
//
// Words: a rule is a Rego package rules.<area>.<name> with METADATA. A
// Violation is what a rule says of one subject, with places still as the opaque
// strings of the topology; package lint makes findings of them. A need is met
// where the evidence it names was read for every model it speaks of. See decide
// for how violations, needs and gaps become a verdict.
//
// The package, with compiled below it, is the only importer of OPA. It imports
// OPA's ast and topdown and leaves the rego package alone: process start costs
// the same with either (4.5 ms of CPU, most of it OPA's own), but rego adds 3 MB
// of plugins and servers to the program, wraps each evaluation in more
// allocation, and offers no virtual cache that several queries share.
package evaluate

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/policies"
)

// defaultTimeLimit bounds one rule on one stack. Built-in rules take less than
// a millisecond; the limit is there for one's own.
const defaultTimeLimit = 5 * time.Second

// Options says which rules to load.
type Options struct {
	// OwnPolicies are directories of one's own rules, walked for *.rego files.
	OwnPolicies []string
	// Parameters are the configured parameters by rule id (or alias); a rule
	// reads them as data.parameters[id].
	Parameters map[rule.ID]map[string]any
	// TimeLimit bounds one rule on one stack; 0 is five seconds.
	TimeLimit time.Duration
}

// Engine is a compiled set of rules. It is safe for concurrent use.
type Engine struct {
	rules     []loaded      // sorted by id, built-in rules first
	store     storage.Store // holds data.parameters
	encode    encoder
	scratches sync.Pool // of *scratch, for encode
	timeLimit time.Duration
}

// loaded is a rule with the queries that ask it.
type loaded struct {
	rule.Rule
	compiler   *ast.Compiler // that compiled its package
	violations query
	undecided  query // without a body where the rule defines none
	// at is where the rule defines its violations.
	at *ast.Location
}

// New loads the built-in rules and those of opts. What is wrong with policies
// comes back as Errors, all of it at once.
func New(ctx context.Context, opts Options) (*Engine, error) {
	return newEngine(ctx, policies.Files, opts, false)
}

// newEngine is New with another tree of built-in rules. Where the tree has
// compiled forms of them all, those are taken. With fromSource all is compiled
// from the sources, and the types of the built-in rules are checked like those
// of one's own.
func newEngine(ctx context.Context, builtin fs.FS, opts Options, fromSource bool) (*Engine, error) {
	set := gather(ctx, builtin, opts.OwnPolicies, fromSource, false)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("loading policies: %w", err)
	}
	rules, errs := set.compileRules(fromSource || len(opts.OwnPolicies) > 0)
	params, paramErrs := parameters(rules, opts.Parameters)
	errs = append(errs, paramErrs...)
	if len(errs) > 0 {
		return nil, errs.sorted()
	}

	encode, err := stackEncoder()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		rules:     rules,
		store:     inmem.NewFromObjectWithOpts(params, inmem.OptReturnASTValuesOnRead(true)),
		encode:    encode,
		timeLimit: opts.TimeLimit,
	}
	if e.timeLimit <= 0 {
		e.timeLimit = defaultTimeLimit
	}
	return e, nil
}

// Rules returns the rules in order of their ids.
func (e *Engine) Rules() []rule.Rule {
	out := make([]rule.Rule, len(e.rules))
	for i, r := range e.rules {
		out[i] = r.Rule
	}
	slices.SortFunc(out, func(a, b rule.Rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

// parameters makes the document data.parameters. Parameters given under an
// alias reach the rule under its id.
func parameters(rules []loaded, given map[rule.ID]map[string]any) (map[string]any, Errors) {
	names := map[rule.ID]rule.ID{}
	for _, r := range rules {
		for _, alias := range r.Aliases {
			names[alias] = r.ID
		}
	}
	for _, r := range rules {
		names[r.ID] = r.ID
	}

	var errs Errors
	byID := map[string]any{}
	for id, params := range given {
		known, ok := names[id]
		if !ok {
			errs = append(errs, &PolicyError{Kind: KindParameters, Rule: id,
				Message: fmt.Sprintf("parameters are given for rule %q, and no such rule exists", id)})
			continue
		}
		values := make(map[string]any, len(params))
		maps.Copy(values, params)
		byID[string(known)] = values
	}
	return map[string]any{"parameters": byID}, errs
}
