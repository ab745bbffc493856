package arch

import (
	"bytes"
	"flag"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/cli"
	"github.com/charmarr/charmarr-lint/internal/config"
)

var update = flag.Bool("update", false, "rewrite the finding and the picture that the documentation shows")

// What documentation shows is run here, so that it stays true.

// fenced returns the code blocks of a language in a Markdown file.
func fenced(t *testing.T, file, language string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var blocks []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllSubmatch(text, -1) {
		blocks = append(blocks, string(m[1]))
	}
	return blocks
}

// check runs `charmarr-lint check` and returns its exit code and output.
func check(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Main(append([]string{"check"}, args...), strings.NewReader(""), &stdout, &stderr, nil)
	return code, stdout.String() + stderr.String()
}

func TestREADMEShowsARealFinding(t *testing.T) {
	blocks := fenced(t, "README.md", "text")
	require.Len(t, blocks, 1)
	subject, _, _ := strings.Cut(blocks[0], "\n")
	code, got := check(t, "testdata/broken")
	require.Equal(t, 1, code)

	// A subject is indented by two; its first finding ends with the two commands
	// of "more".
	lines := strings.Split(got, "\n")
	start := slices.Index(lines, "  "+subject)
	require.GreaterOrEqual(t, start, 0, "`check testdata/broken` finds nothing about %s: show another finding in README.md", subject)
	length := slices.IndexFunc(lines[start:], func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "more ") }) + 2
	require.Greater(t, length, 1)
	var want strings.Builder
	for _, line := range lines[start : start+length] {
		want.WriteString(strings.TrimPrefix(line, "  ") + "\n")
	}
	if *update {
		text, err := os.ReadFile("README.md")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("README.md", bytes.Replace(text, []byte(blocks[0]), []byte(want.String()), 1), 0o644))
		return
	}
	require.Empty(t, cmp.Diff(want.String(), blocks[0]), "`make golden` pastes the finding anew")
}

func TestPictureOfTheGuideIsFresh(t *testing.T) {
	const picture = "docs/graph.svg"
	var stdout, stderr bytes.Buffer
	code := cli.Main([]string{"graph", "-p", "single-model", "-f", "svg", "testdata/upstream"}, strings.NewReader(""), &stdout, &stderr, nil)
	require.Zero(t, code, stderr.String())
	if *update {
		require.NoError(t, os.WriteFile(picture, stdout.Bytes(), 0o644))
		return
	}
	want, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), stdout.String()), "`make golden` draws it anew")
}

func TestRuleOfTheGuideWorks(t *testing.T) {
	blocks := fenced(t, "docs/guide.md", "rego")
	require.Len(t, blocks, 2, "the rule and its test")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rule.rego"), []byte(blocks[0]), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rule_test.rego"), []byte(blocks[1]), 0o600))
	code, got := check(t, "--policies", dir, "--rule", "house/stable-channel", "--fail-on", "warning", "testdata/clean")
	require.Equal(t, 1, code, got)
	require.Contains(t, got, "house/stable-channel")

	var stdout, stderr bytes.Buffer
	code = cli.Main([]string{"policy", "test", dir}, strings.NewReader(""), &stdout, &stderr, nil)
	require.Zero(t, code, stdout.String()+stderr.String())
	require.Contains(t, stdout.String(), "1 passed, 0 failed")
}

func TestConfigurationsInTheDocumentationLoad(t *testing.T) {
	n := 0
	for _, file := range []string{"README.md", "docs/guide.md"} {
		for _, block := range fenced(t, file, "yaml") {
			_, err := config.Decode(file, []byte(block))
			require.NoError(t, err, block)
			n++
		}
	}
	require.Positive(t, n)
}

func TestLinksInTheDocumentationLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipDir(filepath.ToSlash(name), entry.Name())
		}
		if filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range link.FindAllSubmatch(text, -1) {
			target, err := url.Parse(string(m[1]))
			require.NoError(t, err, "%s: %s", name, m[1])
			if target.Scheme == "" && target.Path != "" {
				_, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(target.Path)))
				require.NoError(t, err, "%s links to %s", name, m[1])
			}
		}
		return nil
	})
	require.NoError(t, err)
}
