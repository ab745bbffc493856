package live

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// A deployment without fault passes, and every rule is asked.
func TestClean(t *testing.T) {
	w := start(t, deployment.Clean())
	got := w.session(t).run(t, "audit", "-f", "json")
	r := parsed(t, got.stdout)
	t.Log(r.wheres(), r.Gaps, r.Unknown, r.NotEvaluated, r.Summary, got.stderr)
	require.Empty(t, r.Findings)
	require.Zero(t, got.code, got.stderr)
}
