// Command quality measures how good the rules are: it makes small faults in the
// clean deployment, one at a time, and reports which of them no rule notices; it
// changes the deployment in ways that are no fault, and reports what is found; and
// it takes the time of each rule.
//
//	go run ./tools/quality            print the scores and what survived
//	go run ./tools/quality -o FILE    write them as Markdown, with the costs
//
// A mutant is the clean deployment with one change. It is killed where a rule
// finds something, undecided where a rule that passed no longer does, and
// survives where nothing changes. A survivor is harmless, for a reason written
// in harmless.yaml, or a rule is missing. The score is the share of the killed
// among those that are not harmless.
//
// There are two kinds of change: of what an operator tells Juju (a relation, an
// option, a scale), shown by all files alike; and of what is in Kubernetes (each
// label, selector, range, volume, …), behind Juju's back.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// mutant is the clean deployment with one change: of its description, or of the
// snapshot.
type mutant struct {
	operator string
	field    string // of an observed mutant
	object   string // of an observed mutant: namespace/name
	what     string
	files    func() (map[string][]byte, error)
	change   func(*snapshot.Snapshot)
}

func main() {
	out := flag.String("o", "", "write the result as Markdown to this `file`, with what each rule costs")
	all := flag.Bool("v", false, "list harmless survivors as well, and what killed the others")
	minimum := flag.Float64("min", 0, "fail if the score is below this `percentage`, or an alarm is false")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *out, *all, *minimum); err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, stdout io.Writer, out string, verbose bool, minimum float64) error {
	lab, err := newLab(ctx)
	if err != nil {
		return err
	}
	defer lab.close()
	result, err := lab.judge(ctx, append(described(), observed(lab.clean.Snapshot)...))
	if err != nil {
		return err
	}
	result.print(stdout, verbose)
	alarms, err := lab.alarms(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%d harmless variations: %d false alarms\n", len(alarms), falseAlarms(alarms))
	if out != "" {
		costs, err := lab.costs(ctx)
		if err != nil {
			return err
		}
		if err := page(out, result, alarms, costs); err != nil {
			return err
		}
	}
	if minimum == 0 {
		return nil
	}
	if score := result.score(); score < minimum {
		return fmt.Errorf("the score is %.1f%%, want %.1f%%: each survivor above is a rule that is missing, or harmless for a reason that tools/quality/harmless.yaml should give", score, minimum)
	}
	for _, a := range alarms {
		if len(a.findings) > 0 {
			return fmt.Errorf("variation %s is harmless, and there was found in it: %s", a.name, strings.Join(a.findings, ", "))
		}
	}
	return nil
}
