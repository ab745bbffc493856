package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// No secret comes out of a plan or a state, in whatever way it is shown.
func TestSecrets(t *testing.T) {
	t.Parallel()
	p := plans(t, "broken", empty)
	plan := p.plan(t)
	state, err := os.ReadFile(filepath.Join(fixtures, "state.json"))
	require.NoError(t, err)
	for name, text := range map[string][]byte{"plan.json": plan, "state.json": state} {
		require.Contains(t, string(text), canary)
		require.NoError(t, os.WriteFile(filepath.Join(p.folder, name), text, 0o600))
	}
	for name, code := range map[string]int{"plan.json": 1, "state.json": 0} {
		for _, format := range []string{"text", "json", "sarif", "sarif-full", "junit", "github", "markdown", "html"} {
			p.lint(t, code, "check", "-v", "-f", format, name)
		}
		for _, command := range []string{"snapshot", "graph"} {
			p.lint(t, 0, command, name)
		}
	}
	for _, f := range p.check(t, 1, map[string][]byte{"plan.json": plan}).Findings {
		p.lint(t, 0, "explain", f.Fingerprint, "plan.json")
	}
	p.lint(t, 0, "init", "plan.json")
	text, err := os.ReadFile(filepath.Join(p.folder, "charmarr-lint.yaml"))
	require.NoError(t, err)
	require.NotContains(t, string(text), canary)
}
