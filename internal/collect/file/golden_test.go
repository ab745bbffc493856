package file_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads each file of testdata and compares the snapshot, places and
// gaps included, with the one that was looked over and kept.
func TestGolden(t *testing.T) {
	const dir = "../testdata"
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			s := collect(t, dir, e.Name())
			var got bytes.Buffer
			require.NoError(t, snapshot.Encode(&got, s))
			require.NotContains(t, got.String(), "hunter2")
			requireExactPlaces(t, filepath.Join(dir, e.Name()), s)
			golden := filepath.Join(dir, "golden", e.Name()+".json")
			if *update {
				require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got.String()))
		})
	}
}

// requireExactPlaces demands that the text at each label's place is the label.
func requireExactPlaces(t *testing.T, path string, s snapshot.Snapshot) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	at := func(p snapshot.Pos) string { return cut(lines[p.Line()-1], p.Column(), p.EndColumn()) }
	var facts []snapshot.Fact
	for _, n := range s.Namespaces {
		if s.Sources[n.At.Source()].Kind == snapshot.TerraformPlan {
			continue // all of it stands where the resource does
		}
		require.Equal(t, n.Name, strings.Trim(at(n.At), `"'`))
		facts = append(facts, n.Labels...)
	}
	for _, w := range s.Workloads {
		facts = append(append(facts, w.Labels...), w.Template.Labels...)
	}
	for _, f := range facts {
		region := at(f.At)
		require.Contains(t, strings.Trim(region, `"'`)+" ", f.Value+" ", "the region ends with the value")
		require.Equal(t, 0, strings.Index(strings.Trim(region, `"'`), f.Key), "the region starts with the key: %q", region)
	}
	for _, m := range s.Models {
		for _, a := range m.Applications {
			require.Equal(t, a.Name, strings.Trim(at(a.At), `"'`))
		}
	}
}

// cut returns what stands between two columns, which count UTF-16 code units.
func cut(line string, from, to int) string {
	var out strings.Builder
	column := 1
	for _, r := range line {
		if column >= from && column < to {
			out.WriteRune(r)
		}
		column++
		if r > 0xffff {
			column++
		}
	}
	return out.String()
}
