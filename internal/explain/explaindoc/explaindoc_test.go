package explaindoc

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/explain"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

var update = flag.Bool("update", false, "rewrite the golden explanations")

// explained explains the first finding of a report made by hand.
func explained(name string) explain.Explanation {
	r := plain.Report(reporttest.Named(name))
	return explain.Of(r.Findings[0], explain.Subject{Report: r, Rules: r.Rules, Chain: []string{r.Profile}})
}

// mesh explains the finding of the broken report that has the longest chain.
func mesh() explain.Explanation {
	r := plain.Report(reporttest.Named("broken"))
	best := r.Findings[0]
	for _, f := range r.Findings {
		if len(f.Evidence) > len(best.Evidence) {
			best = f
		}
	}
	return explain.Of(best, explain.Subject{Report: r, Rules: r.Rules, Chain: []string{r.Profile}})
}

func cases() map[string]explain.Explanation {
	refused, unknown := mesh(), mesh()
	refused.Accept = explain.Accept{Refused: "nobody may accept a violation of this rule: mend it"}
	unknown.Rule = explain.Rule{ID: unknown.Rule.ID}
	unknown.Profile.Level = ""
	return map[string]explain.Explanation{
		"mesh": mesh(), "waived": explained("waived"), "hostile": explained("hostile"), "refused": refused, "unknown": unknown,
	}
}

func TestGolden(t *testing.T) {
	for name, e := range cases() {
		for file, write := range map[string]func(*bytes.Buffer) error{
			name + ".txt": func(b *bytes.Buffer) error { return Text(b, e, Options{Width: 80}) },
			name + ".md":  func(b *bytes.Buffer) error { return Markdown(b, e) },
		} {
			t.Run(file, func(t *testing.T) {
				var got bytes.Buffer
				require.NoError(t, write(&got))
				path := filepath.Join("testdata", file)
				if *update {
					require.NoError(t, os.MkdirAll("testdata", 0o755))
					require.NoError(t, os.WriteFile(path, got.Bytes(), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err, "run go test ./internal/explain/explaindoc -update")
				require.Empty(t, cmp.Diff(string(want), got.String()))
				for i, line := range strings.Split(got.String(), "\n") {
					require.Equal(t, line, plain.Line(line), "line %d has a character that acts", i+1)
				}
			})
		}
	}
}

func TestTextKeepsToItsWidth(t *testing.T) {
	for width := 60; width < 140; width += 7 {
		var got bytes.Buffer
		require.NoError(t, Text(&got, mesh(), Options{Width: width}))
		for line := range strings.Lines(got.String()) {
			line = strings.TrimSuffix(line, "\n")
			words := strings.Fields(line)
			// Commands, places, what is pasted, and a single long word stay whole.
			if strings.Contains(line, "$ ") || strings.Contains(line, "#") || strings.Contains(line, "subject:") || strings.Contains(line, "effective, ") || len(words) < 3 {
				continue
			}
			require.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
		}
	}
}

func TestColourSaysNothingMore(t *testing.T) {
	var bare, coloured bytes.Buffer
	require.NoError(t, Text(&bare, mesh(), Options{}))
	require.NoError(t, Text(&coloured, mesh(), Options{Color: true}))
	require.NotContains(t, bare.String(), "\x1b")
	require.Equal(t, bare.String(), strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(coloured.String()))
}

func TestWhatIsNotKnownLeavesNoTrace(t *testing.T) {
	var text, md bytes.Buffer
	e := explain.Of(finding.Finding{Rule: "a/b", Level: rule.Note}, explain.Subject{})
	require.NoError(t, Text(&text, e, Options{}))
	require.NoError(t, Markdown(&md, e))
	for _, got := range []string{text.String(), md.String()} {
		require.NotContains(t, got, "Because")
		require.NotContains(t, got, "To mend")
		require.NotContains(t, got, "stack")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestWriteErrors(t *testing.T) {
	require.EqualError(t, Text(full{}, mesh(), Options{}), "no space")
	require.EqualError(t, Markdown(full{}, mesh()), "no space")
}
