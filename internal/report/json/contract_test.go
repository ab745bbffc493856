package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

// contract is the least that the JSON report has, by path: programs of other
// people rely on these names. Fields may be added; none may go or change its
// name. A path that ends in [] is a list and never null.
var contract = map[string][]string{
	"":                                  {"schema", "tool", "profile", "stacks", "summary", "findings", "unknown", "not_evaluated", "gaps"},
	"tool":                              {"name", "version"},
	"stacks[]":                          {"name", "models", "namespaces"},
	"summary":                           {"error", "warning", "note", "waived", "passed", "unknown", "not_evaluated"},
	"findings[]":                        {"rule", "level", "verdict", "state", "stack", "subject", "message", "location", "evidence", "remediation", "adr", "fingerprint", "waiver"},
	"findings[].subject":                {"kind", "model", "namespace", "name"},
	"findings[].location":               {"file", "line", "column"},
	"findings[].evidence[]":             {"fact", "file", "line", "object", "state"},
	"findings[].waiver":                 {"reason", "expires", "source"},
	"findings[].waiver.source":          {"kind", "object", "key", "location"},
	"findings[].waiver.source.location": {"file", "line", "column"},
	"unknown[]":                         {"rule", "stack", "missing"},
	"not_evaluated[]":                   {"rule", "needs"},
	"gaps[]":                            {"source", "what", "reason"},
}

func TestContract(t *testing.T) {
	reached := map[string]bool{}
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, json.Write(&b, c.Report))
			var doc any
			require.NoError(t, stdjson.Unmarshal(b.Bytes(), &doc))
			holds(t, "", doc, reached)

			var back struct {
				Summary  map[string]int
				Findings []struct{ Level, Verdict, State string }
				Unknown  []any
				Missing  []any `json:"not_evaluated"`
			}
			require.NoError(t, stdjson.Unmarshal(b.Bytes(), &back))
			count := map[string]int{"error": 0, "warning": 0, "note": 0, "waived": 0}
			for _, f := range back.Findings {
				require.Contains(t, []string{"error", "warning", "note"}, f.Level)
				require.Contains(t, []string{"violated", "waived"}, f.Verdict)
				require.Contains(t, []string{"planned", "declared", "effective"}, f.State)
				if f.Verdict == "waived" {
					f.Level = "waived"
				}
				count[f.Level]++
			}
			for word, n := range count {
				require.Equal(t, n, back.Summary[word], word)
			}
			require.Len(t, back.Unknown, back.Summary["unknown"])
			require.Len(t, back.Missing, back.Summary["not_evaluated"])
		})
	}
	for path := range contract {
		require.True(t, reached[path], "no case has a %q", path)
	}
}

// holds walks a document and demands the fields of the contract.
func holds(t *testing.T, path string, v any, reached map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		reached[path] = true
		for _, field := range contract[path] {
			require.Contains(t, v, field, "of %q", path)
		}
		for name, value := range v {
			at := name
			if path != "" {
				at = path + "." + name
			}
			holds(t, at, value, reached)
		}
	case []any:
		for _, each := range v {
			holds(t, path+"[]", each, reached)
		}
	case nil:
		require.True(t, slices.Contains([]string{"findings[].waiver"}, path), "%s is null", path)
	}
}
