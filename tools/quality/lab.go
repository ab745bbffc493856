package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// lab judges mutants with rules that are compiled once, and asks of each mutant the
// rules that can see what it changes: what they say then is what they say when all
// are asked, to which TestNextIsFirst of package lint holds them.
type lab struct {
	dir      string // where files are written to be read again
	repeater *lint.Repeater
	clean    *lint.Standing
	text     []byte // clean, encoded: each mutant starts from a copy
	passed   map[string]bool
	harmless []reason
}

func newLab(ctx context.Context) (*lab, error) {
	l := &lab{}
	var err error
	if l.harmless, err = reasons(); err != nil {
		return nil, err
	}
	if l.dir, err = os.MkdirTemp("", "mutate"); err != nil {
		return nil, fmt.Errorf("making a folder for mutants: %w", err)
	}
	// What is gone is gone, as a live cluster would show it. No waiver plays a part, so
	// the day does not matter.
	whole := config.Default()
	whole.Complete = slices.DeleteFunc(slices.Clone(snapshot.AllEvidence), func(e snapshot.Evidence) bool { return !strings.HasPrefix(string(e), "kube.") })
	judge, err := lint.NewJudge(ctx, lint.Options{Config: whole, Version: "devel", Today: time.Unix(0, 0)})
	if err != nil {
		return nil, fmt.Errorf("loading the rules: %w", err)
	}
	if l.repeater, err = judge.Repeater(); err != nil {
		return nil, fmt.Errorf("finding out what the rules read: %w", err)
	}
	files, err := deployment.Clean().Files()
	if err != nil {
		return nil, err
	}
	clean, err := l.collect(ctx, files)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := snapshot.Encode(&text, clean); err != nil {
		return nil, err
	}
	l.text = text.Bytes()
	if l.clean, err = l.repeater.First(ctx, clean); err != nil {
		return nil, fmt.Errorf("judging the clean deployment: %w", err)
	}
	if findings := l.clean.Report.Findings; len(findings) > 0 {
		f := findings[0]
		return nil, fmt.Errorf("the clean deployment is not clean (%s: %s): mend the rule or the deployment first", f.Rule, f.Message)
	}
	l.passed = passes(l.clean.Report)
	return l, nil
}

func (l *lab) close() { _ = os.RemoveAll(l.dir) } // a folder of this run's own

// collect writes files and reads them as a user's.
func (l *lab) collect(ctx context.Context, files map[string][]byte) (snapshot.Snapshot, error) {
	dir, err := os.MkdirTemp(l.dir, "")
	if err != nil {
		return snapshot.Snapshot{}, fmt.Errorf("making a folder for a mutant: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays goes with the lab
	if err := deployment.WriteFiles(dir, files); err != nil {
		return snapshot.Snapshot{}, err
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		paths = append(paths, filepath.Join(dir, filepath.FromSlash(name)))
	}
	return file.Collector{Paths: paths}.Collect(ctx)
}

// judge judges every mutant, as many at a time as there are processors.
func (l *lab) judge(ctx context.Context, mutants []mutant) (*result, error) {
	r := &result{outcomes: make([]outcome, len(mutants))}
	errs := make([]error, len(mutants))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(mutants) {
					return
				}
				if r.outcomes[i], errs[i] = l.outcomeOf(ctx, mutants[i]); errs[i] != nil {
					errs[i] = fmt.Errorf("judging mutant %q: %w", mutants[i].operator+": "+mutants[i].what, errs[i])
					next.Store(int64(len(mutants))) // no more are begun
				}
			}
		})
	}
	wait.Wait()
	return r, errors.Join(errs...)
}

func (l *lab) outcomeOf(ctx context.Context, m mutant) (outcome, error) {
	var snap snapshot.Snapshot
	var err error
	if m.files != nil {
		files, ferr := m.files()
		if ferr != nil {
			return outcome{}, ferr
		}
		snap, err = l.collect(ctx, files)
	} else {
		snap, err = snapshot.Decode(bytes.NewReader(l.text))
		if err == nil {
			m.change(&snap)
		}
	}
	if err != nil {
		return outcome{}, err
	}
	after, err := l.repeater.Next(ctx, l.clean, snap)
	if err != nil {
		return outcome{}, err
	}
	report := after.Report
	o := outcome{mutant: m}
	rules := map[string]bool{}
	for _, f := range report.Findings {
		rules[string(f.Rule)] = true
	}
	o.killers = slices.Sorted(maps.Keys(rules))
	still := passes(report)
	for rule := range l.passed {
		if !still[rule] && !rules[rule] {
			o.undecided = append(o.undecided, rule)
		}
	}
	slices.Sort(o.undecided)
	if len(o.killers) == 0 {
		for _, h := range l.harmless {
			if h.matches(m) {
				o.reason = h.Reason
				break
			}
		}
	}
	return o, nil
}

// passes are the rules that passed, by stack.
func passes(r finding.Report) map[string]bool {
	out := map[string]bool{}
	for _, d := range r.Decided {
		for _, id := range d.Rules {
			out[string(id)] = true
		}
	}
	for _, f := range r.Findings {
		delete(out, string(f.Rule))
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// name is the mutant in one line.
func (m mutant) name() string {
	name := strings.Join(strings.Fields(m.operator+": "+m.what), " ")
	if len(name) > 160 {
		return name[:160] + "…"
	}
	return name
}
