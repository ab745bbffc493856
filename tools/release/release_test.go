package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	at     = time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	digest = "sha256:" + strings.Repeat("0a", 32)
)

const (
	checkout = "../.."
	commit   = "0123456789abcdef0123456789abcdef01234567"
)

// built is a binary as readBinaries gives it.
func built(platformOS, arch string, text []byte, deps ...*debug.Module) binary {
	return binary{os: platformOS, arch: arch, text: text, info: &debug.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "github.com/charmarr/charmarr-lint", Version: "v1.2.3"}, Deps: deps,
		Settings: []debug.BuildSetting{
			{Key: "GOOS", Value: platformOS}, {Key: "GOARCH", Value: arch}, {Key: "vcs.revision", Value: commit},
			{Key: "vcs.time", Value: at.Format(time.RFC3339)}, {Key: "vcs.modified", Value: "false"},
		},
	}}
}

func TestVersion(t *testing.T) {
	tags := []string{"v1.2.3", "v1.3.0-rc.1", "v1.10.0", "v0.9.0", "nightly", "v2"}
	for _, c := range []struct {
		name, tag string
		tags      []string
		want      string // version, prerelease, latest
	}{
		{"the first", "v0.1.0", []string{"v0.1.0"}, "version=0.1.0\nprerelease=false\nlatest=true\n"},
		{"the highest, by number and not by letter", "v1.11.0", tags[:5], "version=1.11.0\nprerelease=false\nlatest=true\n"},
		{"a fix for an older one", "v1.2.4", tags, "version=1.2.4\nprerelease=false\nlatest=false\n"},
		{"a pre-release is never the latest", "v3.0.0-rc.1", tags, "version=3.0.0-rc.1\nprerelease=true\nlatest=false\n"},
		{"a higher pre-release does not count", "v1.2.3", []string{"v1.2.3", "v1.3.0-rc.1"}, "version=1.2.3\nprerelease=false\nlatest=true\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(dir+"/CHANGELOG.md", []byte("## ["+strings.TrimPrefix(c.tag, "v")+"]\n\n- One thing.\n"), 0o600))
			var out bytes.Buffer
			require.NoError(t, run([]string{"version", c.tag, dir}, strings.NewReader(strings.Join(c.tags, "\n")), &out))
			require.Equal(t, c.want, out.String())
		})
	}
	for _, tag := range []string{"", "1.2.3", "v1.2", "v1", "v01.2.3", "v1.2.3+build", "v1.2.3 ", "v1.2.3\nlatest=true", "v1.2.3-$(id)", "main"} {
		t.Run("no version "+tag, func(t *testing.T) {
			require.ErrorContains(t, run([]string{"version", tag, checkout}, strings.NewReader(""), io.Discard), "is no version")
		})
	}
}

func TestVersionWithoutNotes(t *testing.T) {
	require.ErrorContains(t, run([]string{"version", "v987.0.0", checkout}, strings.NewReader(""), io.Discard), `has no section "## [987.0.0]"`)
	require.ErrorContains(t, run([]string{"version", "v1.2.3", t.TempDir()}, strings.NewReader(""), io.Discard), "CHANGELOG.md")
}

func TestNotes(t *testing.T) {
	const changelog = `# Changelog

## [Unreleased]

### Added

- Something that takes
  two lines.

## [1.2.3] - 2027-01-02

### Fixed

- One thing
  and more of it
- another

` + "```bash\na\n  b\n```" + `

Some words
in two lines.

## [1.2.2] - 2026-12-01
`
	of := func(tag string) version {
		v, err := parse(tag, nil)
		require.NoError(t, err)
		return v
	}
	got, err := notes(changelog, of("v1.2.3"), digest)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(got, "### Fixed\n\n- One thing and more of it\n- another\n\n```bash\na\n  b\n```\n\nSome words in two lines.\n\n### Where it is\n"), got)
	require.Contains(t, got, "`ghcr.io/charmarr/charmarr-lint:v1.2.3@"+digest+"`")
	require.Contains(t, got, "version `1.2.3`")

	got, err = section(changelog, of("v2.0.0-rc.1"))
	require.NoError(t, err, "what is unreleased is what a pre-release is of")
	require.Contains(t, got, "Something")
	_, err = section(changelog, of("v2.0.0"))
	require.ErrorContains(t, err, `rename "## [Unreleased]" to it`)
	_, err = section(changelog, of("v1.2.2"))
	require.ErrorContains(t, err, "is empty")
	_, err = section(changelog+"\n## [1.2.2]\n", of("v1.2.2"))
	require.ErrorContains(t, err, "two sections")

	// The changelog as it is has something to tell.
	text, err := os.ReadFile(checkout + "/CHANGELOG.md")
	require.NoError(t, err)
	_, err = notes(string(text), of("v0.0.1-rc.1"), digest)
	require.NoError(t, err)
}

// unpack reads an archive: names to texts, and the headers.
func unpack(t *testing.T, packed []byte) (map[string]string, []*tar.Header) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	texts, headers := map[string]string{}, []*tar.Header(nil)
	for files := tar.NewReader(z); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return texts, headers
		}
		require.NoError(t, err)
		text, err := io.ReadAll(files)
		require.NoError(t, err)
		texts[h.Name], headers = string(text), append(headers, h)
	}
}

func TestAssets(t *testing.T) {
	shared, own := &debug.Module{Path: "example.org/shared", Version: "v1.0.0"}, &debug.Module{Path: "example.org/own", Version: "v0.1.0+incompatible"}
	replaced := &debug.Module{Path: "example.org/old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/new", Version: "v2.0.0"}}
	binaries := []binary{built("darwin", "arm64", []byte("mac"), shared, own), built("linux", "amd64", []byte("penguin"), shared, replaced)}
	v, err := parse("v1.2.3", nil)
	require.NoError(t, err)
	files, err := assets(v, digest, checkout, binaries)
	require.NoError(t, err)
	again, err := assets(v, digest, checkout, binaries)
	require.NoError(t, err)
	require.Equal(t, files, again, "the same bytes")

	t.Run("checksums name all else", func(t *testing.T) {
		sums := string(files["checksums.txt"])
		require.Equal(t, len(files)-1, strings.Count(sums, "\n"))
		for name := range files {
			require.Equal(t, name != "checksums.txt", strings.Contains(sums, "  "+name+"\n"), name)
		}
	})
	t.Run("archives", func(t *testing.T) {
		texts, headers := unpack(t, files["charmarr-lint_1.2.3_linux_amd64.tar.gz"])
		require.Equal(t, "penguin", texts["charmarr-lint_1.2.3_linux_amd64/charmarr-lint"])
		require.Contains(t, texts["charmarr-lint_1.2.3_linux_amd64/LICENSE"], "AFFERO")
		for _, h := range headers {
			require.True(t, h.ModTime.Equal(at), h.Name)
			require.Equal(t, strings.HasSuffix(h.Name, "/charmarr-lint"), h.Mode == 0o755, h.Name)
		}
	})
	t.Run("chart", func(t *testing.T) {
		texts, _ := unpack(t, files["charmarr-lint-1.2.3.tgz"])
		require.Contains(t, texts["charmarr-lint/Chart.yaml"], "\nversion: 1.2.3\nappVersion: v1.2.3\n")
		require.Contains(t, texts["charmarr-lint/values.yaml"], "\n  digest: "+digest+"\n")
		require.Contains(t, texts, "charmarr-lint/values.schema.json")
		require.Contains(t, texts, "charmarr-lint/templates/deployment.yaml")
	})
	t.Run("manifests", func(t *testing.T) {
		const pinned = "image: ghcr.io/charmarr/charmarr-lint@"
		for _, name := range []string{"self-signed", "cert-manager"} {
			text := string(files["charmarr-lint_1.2.3_webhook-"+name+".yaml"])
			require.Equal(t, 1, strings.Count(text, pinned+digest+"\n"), name)
			require.NotContains(t, text, ":latest")
			require.Contains(t, text, "kind: ValidatingWebhookConfiguration\n")
		}
		// What is packed builds to the same, with the components that can be added.
		texts, _ := unpack(t, files["charmarr-lint_1.2.3_manifests.tar.gz"])
		var entries []entry
		for name, text := range texts {
			entries = append(entries, entry{name: strings.TrimPrefix(name, "charmarr-lint_1.2.3_manifests/"), text: []byte(text)})
		}
		entries = append(entries, entry{name: "mine/kustomization.yaml", text: []byte("resources: [../self-signed]\ncomponents: [../fail-closed, ../reports]\n")})
		made, err := render(entries, "mine", "")
		require.NoError(t, err)
		require.Contains(t, string(made), pinned+digest+"\n")
		require.Contains(t, string(made), "--fail-closed")
	})
	t.Run("bill of materials", func(t *testing.T) {
		text := string(files["charmarr-lint_1.2.3_sbom.cdx.json"])
		for _, want := range []string{
			`"specVersion": "1.6"`, `"pkg:golang/std@1.26.8"`, `"pkg:golang/example.org/shared@v1.0.0"`,
			`"pkg:golang/example.org/new@v2.0.0"`, `"pkg:golang/example.org/own@v0.1.0%2Bincompatible"`,
			`"pkg:golang/github.com/charmarr/charmarr-lint@v1.2.3"`, `"timestamp": "2027-01-02T03:04:05Z"`,
		} {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, "example.org/old")
		require.Equal(t, 2, strings.Count(text, "charmarr-lint:platforms"), "own is in one alone, new in the other")
	})
	t.Run("a digest that is none", func(t *testing.T) {
		_, err := assets(v, "latest", checkout, binaries)
		require.ErrorContains(t, err, "is no digest")
	})
}

func TestChangeDemandsItsLine(t *testing.T) {
	entries := []entry{{name: "a", text: []byte("x: 1\nx: 1\ny: 1\n")}}
	require.ErrorContains(t, change(entries, "b", "x: 1", "x: 2"), "there is no b")
	require.ErrorContains(t, change(entries, "a", "x: 1", "x: 2"), "2 times")
	require.ErrorContains(t, change(entries, "a", "z: 1", "z: 2"), "0 times")
	require.NoError(t, change(entries, "a", "y: 1", "y: 2"))
	require.Equal(t, "x: 1\nx: 1\ny: 2\n", string(entries[0].text))
}

func TestBinariesAreOfTheTag(t *testing.T) {
	_, err := readBinaries(t.TempDir(), "v1.2.3")
	require.ErrorContains(t, err, "has no OS_ARCH/charmarr-lint")

	// This test is a program that has no version.
	own, err := os.Executable()
	require.NoError(t, err)
	text, err := os.ReadFile(own)
	require.NoError(t, err)
	info, ok := debug.ReadBuildInfo()
	require.True(t, ok)
	is := binary{info: info}
	for folder, want := range map[string]string{is.setting("GOOS") + "_" + is.setting("GOARCH"): "not v1.2.3", "plan9_mips": "is for "} {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, folder), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, folder, program), text, 0o600))
		_, err = readBinaries(dir, "v1.2.3")
		require.ErrorContains(t, err, want)
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"version"}, {"version", "v1.2.3"}, {"version", "v1.2.3", "..", "more"}, {"image", "v1.2.3"}, {"assets", "v1.2.3", "x"}, {"publish", "v1.2.3"}} {
		require.ErrorContains(t, run(args, strings.NewReader(""), io.Discard), "tools/release/main.go", "%q", args)
	}
}
