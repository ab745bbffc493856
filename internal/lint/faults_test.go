package lint

import (
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

// TestFaultsAreFoundAlone makes those faults that are no part of the broken
// deployment, one after the other in the clean one, and shows each in each form:
// what it calls for is found where it is visible, and its own rule finds nothing
// else.
func TestFaultsAreFoundAlone(t *testing.T) {
	engine := newEngine(t)
	known := map[rule.ID]bool{}
	for _, r := range engine.Rules() {
		known[r.ID] = true
	}
	for _, f := range deployment.Faults() {
		if f.Broken || !known[rule.ID(f.Rule)] {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			d, expected, err := deployment.Apply(deployment.Clean(), f.Name)
			require.NoError(t, err)
			files, err := d.Files()
			require.NoError(t, err)
			dir := t.TempDir()
			require.NoError(t, deployment.WriteFiles(dir, files))
			for _, forms := range [][]deployment.Form{{deployment.Juju}, {deployment.Kube}, {deployment.Juju, deployment.Kube, deployment.Both}} {
				var paths []string
				for name := range files {
					if slices.Contains(forms, deployment.Form(filepath.Dir(name))) {
						paths = append(paths, filepath.Join(dir, filepath.FromSlash(name)))
					}
				}
				rep := judgeFiles(t, engine, Options{Config: config.Default()}, paths...)
				want, got := []string{}, []string{}
				ways := map[rule.ID]bool{}
				for _, e := range expected {
					id := rule.ID(e.Rule)
					ways[id] = ways[id] || e.Way != ""
					if known[id] && slices.ContainsFunc(e.VisibleIn, func(form deployment.Form) bool { return slices.Contains(forms, form) }) {
						want = append(want, where(id, e.Way, finding.Subject(e.Subject)))
					}
				}
				for _, found := range rep.Findings {
					if !ways[found.Rule] {
						found.Way = ""
					}
					got = append(got, where(found.Rule, found.Way, found.Subject))
				}
				assert.Empty(t, lacking(want, got), "made and not found in %v", forms)
				own := slices.DeleteFunc(got, func(s string) bool { return !strings.HasPrefix(s, f.Rule+" ") })
				assert.Empty(t, lacking(own, want), "found and not made in %v", forms)
			}
		})
	}
}
