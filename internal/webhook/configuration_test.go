package webhook

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

func parsed(t *testing.T, r Registration) *syntax.Node {
	t.Helper()
	var root *syntax.Node
	failure := syntax.Parse(string(Configuration(r)), func(d *syntax.Document) bool {
		require.Nil(t, d.Err)
		root = d.Root
		return true
	})
	require.Nil(t, failure)
	return root
}

// TestRegistrationIsNarrow holds the registration to what must never be asked
// about, whatever is asked for.
func TestRegistrationIsNarrow(t *testing.T) {
	for _, r := range []Registration{
		{Name: "charmarr-lint", Namespace: "charmarr-lint", Service: "charmarr-lint-webhook"},
		{Name: "x", Namespace: "elsewhere", URL: "https://127.0.0.1:9443/validate", CABundle: "AA==", Fail: true},
	} {
		root := parsed(t, r)
		require.Equal(t, "ValidatingWebhookConfiguration", root.Get("kind").Text())
		hooks := root.Get("webhooks").List()
		require.Len(t, hooks, 3)
		for _, h := range hooks {
			name := h.Get("name").Text()
			require.Equal(t, "None", h.Get("sideEffects").Text(), name)
			require.LessOrEqual(t, h.Get("timeoutSeconds").Int(0), 5, name)
			wants := h.Get("failurePolicy").Text()
			if !r.Fail || name == "others.charmarr-lint.io" {
				require.Equal(t, "Ignore", wants, name)
			} else {
				require.Equal(t, "Fail", wants, name)
			}

			var never []string
			models := false
			for _, e := range h.Get("namespaceSelector").Get("matchExpressions").List() {
				if e.Get("key").Text() == "kubernetes.io/metadata.name" && e.Get("operator").Text() == "NotIn" {
					never = append(never, e.Get("values").Texts()...)
				}
				models = models || e.Get("key").Text() == modelLabel && e.Get("operator").Text() == "Exists"
			}
			require.Subset(t, never, []string{"kube-system", "kube-public", "kube-node-lease", r.Namespace}, name)
			var conditions []string
			for _, c := range h.Get("matchConditions").List() {
				conditions = append(conditions, c.Get("name").Text())
			}
			if name == "namespaces.charmarr-lint.io" {
				require.Contains(t, conditions, "is-model")
			} else {
				require.True(t, models, "%s: models alone", name)
			}

			for _, rule := range h.Get("rules").List() {
				for _, list := range [][]string{rule.Get("resources").Texts(), rule.Get("apiGroups").Texts(), rule.Get("operations").Texts(), rule.Get("apiVersions").Texts()} {
					require.NotEmpty(t, list)
					require.NotContains(t, list, "*")
				}
				for _, resource := range rule.Get("resources").Texts() {
					for _, never := range []string{"nodes", "leases", "events", "endpoints", "endpointslices", "secrets", "*/*", "pods/status", "pods/eviction", "pods/binding", resource + "/status"} {
						require.NotEqual(t, never, resource, name)
					}
					if wants == "Fail" {
						require.NotEqual(t, "pods", resource, "what runs is made anew while nobody answers")
					}
				}
				require.False(t, slices.Contains(rule.Get("operations").Texts(), "CONNECT"), name)
			}
		}
	}
}
