package evaluate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// ownRule writes a rule of one's own with a body and returns its directory.
func ownRule(t *testing.T, name, body string) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`# METADATA
# title: A rule of one's own
# custom:
#   id: own/%s
#   level: warning
#   needs: [["kube.workloads@gateway"]]
#   subjects: [application]
package rules.own.%s

%s
`, strings.ReplaceAll(name, "_", "-"), name, body)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".rego"), []byte(text), 0o644))
	return dir
}

// own returns the result of one's own rule, having made sure that the built-in
// one still found what it had to.
func own(t *testing.T, results []Result) RuleResult {
	t.Helper()
	require.Len(t, results, 1)
	require.Len(t, results[0].Rules, 2)
	builtin := results[0].Rules[0]
	require.Equal(t, rule.ID("mesh/gateway-free"), builtin.Rule)
	require.Equal(t, finding.Violated, builtin.Verdict)
	require.Nil(t, builtin.Err)
	return results[0].Rules[1]
}

func TestOwnRuleThatFails(t *testing.T) {
	tests := map[string]struct {
		body string
		kind ErrorKind
		want string
	}{
		"loops": {
			body: "violations contains v if {\n\tsome a in numbers.range(1, 100000)\n\tsome b in numbers.range(1, 100000)\n\ta * b == -1\n\tsome app in input.applications\n\tv := {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state}\n}",
			kind: KindTime, want: "took longer than 1s and was stopped",
		},
		"conflicts": {
			body: "x := 1 if input.name == \"media\"\n\nx := 2 if input.name != \"\"\n\nviolations contains {\"subject\": app.subject, \"message\": sprintf(\"%d\", [x]), \"at\": \"\", \"state\": app.state} if some app in input.applications",
			kind: KindRuntime, want: "rule data.rules.own.bad.x produced conflicting values: 1 at ",
		},
		"calls a function with nonsense": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state} if {\n\tsome app in input.applications\n\tto_number(app.name) > 0\n}",
			kind: KindRuntime, want: `bad.rego:12:2: judging stack "media": rule own/bad: to_number: `,
		},
		"names no state": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": \"real\"} if some app in input.applications",
			kind: KindResult, want: `a violation: state is "real": must be one of planned, declared, effective`,
		},
		"names another kind of subject": {
			body: "violations contains {\"subject\": m.subject, \"message\": \"m\", \"at\": \"\", \"state\": m.state} if some m in input.models",
			kind: KindResult, want: `subject is of kind "model", and METADATA subjects lists application`,
		},
		"names a way": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state, \"way\": \"out\"} if some app in input.applications",
			kind: KindResult, want: `way is "out", and METADATA ways lists none`,
		},
		"says nothing": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"\", \"at\": \"\", \"state\": app.state} if some app in input.applications",
			kind: KindResult, want: "message must not be empty",
		},
		"has a level of its own making": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state, \"level\": \"off\"} if some app in input.applications",
			kind: KindResult, want: `level is "off"`,
		},
		"gives a number for a place": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": 3, \"state\": app.state} if some app in input.applications",
			kind: KindResult, want: "at must be a string and is 3",
		},
		"gives evidence in another shape": {
			body: "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state, \"evidence\": [{\"fact\": \"f\"}]} if some app in input.applications",
			kind: KindResult, want: "a piece of evidence has no key at and has no key object",
		},
		"gives a subject in another shape": {
			body: "violations contains {\"subject\": {\"name\": app.name}, \"message\": \"m\", \"at\": \"\", \"state\": app.state} if some app in input.applications",
			kind: KindResult, want: "a subject has no key kind",
		},
		"has an object with keys unknown before": {
			body: "violations contains v if {\n\tsome app in input.applications\n\tv := object.union({\"subject\": app.subject, \"message\": \"m\"}, {\"msg\": \"x\"})\n}",
			kind: KindResult, want: "a violation has no key at and has no key state and has unknown key msg",
		},
		"says nothing is missing": {
			body: "violations contains v if {\n\tsome app in input.applications\n\tapp.name == \"none\"\n\tv := {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state}\n}\n\nundecided contains {\"subject\": app.subject, \"missing\": \"\"} if some app in input.applications",
			kind: KindResult, want: "missing must not be empty",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := ownRule(t, "bad", tt.body)
			engine := fixture(t, Options{OwnPolicies: []string{dir}, TimeLimit: time.Second})
			results, err := engine.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
			require.ErrorContains(t, err, tt.want)
			got := own(t, results)
			require.Equal(t, finding.Unknown, got.Verdict)
			require.Len(t, got.Missing, 1)
			require.Equal(t, tt.kind, got.Err.Kind)
			require.Equal(t, rule.ID("own/bad"), got.Err.Rule)
			require.Equal(t, "media", got.Err.Stack)
			require.Equal(t, filepath.ToSlash(filepath.Join(dir, "bad.rego")), got.Err.File)
			require.NotZero(t, got.Err.Line)
			one, ok := errors.AsType[*PolicyError](err)
			require.True(t, ok)
			require.Empty(t, cmp.Diff(got.Err, one))
		})
	}
}

// What a rule found before it failed stands.
func TestOwnRuleThatFailsInPart(t *testing.T) {
	dir := ownRule(t, "half", `violations contains {"subject": app.subject, "message": "good", "at": "", "state": app.state} if some app in input.applications

violations contains {"subject": app.subject, "message": "", "at": "", "state": app.state} if some app in input.applications`)
	engine := fixture(t, Options{OwnPolicies: []string{dir}})
	results, err := engine.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
	require.Error(t, err)
	got := own(t, results)
	require.Equal(t, finding.Violated, got.Verdict)
	require.Len(t, got.Violations, 1)
	require.NotNil(t, got.Err)
}

func TestOwnRule(t *testing.T) {
	dir := ownRule(t, "limit", `import data.lib.apps

violations contains v if {
	some app in apps.captured
	print("harmless", app.name)
	count(data.parameters["own/limit"].cidrs) == 1
	data.parameters["own/limit"].limit == 3
	v := {
		"subject": app.subject, "message": "m", "at": app.at, "state": app.state,
		"level": "note", "remediation": ["do this"],
	}
}`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "limit_test.rego"), []byte("not rego"), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".git", "x.rego"), []byte("not rego"), 0o644))

	engine := fixture(t, Options{OwnPolicies: []string{dir, dir + "/"}, Parameters: parametersFor("own/limit")})
	results, err := engine.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
	require.NoError(t, err)
	got := own(t, results)
	require.Equal(t, finding.Violated, got.Verdict)
	require.Equal(t, []string{"do this"}, got.Violations[0].Remediation)
	require.Equal(t, rule.Note, got.Violations[0].LevelUnder(rule.Error))
	require.True(t, engine.Rules()[1].Own)

	// Without its parameters the rule finds nothing.
	engine = fixture(t, Options{OwnPolicies: []string{dir}})
	results, err = engine.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
	require.NoError(t, err)
	require.Equal(t, finding.Pass, own(t, results).Verdict)
}

// A rule may have several files; METADATA is in one of them.
func TestOwnRuleOfSeveralFiles(t *testing.T) {
	dir := ownRule(t, "limit", `violations contains v if {
	some app in captured
	v := {"subject": app.subject, "message": "m", "at": app.at, "state": app.state}
}`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "captured.rego"), []byte(`package rules.own.limit

import data.lib.apps

captured contains app if some app in apps.captured
`), 0o644))
	engine := fixture(t, Options{OwnPolicies: []string{dir}})
	results, err := engine.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
	require.NoError(t, err)
	require.Len(t, own(t, results).Violations, 1)
	require.Equal(t, filepath.ToSlash(filepath.Join(dir, "limit.rego")), engine.Rules()[1].File)
}

func TestParametersUnderAlias(t *testing.T) {
	params, errs := parameters([]loaded{{Rule: rule.Rule{ID: "a/new", Aliases: []rule.ID{"a/old"}}}}, parametersFor("a/old"))
	require.Empty(t, errs)
	require.Contains(t, params["parameters"], "a/new")
}

func TestRulesThatReadParametersSayIt(t *testing.T) {
	for text, want := range map[string]bool{
		`x := data.parameters["a/b"].limit`:                      true,
		`x if { some k, _ in data.parameters["a/b"]; k == "x" }`: true,
		"import data.parameters\nx := parameters[\"a/b\"].limit": true,
		"x := data.lib.y.parameters":                             false,
		`x := input.parameters`:                                  false,
	} {
		m, err := ast.ParseModuleWithOpts("m.rego", "package rules.a.b\n"+text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		require.NoError(t, err)
		require.Equal(t, want, readsParameters(m), text)
	}
}

func TestLevelUnder(t *testing.T) {
	require.Equal(t, rule.Warning, Violation{}.LevelUnder(rule.Warning))
	require.Equal(t, rule.Note, Violation{Level: rule.Note}.LevelUnder(rule.Warning))
	require.Equal(t, rule.Warning, Violation{Level: rule.Error}.LevelUnder(rule.Warning), "never graver than the rule")
}

// Many stacks at a time give what each gives alone, in the order given.
func TestEvaluateManyStacks(t *testing.T) {
	engine := fixture(t, Options{})
	var stacks []topology.Stack
	for i := range 100 {
		s := deployment([]string{"yes", "no", ""}[i%3])
		s.Name = fmt.Sprint("stack-", i)
		stacks = append(stacks, s)
	}
	all, err := engine.Evaluate(t.Context(), stacks, Request{})
	require.NoError(t, err)
	for i := range stacks {
		one, err := engine.Evaluate(t.Context(), stacks[i:i+1], Request{})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(one[0], all[i]))
	}
}

func TestEvaluateStopsWithContext(t *testing.T) {
	dir := ownRule(t, "slow", "violations contains v if {\n\tsome a in numbers.range(1, 100000)\n\tsome b in numbers.range(1, 100000)\n\ta * b == -1\n\tv := {\"subject\": input.applications[0].subject, \"message\": \"m\", \"at\": \"\", \"state\": \"declared\"}\n}")
	engine := fixture(t, Options{OwnPolicies: []string{dir}})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	results, err := engine.Evaluate(ctx, []topology.Stack{deployment("yes")}, Request{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Nil(t, results)
	require.Less(t, time.Since(start), defaultTimeLimit, "stopped by the context and not by the time limit")

	_, err = New(ctx, Options{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestFill(t *testing.T) {
	templates := []string{"juju config -m {model} {name}", "kubectl -n {namespace} get"}
	require.Equal(t, []string{"juju config -m m app", "kubectl -n ns get"},
		fill(templates, finding.Subject{Model: "m", Namespace: "ns", Name: "app"}))
	require.Equal(t, []string{"juju config -m ns <name>", "kubectl -n ns get"},
		fill(templates, finding.Subject{Namespace: "ns"}))
}
