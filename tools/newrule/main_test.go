package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStartsARule(t *testing.T) {
	root := t.TempDir()
	var stdout, stderr bytes.Buffer
	require.Equal(t, 0, run([]string{"kill-switch/per-pod"}, root, &stdout, &stderr), stderr.String())
	require.Contains(t, stdout.String(), "policies/rules/kill_switch/per_pod")

	dir := filepath.Join(root, "policies/rules/kill_switch/per_pod")
	rego, err := os.ReadFile(filepath.Join(dir, "per_pod.rego"))
	require.NoError(t, err)
	require.Contains(t, string(rego), "#   id: kill-switch/per-pod\n")
	require.Contains(t, string(rego), "\npackage rules.kill_switch.per_pod\n")
	require.Contains(t, string(rego), "juju.applications juju.relations")

	test, err := os.ReadFile(filepath.Join(dir, "per_pod_test.rego"))
	require.NoError(t, err)
	require.Contains(t, string(test), "package rules.kill_switch.per_pod_test\n")

	for _, fixture := range []string{"pass/juju/charmarr-core.status.json", "fail/juju/charmarr-core.status.json", "fail/juju/expected.json"} {
		require.FileExists(t, filepath.Join(dir, fixture))
	}

	t.Run("and never over one that is there", func(t *testing.T) {
		stderr.Reset()
		require.Equal(t, 1, run([]string{"kill-switch/per-pod"}, root, &stdout, &stderr))
		require.Contains(t, stderr.String(), "is there already")
	})
}

func TestRefusesNamesThatAreNone(t *testing.T) {
	for _, args := range [][]string{nil, {""}, {"mesh"}, {"mesh/No"}, {"mesh/a_b"}, {"mesh/a--b"}, {"../x"}, {"a/b/c"}, {"/a"}, {"a/b", "c/d"}} {
		root := t.TempDir()
		var stdout, stderr bytes.Buffer
		require.Equal(t, 2, run(args, root, &stdout, &stderr), args)
		require.NotEmpty(t, stderr.String())
		entries, err := os.ReadDir(root)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
}
