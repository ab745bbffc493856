package waiver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

func TestParseComment(t *testing.T) {
	for text, want := range map[string]string{
		"a/b why until=2027-01-31":                   "",
		"a/b until=2027-01-31 the reason may follow": "",
		"":                       "it names no rule",
		"a/b":                    "the reason is missing",
		"a/b until=2027-01-31":   "the reason is missing",
		"a/b why":                "the date is missing",
		"a/b why until=":         "the date is missing",
		"a/b why until=tomorrow": `"tomorrow" is no date`,
		"a/b why until=2027-01-31 until=2027-02-01": "it has two dates",
		"a/* why until=2027-01-31":                  `"a/*" is no rule`,
		"all of it until=2027-01-31":                `"all" is no rule`,
	} {
		_, err := waiver.ParseComment(text)
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, want, text)
	}
}

func TestComments(t *testing.T) {
	known := []rule.Rule{{ID: "a/b", Level: rule.Error}, {ID: "a/never", Level: rule.Error, NotWaivable: true}, {ID: "a/barred", Level: rule.Error}}
	at := func(file string, line int) finding.Finding {
		return finding.Finding{Rule: "a/b", Level: rule.Error, Verdict: finding.Violated, Location: finding.Location{File: file, Line: line}}
	}
	for name, c := range map[string]struct {
		text, block string
		finding     finding.Finding
		want        string // the findings after, as RULE VERDICT
	}{
		"on the block":     {"a/b why until=2027-01-31", "x", at("main.tf", 3), "a/b waived"},
		"its last line":    {"a/b why until=2027-01-31", "x", at("main.tf", 6), "a/b waived"},
		"another block":    {"a/b why until=2027-01-31", "x", at("main.tf", 7), "a/b violated, config/waiver-unused violated"},
		"another file":     {"a/b why until=2027-01-31", "x", at("b.tf", 3), "a/b violated, config/waiver-unused violated"},
		"expired":          {"a/b why until=2020-01-31", "x", at("main.tf", 3), "a/b violated, config/waiver-expired violated"},
		"no block":         {"a/b why until=2027-01-31", "", at("main.tf", 3), "a/b violated, config/waiver-malformed violated"},
		"no date":          {"a/b why", "x", at("main.tf", 3), "a/b violated, config/waiver-malformed violated"},
		"not to be waived": {"a/never why until=2027-01-31", "x", at("main.tf", 3), "a/b violated, config/waiver-refused violated"},
		"not allowed":      {"a/barred why until=2027-01-31", "x", at("main.tf", 3), "a/b violated, config/waiver-refused violated"},
	} {
		t.Run(name, func(t *testing.T) {
			comment := waiver.Comment{Text: c.text, Block: c.block, From: 3, To: 6, At: finding.Location{File: "main.tf", Line: 2, Column: 1, EndColumn: 9}}
			got := waiver.Set{
				Comments: []waiver.Comment{comment}, Rules: known, Known: known, Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
				Allowed: func(r rule.Rule) bool { return r.ID != "a/barred" },
				Level:   func(r rule.Rule) rule.Level { return r.Level },
			}.Apply([]finding.Finding{c.finding})
			told := ""
			for i, f := range got {
				if i > 0 {
					told += ", "
					require.Equal(t, comment.At, f.Location)
					require.NotEmpty(t, f.Remediation)
				}
				told += string(f.Rule) + " " + string(f.Verdict)
			}
			require.Equal(t, c.want, told)
			if w := got[0].Waiver; w != nil {
				require.Equal(t, finding.Waiver{Reason: "why", Expires: "2027-01-31", Source: finding.WaiverSource{Kind: finding.InComment, Object: "x", Location: comment.At}}, *w)
			}
		})
	}
}
