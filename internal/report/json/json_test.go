package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func TestWriteReadsBack(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, json.Write(&b, c.Report))
			var back finding.Report
			dec := stdjson.NewDecoder(&b)
			dec.DisallowUnknownFields()
			require.NoError(t, dec.Decode(&back))
			if c.Name == "hostile" {
				return // its bytes that are no UTF-8 cannot come back
			}
			require.Empty(t, cmp.Diff(c.Report, back, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(finding.Report{}, "Rules")))
		})
	}
}

func TestNoNullList(t *testing.T) {
	r := finding.Report{
		Stacks: []finding.Stack{{}}, Findings: []finding.Finding{{}},
		Unknown: []finding.Undecided{{}}, NotEvaluated: []finding.Unevaluated{{}},
	}
	for name, r := range map[string]finding.Report{"zero": {}, "nested": r} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, json.Write(&b, r))
			for i, line := range bytes.Split(b.Bytes(), []byte("\n")) {
				if !bytes.Contains(line, []byte(`"waiver": null`)) {
					require.NotContains(t, string(line), "null", "line %d", i+1)
				}
			}
			require.Contains(t, b.String(), `"schema": "charmarr-lint/report/v1"`)
		})
	}
	require.Nil(t, r.Findings[0].Evidence, "the report was changed")
}
