//go:build unix

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// command is a process to measure.
type command struct {
	args  []string
	dir   string
	exits []int // exit codes that are fine; nil is 0 alone
}

// usage is what a process took.
type usage struct {
	cpu    float64 // seconds, user and system
	wall   float64 // seconds
	peak   float64 // MiB of resident set
	stdout []byte
}

// median runs a command several times and returns the run of median CPU time
// with the greatest memory of all.
func median(runs int, c command) (usage, error) {
	var all []usage
	for range runs {
		u, err := once(c)
		if err != nil {
			return usage{}, err
		}
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b usage) int { return cmp.Compare(a.cpu, b.cpu) })
	middle := all[len(all)/2]
	for _, u := range all {
		middle.peak = max(middle.peak, u.peak)
	}
	return middle, nil
}

// once runs a command. A process counts the greatest resident set of its parent
// before exec as its own, so the command is started by a fresh copy of this
// program (see stopwatch), which is small.
func once(c command) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, fmt.Errorf("finding this program: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return usage{}, fmt.Errorf("making a pipe: %w", err)
	}
	defer r.Close()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(self, append([]string{stopwatchArg}, c.args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = c.dir, &stdout, &stderr, []*os.File{w}
	err = cmd.Run()
	w.Close()
	if err != nil {
		return usage{}, fmt.Errorf("starting %s: %w: %s", c.args[0], err, firstLines(stderr.String(), 10))
	}
	var t taken
	if err := json.NewDecoder(r).Decode(&t); err != nil {
		return usage{}, fmt.Errorf("reading what %s took: %w", c.args[0], err)
	}
	if t.Exit != 0 && !slices.Contains(c.exits, t.Exit) {
		return usage{}, fmt.Errorf("%s exited %d: %s", strings.Join(c.args, " "), t.Exit, firstLines(stderr.String(), 10))
	}
	return usage{cpu: t.CPU, wall: t.Wall, peak: t.Peak, stdout: stdout.Bytes()}, nil
}

// stopwatchArg as the first argument makes this program a stopwatch.
const stopwatchArg = "-stopwatch"

// taken is what a stopwatch writes to file descriptor 3.
type taken struct {
	Exit            int
	CPU, Wall, Peak float64
}

// stopwatch runs a command and writes what it took. It returns the exit code: 0
// whenever the command ran, however it ended.
func stopwatch(args []string, stderr io.Writer) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	err = json.NewEncoder(os.NewFile(3, "taken")).Encode(taken{
		Exit: cmd.ProcessState.ExitCode(),
		CPU:  (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
		Wall: wall.Seconds(),
		Peak: peakOf(cmd.ProcessState),
	})
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// peakOf returns the greatest resident set in MiB. Linux counts it in KiB,
// Darwin in bytes.
func peakOf(s *os.ProcessState) float64 {
	r, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(r.Maxrss) / (1 << 20)
	}
	return float64(r.Maxrss) / (1 << 10)
}

// growth writes the exponent k of cost ~ size^k between two measurements.
func growth(costBefore, cost float64, sizeBefore, size int) string {
	if sizeBefore == 0 || costBefore <= 0 || cost <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", math.Log(cost/costBefore)/math.Log(float64(size)/float64(sizeBefore)))
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(s, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
