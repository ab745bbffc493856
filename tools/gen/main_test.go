package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const root = "../.."

func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := generate(t.Context(), root)
	require.NoError(t, err)
	for name, want := range files {
		t.Run(name, func(t *testing.T) {
			got, err := os.ReadFile(filepath.Join(root, name))
			require.NoError(t, err, "run `go run ./tools/gen`")
			require.Empty(t, cmp.Diff(string(want), string(got)), "run `go run ./tools/gen`")
		})
	}
	stale, err := stalePages(root, files)
	require.NoError(t, err)
	require.Empty(t, stale, "pages without a rule: run `go run ./tools/gen`")
}

func TestRunWritesAndRemoves(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "policies"), os.DirFS(filepath.Join(root, "policies"))))
	old := filepath.Join(dir, "docs/rules/gone/old.md")
	require.NoError(t, os.MkdirAll(filepath.Dir(old), 0o755))
	require.NoError(t, os.WriteFile(old, nil, 0o644))

	require.NoError(t, run(t.Context(), dir))
	require.NoFileExists(t, old)
	require.FileExists(t, filepath.Join(dir, "docs/rules/README.md"))
	require.FileExists(t, filepath.Join(dir, "policies/schemas/stack.json"))
}
