package arch

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/cli"
)

// TestTheCatalogueIsWhole holds `charmarr-lint rules` to the catalogue of
// invariants: each is a rule, or an exception with a reason, and no rule is there
// that the catalogue does not know. What the configuration is held to is no rule of
// the records.
func TestTheCatalogueIsWhole(t *testing.T) {
	text, err := os.ReadFile("policies/catalogue.txt")
	require.NoError(t, err)
	var catalogue []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			catalogue = append(catalogue, line)
		}
	}
	require.Greater(t, len(catalogue), 100)

	var stdout, stderr bytes.Buffer
	require.Zero(t, cli.Main([]string{"rules", "-f", "json"}, strings.NewReader(""), &stdout, &stderr, nil), stderr.String())
	var listed []struct {
		ID string `json:"id"`
	}
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &listed))
	var rules []string
	for _, r := range listed {
		if strings.HasPrefix(r.ID, "config/") {
			continue
		}
		rules = append(rules, r.ID)
		area, name, _ := strings.Cut(r.ID, "/")
		require.FileExists(t, "docs/rules/"+area+"/"+name+".md")
	}

	exceptions, err := os.ReadFile("docs/exceptions.md")
	require.NoError(t, err)
	excepted := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(exceptions), -1)
	for _, m := range excepted {
		require.Contains(t, catalogue, m[1], "docs/exceptions.md")
	}
	for _, slug := range catalogue {
		if !slices.Contains(rules, slug) {
			require.True(t, slices.ContainsFunc(excepted, func(m []string) bool { return m[1] == slug }),
				"%s is neither a rule nor an exception", slug)
		}
	}
	for _, id := range rules {
		require.Contains(t, catalogue, id, "a rule that policies/catalogue.txt does not name")
	}
}
