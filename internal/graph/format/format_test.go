package format_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/format"
	"github.com/charmarr/charmarr-lint/internal/graph/graphtest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

func write(t *testing.T, name string, g graph.Graph) string {
	t.Helper()
	f, ok := format.Lookup(name)
	require.True(t, ok, name)
	var b bytes.Buffer
	require.NoError(t, f(&b, g))
	return b.String()
}

// graphs are the graphs that every format has to draw, by name.
func graphs(t *testing.T) map[string]graph.Graph {
	t.Helper()
	return map[string]graph.Graph{
		"clean":    graphtest.Of(t, "adr-006", "testdata/clean"),
		"broken":   graphtest.Of(t, "adr-006", "testdata/broken"),
		"single":   graphtest.Of(t, "single-model", "testdata/upstream"),
		"one-file": graphtest.Of(t, "adr-006", "testdata/clean/juju/charmarr-downloads.status.json"),
		"kube":     graphtest.Of(t, "adr-006", "testdata/clean/kube"),
		"hostile":  graphtest.Hostile(),
		"empty":    {},
	}
}

func TestGolden(t *testing.T) {
	here, err := os.Getwd()
	require.NoError(t, err)
	for _, name := range []string{"clean", "broken"} {
		g := graphtest.Of(t, "adr-006", "testdata/"+name)
		for _, f := range format.Names() {
			t.Run(name+"/"+f, func(t *testing.T) {
				got := write(t, f, g)
				golden := filepath.Join(here, "testdata", name+"."+f)
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
					require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err, "run go test ./internal/graph/format -update")
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s differs (-want +got); if it should, run go test ./internal/graph/format -update\n%.4000s", golden, diff)
				}
			})
		}
	}
}

// TestSafe holds every format to what all of them promise.
func TestSafe(t *testing.T) {
	here, err := os.Getwd()
	require.NoError(t, err)
	// Where the tests run, and where others do.
	first, _, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(here), "/"), "/")
	absolute := regexp.MustCompile("(?m)(^|[\\s\"'(>`=])(/(home|tmp|root|" + regexp.QuoteMeta(first) + ")/|file:/|[A-Z]:\\\\)")
	for name, g := range graphs(t) {
		for _, f := range format.Names() {
			t.Run(name+"/"+f, func(t *testing.T) {
				got := write(t, f, g)
				require.Equal(t, got, write(t, f, g), "not deterministic")
				require.NoError(t, syntax(f, got))
				if name != "hostile" {
					require.NotRegexp(t, absolute, got, "an absolute path")
				}
				for i, line := range strings.Split(got, "\n") {
					require.Equal(t, line, plain.Line(line), "line %d has a character that acts", i+1)
				}
				require.True(t, strings.HasSuffix(got, "\n"), "ends without a line feed")
			})
		}
	}
}

// syntax demands that a text is in its format's language and holds nothing that
// could come from a name alone.
func syntax(format, text string) error {
	switch format {
	case "mermaid":
		return graphtest.Mermaid(text)
	case "dot":
		return graphtest.DOT(text)
	case "svg":
		return graphtest.XML(text)
	}
	return graphtest.Page(text)
}

func TestNames(t *testing.T) {
	for _, name := range format.Names() {
		_, ok := format.Lookup(name)
		require.True(t, ok, name)
	}
	_, ok := format.Lookup("png")
	require.False(t, ok)
}

// FuzzFormats gives everything names of the fuzzer's choice.
func FuzzFormats(f *testing.F) {
	names := graphtest.Names() // TestSafe draws all of them
	for i := 0; i+2 < len(names); i += 8 {
		f.Add(names[i], names[i+1], names[i+2])
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		g := graph.Of(graphtest.Named([]string{a, "x", b, c, "gluetun"}))
		for _, name := range format.Names() {
			w, _ := format.Lookup(name)
			var out bytes.Buffer
			require.NoError(t, w(&out, g))
			require.NoError(t, syntax(name, out.String()), name)
			for line := range strings.SplitSeq(out.String(), "\n") {
				require.Equal(t, line, plain.Line(line), name)
			}
		}
	})
}
