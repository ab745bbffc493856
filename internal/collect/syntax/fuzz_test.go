package syntax

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// samples are texts in the shapes that the block parser knows and nearly knows.
func samples() []string {
	return []string{
		"a: b\n", "a:\n- b\n- c: d\n  e: f\n- - g\n  - h\ni: j\n", "- a\n-\n- \n- b: c\n",
		"a: |\n  x\n\n   y\n  z\n\nb: |-\n  x\n\nc: |+\n  x\n\n\nd: e\n",
		"a: {}\nb: []  # c\nc: {x: y}\n", "a: 'it''s'\nb: \"x\\ty\" # c\n\"c\": 1\n'd': 2\n",
		"a: x #y\nb: x#y\nc: x: y\n", "a:\n  b\n", "a: b\n  c\n", "a:\n   b: c\n  d: e\n", "a:\n", "a: ~\nb: null\nc: True\nd: 0x1f\n",
		"# c\n---\n# d\na: b # e\n# f\n", "a: &x b\nc: *x\n", "a: !!str 1\n", "? a\n: b\n", "<<: {a: b}\n", "a: -\n", "a: -x\nb: :x\nc: a:\n",
		"a: b\r\nc:\r\n  - d\r\n", "a: é\nb: \"é😀\"\n\u00a0c: d\n", "a: 1\na: 2\n", "a:\tb\n", "  a: b\n  c: d\n", "a: b\n c: d\n",
		"a: |\n  x", "a: |\n\n", "a: >\n  x\n  y\n", "a: |2\n   x\n", "- |\n x\n- y\n", "a: \"x\n  y\"\n", "a: 'x\n\n  y'\n", "a:\n# c\n  b: c\n",
		"a: @x\n", "a: %x\n", "a: [x\n", "a: x]\nb: x}\nc: x,y\n", "x\n", "--- a: b\n", "--- |\n x\n", "a: b\n...\nc: d\n", "%YAML 1.1\n---\na: b\n",
		"a: '#'\nb: \"x\" y\n", "a: 2001-01-01\nb: .inf\nc: 1_000\nd: 012\n", "a: -1\nb: +1\nc: 1e3\nd: .\n", "a b: c\n", "a : b\n", "a:b\n", "-a: b\n", "- -a\n",
		"a:\n- b\nc:\n - d\n", "a:\n  - b\n - c\n", "a:\n  - b\n  c: d\n", "- a: b\n c: d\n", "- a: b\n  - c\n", "a: |\n  x\n y\n", "a: |\n   \n  x\n", "- - - a\n  - b\n",
	}
}

// compare reads a text by both parsers and demands the same trees.
func compare(t *testing.T, text string) {
	t.Helper()
	if checkText(text) != nil {
		return
	}
	src := newSource(text)
	for start, end := range documents(text) {
		body := src.body(start, end)
		if body == end {
			continue
		}
		doc := &Document{Index: 1, Line: src.line(body), source: src, start: start, end: end}
		root, ok := parseBlock(doc)
		if !ok {
			continue
		}
		want, err := parseAny(doc)
		require.Nil(t, err, "the library refuses %q: %v", text[start:end], err)
		require.Empty(t, cmp.Diff(dump(want), dump(root)), "%q", text[start:end])
	}
}

func TestBlockParserAgreesWithTheLibrary(t *testing.T) {
	for _, text := range samples() {
		compare(t, text)
	}
}

func TestBlockParserKnowsWhatKubectlPrints(t *testing.T) {
	text := "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    a.b/c: \"x\"\n    d: |\n      {\"a\": 1}\n  labels: {}\nspec:\n  containers:\n  - args:\n    - --x=y\n    image: a/b:c\n    env: []\n  - name: 'b'\n"
	docs := read(t, text)
	_, ok := parseBlock(docs[0])
	require.True(t, ok)
	compare(t, text)
}

func FuzzBlock(f *testing.F) {
	for _, text := range samples() {
		f.Add(text)
	}
	f.Fuzz(compare)
}

func FuzzYAML(f *testing.F) {
	for _, text := range samples() {
		f.Add(text)
	}
	f.Add(bomb())
	f.Fuzz(visit)
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{"a": [1, -2.5e3, true, null, "x\ud83d\ude00\n"], "b": {}}`, `{"a":1}{"b":2} [3]`, `{"a":1,"a":2}`, `[[[`, `{"a":"\u12"}`, "{\n\t\"é😀\": \"é\"}", `{a: b}`, `{"a": 1,}`,
	} {
		f.Add(text)
	}
	paths, err := filepath.Glob("../testdata/*.json")
	require.NoError(f, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(visit)
}

// visit reads a text and asks for everything in it.
func visit(t *testing.T, text string) {
	lines := strings.Count(text, "\n") + 1
	err := Parse(text, func(d *Document) bool {
		require.Equal(t, d.Err != nil, d.Root == nil && d.Err != nil)
		if d.Err != nil {
			require.NotEmpty(t, d.Err.Reason)
			require.LessOrEqual(t, d.Err.Line, lines)
			return true
		}
		seen := 0
		var walk func(*Node)
		walk = func(n *Node) {
			if seen++; seen > 20_000 {
				return // aliases may repeat what was seen
			}
			p := n.Pos()
			require.LessOrEqual(t, 1, p.Line())
			require.LessOrEqual(t, p.Line(), lines)
			require.LessOrEqual(t, 1, p.Column())
			require.LessOrEqual(t, p.Column(), p.EndColumn())
			for k, v := range n.Entries() {
				Span(k, v)
				walk(v)
			}
			for _, v := range n.List() {
				walk(v)
			}
			n.Text()
			n.Int(0)
			n.Bool()
			n.Facts()
		}
		if d.Root != nil {
			walk(d.Root)
		}
		return true
	})
	if err != nil {
		require.NotEmpty(t, err.Reason)
	}
}
