package kube

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// TestSameAsFiles reads deployments from a server and from files: the facts are
// the same. It is what keeps the reading of typed objects and of text together.
func TestSameAsFiles(t *testing.T) {
	for _, deployment := range []string{"clean", "broken"} {
		t.Run(deployment, func(t *testing.T) {
			texts := manifests(t, filepath.Join("../../../testdata", deployment, "kube"))
			s := newServer(t, texts...)
			live := read(t, s.options())
			require.Empty(t, live.Gaps)
			var files []snapshot.Snapshot
			for _, text := range texts {
				files = append(files, fromText(t, text))
			}
			require.Empty(t, gocmp.Diff(facts(t, asked(snapshot.Merge(files...))), facts(t, live)))
		})
	}
}

func manifests(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var texts []string
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	require.NotEmpty(t, texts)
	return texts
}

func fromText(t *testing.T, text string) snapshot.Snapshot {
	t.Helper()
	s := snapshot.Snapshot{Sources: []snapshot.Source{{Kind: snapshot.Manifest, Name: "file"}}}
	require.Nil(t, syntax.Parse(text, func(doc *syntax.Document) bool {
		require.Nil(t, doc.Err)
		manifest.Read(doc.Root, &s)
		require.Empty(t, doc.Problems())
		return true
	}))
	return s
}

// asked leaves out what a dump of the cluster has and a reading does not ask for:
// what is in namespaces that are no models.
func asked(s snapshot.Snapshot) snapshot.Snapshot {
	s.Services = slices.DeleteFunc(s.Services, func(x snapshot.Service) bool { return x.Namespace == "default" })
	return s
}

// facts returns what a snapshot says without where it says so: no places and
// sources, labels and objects in alphabetical order.
func facts(t *testing.T, s snapshot.Snapshot) any {
	t.Helper()
	var recorded bytes.Buffer
	require.NoError(t, snapshot.Encode(&recorded, s))
	var tree map[string]any
	require.NoError(t, json.Unmarshal(recorded.Bytes(), &tree))
	for _, section := range []string{"sources", "coverage", "gaps"} {
		delete(tree, section)
	}
	for _, list := range tree {
		if objects, ok := list.([]any); ok {
			slices.SortFunc(objects, func(a, b any) int { return cmp.Compare(identity(a), identity(b)) })
		}
	}
	return placeless(tree)
}

func identity(object any) string {
	var id []string
	for _, key := range []string{"kind", "namespace", "name"} {
		o, _ := object.(map[string]any)
		text, _ := o[key].(string)
		id = append(id, text)
	}
	return strings.Join(id, "\x00")
}

func placeless(tree any) any {
	switch x := tree.(type) {
	case []any:
		keyed := len(x) > 0
		for i := range x {
			x[i] = placeless(x[i])
			fact, _ := x[i].(map[string]any)
			keyed = keyed && fact["k"] != nil
		}
		if keyed {
			slices.SortFunc(x, func(a, b any) int {
				return cmp.Compare(a.(map[string]any)["k"].(string), b.(map[string]any)["k"].(string))
			})
		}
	case map[string]any:
		for key, value := range x {
			if key == "at" || strings.HasSuffix(key, "_at") {
				delete(x, key)
				continue
			}
			x[key] = placeless(value)
		}
	}
	return tree
}
