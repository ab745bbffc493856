package evaluate

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// fixture is an engine over the small tree of testdata/builtin, compiled as the
// built-in rules of the program are.
func fixture(t testing.TB, opts Options) *Engine {
	t.Helper()
	e, err := newEngine(t.Context(), withCompiled(t, os.DirFS("testdata/builtin")), opts, false)
	require.NoError(t, err)
	return e
}

// deployment is a three-model stack whose VPN gateway the mesh captures or not.
func deployment(captured string) topology.Stack {
	model := func(name, part string) topology.Model {
		return topology.Model{
			Subject: topology.Subject{Kind: "model", Model: name, Namespace: name, Name: name},
			Name:    name, Namespace: name, Part: part, State: "declared",
		}
	}
	return topology.Stack{
		Name:    "media",
		Profile: topology.Expectation{Name: "adr-006", Layout: "three-models", Mesh: "ambient"},
		Models:  []topology.Model{model("core", "core"), model("dl", "downloads"), model("vpn", "gateway")},
		Evidence: []topology.EvidenceOf{
			{Kind: string(snapshot.KubeWorkloads), Model: "vpn"},
		},
		Applications: []topology.Application{{
			Subject: topology.Subject{Kind: "application", Model: "vpn", Namespace: "vpn", Name: "gluetun"},
			State:   "effective",
			ID:      "vpn/gluetun", Name: "gluetun", Model: "vpn", Role: "vpn-gateway", Scale: -1,
			Mesh: topology.Enrolment{Captured: captured, Fact: "the namespace is labelled", At: "p1", State: "effective"},
		}},
	}
}

func TestRulesReadMetadata(t *testing.T) {
	rules := fixture(t, Options{}).Rules()
	require.Len(t, rules, 1)
	want := rule.Rule{
		ID: "mesh/gateway-free", Aliases: []rule.ID{"mesh/old-name"},
		Title: "The VPN gateway is not captured by the mesh", Description: "Captured traffic does not reach the tunnel.",
		Level: rule.Error, Levels: map[string]rule.Level{"single-model": rule.Warning},
		ADR: []string{"networking/adr-006#model-2"},
		Needs: [][]rule.Need{
			{{Evidence: "kube.workloads", Part: "gateway"}},
			{{Evidence: "juju.applications", Part: "gateway"}, {Evidence: "juju.config", Part: "gateway"}},
		},
		Subjects: []string{"application"}, States: []string{"declared", "effective"},
		Remediation: []string{"juju config -m {model} {name} mesh=off"},
		Ways:        []rule.Way{{ID: "captured", Title: "Ambient captures it"}, {ID: "sidecar", Title: "It has a sidecar"}},
		Security:    "8.1", Package: "rules.mesh.gateway_free",
		File: "policies/rules/mesh/gateway_free/gateway_free.rego",
	}
	require.Empty(t, cmp.Diff(want, rules[0]))
}

func TestEvaluate(t *testing.T) {
	violation := Violation{
		Subject: finding.Subject{Kind: "application", Model: "vpn", Namespace: "vpn", Name: "gluetun"},
		Message: "Application gluetun is captured by the mesh.", Way: "captured", At: "p1", State: "effective",
		Evidence:    []Evidence{{Fact: "the namespace is labelled", At: "p1"}},
		Remediation: []string{"juju config -m vpn gluetun mesh=off"},
	}
	unsure := Undecided{Subject: violation.Subject, Missing: "kube.workloads@gateway: whether gluetun is captured"}
	tests := map[string]struct {
		captured string
		req      Request
		want     []RuleResult
	}{
		"violated": {captured: "yes", want: []RuleResult{{Verdict: finding.Violated, Whole: true, Violations: []Violation{violation}}}},
		"violated in spite of a gap": {captured: "yes", req: Request{AllTouched: true},
			want: []RuleResult{{Verdict: finding.Violated, Violations: []Violation{violation}}}},
		"pass": {captured: "no", want: []RuleResult{{Verdict: finding.Pass, Whole: true}}},
		"gap elsewhere": {captured: "no", req: Request{Touched: []snapshot.Evidence{snapshot.KubePods}},
			want: []RuleResult{{Verdict: finding.Pass, Whole: true}}},
		"gap": {captured: "no", req: Request{Touched: []snapshot.Evidence{snapshot.KubeWorkloads}},
			want: []RuleResult{{Verdict: finding.Unknown, Missing: []string{
				"kube.workloads (a source that may hold it could not be read in whole)"}}}},
		"undecided": {captured: "", want: []RuleResult{{Verdict: finding.NotEvaluated,
			Undecided: []Undecided{unsure}, Missing: []string{unsure.Missing}}}},
		"disabled": {captured: "yes", req: Request{Enabled: func(rule.ID) bool { return false }}},
	}
	engine := fixture(t, Options{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := engine.Evaluate(t.Context(), []topology.Stack{deployment(tt.captured)}, tt.req)
			require.NoError(t, err)
			for i := range tt.want {
				tt.want[i].Rule = "mesh/gateway-free"
			}
			require.Empty(t, cmp.Diff([]Result{{Stack: "media", Rules: tt.want}}, got))
		})
	}
}

func parametersFor(id rule.ID) map[rule.ID]map[string]any {
	return map[rule.ID]map[string]any{id: {"cidrs": []any{"10.0.0.0/8"}, "limit": 3}}
}
