package main

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestEveryMutantIsAnother demands of each mutant that it differs from the clean
// deployment: a change that changes nothing would survive for ever.
func TestEveryMutantIsAnother(t *testing.T) {
	l := &lab{dir: t.TempDir()}
	files, err := deployment.Clean().Files()
	require.NoError(t, err)
	clean, err := l.collect(t.Context(), files)
	require.NoError(t, err)
	text := encoded(t, clean)
	seen := map[[32]byte]bool{}
	for _, m := range spread(observed(clean), 300) {
		copied, err := snapshot.Decode(strings.NewReader(text))
		require.NoError(t, err)
		m.change(&copied)
		mutated := encoded(t, copied)
		sum := sha256.Sum256([]byte(mutated))
		require.NotEqual(t, sha256.Sum256([]byte(text)), sum, m.name())
		require.False(t, seen[sum], "%s is there twice", m.name())
		seen[sum] = true
	}
	require.Len(t, seen, 300)
	for _, m := range spread(described(), 40) {
		other, err := m.files()
		require.NoError(t, err)
		require.NotEqual(t, files, other, m.name())
	}
}

func encoded(t *testing.T, s snapshot.Snapshot) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, snapshot.Encode(&out, s))
	return out.String()
}

func TestReasonsAreGiven(t *testing.T) {
	list, err := reasons()
	require.NoError(t, err)
	require.NotEmpty(t, list)
	require.True(t, glob("Pods.*[a/b]", "Pods.Labels[a/b]"))
	require.False(t, glob("Pods.*[a/b]", "Pods.Labels[a/bc]"))
}

func TestScore(t *testing.T) {
	r := &result{outcomes: []outcome{{killers: []string{"a"}}, {undecided: []string{"a"}}, {}, {reason: "x"}}}
	require.InDelta(t, 100.0/3, r.score(), 0.01)
	var out bytes.Buffer
	r.print(&out, true)
	require.Contains(t, out.String(), "4 mutants: 1 killed, 1 undecided, 1 survived, 1 harmless; score 33.3%")
}
