package mermaid_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/graphtest"
	"github.com/charmarr/charmarr-lint/internal/graph/mermaid"
)

func write(t *testing.T, g graph.Graph) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, mermaid.Write(&b, g))
	require.NoError(t, graphtest.Mermaid(b.String()))
	return b.String()
}

// TestTooMuch draws stacks beyond what Mermaid draws.
func TestTooMuch(t *testing.T) {
	clean := graphtest.Of(t, "adr-006", "testdata/clean")
	stacks := func(n int) graph.Graph {
		g := clean
		g.Stacks = nil
		for range n {
			g.Stacks = append(g.Stacks, clean.Stacks[0])
		}
		return g
	}
	require.NotContains(t, write(t, stacks(3)), "one node stands for a model")
	some := write(t, stacks(20))
	require.Contains(t, some, "%% one node stands for a model")
	require.Contains(t, some, `"11 applications"`)
	require.Less(t, len(some), 50000)
	require.NotContains(t, some, "more than Mermaid draws")
	require.Contains(t, write(t, stacks(200)), "%% This is more than Mermaid draws.")
}

// TestMessagesGiveWay leaves messages out before it leaves anything else out.
func TestMessagesGiveWay(t *testing.T) {
	g := graphtest.Of(t, "adr-006", "testdata/clean")
	for i := range 400 {
		g.Findings = append(g.Findings, graph.Finding{
			Number: i + 1, Rule: "a/b", Level: "note", Subject: fmt.Sprintf("model m%d", i), Message: strings.Repeat("long ", 30),
		})
	}
	text := write(t, g)
	require.NotContains(t, text, "long")
	require.Contains(t, text, "note a/b, model m399")
	require.Contains(t, text, "qbittorrent")
}
