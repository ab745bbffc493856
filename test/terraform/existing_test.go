package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// Data sources are read while planning, so what they look up must be there.
func TestExisting(t *testing.T) {
	t.Parallel()
	c := controller(t, deployment.Clean())
	p := planner{folder: t.TempDir()}
	text, err := os.ReadFile("testdata/existing.tf")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.folder, "main.tf"), text, 0o600))
	p.ready(t, c)
	hold(t, "existing.json", p.plan(t, "-var=gluetun="+c.Models["gluetun"]))
}

// A plan that failed is a plan all the same, and says so.
func TestErrored(t *testing.T) {
	t.Parallel()
	p := planner{folder: t.TempDir()}
	text, err := os.ReadFile("testdata/existing.tf")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.folder, "main.tf"), text, 0o600))
	p.ready(t, empty)
	file := filepath.Join(t.TempDir(), "plan.out")
	_, stderr, code := p.try(t, "plan", "-input=false", "-no-color", "-lock=false", "-out="+file, "-var=gluetun=00000000-0000-4000-8000-000000000000")
	require.Equal(t, 1, code)
	require.Contains(t, string(stderr), "charmarr-downloads")
	hold(t, "errored.json", p.tofu(t, "show", "-json", file))
}
