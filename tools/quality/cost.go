package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// rounds is how often each rule is asked: the least of them counts, for whatever
// else the machine does only adds.
const rounds = 25

// cost is what rules take to judge one stack.
type cost struct {
	rules   map[rule.ID]time.Duration // each alone, without what is taken in any case
	control time.Duration             // with no rule at all
	all     time.Duration             // every rule in one go, without what is taken in any case
}

// costs asks each rule about the clean deployment, alone.
func (l *lab) costs(ctx context.Context) (cost, error) {
	var stacks []topology.Stack
	joined, err := lint.NewJudge(ctx, lint.Options{Config: config.Default(), Joined: func(s []topology.Stack) { stacks = s }})
	if err != nil {
		return cost{}, fmt.Errorf("loading the rules: %w", err)
	}
	if _, err := joined.Judge(ctx, l.clean.Snapshot); err != nil {
		return cost{}, fmt.Errorf("joining the clean deployment: %w", err)
	}
	engine, err := evaluate.New(ctx, evaluate.Options{})
	if err != nil {
		return cost{}, fmt.Errorf("loading the rules: %w", err)
	}
	least := func(enabled func(rule.ID) bool) (time.Duration, error) {
		var took []time.Duration
		for range rounds {
			start := time.Now()
			if _, err := engine.Evaluate(ctx, stacks, evaluate.Request{Enabled: enabled}); err != nil {
				return 0, err
			}
			took = append(took, time.Since(start))
		}
		return slices.Min(took), nil
	}
	out := cost{rules: map[rule.ID]time.Duration{}}
	if out.control, err = least(func(rule.ID) bool { return false }); err != nil {
		return cost{}, fmt.Errorf("asking no rule: %w", err)
	}
	all, err := least(nil)
	if err != nil {
		return cost{}, fmt.Errorf("asking every rule: %w", err)
	}
	out.all = max(0, all-out.control)
	for _, r := range engine.Rules() {
		took, err := least(func(id rule.ID) bool { return id == r.ID })
		if err != nil {
			return cost{}, fmt.Errorf("asking %s: %w", r.ID, err)
		}
		out.rules[r.ID] = max(0, took-out.control)
	}
	return out, nil
}
