package lint

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestHarmlessVariationsRaiseNothing holds the rules to silence where a
// deployment is unlike the clean one and no worse.
func TestHarmlessVariationsRaiseNothing(t *testing.T) {
	engine := newEngine(t)
	for _, v := range deployment.Variations() {
		t.Run(v.Name, func(t *testing.T) {
			files, err := v.Files()
			require.NoError(t, err)
			dir := t.TempDir()
			require.NoError(t, deployment.WriteFiles(dir, files))
			var paths []string
			for name := range files {
				paths = append(paths, filepath.Join(dir, filepath.FromSlash(name)))
			}
			rep := judgeFiles(t, engine, Options{Config: config.Default()}, paths...)
			require.Empty(t, rep.Gaps, v.About)
			for _, f := range rep.Findings {
				t.Errorf("%s: %s %s: %s", v.About, f.Level, f.Rule, f.Message)
			}
		})
	}
}
