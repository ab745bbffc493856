package text_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/report/text"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

func write(t *testing.T, r finding.Report, o text.Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, text.Write(&b, r, o))
	return b.String()
}

func TestCleanIsShort(t *testing.T) {
	r := reporttest.Named("clean")
	// However much was not looked at.
	for i := range 40 {
		r.NotEvaluated = append(r.NotEvaluated, finding.Unevaluated{
			Rule: rule.ID(fmt.Sprintf("a/rule-%d", i)), Stack: "media", Needs: []string{fmt.Sprintf("kube.kind-%d", i%9)},
		})
	}
	r.Summary.NotEvaluated = len(r.NotEvaluated)
	for i := range 200 {
		r.Ignored = append(r.Ignored, finding.Ignored{Name: fmt.Sprintf("%d.md", i)})
	}
	got := write(t, r, text.Options{})
	require.LessOrEqual(t, strings.Count(got, "\n"), 14, got)
	for _, want := range []string{"41 rules not evaluated", "kube.kind-0: 5 rules", "200 files of no known kind ignored", "No findings"} {
		require.Contains(t, got, want)
	}
	verbose := write(t, r, text.Options{Verbose: true})
	require.Contains(t, verbose, "199.md")
	require.Contains(t, verbose, "a/rule-39")
}

// whole matches a command, a place, and a line that is one word, after a label
// or not.
var whole = regexp.MustCompile(`\$ |^ +(where +|at )|^ *((record|because) +|more +charmarr-lint explain | *charmarr-lint rules )?\S*$`)

// TestWidth lets a line be longer than asked for in two cases: a command, which
// is copied, and a word, which is not broken.
func TestWidth(t *testing.T) {
	for _, width := range []int{0, 60, 200} {
		limit := width
		if width == 0 {
			limit = 100
		}
		for line := range strings.SplitSeq(write(t, reporttest.Named("broken"), text.Options{Width: width}), "\n") {
			if whole.MatchString(line) {
				continue
			}
			require.LessOrEqual(t, utf8.RuneCountInString(line), limit, line)
		}
	}
}

func TestCommandsStayWhole(t *testing.T) {
	r := reporttest.Named("broken")
	got := write(t, r, text.Options{Width: 40})
	for _, f := range r.Findings {
		for _, command := range f.Remediation {
			require.Contains(t, got, "$ "+command+"\n")
		}
	}
}

func TestColourSaysNothingMore(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			bare := write(t, c.Report, text.Options{})
			require.NotContains(t, bare, "\x1b")
			require.Equal(t, bare, sgr.ReplaceAllString(write(t, c.Report, text.Options{Color: true}), ""))
		})
	}
}
