package difftext_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/diff"
	"github.com/charmarr/charmarr-lint/internal/diff/difftext"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

func write(t *testing.T, before, after finding.Report, o difftext.Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, difftext.Write(&b, diff.Compare(before, after), o))
	return b.String()
}

func TestNothingForeignActs(t *testing.T) {
	evil := reporttest.Named("hostile")
	decided := evil
	decided.Findings = nil
	for _, f := range evil.Findings {
		decided.Decided = append(decided.Decided, finding.Decided{Stack: f.Stack, Rules: []rule.ID{f.Rule}})
	}
	for name, pair := range map[string][2]finding.Report{
		"new":          {decided, evil},
		"fixed":        {evil, decided},
		"unchanged":    {evil, evil},
		"incomparable": {reporttest.Named("clean"), evil},
	} {
		t.Run(name, func(t *testing.T) {
			for line := range strings.SplitSeq(write(t, pair[0], pair[1], difftext.Options{Verbose: true}), "\n") {
				require.False(t, strings.ContainsFunc(line, plain.Acts), "%q", line)
				require.False(t, strings.HasPrefix(line, "::"), line)
			}
		})
	}
}

func TestChangesAreShown(t *testing.T) {
	waived := reporttest.Named("waived")
	open := reporttest.Named("waived")
	open.Findings[0].Verdict, open.Findings[0].Waiver = finding.Violated, nil
	milder := reporttest.Named("waived")
	milder.Findings[0].Level = "note"
	other := reporttest.Named("waived")
	other.Profile = "single-model"
	for name, tt := range map[string]struct {
		before, after finding.Report
		want          string
	}{
		"accepted":         {open, waived, "[now waived]"},
		"accepted no more": {waived, open, "[no longer waived]"},
		"level":            {waived, milder, "[was warning, waived]"},
		"profile":          {waived, other, "The profiles differ"},
		"incomplete":       {waived, reporttest.Named("gaps"), "incomplete\n     dumps/core.json:812:3: "},
		"empty":            {waived, reporttest.Named("empty"), "nothing to check found"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, write(t, tt.before, tt.after, difftext.Options{}), tt.want)
		})
	}
	require.NotContains(t, write(t, waived, waived, difftext.Options{}), "Unchanged\n")
	require.Contains(t, write(t, waived, waived, difftext.Options{Verbose: true, Color: true}), "\x1b[1mUnchanged\x1b[0m\n")
}
