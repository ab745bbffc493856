package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read parses a text and returns its documents.
func read(t testing.TB, text string) []*Document {
	t.Helper()
	var docs []*Document
	err := Parse(text, func(d *Document) bool { docs = append(docs, d); return true })
	require.Nil(t, err)
	return docs
}

// dump writes a tree with the place of each scalar, to compare trees by.
func dump(n *Node) string {
	var out strings.Builder
	var walk func(*Node, string)
	walk = func(n *Node, indent string) {
		p := n.Pos()
		switch n.Kind() {
		case Map:
			fmt.Fprintf(&out, "%smap %d:%d\n", indent, p.Line(), p.Column())
			for k, v := range n.Entries() {
				kp := k.Pos()
				fmt.Fprintf(&out, "%s %q %d:%d-%d\n", indent, k.value, kp.Line(), kp.Column(), kp.EndColumn())
				walk(v, indent+"  ")
			}
		case List:
			fmt.Fprintf(&out, "%slist %d:%d\n", indent, p.Line(), p.Column())
			for _, v := range n.List() {
				walk(v, indent+"  ")
			}
		default:
			fmt.Fprintf(&out, "%s%s %q %d:%d-%d %v\n", indent, n.Kind(), n.value, p.Line(), p.Column(), p.EndColumn(), n.plain)
		}
	}
	walk(n, "")
	return out.String()
}

func TestPlaces(t *testing.T) {
	type place struct {
		path string
		want [3]int // line, column, end column
	}
	for name, c := range map[string]struct {
		text  string
		place []place
	}{
		"plain":                          {"a:\n  bc: def\n", []place{{"a/bc", [3]int{2, 7, 10}}}},
		"quoted, with what follows":      {"a: \"x\\\"y\" # c\nb: 'it''s'  \n", []place{{"a", [3]int{1, 4, 10}}, {"b", [3]int{2, 4, 11}}}},
		"after a byte order mark":        {"\ufeffa: b\n", []place{{"a", [3]int{1, 4, 5}}}},
		"CR LF":                          {"a: b\r\nc: d\r\n", []place{{"a", [3]int{1, 4, 5}}, {"c", [3]int{2, 4, 5}}}},
		"after two code units":           {"{\"😀é\": 1, \"b\": \"😀\"}", []place{{"b", [3]int{1, 17, 21}}}},
		"YAML after two code units":      {"\"😀é\": 1\n? 😀\n: {b: 😀x, c: d}\n", []place{{"😀/b", [3]int{3, 7, 10}}, {"😀/c", [3]int{3, 15, 16}}}},
		"anchor and tag":                 {"a: &x !!str 12\nb: *x\n", []place{{"a", [3]int{1, 4, 15}}, {"b", [3]int{1, 4, 15}}}},
		"text block":                     {"a: |\n  one\n  two\nb: c\n", []place{{"a", [3]int{1, 4, 5}}, {"b", [3]int{4, 4, 5}}}},
		"folded plain":                   {"a: one\n  two\nb: c\n", []place{{"a", [3]int{1, 4, 7}}}},
		"folded quoted":                  {"a: \"one\n  two\"\nb: c\n", []place{{"a", [3]int{1, 4, 8}}}},
		"second document":                {"a: b\n---\n# c\na: bc\n", []place{{"a", [3]int{4, 4, 6}}}},
		"JSON over lines":                {"{\n\t\"a\": [\n\t\ttrue, {\"b\": -1.5}\n\t]\n}\n", []place{{"a/1/b", [3]int{3, 15, 19}}}},
		"JSON in a YAML stream":          {"a: b\n---\n{\"a\":\n\"\\ud83d\\ude00\"}\n", []place{{"a", [3]int{4, 1, 15}}}},
		"NEL and lone CR count for YAML": {"a: \"x\u0085y\"\nb: c\n", []place{{"b", [3]int{2, 4, 5}}}},
	} {
		t.Run(name, func(t *testing.T) {
			docs := read(t, c.text)
			root := docs[len(docs)-1].Root
			require.Nil(t, docs[len(docs)-1].Err)
			for _, p := range c.place {
				n := root
				for _, step := range strings.Split(p.path, "/") {
					if n.Kind() == List {
						n = n.List()[step[0]-'0']
					} else {
						n = n.Lookup(step)
					}
				}
				require.NotNil(t, n, p.path)
				pos := n.Pos()
				require.Equal(t, p.want, [3]int{pos.Line(), pos.Column(), pos.EndColumn()}, p.path)
			}
		})
	}
}

func TestValues(t *testing.T) {
	root := read(t, `
null1:
null2: ~
t: True
n: 0x2A
o: 0o17
f: 1.5e3
big: 123456789012
s: "12"
lit: |
  a
  b
fold: >-
  a
  b
base: &base {x: 1, y: 2}
merged:
  <<: *base
  y: 3
several: {<<: [*base, {z: 4}], x: 9}
`)[0].Root
	require.Equal(t, Null, root.Lookup("null1").Kind())
	require.Nil(t, root.Get("null2"))
	yes, said := root.Get("t").Bool()
	require.True(t, yes && said)
	require.Equal(t, "true", root.Get("t").Text())
	require.Equal(t, 42, root.Get("n").Int(-1))
	require.Equal(t, 15, root.Get("o").Int(-1))
	require.Equal(t, 1500, root.Get("f").Int(-1))
	require.Equal(t, -1, root.Get("big").Int(-1))
	require.Equal(t, String, root.Get("s").Kind())
	require.Equal(t, "a\nb\n", root.Get("lit").Text())
	require.Equal(t, "a b", root.Get("fold").Text())
	require.Equal(t, 1, root.Get("merged").Get("x").Int(-1))
	require.Equal(t, 3, root.Get("merged").Get("y").Int(-1))
	require.Equal(t, 9, root.Get("several").Get("x").Int(-1))
	require.Equal(t, 4, root.Get("several").Get("z").Int(-1))
	require.Equal(t, 2, root.Get("several").Get("y").Int(-1))
}

func TestProblemsAreRemembered(t *testing.T) {
	doc := read(t, "applications: [a]\nscale: two\nx: {y: 1}\n")[0]
	require.Nil(t, doc.Root.Get("applications").Get("radarr"))
	require.Equal(t, -1, doc.Root.Get("scale").Int(-1))
	require.Empty(t, doc.Root.Get("x").Text())
	require.Equal(t, []Problem{
		{1, 15, "applications is a list, want a mapping"},
		{2, 8, "scale is text, want a whole number"},
		{3, 4, "x is a mapping, want text"},
	}, doc.Problems())
	var none *Node
	require.Empty(t, none.Get("a").Get("b").Text())
	require.Empty(t, none.List())
}

func TestBrokenDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		docs, broken int // broken counts from 1
		line         int
		reason       string
	}{
		"bad indentation":   {"a: b\n---\na:\n  b: c\n d: e\n---\nx: y\n", 3, 2, 5, "YAML is broken"},
		"unknown alias":     {"a: b\n---\na: *x\n", 2, 2, 3, "unknown anchor"},
		"itself":            {"a: &a [*a]\n", 1, 1, 1, "part of"},
		"duplicate key":     {"a: 1\nb: 2\na: 3\n", 1, 1, 3, `the key "a" stands twice, first on line 1`},
		"JSON duplicate":    {"{\"a\": 1,\n\"a\": 2} {\"b\": 1}", 2, 1, 2, `the key "a" stands twice, first on line 1`},
		"half a JSON":       {"{\"a\": {\n\"b\": [1, 2", 1, 1, 2, "ends too early"},
		"JSON then garbage": {"{\"a\": 1}\n{\"b\": }", 2, 2, 2, "cannot start a value"},
		"control character": {"{\"a\": \"x\x01\"}", 1, 1, 1, "control character"},
		"complex key":       {"? [a, b]\n: c\n", 1, 1, 1, "key of a mapping is a list"},
		"tab":               {"a:\n\tb: c\n", 1, 1, 2, "tab"},
		"deep YAML":         {strings.Repeat("[", 300) + strings.Repeat("]", 300) + ": x", 1, 1, 1, "nested more than 200"},
		"deep JSON":         {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), 1, 1, 1, "nested more than 200"},
		"deep block":        {deepBlock(300), 1, 1, 201, "nested more than 200"},
		"bomb":              {bomb(), 1, 1, 0, "aliases are expanded"},
		"wrong merge":       {"a: {<<: 12}\n", 1, 1, 1, "value of <<"},
	} {
		t.Run(name, func(t *testing.T) {
			docs := read(t, c.text)
			require.Len(t, docs, c.docs)
			for i, d := range docs {
				require.Equal(t, i+1 == c.broken, d.Err != nil, "document %d: %v", i+1, d.Err)
			}
			err := docs[c.broken-1].Err
			require.Contains(t, err.Error(), c.reason)
			if c.line > 0 {
				require.Equal(t, c.line, err.Line, err.Error())
			}
		})
	}
}

func deepBlock(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// bomb is the billion laughs.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return b.String()
}

func TestNotText(t *testing.T) {
	for name, c := range map[string]struct {
		text, reason string
		line         int
	}{
		"UTF-16":  {"\xff\xfea\x00:\x00", "UTF-16", 1},
		"NUL":     {"a: b\nc: \x00\n", "NUL", 2},
		"Latin-1": {"a: b\nc: caf\xe9\n", "not UTF-8", 2},
	} {
		t.Run(name, func(t *testing.T) {
			err := Parse(c.text, func(*Document) bool { t.Fatal("read"); return false })
			require.NotNil(t, err)
			require.Contains(t, err.Reason, c.reason)
			require.Equal(t, c.line, err.Line)
			require.True(t, err.Binary)
		})
	}
}

func TestTemplates(t *testing.T) {
	for name, text := range map[string]string{
		"value":   "kind: Service\nspec:\n  replicas: {{ .Values.replicas }}\n",
		"control": "{{- if .Values.x }}\nkind: Service\n{{- end }}\n",
		"include": "kind: Service\nmetadata:\n  labels:\n    {{- include \"x\" . | nindent 4 }}\n    a: b\n",
		"name":    "kind: Service\nmetadata:\n  name: {{ .Release.Name }}-x\n  labels: {}\n",
		"late":    "kind: Service\nmetadata:\n  name: x\n{{- with .Values.y }}\nspec:\n  a: b\n{{- end }}\n",
	} {
		t.Run(name, func(t *testing.T) {
			docs := read(t, text)
			require.NotNil(t, docs[0].Err)
			require.True(t, docs[0].Err.Template)
		})
	}
}

func TestBrokenTextAboutTemplatesIsNoTemplate(t *testing.T) {
	docs := read(t, "kind: ConfigMap\ndata:\n  a: 'up {{instance}}'\n  b: c\nmetadata:\n  name: x\n bad: y\n")
	require.NotNil(t, docs[0].Err)
	require.False(t, docs[0].Err.Template)
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		lines []int // where each document's content starts
	}{
		"empty":                {"", nil},
		"only comments":        {"# a\n---\n# b\n", nil},
		"no marker":            {"a: b\n", []int{1}},
		"comment and marker":   {"# a\n---\na: b\n---\n\n---\n# x\nc: d", []int{3, 8}},
		"directive":            {"%YAML 1.1\n---\na: b\n...\n%YAML 1.1\n---\nc: d\n", []int{3, 7}},
		"content after marker": {"--- {a: b}\n--- # c\nd: e\n", []int{1, 3}},
		"looks like a marker":  {"a: |\n  ---\n  b\nc: ----\n", []int{1}},
		"CR LF":                {"a: b\r\n---\r\nc: d\r\n", []int{1, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []int
			for _, d := range read(t, c.text) {
				require.Nil(t, d.Err)
				require.Equal(t, Map, d.Root.Kind())
				lines = append(lines, d.Line)
			}
			require.Equal(t, c.lines, lines)
		})
	}
}
