package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite what the sessions expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"charmarr-lint": main})
}

// TestScript runs the sessions in testdata/script. Beside testscript's own
// commands they have
//
//	deployment NAME...     copies testdata/NAME into the working directory
//	exits CODE COMMAND...  runs a command and wants this exit code
func TestScript(t *testing.T) {
	testdata, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			// 1 June 2026, on which waivers are judged.
			e.Setenv("SOURCE_DATE_EPOCH", "1780315200")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"deployment": func(ts *testscript.TestScript, _ bool, names []string) {
				for _, name := range names {
					ts.Check(os.CopyFS(ts.MkAbs(name), os.DirFS(filepath.Join(testdata, name))))
				}
			},
			"exits": exits,
		},
	})
}
