//go:build unix

// Command bench measures what a run of charmarr-lint costs, end to end: the
// process as a user starts it, on estates of 1 to 1000 stacks of which a few are
// faulty. At every size it demands that the findings are the planted faults and
// nothing else; a fast wrong answer is an error.
//
// A form is a way to hand over the facts: "snapshot" is one recorded snapshot,
// "files" are manifests, statuses and bundles, "manifests" are manifests alone.
// Time is user and system CPU, as the median of several runs; memory is the
// greatest resident set of any of them. Growth is the exponent k with which CPU
// grows from the previous size to this one (1 is linear), after the cost of
// starting the process (`charmarr-lint version`) is taken off.
//
// With -compare it measures conftest and opa on the same manifests instead; see
// compare.go. Numbers depend on the machine, so nothing here is a test.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are the flags.
type options struct {
	bin     string // charmarr-lint
	stacks  []int
	forms   []form
	runs    int
	faulty  float64
	dir     string // holds the estates; a temporary folder where it is empty
	compare string // folder that holds conftest and opa; empty for no comparison
}

// run returns the exit code: 0 done, 1 not measured or findings wrong, 2 wrong
// usage.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 1 && args[0] == stopwatchArg {
		return stopwatch(args[1:], stderr)
	}
	o, err := parse(args, stderr)
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(stderr, "bench:", err)
		}
		return 2
	}
	if err := measureAll(o, stdout); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	o := options{}
	flags.StringVar(&o.bin, "bin", "bin/charmarr-lint", "the `program` to measure")
	stacks := flags.String("stacks", "1,10,100,1000", "sizes of the estates, smallest first")
	forms := flags.String("forms", "snapshot,files,manifests", "snapshot, files and manifests, separated by commas")
	flags.IntVar(&o.runs, "runs", 5, "runs of each; the median counts")
	flags.Float64Var(&o.faulty, "faulty", 0.03, "`share` of stacks with a fault; at least one stack has one")
	flags.StringVar(&o.dir, "dir", "", "keep the estates in this `folder`")
	flags.StringVar(&o.compare, "compare", "", "compare with the conftest and opa of this `folder`")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	for s := range strings.SplitSeq(*stacks, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return o, fmt.Errorf("reading -stacks %q: write numbers from 1, separated by commas", *stacks)
		}
		o.stacks = append(o.stacks, n)
	}
	for s := range strings.SplitSeq(*forms, ",") {
		switch f := form(s); f {
		case snapshotForm, filesForm, manifestsForm:
			o.forms = append(o.forms, f)
		default:
			return o, fmt.Errorf("reading -forms %q: %q is none of snapshot, files, manifests", *forms, s)
		}
	}
	if o.runs < 1 {
		return o, fmt.Errorf("reading -runs %d: at least one run is needed", o.runs)
	}
	var err error
	if o.bin, err = filepath.Abs(o.bin); err != nil {
		return o, fmt.Errorf("finding the program: %w", err)
	}
	return o, nil
}

// measureAll makes the estates and measures what the flags ask for.
func measureAll(o options, w io.Writer) error {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "charmarr-lint-bench-")
		if err != nil {
			return fmt.Errorf("making a folder for the estates: %w", err)
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	if o.compare != "" {
		return compareAll(o, w)
	}
	start, err := median(o.runs, command{args: []string{o.bin, "version"}})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "start of the process (charmarr-lint version): %.0f ms CPU, %.0f MiB\n", 1000*start.cpu, start.peak)
	for _, f := range o.forms {
		fmt.Fprintf(w, "\n| %s | input MB | CPU s | wall s | peak MiB | findings | growth |\n|--:|--:|--:|--:|--:|--:|--:|\n", f)
		before, size := usage{}, 0
		for _, n := range o.stacks {
			row, err := measureForm(o, f, n)
			if err != nil {
				return fmt.Errorf("measuring %d stacks as %s: %w", n, f, err)
			}
			fmt.Fprintf(w, "| %d | %.1f | %.3f | %.3f | %.0f | %d | %s |\n",
				n, row.megabytes, row.cpu, row.wall, row.peak, row.findings, growth(before.cpu-start.cpu, row.cpu-start.cpu, size, n))
			before, size = row.usage, n
		}
	}
	return nil
}

// measured is a line of the table.
type measured struct {
	usage
	megabytes float64
	findings  int
}

// measureForm measures one form of one estate and checks the findings.
func measureForm(o options, f form, stacks int) (measured, error) {
	e, err := makeEstate(o, stacks)
	if err != nil {
		return measured{}, err
	}
	input, err := e.input(o.bin, f)
	if err != nil {
		return measured{}, err
	}
	check := command{args: []string{o.bin, "check", "-q", "-f", "json", input}, dir: e.dir, exits: []int{0, 1}}
	u, err := median(o.runs, check)
	if err != nil {
		return measured{}, err
	}
	findings, err := e.verify(u.stdout, f)
	if err != nil {
		return measured{}, err
	}
	bytes, err := sizeOf(filepath.Join(e.dir, input))
	return measured{usage: u, megabytes: float64(bytes) / 1e6, findings: findings}, err
}
