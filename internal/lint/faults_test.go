package lint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestEachFaultIsFound makes each fault alone in the clean deployment: the rules
// that it violates find it in every form that shows it.
func TestEachFaultIsFound(t *testing.T) {
	engine := newEngine(t)
	var known []rule.ID
	for _, r := range engine.Rules() {
		known = append(known, r.ID)
	}
	for _, f := range deployment.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			d, expected, err := deployment.Apply(deployment.Clean(), f.Name)
			require.NoError(t, err)
			for _, form := range []deployment.Form{deployment.Juju, deployment.Kube} {
				var want []string
				o := Options{Config: config.Default()}
				for _, e := range expected {
					if slices.Contains(known, rule.ID(e.Rule)) && slices.Contains(e.VisibleIn, form) {
						want = append(want, e.Rule+" "+e.Subject.Kind+" "+e.Subject.Model+"/"+e.Subject.Name)
						o.Only = append(o.Only, config.Pattern(e.Rule))
					}
				}
				if want == nil {
					continue
				}
				var got []string
				for _, x := range judgeFiles(t, engine, o, written(t, d, form)...).Findings {
					got = append(got, string(x.Rule)+" "+x.Subject.Kind+" "+x.Subject.Model+"/"+x.Subject.Name)
				}
				require.Subset(t, got, want, form)
			}
		})
	}
}

// written writes the files of a deployment in some forms.
func written(t *testing.T, d *deployment.Deployment, forms ...deployment.Form) []string {
	files, err := d.Files(forms...)
	require.NoError(t, err)
	dir := t.TempDir()
	var paths []string
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, text, 0o600))
		paths = append(paths, path)
	}
	return paths
}
