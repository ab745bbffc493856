package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// newPolicy is the family of commands for authors of rules.
func newPolicy(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   "policy COMMAND",
		DisableFlagsInUseLine: true,
		Short:                 "Work on rules of your own",
		Long:                  "Policy helps to write rules of your own. 'charmarr-lint rules' lists the rules there are.",
		Args:                  cobra.ArbitraryArgs,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return errors.New("say what to do: charmarr-lint policy test [DIR...]")
		},
	}
	cmd.AddCommand(newPolicyTest(p))
	return cmd
}

// policyTestFlags are the flags of policy test.
type policyTestFlags struct {
	config  string
	verbose bool
}

func newPolicyTest(p *program) *cobra.Command {
	var f policyTestFlags
	cmd := &cobra.Command{
		Use:                   "test [flags] [DIR...]",
		DisableFlagsInUseLine: true,
		Short:                 "Run the tests of your own rules, and say what they do not reach",
		Long: `Test runs the tests in folders with rules of your own (those of the
configuration where none is named): rules whose name begins with test_, in files
whose name ends in _test.rego. They run as the rules do: type-checked, without
network, clock and environment, five seconds each at most. data.lib.testing makes
entities with every field present.

Exit codes: 0 all passed, 1 a test failed, 2 something does not load, 3 there is
no test.`,
		Example: `  charmarr-lint policy test ./policies
  charmarr-lint policy test -v`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.policyTest(cmd.Context(), f, args) },
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.config, "config", "c", "", "configuration `FILE` (default: "+config.FileName+" here or above)")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "list tests that passed, and what tests print")
	refuse(cmd, func() error { return nil })
	return cmd
}

func (p *program) policyTest(ctx context.Context, f policyTestFlags, dirs []string) error {
	if len(dirs) == 0 {
		c, err := configuration(f.config)
		if err != nil {
			return err
		}
		dirs = c.Policies
	}
	if len(dirs) == 0 {
		return fmt.Errorf("name the folder with your rules, or list it under policies: in %s", config.FileName)
	}
	report, err := evaluate.Test(ctx, evaluate.Options{OwnPolicies: dirs})
	if err != nil {
		return &lint.SetupError{Err: err}
	}
	p.done.findings = report.Failed()
	if len(report.Tests) == 0 {
		p.done.empty = true
		p.say(fmt.Sprintf("found no test in %s; write rules named test_… in files named *_test.rego", strings.Join(dirs, ", ")))
	}
	return written("the results", writeTests(p, report, f.verbose))
}

// writeTests writes what failed, what was not reached, and the counts.
func writeTests(p *program, r evaluate.TestReport, verbose bool) error {
	var b strings.Builder
	failed := 0
	for _, t := range r.Tests {
		word := "pass"
		if !t.Passed {
			word = "FAIL"
			failed++
		}
		if t.Passed && !verbose {
			continue
		}
		fmt.Fprintf(&b, "%s  %s:%d: %s.%s\n", word, plain.Line(t.File), t.Line, plain.Line(t.Package), plain.Line(t.Name))
		if t.Err != "" {
			fmt.Fprintf(&b, "      %s\n", plain.Line(t.Err))
		}
		for _, line := range t.Output {
			fmt.Fprintf(&b, "      | %s\n", plain.Line(line))
		}
	}
	for _, c := range r.Coverage {
		if c.Lines == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s: %d of %d lines reached", plain.Line(c.File), c.Covered, c.Lines)
		if len(c.Missed) > 0 {
			fmt.Fprintf(&b, ", not %s", ranges(c.Missed))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d passed, %d failed\n", len(r.Tests)-failed, failed)
	_, err := p.stdout.Write([]byte(b.String()))
	return err
}

// ranges writes sorted lines as "3, 5-8".
func ranges(lines []int) string {
	var out []string
	for i := 0; i < len(lines); {
		last := i
		for last+1 < len(lines) && lines[last+1] == lines[last]+1 {
			last++
		}
		part := strconv.Itoa(lines[i])
		if last > i {
			part += "-" + strconv.Itoa(lines[last])
		}
		out = append(out, part)
		i = last + 1
	}
	return strings.Join(out, ", ")
}
