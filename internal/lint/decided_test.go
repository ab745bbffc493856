package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// decidedIn lists what a report says it decided, as "stack rule".
func decidedIn(r finding.Report) []string {
	var out []string
	for _, d := range r.Decided {
		for _, id := range d.Rules {
			out = append(out, d.Stack+" "+string(id))
		}
	}
	return out
}

func TestEveryPassIsDecided(t *testing.T) {
	engine := newEngine(t)
	for _, name := range []string{"clean", "broken"} {
		t.Run(name, func(t *testing.T) {
			r := judgeFiles(t, engine, Options{Config: config.Default()}, filesOf(t, name)...)
			passed := slices.DeleteFunc(decidedIn(r), func(d string) bool {
				stack, id, _ := strings.Cut(d, " ")
				return rule.ID(id).Area() == config.OwnArea ||
					slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Stack == stack && f.Rule == rule.ID(id) })
			})
			require.Len(t, passed, r.Summary.Passed)
		})
	}
}

func TestReadingLessNeverDecidesMore(t *testing.T) {
	engine, files := newEngine(t), filesOf(t, "broken")
	o := Options{Config: config.Default()}
	all := decidedIn(judgeFiles(t, engine, o, files...))
	fewer := false
	for i, left := range files {
		less := decidedIn(judgeFiles(t, engine, o, slices.Delete(slices.Clone(files), i, i+1)...))
		require.Subset(t, all, less, "without %s", left)
		fewer = fewer || len(less) < len(all)
	}
	require.True(t, fewer)
}
