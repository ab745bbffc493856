package bundle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/bundle"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// read reads a bundle's documents and returns what was wrong with them, too.
func read(t *testing.T, text string) (snapshot.Model, []string) {
	t.Helper()
	var docs []*syntax.Document
	var roots []*syntax.Node
	require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
		require.Nil(t, d.Err)
		docs, roots = append(docs, d), append(roots, d.Root)
		return true
	}))
	m := bundle.Read(roots, "hint")
	var problems []string
	for _, d := range docs {
		for _, p := range d.Problems() {
			problems = append(problems, p.Reason)
		}
	}
	return m, problems
}

func TestHint(t *testing.T) {
	for file, want := range map[string]string{
		"core.yaml":             "core",
		"a/charmarr-core.yaml":  "charmarr-core",
		"core-bundle.yaml":      "core",
		"core.bundle.yaml":      "core",
		"core_bundle.yml":       "core",
		"a/gluetun/bundle.yaml": "folder",
		"overlay.yaml":          "folder",
		"a/-bundle.yaml":        "folder",
		"bundle":                "folder",
		"-":                     "",
	} {
		require.Equal(t, want, bundle.Hint(file, "folder"), file)
	}
}

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		"bundle: kubernetes\napplications: {}":                   true,
		"bundle: kubernetes\nsaas: {}":                           true,
		"applications: {a: {charm: x}}":                          true,
		"services: {a: {charm: x}}":                              true,
		"services: {a: {image: x}}":                              false, // a compose file
		"applications: [a]":                                      false,
		"applications: {a: {source: x}}":                         false,
		"bundle: x":                                              false,
		"model: {name: x}\napplications: {a: {charm: x}}":        false, // a status
		"apiVersion: v1\nkind: X\napplications: {a: {charm: x}}": false,
		"- a": false,
	} {
		require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
			require.Equal(t, want, bundle.Recognise(d.Root), text)
			return true
		}))
	}
}

func TestRelations(t *testing.T) {
	m, problems := read(t, `
applications: {a: {charm: x}}
relations:
- ["a:one", "b:two"]
- [a, b]
- ["a:one", ["b:two", "c"]]
- - a:one
  - - b:two
- ["a:one"]
- {a: b}
- ["a:one", ":two"]
`)
	var got []string
	for _, r := range m.Relations {
		got = append(got, r.A.Application+":"+r.A.Endpoint+" "+r.B.Application+":"+r.B.Endpoint)
	}
	require.Equal(t, []string{"a:one b:two", "a: b:", "a:one b:two", "a:one c:", "a:one b:two"}, got)
	require.Len(t, problems, 3)
}

func TestOverlays(t *testing.T) {
	m, problems := read(t, `
saas: {far: {url: m.old}}
applications:
  a: {charm: x, num_units: 2, channel: one, trust: true, options: {p: 1, q: 2}}
  b: {charm: y}
relations: [[a, b], [a, far]]
---
saas: {far: {url: m.new}}
applications:
  a: {scale: 3, channel: two, options: {q: null, r: off}, exposed-endpoints: {x: {}}}
  b: null
  c: {num_units: 1}
---
saas: {far: null}
`)
	require.Len(t, m.Applications, 2)
	a := m.Applications[0]
	require.Equal(t, "x", a.Charm)
	require.Equal(t, "two", a.Channel)
	require.Equal(t, 3, a.Scale)
	require.Equal(t, snapshot.Yes, a.Trust)
	require.Equal(t, snapshot.Yes, a.Exposed)
	var options []string
	for _, o := range a.Config {
		options = append(options, o.Key+"="+o.Value)
	}
	require.Equal(t, []string{"p=1", "r=false"}, options)
	require.Empty(t, m.SAAS)
	require.Empty(t, m.Relations)
	require.Equal(t, []string{"the application c has no charm"}, problems)
}

func TestOptions(t *testing.T) {
	m, _ := read(t, `applications: {a: {charm: x, options: {a: True, b: 0x10, c: 1_000, d: +7, e: 1.50, f: "on", g: yes, h: "", i: 0o17}}}`)
	var options []string
	for _, o := range m.Applications[0].Config {
		options = append(options, o.Key+"="+o.Value)
	}
	require.Equal(t, []string{"a=true", "b=16", "c=1000", "d=7", "e=1.50", "f=on", "g=true", "h=", "i=15"}, options)
}
