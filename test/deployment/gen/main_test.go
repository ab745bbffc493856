package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"nothing asked", nil, 2, "give one of"},
		{"both asked", []string{"-testdata", "a", "-out", "b"}, 2, "give one of"},
		{"unknown flag", []string{"-nonsense"}, 2, "not defined"},
		{"bad share", []string{"-out", "b", "-faulty", "many"}, 2, "percentage"},
		{"share above all", []string{"-out", "b", "-faulty", "300%"}, 2, "percentage"},
		{"bad form", []string{"-out", "b", "-form", "helm"}, 2, "juju, kube and both"},
		{"folder is a file", []string{"-out", "main.go/stacks"}, 1, "main.go"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, tt.code, run(tt.args, &stdout, &stderr))
			require.Contains(t, stderr.String(), tt.says)
		})
	}
}

func TestRunWritesStacks(t *testing.T) {
	out := filepath.Join(t.TempDir(), "stacks")
	var stdout, stderr bytes.Buffer
	require.Zero(t, run([]string{"-out", out, "-stacks", "2", "-faulty", "50%", "-form", "kube", "-prefix", "tv"}, &stdout, &stderr), stderr.String())
	require.Contains(t, stdout.String(), "2 stacks")
	require.FileExists(t, filepath.Join(out, "kube", "tv0002-downloads.yaml"))
}

func TestRunLeavesNoOldFile(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "broken", "kube", "gone.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(old), 0o755))
	require.NoError(t, os.WriteFile(old, []byte("kind: Pod\n"), 0o644))
	var stdout, stderr bytes.Buffer
	require.Zero(t, run([]string{"-testdata", dir}, &stdout, &stderr), stderr.String())
	require.NoFileExists(t, old)
	require.FileExists(t, filepath.Join(dir, "broken.expected.json"))
}
