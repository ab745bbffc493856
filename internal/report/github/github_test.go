package github_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/github"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// annotation is a workflow command as the runner reads it.
type annotation struct {
	level, message string
	props          map[string]string
}

var line = regexp.MustCompile(`^::(error|warning|notice) ([^:]*)::(.*)$`)

func read(t *testing.T, r finding.Report) []annotation {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, github.Write(&b, r))
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	last := lines[len(lines)-1]
	require.False(t, strings.HasPrefix(last, "::"), last)
	var out []annotation
	for _, l := range lines[:len(lines)-1] {
		m := line.FindStringSubmatch(l)
		require.NotNil(t, m, l)
		a := annotation{level: m[1], message: unescape(m[3]), props: map[string]string{}}
		for p := range strings.SplitSeq(m[2], ",") {
			key, value, ok := strings.Cut(p, "=")
			require.True(t, ok, p)
			a.props[key] = unescape(value)
		}
		out = append(out, a)
	}
	return out
}

func unescape(s string) string {
	return strings.NewReplacer("%3A", ":", "%2C", ",", "%0D", "\r", "%0A", "\n", "%25", "%").Replace(s)
}

func TestEveryLineIsOneCommand(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			got := read(t, c.Report)
			files := 0
			for _, f := range c.Report.Findings {
				if f.Verdict != finding.Waived && f.Location.File != "" {
					files++
				}
			}
			for _, g := range c.Report.Gaps {
				if g.Line > 0 {
					files++
				}
			}
			for _, a := range got {
				if a.props["file"] != "" {
					files--
				}
			}
			require.Zero(t, files)
		})
	}
}

func TestFinding(t *testing.T) {
	f := finding.Finding{
		Rule: "a/b", Level: rule.Note, Subject: finding.Subject{Kind: "application", Model: "m", Name: "n"},
		Message: "100% of a, b: c", Location: finding.Location{File: "a,b:c%25.json", Line: 3, Column: 4, EndColumn: 9},
		Remediation: []string{"juju x"},
	}
	got := read(t, finding.Report{Findings: []finding.Finding{f}})
	require.Equal(t, []annotation{{
		level: "notice", message: "100% of a, b: c\n$ juju x",
		props: map[string]string{"file": "a,b:c%25.json", "line": "3", "col": "4", "endColumn": "9", "title": "a/b - application m/n"},
	}}, got)
}

func TestOrder(t *testing.T) {
	got := read(t, reporttest.Named("broken"))
	require.Equal(t, "Could not be read", got[0].props["title"], "gaps first")
	rank := map[string]int{"error": 0, "warning": 1, "notice": 2}
	for i := 2; i < 1+6; i++ {
		require.LessOrEqual(t, rank[got[i-1].level], rank[got[i].level], "the gravest first")
	}
}

func TestHostile(t *testing.T) {
	r := reporttest.Named("hostile")
	for _, a := range read(t, r) {
		if f := a.props["file"]; f != "" {
			require.Equal(t, plain.Line(r.Findings[0].Location.File), f)
		}
	}
}
