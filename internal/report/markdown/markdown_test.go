package markdown

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func TestEscape(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"names":          {text("charmarr-core/radarr"), "charmarr-core/radarr"},
		"markup":         {text("*a* _b_ `c` |d|"), "\\*a\\* \\_b\\_ \\`c\\` \\|d\\|"},
		"HTML":           {text("<b>&amp;"), "&lt;b&gt;&amp;amp;"},
		"link":           {text("[a](https://b.example)"), "\\[a\\](https&#58;//b.example)"},
		"mention":        {text("@all #1"), "&#64;all &#35;1"},
		"code":           {code("a"), "`a`"},
		"code with tick": {code("`a``b"), "``` `a``b ```"},
		"no code":        {code(""), ""},
		"fence":          {fence("", []string{"a", "```", "b"}), "````sh\na\n```\nb\n````\n"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.got) })
	}
}

func TestTablesHaveEqualRows(t *testing.T) {
	for _, c := range reporttest.Cases() {
		var b bytes.Buffer
		require.NoError(t, Write(&b, c.Report))
		bars := 0
		for line := range strings.SplitSeq(b.String(), "\n") {
			if !strings.HasPrefix(line, "|") {
				bars = 0
				continue
			}
			n := strings.Count(line, "|") - strings.Count(line, `\|`)
			if bars > 0 {
				require.Equal(t, bars, n, line)
			}
			bars = n
		}
	}
}

func TestLimit(t *testing.T) {
	r := reporttest.Named("broken")
	one := r.Findings[0]
	for range 6000 {
		r.Findings = append(r.Findings, one)
	}
	var b bytes.Buffer
	require.NoError(t, Write(&b, r))
	require.Less(t, b.Len(), 1<<20, "GitHub would drop the summary")
	require.Contains(t, b.String(), "left out here for want of room")
	require.Contains(t, b.String(), "## What was looked at")
}
