package lint

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
)

// rewritten copies a deployment to another folder, each file as a formatter of
// its kind would leave it, and lists the copies.
func rewritten(t *testing.T, files []string, format func(name string, text []byte) []byte) []string {
	dir := filepath.Join(t.TempDir(), "moved", "elsewhere")
	var out []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		to := filepath.Join(dir, filepath.Base(filepath.Dir(file)), filepath.Base(file))
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, format(file, text), 0o644))
		out = append(out, to)
	}
	return out
}

func fingerprints(fs []finding.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Fingerprint+" "+string(f.Rule)+" "+f.Subject.Name)
	}
	slices.Sort(out)
	return out
}

// TestFingerprintsOutliveReformatting moves and reformats the files of a
// deployment: an alert that somebody dismissed must not open again for it.
func TestFingerprintsOutliveReformatting(t *testing.T) {
	engine := newEngine(t)
	files := filesOf(t, "broken/juju", "broken/kube")
	o := Options{Config: config.Default()}
	want := fingerprints(judgeFiles(t, engine, o, files...).Findings)
	require.NotEmpty(t, want)

	isJSON := func(name string) bool { return strings.HasSuffix(name, ".json") }
	for _, tt := range []struct {
		name   string
		format func(name string, text []byte) []byte
	}{
		{"moved", func(_ string, text []byte) []byte { return text }},
		{"JSON on one line", func(name string, text []byte) []byte {
			if !isJSON(name) {
				return text
			}
			var b bytes.Buffer
			require.NoError(t, json.Compact(&b, text))
			return b.Bytes()
		}},
		{"JSON with its keys sorted, indented by tabs", func(name string, text []byte) []byte {
			if !isJSON(name) {
				return text
			}
			var v any
			require.NoError(t, json.Unmarshal(text, &v))
			out, err := json.MarshalIndent(v, "", "\t")
			require.NoError(t, err)
			return out
		}},
		{"YAML indented twice as far, below a comment", func(name string, text []byte) []byte {
			if isJSON(name) {
				return text
			}
			var b bytes.Buffer
			b.WriteString("# formatted\n\n")
			for line := range strings.Lines(string(text)) {
				body := strings.TrimLeft(line, " ")
				b.WriteString(strings.Repeat(" ", 2*(len(line)-len(body))) + body)
				// The indent after a dash belongs to the dash's own column; a
				// list item's further keys follow it.
				if strings.HasPrefix(body, "- ") && b.Len() > 0 {
					b.Truncate(b.Len() - len(body))
					b.WriteString("-   " + strings.TrimPrefix(body, "- "))
				}
			}
			return b.Bytes()
		}},
		{"lines that end as on Windows, behind a byte order mark", func(_ string, text []byte) []byte {
			return append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rep := judgeFiles(t, engine, o, rewritten(t, files, tt.format)...)
			require.Empty(t, rep.Gaps)
			require.Equal(t, want, fingerprints(rep.Findings))
		})
	}
}

// TestPlacesAreWhereTheyPoint cuts the text of every place out of its file, also
// where the line holds characters of two UTF-16 units before it.
func TestPlacesAreWhereTheyPoint(t *testing.T) {
	engine := newEngine(t)
	files := filesOf(t, "broken/juju", "broken/kube")
	o := Options{Config: config.Default()}
	for _, tt := range []struct {
		name   string
		format func(name string, text []byte) []byte
	}{
		{"as they are", func(_ string, text []byte) []byte { return text }},
		{"on one line, behind wide characters", func(name string, text []byte) []byte {
			if !strings.HasSuffix(name, ".json") {
				return text
			}
			var b bytes.Buffer
			require.NoError(t, json.Compact(&b, text))
			return bytes.Replace(b.Bytes(), []byte("{"), []byte(`{"notes":"ü日🎉🎉",`), 1)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			copies := rewritten(t, files, tt.format)
			t.Chdir(filepath.Dir(filepath.Dir(copies[0])))
			rep := judgeFiles(t, engine, o, "juju", "kube")
			require.NotEmpty(t, rep.Findings)
			for _, f := range rep.Findings {
				at := f.Location
				require.NotEmpty(t, at.File, f.Message)
				text := cutOut(t, at)
				require.NotEmpty(t, text, f.Message)
				require.Equal(t, strings.TrimSpace(text), text, "%v", at)
				if text[0] == '"' { // a name of JSON, whole
					var name string
					require.NoError(t, json.Unmarshal([]byte(text), &name), "%s at %v", text, at)
				}
			}
		})
	}
}

// cutOut returns what stands at a place. Columns count UTF-16 units from 1.
func cutOut(t *testing.T, at finding.Location) string {
	raw, err := os.ReadFile(filepath.FromSlash(at.File))
	require.NoError(t, err)
	lines := strings.Split(string(raw), "\n")
	require.LessOrEqual(t, at.Line, len(lines))
	units := utf16.Encode([]rune(lines[at.Line-1]))
	require.LessOrEqual(t, at.EndColumn-1, len(units), "%v", at)
	require.Less(t, at.Column, at.EndColumn, "%v", at)
	return string(utf16.Decode(units[at.Column-1 : at.EndColumn-1]))
}
