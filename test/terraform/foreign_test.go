package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is found inside a module of somebody else stands on its call, for that is what
// can be changed here.
func TestForeignModule(t *testing.T) {
	t.Parallel()
	p := &planner{folder: t.TempDir()}
	require.NoError(t, os.CopyFS(p.folder, os.DirFS(filepath.Join(examples, "broken"))))
	elsewhere := t.TempDir()
	require.NoError(t, os.Rename(filepath.Join(p.folder, "modules", "ingress"), filepath.Join(elsewhere, "ingress")))
	core := filepath.Join(p.folder, "core.tf")
	before, err := os.ReadFile(core)
	require.NoError(t, err)
	// A path from the root is kept where what is downloaded is.
	after := strings.Replace(string(before), `"./modules/ingress"`, `"`+elsewhere+`/ingress"`, 1)
	require.NoError(t, os.WriteFile(core, []byte(after), 0o600))
	p.ready(t, empty)
	require.FileExists(t, filepath.Join(p.folder, ".terraform", "modules", "ingress", "main.tf"))

	for _, f := range p.check(t, 1, map[string][]byte{"plan.json": p.plan(t)}).Findings {
		if f.Rule != "ingress/admin-restricted" {
			continue
		}
		require.Equal(t, "core.tf", f.Location.File)
		require.Contains(t, lines(t, core)[f.Location.Line-1], `module "ingress"`)
		return
	}
	require.Fail(t, "the administrators' gateway is open, and nothing says so")
}
