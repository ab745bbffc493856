package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/report/stablejson"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/rule/ruledoc"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// rulesFlags are the flags of rules.
type rulesFlags struct {
	config   string
	format   string
	policies []string
}

func newRules(p *program) *cobra.Command {
	var f rulesFlags
	formats := []string{"text", "json", "markdown"}
	cmd := &cobra.Command{
		Use:                   "rules [flags] [RULE-ID]",
		DisableFlagsInUseLine: true,
		Short:                 "List the rules, or explain one",
		Long: `Rules lists the rules: the built-in ones, and your own from the configuration
and --policies. With a RULE-ID it says why that rule exists, what it needs to
know, how to mend what it finds and how to accept it. An area or a glob lists
the rules that it names.`,
		Example: `  charmarr-lint rules
  charmarr-lint rules mesh
  charmarr-lint rules mesh/gateway-not-enrolled
  charmarr-lint rules -f json | jq -r '.[].id'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("name one RULE-ID, not %d; 'charmarr-lint rules' lists them", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("--format", f.format, formats); err != nil {
				return err
			}
			return p.rules(cmd.Context(), f, strings.Join(args, ""))
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&f.format, "format", "f", "text", "`FORMAT`: "+strings.Join(formats, ", "))
	fs.StringVarP(&f.config, "config", "c", "", "configuration `FILE` (default: "+config.FileName+" here or above)")
	fs.StringArrayVar(&f.policies, "policies", nil, "`DIR` with Rego rules of your own (repeatable)")
	refuse(cmd, func() error { return nil })
	complete(cmd, "format", func() []string { return formats })
	return cmd
}

func (p *program) rules(ctx context.Context, f rulesFlags, name string) error {
	c, err := configuration(f.config)
	if err != nil {
		return err
	}
	p.misnamed(c)
	engine, err := lint.Engine(ctx, c, f.policies)
	if err != nil {
		return err
	}
	rules := append(engine.Rules(), waiver.Rules()...)
	slices.SortFunc(rules, func(a, b rule.Rule) int { return strings.Compare(string(a.ID), string(b.ID)) })
	one := false
	if name != "" {
		pattern := config.Pattern(name)
		if message := pattern.Check(rules); message != "" {
			return errors.New(message)
		}
		rules = slices.DeleteFunc(rules, func(r rule.Rule) bool { return !pattern.Matches(r) })
		one = len(rules) == 1 && strings.Contains(name, "/") && !strings.ContainsAny(name, "*?[")
	}
	return written("the rules", writeRules(p.stdout, f.format, rules, one, p.width()))
}

func writeRules(w io.Writer, format string, rules []rule.Rule, one bool, width int) error {
	switch {
	case format == "json":
		out := make([]ruleJSON, len(rules))
		for i, r := range rules {
			out[i] = ruleToJSON(r)
		}
		return stablejson.Write(w, out)
	case format == "markdown" && one:
		return ruledoc.Markdown(w, rules[0])
	case format == "markdown":
		return ruledoc.Index(w, rules)
	case one:
		return ruledoc.Text(w, rules[0], width)
	}
	return ruledoc.List(w, rules)
}

// width is the width of the terminal on standard output; 100 where it is none.
func (p *program) width() int {
	if f, ok := isFile(p.stdout); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return min(width, 100)
		}
	}
	return 100
}

// ruleJSON is a rule as 'rules -f json' writes it. Every field is always there.
type ruleJSON struct {
	ID          rule.ID               `json:"id"`
	Title       string                `json:"title"`
	Description string                `json:"description"`
	Level       rule.Level            `json:"level"`
	Levels      map[string]rule.Level `json:"levels"`
	ADR         []string              `json:"adr"`
	Needs       [][]string            `json:"needs"`
	Subjects    []string              `json:"subjects"`
	States      []string              `json:"states"`
	Ways        []wayJSON             `json:"ways"`
	Remediation []string              `json:"remediation"`
	Disputed    string                `json:"disputed"`
	Security    string                `json:"security"`
	Aliases     []rule.ID             `json:"aliases"`
	Waivable    bool                  `json:"waivable"`
	Admission   rule.Admission        `json:"admission"`
	Own         bool                  `json:"own"`
}

type wayJSON struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func ruleToJSON(r rule.Rule) ruleJSON {
	out := ruleJSON{
		ID: r.ID, Title: r.Title, Description: r.Description, Level: r.Level,
		Levels: map[string]rule.Level{}, ADR: list(r.ADR), Needs: [][]string{}, Subjects: list(r.Subjects),
		States: list(r.States), Ways: []wayJSON{}, Remediation: list(r.Remediation), Disputed: r.Disputed,
		Security: r.Security, Aliases: list(r.Aliases), Waivable: !r.NotWaivable, Own: r.Own,
		Admission: cmp.Or(r.Admission, rule.Warn),
	}
	maps.Copy(out.Levels, r.Levels)
	for _, set := range r.Needs {
		words := []string{}
		for _, n := range set {
			words = append(words, n.String())
		}
		out.Needs = append(out.Needs, words)
	}
	for _, way := range r.Ways {
		out.Ways = append(out.Ways, wayJSON(way))
	}
	return out
}

// list is a list that is never null.
func list[T any](in []T) []T { return append([]T{}, in...) }
