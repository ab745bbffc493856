package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/lint"
)

// noMoreThan bounds the arguments of a command.
func noMoreThan(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("%q is one argument too many\n'%s --help' tells more", args[n], cmd.CommandPath())
		}
		return nil
	}
}

// writeHelp writes the help text of a command: what it does, how it is called,
// something to paste, and its flags.
func writeHelp(w io.Writer, cmd *cobra.Command) error {
	var b strings.Builder
	section := func(title, body string) {
		if body = strings.TrimRight(body, "\n"); body != "" {
			fmt.Fprintf(&b, "\n%s:\n%s\n", title, body)
		}
	}
	b.WriteString(cmp.Or(cmd.Long, cmd.Short) + "\n")
	section("Usage", "  "+cmd.UseLine())
	section("Examples", cmd.Example)
	section("Commands", commandList(cmd))
	cmd.InitDefaultHelpFlag()
	section("Flags", cmd.Flags().FlagUsages())
	if !cmd.HasParent() {
		section("Exit codes", exitList())
		fmt.Fprintf(&b, "\n'%s COMMAND --help' tells more of a command.\n", lint.Name)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func commandList(cmd *cobra.Command) string {
	var b strings.Builder
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			fmt.Fprintf(&b, "  %-*s  %s\n", cmd.NamePadding(), c.Name(), c.Short)
		}
	}
	return b.String()
}

// exitList is the table of exit codes, in order of the codes.
func exitList() string {
	var b strings.Builder
	for code := range len(exits()) {
		for _, e := range exits() {
			if e.code == code {
				fmt.Fprintf(&b, "  %d  %s\n", e.code, e.meaning)
			}
		}
	}
	return b.String()
}
