package main

import (
	"fmt"
	"io"
	"strings"
)

// outcome is what became of a mutant.
type outcome struct {
	mutant
	killers   []string // rules that found something
	undecided []string // rules that passed and no longer do
	reason    string   // why it is harmless, where it is
}

func (o outcome) state() string {
	switch {
	case len(o.killers) > 0:
		return "killed"
	case o.reason != "":
		return "harmless"
	case len(o.undecided) > 0:
		return "undecided"
	}
	return "survived"
}

type result struct{ outcomes []outcome }

func (r *result) count(state string) int {
	n := 0
	for _, o := range r.outcomes {
		if o.state() == state {
			n++
		}
	}
	return n
}

// score is the percentage of mutants that are killed, of those that are not
// harmless. An undecided one counts as not killed: nobody was told of a fault.
func (r *result) score() float64 {
	relevant := len(r.outcomes) - r.count("harmless")
	if relevant == 0 {
		return 0
	}
	return 100 * float64(r.count("killed")) / float64(relevant)
}

func (r *result) print(w io.Writer, verbose bool) {
	for _, o := range r.outcomes {
		switch o.state() {
		case "survived":
			fmt.Fprintf(w, "survived   %s\n", o.name())
		case "undecided":
			fmt.Fprintf(w, "undecided  %s (%s)\n", o.name(), strings.Join(o.undecided, ", "))
		case "harmless":
			if verbose {
				fmt.Fprintf(w, "harmless   %s: %s\n", o.name(), o.reason)
			}
		case "killed":
			if verbose {
				fmt.Fprintf(w, "killed     %s (%s)\n", o.name(), strings.Join(o.killers, ", "))
			}
		}
	}
	fmt.Fprintf(w, "%d mutants: %d killed, %d undecided, %d survived, %d harmless; score %.1f%%\n",
		len(r.outcomes), r.count("killed"), r.count("undecided"), r.count("survived"), r.count("harmless"), r.score())
}
