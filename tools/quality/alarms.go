package main

import (
	"context"
	"fmt"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// alarm is a harmless variation of the clean deployment, and what was found in it:
// nothing, or the alarm is false.
type alarm struct {
	name, about string
	findings    []string
}

// alarms judges every harmless variation.
func (l *lab) alarms(ctx context.Context) ([]alarm, error) {
	var out []alarm
	for _, v := range deployment.Variations() {
		files, err := v.Files()
		if err != nil {
			return nil, fmt.Errorf("writing variation %s: %w", v.Name, err)
		}
		snap, err := l.collect(ctx, files)
		if err != nil {
			return nil, fmt.Errorf("reading variation %s: %w", v.Name, err)
		}
		judged, err := l.repeater.First(ctx, snap)
		if err != nil {
			return nil, fmt.Errorf("judging variation %s: %w", v.Name, err)
		}
		a := alarm{name: v.Name, about: v.About}
		for _, f := range judged.Report.Findings {
			a.findings = append(a.findings, string(f.Rule))
		}
		out = append(out, a)
	}
	return out, nil
}
