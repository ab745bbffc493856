package terraform

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var write = flag.Bool("write", false, "write the plans under testdata/plans that have changed anew")

// fixtures is where plans are kept.
const fixtures = root + "/testdata/plans"

// hold holds what a planner printed to a fixture. A fixture is what was printed, to
// the byte; it is written anew only where something has changed beside what is
// another each time.
func hold(t testing.TB, name string, printed []byte) {
	t.Helper()
	path := filepath.Join(fixtures, filepath.FromSlash(name))
	kept, missing := os.ReadFile(path)
	if !errors.Is(missing, fs.ErrNotExist) {
		require.NoError(t, missing)
	}
	home, err := os.UserHomeDir()
	require.NoError(t, err)
	for _, private := range []string{os.TempDir() + "/", home + "/"} {
		require.NotContains(t, string(printed), private, "%s holds a path of this machine", name)
	}
	difference := "there is no such fixture"
	if missing == nil {
		difference = cmp.Diff(normal(t, kept), normal(t, printed))
	}
	if difference == "" {
		return
	}
	if !*write {
		require.Fail(t, "the plan is another than the fixture's", "%s: write it anew with `make plans`, and read what changed\n%s", path, difference)
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, printed, 0o644))
	t.Logf("%s was written anew", path)
}

var (
	uuids   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	secrets = regexp.MustCompile(`\b[0-9a-v]{20}\b`) // IDs that Juju gives them
)

// normal is a plan or a state without what is another each time: the moment,
// versions, UUIDs and secrets' IDs, and the order of what has none.
func normal(t testing.TB, text []byte) any {
	t.Helper()
	text = uuids.ReplaceAll(text, []byte("00000000-0000-0000-0000-000000000000"))
	text = secrets.ReplaceAll(text, []byte("00000000000000000000"))
	var v map[string]any
	require.NoError(t, json.Unmarshal(text, &v))
	for _, key := range []string{"timestamp", "terraform_version", "format_version"} {
		delete(v, key)
	}
	if prior, ok := v["prior_state"].(map[string]any); ok {
		delete(prior, "terraform_version")
	}
	if relevant, ok := v["relevant_attributes"].([]any); ok {
		slices.SortFunc(relevant, func(a, b any) int { return strings.Compare(encoded(a), encoded(b)) })
	}
	return v
}

func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error() // what was decoded can be encoded
	}
	return string(text)
}
