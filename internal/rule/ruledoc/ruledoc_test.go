package ruledoc

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

var update = flag.Bool("update", false, "rewrite testdata")

// whole is a rule with every field set.
func whole() rule.Rule {
	return rule.Rule{
		ID: "mesh/gateway-free", Aliases: []rule.ID{"mesh/old-name"},
		Title: "The VPN gateway is not captured | by the mesh",
		Description: "Captured traffic does not reach the tunnel, and every download client behind the gateway is cut off from the network.\n\n" +
			"- one reason\n  that goes on\n- another\n\n```sh\nkubectl   get pods\n```\n\nAnd so on.",
		Level: rule.Error, Levels: map[string]rule.Level{"single-model": rule.Warning, "lab": rule.Off},
		ADR: []string{"networking/adr-006#model-2", "networking/adr-005#namespace-enrollment", "apps/adr-006", "own/adr-001"},
		Needs: [][]rule.Need{
			{{Evidence: "kube.workloads", Part: "gateway"}, {Evidence: "kube.namespaces", Part: "gateway"}},
			{{Evidence: "juju.config", Part: "all"}},
		},
		Subjects: []string{"application", "pod"}, States: []string{"planned", "declared", "effective"},
		Remediation: []string{"juju config -m {model} {name} mesh=off"},
		Ways:        []rule.Way{{ID: "namespace-label", Title: "The namespace is labelled"}, {ID: "pod-label", Title: "Its pods are"}},
		Disputed:    "The record says one thing, the charm another.", Security: "8.1", Own: true, File: "own/mesh.rego",
	}
}

// bare is a rule with what it must have and nothing more.
func bare() rule.Rule {
	return rule.Rule{ID: "own/a", Title: "All is well.", Level: rule.Note,
		Needs: [][]rule.Need{{{Evidence: "juju.applications", Part: "core"}}}}
}

func TestGolden(t *testing.T) {
	write := map[string]func(*bytes.Buffer) error{
		"whole.md":  func(b *bytes.Buffer) error { return Markdown(b, whole()) },
		"bare.md":   func(b *bytes.Buffer) error { return Markdown(b, bare()) },
		"whole.txt": func(b *bytes.Buffer) error { return Text(b, whole(), 72) },
		"bare.txt":  func(b *bytes.Buffer) error { return Text(b, bare(), 0) },
		"list.txt":  func(b *bytes.Buffer) error { return List(b, []rule.Rule{bare(), whole()}) },
		"index.md":  func(b *bytes.Buffer) error { return Index(b, []rule.Rule{bare(), whole()}) },
		"examples.md": func(b *bytes.Buffer) error {
			return Examples(b, []Example{{Name: "label", Fail: "fail/label", Pass: "pass/label"}, {Name: "none", Pass: "pass/none"}})
		},
	}
	for name, fn := range write {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, fn(&got))
			path := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.WriteFile(path, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got.String()))
		})
	}
}

func TestTextKeepsToItsWidth(t *testing.T) {
	for width := 40; width < 140; width += 7 {
		var got bytes.Buffer
		require.NoError(t, Text(&got, whole(), width))
		for _, line := range strings.Split(got.String(), "\n") {
			if strings.Contains(line, "juju config") || strings.Contains(line, "charmarr-lint") || strings.Contains(line, "networking/adr") {
				continue // commands are not wrapped, and a record is one word
			}
			require.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
		}
	}
}

func TestANotWaivableRuleSaysSo(t *testing.T) {
	r := bare()
	r.NotWaivable = true
	for name, write := range map[string]func(*bytes.Buffer) error{
		"markdown": func(b *bytes.Buffer) error { return Markdown(b, r) },
		"text":     func(b *bytes.Buffer) error { return Text(b, r, 200) },
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, write(&got))
			require.Contains(t, got.String(), "cannot be waived")
			require.NotContains(t, got.String(), "waivers:")
		})
	}
}

func TestFind(t *testing.T) {
	for _, r := range Records() {
		require.Truef(t, strings.HasPrefix(r.File, "adr/"+r.Short), "%s is in %s", r.Short, r.File)
		require.NotEmpty(t, r.Title)
		for _, c := range r.Clauses {
			_, got, ok := Find(r.Short + "#" + c.Anchor)
			require.True(t, ok)
			require.Equal(t, c, got)
			require.NotEmpty(t, c.Says)
		}
	}
	_, _, ok := Find("networking/adr-006#model-3")
	require.False(t, ok)
	_, _, ok = Find("networking/adr-099")
	require.False(t, ok)
}

func TestEveryEvidenceHasWords(t *testing.T) {
	for _, e := range snapshot.AllEvidence {
		require.NotEqual(t, string(e), evidenceInWords(string(e)))
		require.NotContains(t, origin(string(e)), "a source that carries")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestWriteErrors(t *testing.T) {
	require.EqualError(t, Markdown(broken{}, bare()), "writing the page of rule own/a: no space")
	require.EqualError(t, Text(broken{}, bare(), 80), "writing rule own/a: no space")
	require.EqualError(t, List(broken{}, nil), "writing the list of rules: no space")
}
