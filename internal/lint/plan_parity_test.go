package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestPlanTellsWhatBundleAndStatusTell gives each faulty deployment as a plan, as
// bundles and as statuses: every rule that can judge it from two of them finds the
// same in both.
func TestPlanTellsWhatBundleAndStatusTell(t *testing.T) {
	engine := newEngine(t)
	names := []string{""}
	for _, f := range deployment.Faults() {
		names = append(names, f.Name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deployment.Clean()
			if name != "" {
				var err error
				d, _, err = deployment.Apply(d, name)
				require.NoError(t, err)
			}
			text, err := d.Plan()
			require.NoError(t, err)
			file := filepath.Join(t.TempDir(), "plan.json")
			require.NoError(t, os.WriteFile(file, text, 0o600))
			o := Options{Config: config.Default()}
			plan := judgeFiles(t, engine, o, file)
			require.Empty(t, plan.Gaps)
			var bundles, statuses []string
			for _, path := range written(t, d, deployment.Juju) {
				switch {
				case strings.HasSuffix(path, ".bundle.yaml"):
					bundles = append(bundles, path)
				case strings.HasSuffix(path, ".status.json"):
					statuses = append(statuses, path)
				}
			}
			compareDecided(t, plan, judgeFiles(t, engine, o, bundles...))
			compareDecided(t, plan, judgeFiles(t, engine, o, statuses...))
		})
	}
}

// compareDecided demands that the rules that judged a stack in both reports found
// the same in it.
func compareDecided(t *testing.T, a, b finding.Report) {
	t.Helper()
	both := func(f finding.Finding) bool { return decides(a, f.Stack, f.Rule) && decides(b, f.Stack, f.Rule) }
	told := func(r finding.Report) []string {
		out := []string{}
		for _, f := range r.Findings {
			if both(f) {
				out = append(out, where(f.Rule, f.Way, f.Subject))
			}
		}
		slices.Sort(out)
		return out
	}
	require.Equal(t, told(b), told(a))
	for _, d := range a.Decided {
		if d.Stack != "" {
			shared := slices.DeleteFunc(slices.Clone(d.Rules), func(id rule.ID) bool { return !decides(b, d.Stack, id) })
			require.NotEmpty(t, shared, "nothing was compared of stack %s", d.Stack)
			t.Logf("%d rules, %d findings of stack %s", len(shared), len(told(a)), d.Stack)
		}
	}
}

func decides(r finding.Report, stack string, id rule.ID) bool {
	return slices.ContainsFunc(r.Decided, func(d finding.Decided) bool { return d.Stack == stack && slices.Contains(d.Rules, id) })
}
