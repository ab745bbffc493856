package evaluate

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// builtins is an engine over built-in rules mesh/NAME with the given bodies.
func builtins(t *testing.T, limit time.Duration, bodies map[string]string) *Engine {
	t.Helper()
	apps, err := os.ReadFile("testdata/builtin/lib/apps/apps.rego")
	require.NoError(t, err)
	tree := fstest.MapFS{"lib/apps/apps.rego": {Data: apps}}
	for name, body := range bodies {
		text := fmt.Sprintf("# METADATA\n# title: A rule\n# custom:\n#   id: mesh/%s\n#   level: error\n#   adr: [\"networking/adr-006#model-2\"]\n#   needs: [[\"kube.workloads@gateway\"]]\n#   subjects: [application]\n#   states: [declared, effective]\n#   remediation: [\"juju status\"]\npackage rules.mesh.%s\n\n%s\n", name, name, body)
		tree[fmt.Sprintf("rules/mesh/%s/%s.rego", name, name)] = &fstest.MapFile{Data: []byte(text)}
	}
	e, err := newEngine(t.Context(), withCompiled(t, tree), Options{TimeLimit: limit}, false)
	require.NoError(t, err)
	return e
}

const (
	findsAll  = `violations contains {"subject": app.subject, "message": "m", "at": "", "state": app.state} if some app in input.applications`
	conflicts = "x := 1 if input.name == \"media\"\n\nx := 2 if input.name != \"\"\n\nviolations contains {\"subject\": app.subject, \"message\": sprintf(\"%d\", [x]), \"at\": \"\", \"state\": app.state} if some app in input.applications"
	loops     = "violations contains {\"subject\": app.subject, \"message\": \"m\", \"at\": \"\", \"state\": app.state} if {\n\tsome a in numbers.range(1, 100000)\n\tsome b in numbers.range(1, 100000)\n\ta * b == -1\n\tsome app in input.applications\n}"
	doubts    = findsNone + "\n\nundecided contains {\"subject\": app.subject, \"missing\": \"kube.pods: all\"} if some app in input.applications"
	findsNone = `violations contains {"subject": app.subject, "message": "m", "at": "", "state": app.state} if { some app in input.applications; app.name == "none" }`
)

// Of rules that are asked together one that fails takes no other's verdict away.
func TestABuiltinRuleThatFails(t *testing.T) {
	for name, body := range map[string]string{"conflicts": conflicts, "loops": loops} {
		t.Run(name, func(t *testing.T) {
			e := builtins(t, time.Second, map[string]string{"a": findsAll, "b": body, "c": doubts, "d": findsNone})
			results, err := e.Evaluate(t.Context(), []topology.Stack{deployment("yes")}, Request{})
			require.ErrorContains(t, err, "mesh/b")
			require.Len(t, results, 1)
			require.Len(t, results[0].Rules, 4)
			for i, want := range []finding.Verdict{finding.Violated, finding.Unknown, finding.NotEvaluated, finding.Pass} {
				got := results[0].Rules[i]
				require.Equal(t, want, got.Verdict, "%s: %v", got.Rule, got.Missing)
				require.Equal(t, i == 1, got.Err != nil, got.Rule)
			}
			require.Equal(t, "kube.pods: all", results[0].Rules[2].Undecided[0].Missing)
		})
	}
}

// Asked together rules say what each says alone.
func TestRulesSayTogetherWhatTheySayAlone(t *testing.T) {
	e, err := New(t.Context(), Options{})
	require.NoError(t, err)
	s := sizeable()
	input := e.input(&s)
	together := e.judge(t.Context(), &s, input, Request{})
	require.Len(t, together.Rules, len(e.rules))
	txn, err := e.store.NewTransaction(t.Context())
	require.NoError(t, err)
	defer e.store.Abort(t.Context(), txn)
	for _, want := range together.Rules {
		for i := range e.rules {
			if e.rules[i].ID == want.Rule {
				run := newJudging(e, txn, &s, input, Request{})
				require.Equal(t, want, run.alone(t.Context(), &e.rules[i]), want.Rule)
			}
		}
	}
}

func TestBatches(t *testing.T) {
	one, other := ast.NewCompiler(), ast.NewCompiler()
	rules := func(text string) []*loaded {
		var out []*loaded
		for _, kind := range text {
			r := &loaded{compiler: one}
			r.Own = kind == 'o'
			if kind != 'b' {
				r.compiler = other
			}
			out = append(out, r)
		}
		return out
	}
	for text, want := range map[string]int{
		"b": 1, "bbb": 3, "bbo": 2, "oo": 1, "bbx": 2, strings.Repeat("b", batchSize+1): batchSize,
	} {
		require.Len(t, batch(rules(text)), want, text)
	}
}
