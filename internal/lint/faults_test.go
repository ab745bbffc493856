package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestEachFaultIsFound makes each fault alone in the clean deployment: the rules
// that it violates find it in every form that shows it, and its own rule finds
// nothing else there.
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
			for _, forms := range [][]deployment.Form{{deployment.Juju}, {deployment.Kube}, {deployment.Both, deployment.Juju, deployment.Kube}} {
				o := Options{Config: config.Default()}
				var want []string
				ways := map[rule.ID]bool{}
				for _, e := range expected {
					id := rule.ID(e.Rule)
					if slices.Contains(known, id) && slices.ContainsFunc(e.VisibleIn, func(form deployment.Form) bool { return slices.Contains(forms, form) }) {
						want = append(want, where(id, e.Way, finding.Subject(e.Subject)))
						ways[id] = ways[id] || e.Way != ""
						o.Only = append(o.Only, config.Pattern(e.Rule))
					}
				}
				both := slices.ContainsFunc(expected, func(e deployment.Expectation) bool { return slices.Contains(e.VisibleIn, deployment.Both) })
				if want == nil || len(forms) > 1 && !both {
					continue
				}
				var got []string
				for _, x := range judgeFiles(t, engine, o, written(t, d, forms...)...).Findings {
					if !ways[x.Rule] {
						x.Way = ""
					}
					got = append(got, where(x.Rule, x.Way, x.Subject))
				}
				assert.Empty(t, lacking(want, got), "made and not found in %v", forms)
				own := slices.DeleteFunc(got, func(s string) bool { return !strings.HasPrefix(s, f.Rule+" ") })
				assert.Empty(t, lacking(own, want), "found and not made in %v", forms)
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
