package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/lint"
)

func newVersion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:                   "version",
		DisableFlagsInUseLine: true,
		Short:                 "Print the version",
		Args:                  noMoreThan(0),
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE:                  func(*cobra.Command, []string) error { return p.writeVersion() },
	}
}

func (p *program) writeVersion() error {
	_, err := fmt.Fprintf(p.stdout, "%s %s (%s %s/%s)\n", lint.Name, version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return written("the version", err)
}

// version is the module's version as the Go tool wrote it into the program: a
// tag, or a pseudo-version of the commit. A program that was not built from a
// commit is "devel".
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
