package html_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/graphtest"
	"github.com/charmarr/charmarr-lint/internal/graph/html"
)

func write(t *testing.T, g graph.Graph) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, html.Write(&b, g))
	require.NoError(t, graphtest.Page(b.String()))
	return b.String()
}

// TestOneScriptMayRun holds the policy of the page to the script that is in it.
func TestOneScriptMayRun(t *testing.T) {
	for name, g := range map[string]graph.Graph{"hostile": graphtest.Hostile(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			page := write(t, g)
			scripts := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(page, -1)
			require.Len(t, scripts, 1)
			sum := sha256.Sum256([]byte(scripts[0][1]))
			require.Contains(t, page, `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-`+
				strings.NewReplacer("+", "&#43;").Replace(base64.StdEncoding.EncodeToString(sum[:]))+`&#39;"`)
		})
	}
}

// TestFindingsLeadToTheirPlaces demands that the id of each place is there.
func TestFindingsLeadToTheirPlaces(t *testing.T) {
	g := graphtest.Of(t, "adr-006", "testdata/broken")
	page := write(t, g)
	places := regexp.MustCompile(`data-places="([^"]*)"`).FindAllStringSubmatch(page, -1)
	require.Len(t, places, len(g.Findings))
	for _, m := range places {
		for _, id := range strings.Fields(m[1]) {
			require.Equal(t, 1, strings.Count(page, ` id="`+id+`"`), id)
		}
	}
}

func TestSaysWhatMatters(t *testing.T) {
	page := write(t, graphtest.Of(t, "adr-006", "testdata/clean/juju/charmarr-downloads.status.json"))
	require.Contains(t, page, "not evaluated for lack of")
	g := graphtest.Of(t, "adr-006", "testdata/clean")
	g.Incomplete, g.Gaps = true, []string{"core.json: reading the status: it ends early"}
	page = write(t, g)
	require.Contains(t, page, "<strong>Incomplete:</strong>")
	require.Contains(t, page, "could not be read: core.json")
}
