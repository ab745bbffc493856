package manifest_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// TestLabelsCoverTheirToken reads one label in many spellings and cuts its
// region out of the text again, in UTF-16 code units: it is the key with its
// value, no more and no less.
func TestLabelsCoverTheirToken(t *testing.T) {
	const wide = "😀é漢𝒳"
	for name, tt := range map[string]struct{ text, token string }{
		"block":            {"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  labels:\n    mode: ambient # " + wide + "\n", "mode: ambient"},
		"CRLF":             {"apiVersion: v1\r\nkind: Namespace\r\nmetadata:\r\n  name: x\r\n  labels:\r\n    mode: ambient\r\n", "mode: ambient"},
		"byte order mark":  {"\ufeff{apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {mode: ambient}}}", "mode: ambient"},
		"flow":             {`{"` + wide + `": 1, apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {mode: 'ambient'}}}`, "mode: 'ambient'"},
		"wide value":       {"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  labels: {mode: " + wide + "}\n", "mode: " + wide},
		"JSON":             {"{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Namespace\",\n\t\"metadata\": {\"note\": \"" + wide + "\", \"name\": \"x\", \"labels\": {\"mode\" : \"ambient\"}}\n}", `"mode" : "ambient"`},
		"JSON with escape": {`{"apiVersion":"v1","kind":"Namespace","metadata":{"note":"\ud83d\ude00","name":"x","labels":{"mode":"\u0061mbient"}}}`, `"mode":"\u0061mbient"`},
		"value below":      {"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  labels:\n    mode:\n      ambient\n", "mode"},
		"question mark":    {"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  labels:\n    ? mode\n    : ambient\n", "mode"},
	} {
		s, _, reasons := read(t, tt.text)
		require.Empty(t, reasons, name)
		require.Len(t, s.Namespaces, 1, name)
		require.Equal(t, tt.token, cut(tt.text, s.Namespaces[0].Labels[0].At), name)
	}
}

func cut(text string, at snapshot.Pos) string {
	line := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")[at.Line()-1]
	return string(utf16.Decode(utf16.Encode([]rune(line))[at.Column()-1 : at.EndColumn()-1]))
}
