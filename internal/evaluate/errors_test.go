package evaluate

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the expected errors in testdata/errors")

// Each archive holds policies (own/, or builtin/ in place of testdata/builtin)
// and, in want, the errors of loading them.
func TestLoadErrors(t *testing.T) {
	archives, err := filepath.Glob("testdata/errors/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	builtin, err := filepath.Abs("testdata/builtin")
	require.NoError(t, err)

	for _, name := range archives {
		path, err := filepath.Abs(name)
		require.NoError(t, err)
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			want := &archive.Files[len(archive.Files)-1]
			require.Equal(t, "want", want.Name, "the last file of the archive")

			t.Chdir(t.TempDir())
			require.NoError(t, txtar.Write(&txtar.Archive{Files: archive.Files[:len(archive.Files)-1]}, "."))
			var opts Options
			if _, err := os.Stat("own"); err == nil {
				opts.OwnPolicies = []string{"own"}
			}
			tree, ownBuiltin := os.DirFS(builtin), false
			if _, err := os.Stat("builtin"); err == nil {
				tree, ownBuiltin = os.DirFS("builtin"), true
			}

			_, err = newEngine(t.Context(), tree, opts, true)
			require.Error(t, err)
			var list Errors
			require.ErrorAs(t, err, &list, "%T", err)
			var one *PolicyError
			require.ErrorAs(t, err, &one)
			got := err.Error() + "\n"
			if *update {
				want.Data = []byte(got)
				require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o644))
				return
			}
			require.Empty(t, cmp.Diff(string(want.Data), got))

			// That the built-in rules are compiled already changes no error.
			if !ownBuiltin {
				_, err = newEngine(t.Context(), withCompiled(t, tree), opts, false)
				require.Error(t, err)
				require.Empty(t, cmp.Diff(string(want.Data), err.Error()+"\n"))
			}
		})
	}
}

func TestLoadErrorsOfDirectories(t *testing.T) {
	_, err := New(t.Context(), Options{OwnPolicies: []string{"testdata/none"}})
	require.EqualError(t, err, "testdata/none: reading own policies: there is no such folder; check --policies, and policies: in the configuration")
}

func TestParametersForNoRule(t *testing.T) {
	_, err := newEngine(t.Context(), os.DirFS("testdata/builtin"), Options{
		Parameters: parametersFor("mesh/gateway-fre"),
	}, true)
	require.EqualError(t, err, `parameters are given for rule "mesh/gateway-fre", and no such rule exists`)
}
