// Command gen writes the deployments of package deployment to disk.
//
//	gen -testdata testdata                       rewrite testdata/clean, testdata/broken and testdata/broken.expected.json
//	gen -stacks 1000 -faulty 3% -seed 1 -out DIR write many small stacks, and DIR/../expected.json with what is wrong with them
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code: 0 done, 1 not written, 2 wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	testdata := flags.String("testdata", "", "rewrite the generated part of this testdata `folder`")
	out := flags.String("out", "", "write many stacks into this `folder`")
	stacks := flags.Int("stacks", 1, "how many stacks")
	faulty := flags.String("faulty", "0%", "how many of them get a fault, as a `percentage`")
	seed := flags.Uint64("seed", 1, "which stacks and which faults")
	form := flags.String("form", "both", "`form` of the files: juju, kube or both")
	prefix := flags.String("prefix", "media", "how the names of stacks begin")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if (*testdata == "") == (*out == "") || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "gen: give one of -testdata FOLDER and -out FOLDER, and nothing else but flags")
		return 2
	}
	if *testdata != "" {
		if err := writeTestdata(*testdata); err != nil {
			fmt.Fprintln(stderr, "gen:", err)
			return 1
		}
		return 0
	}
	share, err := parseShare(*faulty)
	if err != nil {
		fmt.Fprintln(stderr, "gen:", err)
		return 2
	}
	forms, err := parseForm(*form)
	if err != nil {
		fmt.Fprintln(stderr, "gen:", err)
		return 2
	}
	m := deployment.Many{Prefix: *prefix, Stacks: *stacks, Faulty: share, Seed: *seed}
	objects, err := m.Write(*out, forms...)
	if err != nil {
		fmt.Fprintln(stderr, "gen:", err)
		return 1
	}
	fmt.Fprintf(stdout, "%d stacks, %d Kubernetes objects in %s\n", *stacks, objects, *out)
	return 0
}

func parseForm(s string) ([]deployment.Form, error) {
	switch s {
	case "juju":
		return []deployment.Form{deployment.Juju}, nil
	case "kube":
		return []deployment.Form{deployment.Kube}, nil
	case "both":
		return nil, nil
	}
	return nil, fmt.Errorf("reading -form %q: it is none of juju, kube and both", s)
}

// parseShare reads "3%" as 0.03.
func parseShare(s string) (float64, error) {
	var percent float64
	if n, err := fmt.Sscanf(s, "%g%%", &percent); n != 1 || err != nil || percent < 0 || percent > 100 {
		return 0, fmt.Errorf("reading -faulty %q: write a percentage from 0%% to 100%%", s)
	}
	return percent / 100, nil
}

// writeTestdata rewrites the generated folders, so that a model that is gone
// leaves no file behind.
func writeTestdata(dir string) error {
	files, err := deployment.Testdata()
	if err != nil {
		return err
	}
	for _, d := range deployment.GeneratedFolders() {
		if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(d))); err != nil {
			return fmt.Errorf("emptying %q: %w", d, err)
		}
	}
	return deployment.WriteFiles(dir, files)
}
