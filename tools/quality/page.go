package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// dearest is how many rules the page names by their cost.
const dearest = 15

// page writes docs/quality.md.
func page(name string, r *result, alarms []alarm, c cost) error {
	var out bytes.Buffer
	fmt.Fprint(&out, `# How good the rules are

Measured, not claimed: by faults made on purpose, by changes that are no fault, and
by the time each rule takes. `+"`make quality`"+` measures again and rewrites this page;
CI fails where the score falls below 95 % or a harmless variation raises an alarm.

## Faults made on purpose

Each mutant is the clean deployment (testdata/clean) with one small change: of what
an operator tells Juju, as all its files then show it, or of one thing in Kubernetes,
behind Juju's back. There is one for every kind of thing that a snapshot records.
What a template says its pods say as well, and what is gone is gone, as a live
cluster shows it.

A mutant is **killed** where a rule finds something. It is **harmless** where none
does and [harmless.yaml](../tools/quality/harmless.yaml) says why nobody comes to
harm: most of what is recorded is bookkeeping, or cannot be changed, or stops what it
is for and lets nothing out. It is **undecided** where a rule that passed no longer
does and nothing is found, and **survives** else: a rule is missing.

`)
	r.table(&out)
	fmt.Fprintf(&out, "\n**Score: %.1f %%** of the mutants that are not harmless are killed.\n", r.score())
	r.survivors(&out)
	alarmTable(&out, alarms)
	c.table(&out)
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

func (r *result) table(out *bytes.Buffer) {
	fmt.Fprint(out, "| change | mutants | killed | undecided | survived | harmless |\n|---|--:|--:|--:|--:|--:|\n")
	byOperator := map[string]*result{}
	for _, o := range r.outcomes {
		if byOperator[o.operator] == nil {
			byOperator[o.operator] = &result{}
		}
		byOperator[o.operator].outcomes = append(byOperator[o.operator].outcomes, o)
	}
	row := func(name string, r *result) {
		fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d |\n", name, len(r.outcomes), r.count("killed"), r.count("undecided"), r.count("survived"), r.count("harmless"))
	}
	for _, operator := range slices.Sorted(maps.Keys(byOperator)) {
		row(operator, byOperator[operator])
	}
	row("**all**", r)
}

// survivors names what is left to do.
func (r *result) survivors(out *bytes.Buffer) {
	if r.count("survived")+r.count("undecided") == 0 {
		return
	}
	fmt.Fprint(out, "\nLeft:\n\n")
	for _, o := range r.outcomes {
		if s := o.state(); s == "survived" || s == "undecided" {
			fmt.Fprintf(out, "- %s: %s\n", s, o.name())
		}
	}
}

func alarmTable(out *bytes.Buffer, alarms []alarm) {
	fmt.Fprintf(out, "\n## Changes that are no fault\n\n**False alarms: %d** in %d variations of the clean deployment.\n\n| variation | findings |\n|---|--:|\n", falseAlarms(alarms), len(alarms))
	for _, a := range alarms {
		fmt.Fprintf(out, "| %s | %d |\n", a.about, len(a.findings))
	}
}

func falseAlarms(alarms []alarm) int {
	n := 0
	for _, a := range alarms {
		n += len(a.findings)
	}
	return n
}

func (c cost) table(out *bytes.Buffer) {
	byCost := slices.SortedFunc(maps.Keys(c.rules), func(a, b rule.ID) int {
		if c.rules[a] != c.rules[b] {
			return int(c.rules[b] - c.rules[a])
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	var sum time.Duration
	for _, took := range c.rules {
		sum += took
	}
	var rest time.Duration
	fmt.Fprintf(out, `
## What the rules cost

The %d rules take **%s** to judge one stack (the clean deployment: three models and
what stands beside them), asked in one go. Each alone, they add up to %s, for what
several need is then worked out several times. Handing the stack over takes %s more,
with or without rules, and is taken off. Least of %d rounds on the machine of
[performance.md](performance.md); a guide, not a promise.

| rule, alone | µs |
|---|--:|
`, len(c.rules), micro(c.all), micro(sum), micro(c.control), rounds)
	for i, id := range byCost {
		if i < dearest {
			fmt.Fprintf(out, "| %s | %d |\n", id, c.rules[id].Microseconds())
		} else {
			rest += c.rules[id]
		}
	}
	if n := len(byCost) - dearest; n > 0 {
		fmt.Fprintf(out, "| each of the other %d, on average | %d |\n", n, rest.Microseconds()/int64(n))
	}
}

func micro(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
