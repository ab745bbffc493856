package file_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// fuzz reads mutations of sources of one kind as a named file and as one that
// was found, and demands that neither is lost: what comes out is a snapshot
// that can be recorded and read again, and a named file leaves a source or a
// gap.
func fuzz(f *testing.F, seeds ...string) {
	for _, seed := range seeds {
		text, err := os.ReadFile(filepath.Join("../testdata", seed))
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := file.Collector{Paths: []string{"-"}, Stdin: strings.NewReader(text)}.Collect(context.Background())
		require.NoError(t, err)
		require.NotEmpty(t, len(s.Sources)+len(s.Gaps)+len(s.Models), "%q", text)
		lines := strings.Count(text, "\n") + 1
		for _, g := range s.Gaps {
			require.NotEmpty(t, g.Reason)
			require.LessOrEqual(t, g.Line, lines)
		}
		var once, twice bytes.Buffer
		require.NoError(t, snapshot.Encode(&once, s))
		again, err := snapshot.Decode(bytes.NewReader(once.Bytes()))
		require.NoError(t, err)
		require.NoError(t, snapshot.Encode(&twice, again))
		require.Equal(t, once.String(), twice.String())
	})
}

func FuzzStatus(f *testing.F) {
	fuzz(f, "status.yaml", "status-model-a.json", "status-model-b-with-saas.json")
}

func FuzzBundle(f *testing.F) { fuzz(f, "export-bundle.yaml") }

func FuzzShowUnit(f *testing.F) { fuzz(f, "show-unit.yaml") }

func FuzzShowSecret(f *testing.F) { fuzz(f, "show-secret.yaml", "show-secret-revealed.json") }

func FuzzOffers(f *testing.F) { fuzz(f, "offers.json", "find-offers.json", "offers-connected.json") }

func FuzzManifest(f *testing.F) { fuzz(f, "manifests.yaml", "list.json") }

func FuzzPlan(f *testing.F) { fuzz(f, "plan.json", "state.json") }
