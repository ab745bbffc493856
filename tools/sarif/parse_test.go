package sarif

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	golib "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/require"
)

// contract is what the JSON report of the same run says.
type contract struct {
	Findings []struct {
		Rule        string `json:"rule"`
		Level       string `json:"level"`
		Verdict     string `json:"verdict"`
		Fingerprint string `json:"fingerprint"`
	} `json:"findings"`
	Gaps    []any `json:"gaps"`
	Unknown []any `json:"unknown"`
	Empty   bool  `json:"empty"`
}

// TestGoldenReports reads the golden reports with a library that knows nothing
// of ours and compares them with the JSON report.
func TestGoldenReports(t *testing.T) {
	files, err := filepath.Glob("../../internal/report/testdata/*/report*.sarif")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			log, err := golib.Open(file)
			require.NoError(t, err)
			require.Len(t, log.Runs, 1)
			run := log.Runs[0]
			require.NotEmpty(t, *run.Tool.Driver.Name)

			doc, err := os.ReadFile(filepath.Join(filepath.Dir(file), "report.json"))
			require.NoError(t, err)
			var want contract
			require.NoError(t, json.Unmarshal(doc, &want))
			full := filepath.Base(file) == "report-full.sarif"

			i := 0
			for _, f := range want.Findings {
				if f.Verdict == "waived" && !full {
					continue
				}
				require.Less(t, i, len(run.Results))
				got := run.Results[i]
				i++
				require.Equal(t, f.Rule, *got.RuleID)
				require.Equal(t, f.Rule, *run.Tool.Driver.Rules[got.RuleIndex].ID)
				require.Equal(t, f.Level, got.Level)
				require.Equal(t, f.Fingerprint, got.PartialFingerprints["charmarrLint/v1"])
				require.NotEmpty(t, *got.Message.Text)
				require.Equal(t, f.Verdict == "waived", len(got.Suppressions) > 0)
			}
			require.Len(t, run.Results, i)
			whole := len(want.Gaps) == 0 && len(want.Unknown) == 0 && !want.Empty
			require.Equal(t, whole, *run.Invocations[0].ExecutionSuccessful)
		})
	}
}
