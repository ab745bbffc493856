package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/topdown/print"

	"github.com/charmarr/charmarr-lint/policies"
)

// TestReport is what the tests of one's own rules gave.
type TestReport struct {
	Tests    []TestResult   // by file and line
	Coverage []FileCoverage // of the rules and libraries, by file
}

// TestResult is one test: a rule whose name starts with test_ in a file named
// *_test.rego.
type TestResult struct {
	Package string // rules.own.limit_test
	Name    string // test_fires
	File    string
	Line    int
	Passed  bool
	Err     string   // why it could not run to its end; "" where it did
	Output  []string // what it printed
}

// FileCoverage says which lines of a file the tests reached.
type FileCoverage struct {
	File    string
	Lines   int   // lines with something to evaluate
	Covered int   // of those, the lines that were reached
	Missed  []int // the others
}

// Failed tells whether a test failed.
func (r TestReport) Failed() bool {
	return slices.ContainsFunc(r.Tests, func(t TestResult) bool { return !t.Passed })
}

// Test runs the tests in the directories of opts.OwnPolicies. They see the
// built-in libraries, data.lib.testing among them, which makes entities. What is
// wrong with the policies or their tests comes back as Errors. It runs without
// OPA's tester and cover packages, which would double what the program holds of
// OPA.
func Test(ctx context.Context, opts Options) (TestReport, error) {
	return runTests(ctx, policies.Files, opts)
}

func runTests(ctx context.Context, builtin fs.FS, opts Options) (TestReport, error) {
	set := gather(ctx, builtin, opts.OwnPolicies, false, true)
	if err := ctx.Err(); err != nil {
		return TestReport{}, fmt.Errorf("loading tests of policies: %w", err)
	}
	_, errs := set.collectRules()
	var compiler *ast.Compiler
	if !errs.spoilCompile() {
		var compileErrs Errors
		compiler, compileErrs = compile(set.caps, set.files, true, true)
		errs = append(errs, compileErrs...)
	}
	if len(errs) > 0 {
		return TestReport{}, errs.sorted()
	}

	t := &testRun{
		compiler: compiler,
		store:    inmem.NewFromObject(map[string]any{"parameters": map[string]any{}}),
		limit:    cmp.Or(max(opts.TimeLimit, 0), defaultTimeLimit),
		reached:  map[string]map[int]bool{},
	}
	var report TestReport
	for _, f := range set.files {
		switch {
		case f.own && isPolicy(f.name):
			t.reached[f.name] = map[int]bool{}
		case f.own:
			results, err := t.file(ctx, f)
			if err != nil {
				return TestReport{}, err
			}
			report.Tests = append(report.Tests, results...)
		}
	}
	for _, f := range set.files {
		if f.own && isPolicy(f.name) {
			report.Coverage = append(report.Coverage, coverage(compiler.Modules[f.name], t.reached[f.name]))
		}
	}
	return report, nil
}

// testRun runs tests one after the other.
type testRun struct {
	compiler *ast.Compiler
	store    storage.Store
	limit    time.Duration
	reached  map[string]map[int]bool // lines by file
}

func (t *testRun) file(ctx context.Context, f source) ([]TestResult, error) {
	var out []TestResult
	path := packagePath(f.module)
	for _, def := range f.module.Rules {
		name := def.Head.Ref()[0].Value.String()
		// A test may have several definitions and is one test all the same.
		if !strings.HasPrefix(name, "test_") || slices.ContainsFunc(out, func(r TestResult) bool { return r.Name == name }) {
			continue
		}
		r := TestResult{Package: strings.Join(path, "."), Name: name, File: f.name, Line: def.Location.Row}
		if err := t.run(ctx, &r, newQuery(f.module.Package.Path.Append(ast.StringTerm(name)))); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (t *testRun) run(parent context.Context, r *TestResult, q query) error {
	ctx, cancel := context.WithTimeout(parent, t.limit)
	defer cancel()
	stop := topdown.NewCancel()
	defer context.AfterFunc(ctx, stop.Cancel)()
	txn, err := t.store.NewTransaction(ctx)
	if err != nil {
		return fmt.Errorf("running test %s: %w", r.Name, err)
	}
	defer t.store.Abort(ctx, txn)

	printed := &printer{}
	err = topdown.NewQuery(q.body).
		WithCompiler(t.compiler).
		WithStore(t.store).
		WithTransaction(txn).
		WithCancel(stop).
		WithPrintHook(printed).
		WithQueryTracer(lines(t.reached)).
		WithStrictBuiltinErrors(true).
		// Without these two, every definition is looked at.
		WithIndexing(false).
		WithEarlyExit(false).
		Iter(ctx, func(qr topdown.QueryResult) error {
			r.Passed = qr[q.answer].Value.Compare(ast.Boolean(true)) == 0
			return nil
		})
	r.Output = printed.lines
	if parent.Err() != nil {
		return fmt.Errorf("running test %s: %w", r.Name, parent.Err())
	}
	if err != nil {
		r.Passed, r.Err = false, err.Error()
		if topdown.IsCancel(err) {
			r.Err = fmt.Sprintf("took longer than %s and was stopped", t.limit)
		}
	}
	return nil
}

// printer keeps what a test prints.
type printer struct{ lines []string }

// Print is called for each print statement.
func (p *printer) Print(_ print.Context, text string) error {
	p.lines = append(p.lines, text)
	return nil
}

// lines notes the lines that are reached, of the files it knows.
type lines map[string]map[int]bool

// Enabled says that events are wanted.
func (lines) Enabled() bool { return true }

// Config asks for no more than the events.
func (lines) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent notes an expression that was evaluated, or a rule that held.
func (l lines) TraceEvent(e topdown.Event) {
	if (e.Op == topdown.EvalOp || e.Op == topdown.ExitOp) && e.Location != nil {
		if rows, ok := l[e.Location.File]; ok {
			rows[e.Location.Row] = true
		}
	}
}

// coverage compares the lines of a module that hold expressions or heads of
// rules with those that were reached.
func coverage(m *ast.Module, reached map[int]bool) FileCoverage {
	all := map[int]bool{}
	c := FileCoverage{File: m.Package.Location.File}
	note := func(loc *ast.Location) {
		if loc != nil && loc.Row > 0 && !all[loc.Row] {
			all[loc.Row] = true
			c.Lines++
			if reached[loc.Row] {
				c.Covered++
			} else {
				c.Missed = append(c.Missed, loc.Row)
			}
		}
	}
	for _, def := range m.Rules {
		note(def.Location)
		ast.WalkExprs(def, func(e *ast.Expr) bool {
			if !e.Generated {
				note(e.Location)
			}
			return false
		})
	}
	slices.Sort(c.Missed)
	return c
}
