package live

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// sarif is what the test reads of a log.
type sarif struct {
	Runs []struct {
		Artifacts []struct{ Location struct{ URI string } }
		Results   []struct {
			RuleID    string
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
				LogicalLocations []struct{ FullyQualifiedName string }
			}
		}
	}
}

// TestPlaces: what is live stands in no file, and code scanning shows no result
// without one. It is the recorded snapshot, a file that declares the application,
// or the configuration; a controller and a cluster are never taken for files.
func TestPlaces(t *testing.T) {
	d, _, err := deployment.Apply(deployment.Clean(), "core-label-removed", "gateway-workload-label")
	require.NoError(t, err)
	w := start(t, d)
	s := w.session(t)
	require.NoError(t, os.Mkdir(filepath.Join(s.folder, "kept"), 0o700))
	// places are those of the results by rule and subject, and the log's files.
	places := func(args ...string) (map[string]string, []string) {
		t.Helper()
		got := s.run(t, append(args, "-f", "sarif")...)
		require.Equal(t, 1, got.code, got.stderr)
		var log sarif
		require.NoError(t, json.Unmarshal([]byte(got.stdout), &log))
		at := map[string]string{}
		for _, r := range log.Runs[0].Results {
			require.Positive(t, r.Locations[0].PhysicalLocation.Region.StartLine)
			at[r.RuleID+" "+r.Locations[0].LogicalLocations[0].FullyQualifiedName] = r.Locations[0].PhysicalLocation.ArtifactLocation.URI
		}
		var files []string
		for _, a := range log.Runs[0].Artifacts {
			files = append(files, a.Location.URI)
		}
		return at, files
	}
	const plex = "mesh/core-enrolled charmarr-core/plex"

	at, files := places("audit")
	require.Equal(t, "charmarr-lint.yaml", at[plex])
	require.Equal(t, []string{"charmarr-lint.yaml"}, files)

	at, files = places("audit", "--save", filepath.Join(s.folder, "kept", "today.json.gz"))
	require.Equal(t, []string{"kept/today.json.gz"}, files)
	for what, file := range at {
		require.Equal(t, "kept/today.json.gz", file, what)
	}
	again, files := places("check", "kept/today.json.gz")
	require.Equal(t, at, again)
	require.Equal(t, []string{"kept/today.json.gz"}, files)

	// The bundle of the core model declares Plex, and nothing of the gateway.
	all, err := d.Files(deployment.Juju)
	require.NoError(t, err)
	for name, text := range all {
		if strings.HasSuffix(name, "charmarr-core.bundle.yaml") {
			require.NoError(t, os.WriteFile(filepath.Join(s.folder, "core.yaml"), text, 0o600))
		}
	}
	require.FileExists(t, filepath.Join(s.folder, "core.yaml"))
	at, _ = places("audit", "core.yaml")
	require.Equal(t, "core.yaml", at[plex])
	for what, file := range at {
		if strings.HasPrefix(what, "mesh/gateway-not-enrolled ") {
			require.Equal(t, "charmarr-lint.yaml", file, what)
		}
	}
}
