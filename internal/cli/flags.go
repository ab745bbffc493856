package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/report"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// sharedFlags are the flags of every command that collects.
type sharedFlags struct {
	config     string
	profile    string
	allowEmpty bool
	quiet      bool
	verbose    bool
	noColor    bool
}

func (f *sharedFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.config, "config", "c", "", "configuration `FILE` (default: "+config.FileName+" here or above)")
	fs.StringVarP(&f.profile, "profile", "p", "", "profile `NAME`: adr-006, single-model or your own (default: the configuration's)")
	fs.BoolVar(&f.allowEmpty, "allow-empty", false, "finding no Charmarr application or namespace is fine")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no notices on standard error")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "list sources, ignored files and rules by name")
	fs.BoolVar(&f.noColor, "no-color", false, "no colours (as NO_COLOR in the environment)")
	refuse(cmd, func() error {
		if f.quiet && f.verbose {
			return errors.New("--quiet and --verbose ask for opposite things; give one of them")
		}
		return nil
	})
	complete(cmd, "profile", func() []string {
		c, err := f.configuration()
		if err != nil {
			c = config.Default()
		}
		return c.ProfileNames()
	})
}

// configuration reads the file that was named or found; the defaults where
// there is none.
func (f *sharedFlags) configuration() (config.Config, error) {
	return configuration(f.config)
}

func configuration(file string) (config.Config, error) {
	if file == "" {
		found, err := config.Find(".")
		if err != nil || found == "" {
			return config.Default(), err
		}
		file = config.Shown(found)
	}
	return config.Load(file)
}

// misnamed speaks up where there is no configuration and a file that was surely
// meant to be one.
func (p *program) misnamed(c config.Config) {
	if c.File != "" {
		return
	}
	for _, name := range []string{"charmarr-lint.yml", ".charmarr-lint.yaml", ".charmarr-lint.yml"} {
		if _, err := os.Stat(name); err == nil {
			p.notice(name + " is not read: the configuration is called " + config.FileName + "; rename it, or name it with --config")
		}
	}
}

// reportFlags are the flags of every command that reports.
type reportFlags struct {
	format   string
	files    []string
	failOn   string
	only     []string
	skip     []string
	policies []string
}

func (f *reportFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.format, "format", "f", "text", "`FORMAT` on standard output: "+strings.Join(report.Names(), ", "))
	fs.StringArrayVarP(&f.files, "output", "o", nil, "write a further report: `FORMAT=FILE` (repeatable)")
	fs.StringVar(&f.failOn, "fail-on", string(rule.Error), "exit with 1 on findings of this `LEVEL` or above: error, warning, note, never")
	fs.StringArrayVar(&f.only, "rule", nil, "ask this rule only: `ID`, area or glob (repeatable)")
	fs.StringArrayVar(&f.skip, "skip-rule", nil, "leave this rule out: `ID`, area or glob (repeatable)")
	fs.StringArrayVar(&f.policies, "policies", nil, "`DIR` with Rego rules of your own (repeatable)")
	complete(cmd, "format", report.Names)
	complete(cmd, "fail-on", failOns)
	complete(cmd, "rule", ruleNames)
	complete(cmd, "skip-rule", ruleNames)
}

func failOns() []string {
	return []string{string(rule.Error), string(rule.Warning), string(rule.Note), never}
}

// refuse adds something to look at before a command starts. Before that, no
// flag may be given an empty value: that is how a variable of the shell that is
// not set looks, and a default in its place would be another run than the one
// that was asked for.
func refuse(cmd *cobra.Command, more func() error) {
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		var empty []string
		cmd.Flags().Visit(func(f *pflag.Flag) {
			values := []string{f.Value.String()}
			if list, ok := f.Value.(pflag.SliceValue); ok {
				values = list.GetSlice()
			}
			if slices.Contains(values, "") {
				empty = append(empty, "--"+f.Name)
			}
		})
		if len(empty) > 0 {
			return fmt.Errorf("%s: the value is empty; is a variable of the shell not set?", empty[0])
		}
		return more()
	}
}

// also adds something more to look at before a command starts.
func also(cmd *cobra.Command, more func() error) {
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if err := before(cmd, args); err != nil {
			return err
		}
		return more()
	}
}

// complete lets a shell complete a flag's value.
func complete(cmd *cobra.Command, flag string, values func() []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil { // the flag does not exist: a mistake in this package
		panic(err)
	}
}

// oneOf demands that a flag's value is one of a few words.
func oneOf(flag, value string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	message := fmt.Sprintf("%s: %q is none of %s", flag, value, strings.Join(words, ", "))
	if near := config.Nearest(value, words); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return errors.New(message)
}

func patterns(flag string, in []string) ([]config.Pattern, error) {
	var out []config.Pattern
	for _, s := range in {
		p := config.Pattern(s)
		if s == "" || p.Valid() != nil {
			return nil, fmt.Errorf("%s: %q is no rule and no valid glob", flag, s)
		}
		out = append(out, p)
	}
	return out, nil
}

// sourcePaths are the paths to read: those named, the working directory where
// none is. A path named twice is read once.
func sourcePaths(named []string) ([]string, error) {
	if len(named) == 0 {
		return []string{"."}, nil
	}
	var out []string
	for _, path := range named {
		if path == "" {
			return nil, errors.New("a PATH is empty; is a variable of the shell not set?")
		}
		if path == "-" { // twice is a mistake that the collector knows
			out = append(out, path)
			continue
		}
		if path = config.Shown(path); path == "-" {
			return nil, errors.New(`a file that is called "-" cannot be told from standard input; give it another name`)
		}
		if !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out, nil
}

// isFile tells whether a stream is a file, for questions about terminals.
func isFile(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok
}
