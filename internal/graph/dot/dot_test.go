package dot_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/dot"
	"github.com/charmarr/charmarr-lint/internal/graph/graphtest"
)

func write(t *testing.T, g graph.Graph) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, dot.Write(&b, g))
	require.NoError(t, graphtest.DOT(b.String()))
	return b.String()
}

func TestSaysWhatMatters(t *testing.T) {
	broken := write(t, graphtest.Of(t, "adr-006", "testdata/broken"))
	for _, want := range []string{"error mesh/core-enrolled [", "no such offer", `style="filled,rounded,dashed"`, "dir=back", `Core service \"plex\"`} {
		require.Contains(t, broken, want)
	}
	require.Contains(t, write(t, graph.Graph{}), "Nothing of Charmarr was found")
}

// The checks of DOT in tests would be worth little if they let anything pass.
func TestSyntaxIsChecked(t *testing.T) {
	for name, text := range map[string]string{
		"no brace":       `digraph charmarr { a -> b [color="x"];`,
		"quote":          `digraph charmarr { a [label="x"y"]; }`,
		"backslash":      `digraph charmarr { a [label="x\N"]; }`,
		"label":          `digraph charmarr { a [label=<<b>x</i>>]; }`,
		"open label":     `digraph charmarr { a [label=<<b>x]; }`,
		"more after end": `digraph charmarr { a [label="x"]; } b`,
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, graphtest.DOT(text)) })
	}
}
