package admission

import (
	"flag"
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

var update = flag.Bool("update", false, "rewrite what the tests expect")

// requireTold demands that each violation by a rule that denies names the object that
// makes it: only so is it told from one that another fault has hidden.
func requireTold(t *testing.T, c court, req Request, was, is finding.Report) {
	t.Helper()
	if req.Kind == "Pod" || !Concerned(req) {
		return
	}
	known := map[key]bool{}
	for _, f := range was.Findings {
		known[keyOf(f)] = true
	}
	for _, f := range is.Findings {
		if !known[keyOf(f)] && c.modes[f.Rule] == rule.Deny && f.Level == rule.Error {
			require.Truef(t, change{request: req}.about(f), "%s brings %s (%s) of %v, whose evidence does not name it: %v", req, f.Rule, f.Way, f.Subject, f.Evidence)
		}
	}
}

// TestEachFault makes each fault of a deployment by requests, one object at a time,
// and mends it. What is refused is written down; nothing that mends is.
func TestEachFault(t *testing.T) {
	c := newCourt(t, config.Default())
	clean := objects(t, deployment.Clean())
	view := c.view(t, clean)
	var said strings.Builder
	for _, f := range deployment.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			d, _, err := deployment.Apply(deployment.Clean(), f.Name)
			require.NoError(t, err)
			faulty := objects(t, d)
			v, refused := view, false
			for _, s := range steps(clean, faulty) {
				a, err := c.Decide(t.Context(), v, request(t, s.old, s.object))
				require.NoError(t, err)
				if !a.Allowed {
					refused = true
					said.WriteString(f.Name + ": " + s.String() + "\n    " + a.Message + "\n")
					require.True(t, slices.ContainsFunc(a.Verdicts, func(x Verdict) bool { return x.Outcome == Denied }))
				}
				was := v.Standing.Report
				v = c.next(t, v, s)
				requireTold(t, c, request(t, s.old, s.object), was, v.Standing.Report)
			}
			denies := func(x finding.Finding) bool { return c.modes[x.Rule] == rule.Deny && x.Level == rule.Error }
			if !slices.ContainsFunc(v.Standing.Report.Findings, denies) {
				require.False(t, refused, "%s is no fault to refuse for", f.Name)
				return // and nothing that is mended could be
			}
			for _, s := range steps(faulty, clean) {
				a, err := c.Decide(t.Context(), v, request(t, s.old, s.object))
				require.NoError(t, err)
				require.Truef(t, a.Allowed, "%s: %s", s, a.Message)
				v = c.next(t, v, s)
			}
		})
	}
	golden := filepath.Join("testdata", "refused.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(said.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), said.String(), "run with -update and read the difference")
}
