// Package graphtest holds graphs for tests of package graph and its formats: those
// of the deployments under testdata, one made of names that were chosen to do
// harm, and ones made of whatever a fuzzer thinks of.
package graphtest

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Root returns the root of the repository.
func Root(t *testing.T) string {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	require.True(t, ok)
	return filepath.Join(filepath.Dir(here), "..", "..", "..")
}

// Checked runs a check of paths below the root of the repository, which becomes
// the working directory.
func Checked(t *testing.T, profile string, paths ...string) ([]topology.Stack, finding.Report) {
	t.Helper()
	t.Chdir(Root(t))
	var stacks []topology.Stack
	r, err := lint.Run(t.Context(), lint.Options{
		Config: config.Default(), Profile: profile, Today: time.Unix(0, 0),
		Collect: func(ctx context.Context) (snapshot.Snapshot, error) {
			return collect.Collect(ctx, []collect.Collector{file.Collector{Paths: paths}}, nil)
		},
		Joined: func(joined []topology.Stack) { stacks = joined },
	})
	require.NoError(t, err)
	return stacks, r
}

// Of draws paths below the root of the repository.
func Of(t *testing.T, profile string, paths ...string) graph.Graph {
	t.Helper()
	stacks, r := Checked(t, profile, paths...)
	return graph.Of(stacks, r)
}
