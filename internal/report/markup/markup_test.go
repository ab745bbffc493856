package markup

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEscape(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"names":          {Text("charmarr-core/radarr"), "charmarr-core/radarr"},
		"markup":         {Text("*a* _b_ `c` |d|"), "\\*a\\* \\_b\\_ \\`c\\` \\|d\\|"},
		"HTML":           {Text("<b>&amp;"), "&lt;b&gt;&amp;amp;"},
		"link":           {Text("[a](https://b.example)"), "\\[a\\](https&#58;//b.example)"},
		"mention":        {Text("@all #1"), "&#64;all &#35;1"},
		"code":           {Code("a"), "`a`"},
		"code with tick": {Code("`a``b"), "``` `a``b ```"},
		"no code":        {Code(""), ""},
		"fence":          {Fence("", "sh", []string{"a", "```", "b"}), "````sh\na\n```\nb\n````\n"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.got) })
	}
}
