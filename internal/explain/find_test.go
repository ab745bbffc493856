package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

func report(fingerprints ...string) []finding.Finding {
	var out []finding.Finding
	for i, f := range fingerprints {
		out = append(out, finding.Finding{
			Fingerprint: f, Rule: rule.ID("mesh/a"), Level: rule.Error,
			Subject: finding.Subject{Kind: "application", Model: "m", Name: fmt.Sprint("app", i)},
		})
	}
	return out
}

func TestFind(t *testing.T) {
	fs := report("0123456789abcdef0123456789abcdef", "0123456789ffffff0123456789abcdef", "deadbeef89abcdef0123456789abcdef")
	for _, tt := range []struct {
		name, word string
		in         []finding.Finding
		want       string // the application found
		errs       []string
	}{
		{"whole", "deadbeef89abcdef0123456789abcdef", fs, "app2", nil},
		{"a unique prefix", "dead", fs, "app2", nil},
		{"in capitals", "DEADBEEF", fs, "app2", nil},
		{"an ambiguous prefix", "0123", fs, "", []string{
			`"0123" begins the fingerprint of 2 findings; give more of it:`,
			"0123456789a  error  mesh/a  application m/app0",
			"0123456789f  error  mesh/a  application m/app1",
		}},
		{"a slip", "deadbaef", fs, "", []string{`no finding has a fingerprint that begins with "deadbaef"; did you mean:`, "deadbeef89a  error  mesh/a  application m/app2"}},
		{"none near", "99999999", fs, "", []string{`no finding has a fingerprint that begins with "99999999"; the report has:`, "0123456789a  error  mesh/a  application m/app0"}},
		{"too short", "dea", fs, "", []string{`"dea" is too short for a fingerprint: give at least 4 of its characters`}},
		{"too long", "deadbeef89abcdef0123456789abcdef0", fs, "", []string{"did you mean:"}},
		{"nothing", "", fs, "", []string{`"" is too short`}},
		{"a rule", "mesh/a", fs, "", []string{`"mesh/a" is a rule; name one of its findings:`, "application m/app1"}},
		{"no rule", "mesh/b", fs, "", []string{`"mesh/b" is no fingerprint, and the report has no finding of a rule of that name; it has:`, "application m/app1"}},
		{"an empty report", "deadbeef", nil, "", []string{"the report has no finding"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Find(tt.in, tt.word)
			if tt.errs == nil {
				require.NoError(t, err)
				require.Equal(t, tt.want, f.Subject.Name)
				return
			}
			for _, want := range tt.errs {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestFindListsNotTooMany(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("abcd%012d", i))
	}
	_, err := Find(report(many...), "abcd")
	require.ErrorContains(t, err, "and 40 more")
	require.Equal(t, 11, strings.Count(err.Error(), "\n"))
}
