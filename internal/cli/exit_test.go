package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    outcome
		want int
	}{
		{"all passed", outcome{}, 0},
		{"findings", outcome{findings: true}, 1},
		{"wrong usage", outcome{broken: true}, 2},
		{"a gap", outcome{incomplete: true}, 3},
		{"nothing found", outcome{empty: true}, 3},
		{"findings win over a gap", outcome{findings: true, incomplete: true}, 1},
		{"findings win over nothing found", outcome{findings: true, empty: true}, 1},
		{"what does not load wins over findings", outcome{broken: true, findings: true}, 2},
		{"what does not load wins over a gap", outcome{broken: true, incomplete: true}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, tt.o.code()) })
	}
}

func TestEveryExitCodeStandsInTheTableOnce(t *testing.T) {
	seen := map[int]bool{}
	for _, e := range exits() {
		require.False(t, seen[e.code], e.code)
		require.NotEmpty(t, e.meaning)
		seen[e.code] = true
	}
	require.Equal(t, map[int]bool{0: true, 1: true, 2: true, 3: true}, seen)
}
