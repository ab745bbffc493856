// Package cli is the command line of charmarr-lint.
//
// It turns arguments into options of package lint, writes reports to where they
// were asked for and maps what came of a run to an exit code (exit.go). It
// judges nothing itself. Standard output carries what was asked for and nothing
// else; messages go to standard error, each as "charmarr-lint: what is wrong",
// with what to do next.
//
// The whole program runs inside Main, so that a test can run it in its own
// process.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// program is the surroundings of one run.
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    []string
	// quiet keeps notices back. Errors are said all the same.
	quiet bool
	// done is what came of the run.
	done outcome
}

// Main runs the command line and returns the exit code. An interrupt ends it
// early.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	root := newRoot(p)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		p.say("interrupted; nothing was decided")
		p.done.incomplete = true
	default:
		p.say(err.Error())
		p.done.broken = true
	}
	return p.done.code()
}

// say writes messages to standard error, each of its lines as one of its own.
func (p *program) say(text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(p.stderr, "%s: %s\n", lint.Name, plain.Line(line))
		}
	}
}

// notice writes messages that -q keeps back.
func (p *program) notice(text string) {
	if !p.quiet {
		p.say(text)
	}
}

// getenv looks up a variable of the environment; the last one written counts.
func (p *program) getenv(name string) string {
	for _, v := range slices.Backward(p.env) {
		if k, value, ok := strings.Cut(v, "="); ok && k == name {
			return value
		}
	}
	return ""
}

func newRoot(p *program) *cobra.Command {
	asked := false // for the version
	root := &cobra.Command{
		Use:                   lint.Name + " COMMAND [flags]",
		DisableFlagsInUseLine: true,
		Short:                 "Check Charmarr deployments against their decision records",
		Long: `charmarr-lint checks Charmarr deployments: it reads what Juju and Kubernetes
say of them, joins that into stacks, and asks rules that come from Charmarr's
decision records.`,
		Example: `  # check all that is in a folder: status dumps, bundles, manifests
  charmarr-lint check deploy/

  # check a running model without writing it down
  juju status --format json | charmarr-lint check -

  # what is behind a finding, and what to do
  charmarr-lint explain 1683f383`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asked && len(args) == 0 {
				return p.writeVersion()
			}
			if len(args) == 0 {
				return errors.New("say what to do, for example: charmarr-lint check deploy/\n'charmarr-lint --help' lists the commands")
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.Flags().BoolVar(&asked, "version", false, "print the version")
	root.SetHelpCommand(newHelp(p))
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if err := written("the help", writeHelp(p.stdout, cmd)); err != nil {
			p.say(err.Error())
			p.done.broken = true
		}
	})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w\n'%s --help' lists the flags", err, cmd.CommandPath())
	})
	root.AddCommand(newCheck(p), newAudit(p), newWebhook(p), newExplain(p), newDiff(p), newGraph(p), newSnapshot(p), newRules(p), newPolicy(p), newInit(p), newVersion(p), newCompletion(p))
	return root
}

// newHelp is the command help: "help check" is "check --help", and what is no
// command is an error.
func newHelp(p *program) *cobra.Command {
	return &cobra.Command{
		Use:                   "help [COMMAND]",
		DisableFlagsInUseLine: true,
		Short:                 "Explain a command",
		Args:                  noMoreThan(1),
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			return written("the help", writeHelp(p.stdout, target))
		},
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	var known []string
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	message := fmt.Sprintf("there is no command %q", name)
	if near := config.Nearest(name, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return errors.New(message + "\n'charmarr-lint --help' lists the commands")
}
