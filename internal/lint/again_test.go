package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestNextIsFirst holds what is said of a deployment after another one was judged
// to what is said of it alone: with each fault made, and with it mended.
func TestNextIsFirst(t *testing.T) {
	judge, err := NewJudge(t.Context(), Options{Config: config.Default(), Today: today})
	require.NoError(t, err)
	repeater, err := judge.Repeater()
	require.NoError(t, err)
	whole := func(t *testing.T, s *Standing) {
		report, err := judge.Judge(t.Context(), s.Snapshot)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(report, s.Report, cmpopts.IgnoreFields(finding.Report{}, "Rules")))
	}
	read := func(t *testing.T, d *deployment.Deployment) *Standing {
		snap, err := collectFiles(t.Context(), written(t, d, deployment.Kube, deployment.Juju))
		require.NoError(t, err)
		standing, err := repeater.First(t.Context(), snap)
		require.NoError(t, err)
		return standing
	}
	clean := read(t, deployment.Clean())
	same := func(t *testing.T, before, after *Standing) {
		next, err := repeater.Next(t.Context(), before, after.Snapshot)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(after.Report, next.Report, cmpopts.IgnoreFields(finding.Report{}, "Rules"), cmpopts.IgnoreFields(finding.Location{}, "File")))
	}
	faults := deployment.Faults()
	for _, f := range faults {
		t.Run(f.Name, func(t *testing.T) {
			d, _, err := deployment.Apply(deployment.Clean(), f.Name)
			require.NoError(t, err)
			faulty := read(t, d)
			whole(t, faulty)
			same(t, clean, faulty)
			same(t, faulty, clean)
		})
	}
}

// TestRulesReadLittle sees that following references tells rules apart: a change
// that few can see is not asked of all.
func TestRulesReadLittle(t *testing.T) {
	engine := newEngine(t)
	reads, err := engine.Reads()
	require.NoError(t, err)
	asked := func(changes ...evaluate.Change) (n int) {
		for _, r := range engine.Rules() {
			if reads.Any(r.ID, changes) {
				n++
			}
		}
		return n
	}
	all := len(engine.Rules())
	require.Zero(t, asked())
	require.Equal(t, all, asked(evaluate.Change{"models", "version"}))
	for _, c := range []evaluate.Change{{"network_policies"}, {"applications", "pods"}, {"applications", "pods", "phase"}, {"applications", "workloads", "labels", "value"}} {
		t.Log(c, asked(c))
		require.NotZero(t, asked(c), c)
		require.Less(t, asked(c), all/2, c)
	}
	require.True(t, reads.Any("kill-switch/no-public-egress", []evaluate.Change{{"network_policies"}}))
	require.False(t, reads.Any("ops/image-pinned", []evaluate.Change{{"network_policies"}}))
}
