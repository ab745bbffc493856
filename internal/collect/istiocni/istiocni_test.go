package istiocni_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/istiocni"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestSelectors(t *testing.T) {
	at := snapshot.Pos{0, 7, 3, 40}
	// The chart's default, as `kubectl get configmap` prints the entry.
	got, err := istiocni.Selectors(`- podSelector:
    matchLabels: {istio.io/dataplane-mode: ambient}
- podSelector:
    matchExpressions:
    - key: istio.io/dataplane-mode
      operator: NotIn
      values: [none]
  namespaceSelector:
    matchLabels:
      istio.io/dataplane-mode: ambient
`, at)
	require.NoError(t, err)
	ambient := []snapshot.Fact{{Key: "istio.io/dataplane-mode", Value: "ambient", At: at}}
	require.Equal(t, []snapshot.EnablementSelector{
		{Pod: snapshot.Selector{MatchLabels: ambient}},
		{
			Pod: snapshot.Selector{MatchExpressions: []snapshot.Requirement{
				{Key: "istio.io/dataplane-mode", Operator: "NotIn", Values: []string{"none"}},
			}},
			Namespace: snapshot.Selector{MatchLabels: ambient},
		},
	}, got)
}

func TestBrokenSelectors(t *testing.T) {
	for text, want := range map[string]string{
		"a: [":                    "the YAML is broken",
		"a: b":                    "line 1, column 1: the document is a mapping, want a list",
		"- podSelector: x":        "podSelector is text, want a mapping",
		"- podSelector: {}\n\x00": "NUL",
	} {
		_, err := istiocni.Selectors(text, snapshot.Pos{})
		require.ErrorContains(t, err, "reading AMBIENT_ENABLEMENT_SELECTOR")
		require.ErrorContains(t, err, want)
	}
}
