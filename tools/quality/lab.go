package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// lab judges mutants with rules that are compiled once.
type lab struct {
	dir      string // where files are written to be read again
	judgeIt  *lint.Judge
	clean    snapshot.Snapshot
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
	if l.judgeIt, err = lint.NewJudge(ctx, lint.Options{Config: whole, Version: "devel", Today: time.Unix(0, 0)}); err != nil {
		return nil, fmt.Errorf("loading the rules: %w", err)
	}
	files, err := deployment.Clean().Files()
	if err != nil {
		return nil, err
	}
	if l.clean, err = l.collect(ctx, files); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := snapshot.Encode(&text, l.clean); err != nil {
		return nil, err
	}
	l.text = text.Bytes()
	report, err := l.judgeIt.Judge(ctx, l.clean)
	if err != nil {
		return nil, fmt.Errorf("judging the clean deployment: %w", err)
	}
	if len(report.Findings) > 0 {
		f := report.Findings[0]
		return nil, fmt.Errorf("the clean deployment is not clean (%s: %s): mend the rule or the deployment first", f.Rule, f.Message)
	}
	l.passed = passes(report)
	return l, nil
}

func (l *lab) close() { _ = os.RemoveAll(l.dir) } // a folder of this run's own

// collect writes files and reads them as a user's.
func (l *lab) collect(ctx context.Context, files map[string][]byte) (snapshot.Snapshot, error) {
	if err := os.RemoveAll(l.dir); err != nil {
		return snapshot.Snapshot{}, fmt.Errorf("clearing the last mutant away: %w", err)
	}
	if err := deployment.WriteFiles(l.dir, files); err != nil {
		return snapshot.Snapshot{}, err
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		paths = append(paths, filepath.Join(l.dir, filepath.FromSlash(name)))
	}
	return file.Collector{Paths: paths}.Collect(ctx)
}

// judge judges every mutant.
func (l *lab) judge(ctx context.Context, mutants []mutant) (*result, error) {
	r := &result{}
	for _, m := range mutants {
		o, err := l.outcomeOf(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("judging mutant %q: %w", m.operator+": "+m.what, err)
		}
		r.outcomes = append(r.outcomes, o)
	}
	return r, nil
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
	report, err := l.judgeIt.Judge(ctx, snap)
	if err != nil {
		return outcome{}, err
	}
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
