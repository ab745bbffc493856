package digest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

func verdicts(s digest.Stack) map[rule.ID]finding.Verdict {
	out := map[rule.ID]finding.Verdict{}
	for _, v := range s.Rules {
		out[v.Rule.ID] = v.Verdict
	}
	return out
}

func TestVerdicts(t *testing.T) {
	d := digest.Of(reporttest.Named("broken"))
	require.Len(t, d.Stacks, 3)
	require.Equal(t, map[rule.ID]finding.Verdict{
		"ingress/app-on-its-gateway": finding.Violated, "mesh/gateway-not-enrolled": finding.Pass,
		"ops/channel-coherent": finding.Violated, "own/storage-class": finding.NotEvaluated,
		"topology/gateway-own-namespace": finding.Unknown,
	}, verdicts(d.Stacks[0]))
	require.Equal(t, map[rule.ID]finding.Verdict{"config/waiver-expired": finding.Violated}, verdicts(d.Stacks[2]),
		"nothing passes outside the listed stacks")
	require.Equal(t, 5, d.Violated)
}

// TestNoFalsePass holds verdicts to it that a pass needs silence everywhere.
func TestNoFalsePass(t *testing.T) {
	id := rule.ID("a/b")
	stack := []finding.Stack{{Name: "s"}}
	waiver := finding.Finding{Rule: id, Stack: "s", Verdict: finding.Waived}
	unknown := []finding.Undecided{{Rule: id, Stack: "s", Missing: []string{"x"}}}
	for name, c := range map[string]struct {
		report finding.Report
		want   finding.Verdict
	}{
		"silence":             {finding.Report{}, finding.Pass},
		"waived":              {finding.Report{Findings: []finding.Finding{waiver}}, finding.Waived},
		"waived and unknown":  {finding.Report{Findings: []finding.Finding{waiver}, Unknown: unknown}, finding.Unknown},
		"violated and more":   {finding.Report{Findings: []finding.Finding{{Rule: id, Stack: "s"}, waiver}, Unknown: unknown}, finding.Violated},
		"judges the estate":   {finding.Report{Findings: []finding.Finding{{Rule: id}}}, ""},
		"unknown elsewhere":   {finding.Report{Unknown: []finding.Undecided{{Rule: id}}}, ""},
		"of another stack":    {finding.Report{Stacks: []finding.Stack{{Name: "t"}}, Unknown: []finding.Undecided{{Rule: id, Stack: "t"}}}, finding.Pass},
		"not evaluated":       {finding.Report{NotEvaluated: []finding.Unevaluated{{Rule: id, Stack: "s"}}}, finding.NotEvaluated},
		"not listed as asked": {finding.Report{NotEvaluated: []finding.Unevaluated{{Rule: "c/d", Stack: "s"}}}, finding.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			c.report.Stacks = append(stack[:1:1], c.report.Stacks...)
			c.report.Rules = []rule.Rule{{ID: id}}
			require.Equal(t, c.want, verdicts(digest.Of(c.report).Stacks[0])[id])
		})
	}
}

func TestMissing(t *testing.T) {
	d := digest.Of(finding.Report{NotEvaluated: []finding.Unevaluated{
		{Rule: "z/z", Stack: "a", Needs: []string{"kube.pods"}},
		{Rule: "b/b", Stack: "b", Needs: []string{"juju.offers"}},
		{Rule: "b/b", Stack: "a", Needs: []string{"juju.offers"}},
		{Rule: "a/a", Stack: "b", Needs: []string{"juju.offers"}},
		{Rule: "a/a", Stack: "a", Needs: []string{"juju.offers"}},
	}})
	require.Empty(t, cmp.Diff([]digest.Missing{
		{What: "juju.offers", Rules: []rule.ID{"a/a", "b/b"}, Stacks: []string{"a", "b"}},
		{What: "kube.pods", Rules: []rule.ID{"z/z"}, Stacks: []string{"a"}},
	}, d.NotEvaluated))
}

func TestLabel(t *testing.T) {
	for want, s := range map[string]finding.Subject{
		"application m/a": {Kind: "application", Model: "m", Name: "a"},
		"pod n/p":         {Kind: "pod", Namespace: "n", Name: "p"},
		"workload m/w":    {Kind: "workload", Model: "m", Namespace: "n", Name: "w"},
		"model m":         {Kind: "model", Model: "m", Name: "m"},
		"namespace n":     {Kind: "namespace", Namespace: "n"},
		"application m/m": {Kind: "application", Model: "m", Name: "m"},
		"":                {},
	} {
		require.Equal(t, want, digest.Label(s))
	}
}

func TestPlace(t *testing.T) {
	require.Equal(t, "f:1:2", digest.Place("f", 1, 2))
	require.Equal(t, "f:1", digest.Place("f", 1, 0))
	require.Equal(t, "f", digest.Place("f", 0, 2))
	require.Empty(t, digest.Place("", 1, 2))
}

func TestTotals(t *testing.T) {
	require.Equal(t, "no findings", digest.Totals(finding.Summary{}))
	require.Equal(t, "1 error, 2 warnings, 3 waived", digest.Totals(finding.Summary{Error: 1, Warning: 2, Waived: 3}))
}
