package report_test

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

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/report/sarif"
	"github.com/charmarr/charmarr-lint/internal/report/text"
)

var update = flag.Bool("update", false, "rewrite the golden reports")

// variants are the formats with their options, by file name.
func variants(t *testing.T) map[string]report.Format {
	t.Helper()
	get := func(name string, o report.Options) report.Format {
		f, ok := report.Lookup(name, o)
		require.True(t, ok, name)
		return f
	}
	none := report.Options{}
	return map[string]report.Format{
		"report.txt":         get("text", none),
		"report-colour.txt":  get("text", report.Options{Text: text.Options{Color: true}}),
		"report-verbose.txt": get("text", report.Options{Text: text.Options{Verbose: true, Width: 60}}),
		"report.json":        get("json", none),
		"report.sarif":       get("sarif", none),
		"report-full.sarif": get("sarif-full", report.Options{SARIF: sarif.Options{
			Repository: "https://github.com/example/media", Revision: "8f2b1c0d", Branch: "main",
		}}),
		"report.xml":  get("junit", none),
		"report.log":  get("github", none),
		"report.md":   get("markdown", none),
		"report.html": get("html", none),
	}
}

func write(t *testing.T, f report.Format, r finding.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, f(&b, r))
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, c := range reporttest.Cases() {
		for file, format := range variants(t) {
			t.Run(c.Name+"/"+file, func(t *testing.T) {
				got := write(t, format, c.Report)
				golden := filepath.Join("testdata", c.Name, file)
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
					require.NoError(t, os.WriteFile(golden, got, 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err, "run go test ./internal/report -update")
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("%s differs (-want +got); if it should, run go test ./internal/report -update\n%s", golden, diff)
				}
			})
		}
	}
}

// TestSafe holds every format to what all of them promise.
func TestSafe(t *testing.T) {
	// A path that starts at the root, where a value of any format can start.
	absolute := regexp.MustCompile("(?m)(^|[\\s\"'(>`=])(/[A-Za-z]|file:/|[A-Z]:\\\\)")
	for _, c := range reporttest.Cases() {
		for file, format := range variants(t) {
			t.Run(c.Name+"/"+file, func(t *testing.T) {
				r := c.Report
				got := write(t, format, r)
				require.Empty(t, cmp.Diff(c.Report, reporttest.Named(c.Name)), "the report was changed")
				for range 5 {
					require.Equal(t, string(got), string(write(t, format, reporttest.Named(c.Name))), "not deterministic")
				}
				// A JSON pointer in a command is no path of this machine.
				require.NotRegexp(t, absolute, strings.ReplaceAll(string(got), "/spec/parentRefs", ""), "an absolute path")
				if file == "report-colour.txt" {
					got = regexp.MustCompile("\x1b\\[[0-9;]+m").ReplaceAll(got, nil)
				}
				for i, line := range bytes.Split(got, []byte("\n")) {
					require.Equal(t, string(line), plain.Line(string(line)), "line %d has a character that acts", i+1)
				}
				require.True(t, bytes.HasSuffix(got, []byte("\n")), "ends without a line feed")
			})
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range report.Names() {
		f, ok := report.Lookup(name, report.Options{})
		require.True(t, ok, name)
		require.NotEmpty(t, write(t, f, finding.Report{}), "the zero report as %s", name)
	}
	_, ok := report.Lookup("yaml", report.Options{})
	require.False(t, ok)
}
