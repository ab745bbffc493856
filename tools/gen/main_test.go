package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
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
			if strings.HasPrefix(name, compiled) {
				require.True(t, bytes.Equal(want, got), "compiled from other sources: run `go run ./tools/gen`")
				return
			}
			require.Empty(t, cmp.Diff(string(want), string(got)), "run `go run ./tools/gen`")
		})
	}
	stale, err := staleFiles(root, files)
	require.NoError(t, err)
	require.Empty(t, stale, "files without a policy: run `go run ./tools/gen`")
}

func TestRunWritesAndRemoves(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "policies"), os.DirFS(filepath.Join(root, "policies"))))
	gone := []string{filepath.Join(dir, "docs/rules/gone/old.md"), filepath.Join(dir, "policies/compiled/rules/gone/old.bin")}
	for _, old := range gone {
		require.NoError(t, os.MkdirAll(filepath.Dir(old), 0o755))
		require.NoError(t, os.WriteFile(old, nil, 0o644))
	}

	require.NoError(t, run(t.Context(), dir))
	for _, old := range gone {
		require.NoFileExists(t, old)
	}
	require.FileExists(t, filepath.Join(dir, "docs/rules/README.md"))
	require.FileExists(t, filepath.Join(dir, "policies/schemas/stack.json"))
}
