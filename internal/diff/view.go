package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// view is a report, laid out for questions about one finding.
type view struct {
	findings map[string]finding.Finding // by fingerprint
	stacks   map[string]finding.Stack
	decided  map[asked]bool
	violated map[asked]bool
	unknown  map[asked][]string // what is missing
	idle     map[asked][]string // what a rule that was not evaluated needs
}

// asked is a rule asked about a stack.
type asked struct {
	rule  rule.ID
	stack string
}

func viewOf(r finding.Report) view {
	v := view{
		findings: map[string]finding.Finding{}, stacks: map[string]finding.Stack{},
		decided: map[asked]bool{}, violated: map[asked]bool{},
		unknown: map[asked][]string{}, idle: map[asked][]string{},
	}
	for _, f := range r.Findings {
		v.findings[f.Fingerprint] = f
		v.violated[asked{f.Rule, f.Stack}] = true
	}
	for _, s := range r.Stacks {
		v.stacks[s.Name] = s
	}
	for _, d := range r.Decided {
		for _, id := range d.Rules {
			v.decided[asked{id, d.Stack}] = true
		}
	}
	for _, u := range r.Unknown {
		v.unknown[asked{u.Rule, u.Stack}] = u.Missing
	}
	for _, u := range r.NotEvaluated {
		v.idle[asked{u.Rule, u.Stack}] = u.Needs
	}
	return v
}

// blind says why the report of v, which does not have the finding f of another
// report, could not have it; empty where it would have shown it.
func (v view) blind(f finding.Finding, other view) string {
	q := asked{f.Rule, f.Stack}
	mine, ok := v.stacks[f.Stack]
	if f.Stack != "" && !ok {
		return fmt.Sprintf("stack %q is not there", f.Stack)
	}
	if missing, ok := v.unknown[q]; ok {
		return "the rule is unknown there" + list(missing)
	}
	if needs, ok := v.idle[q]; ok {
		return "the rule was not evaluated there" + list(needs)
	}
	switch {
	case v.decided[q]:
	case v.violated[q]:
		return "the rule had only a part of its facts there"
	default:
		return "the rule was not asked there"
	}
	return absent(f.Subject, mine, other.stacks[f.Stack])
}

// absent says that the model or namespace of a subject is in the stack of the
// other report and not in this one: whether it is gone or was not given, a
// report does not tell.
func absent(s finding.Subject, mine, others finding.Stack) string {
	in := func(stack finding.Stack, name string) bool {
		return slices.Contains(stack.Models, name) || slices.Contains(stack.Namespaces, name)
	}
	for _, home := range []struct{ kind, name string }{{"model", s.Model}, {"namespace", s.Namespace}} {
		if home.name != "" && in(others, home.name) && !in(mine, home.name) {
			return fmt.Sprintf("%s %q is not there: it did not exist, or its files were not given", home.kind, home.name)
		}
	}
	return ""
}

// list adds what is missing to a reason.
func list(in []string) string {
	if len(in) == 0 {
		return ""
	}
	return ": it lacks " + strings.Join(in, "; ")
}
