package config

import (
	"errors"
	"fmt"
	"maps"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Level returns the level of a rule under a profile and the file's settings.
// Where several settings name the rule, a later one in the file wins, field by
// field. Off means that the rule is not asked.
func (c Config) Level(r rule.Rule, chain []string) rule.Level {
	level, enabled := r.LevelUnder(chain), true
	for _, s := range c.Rules {
		if !Pattern(s.Pattern).Matches(r) {
			continue
		}
		if s.Level != "" {
			level = s.Level
		}
		if s.Enabled != nil {
			enabled = *s.Enabled
		}
	}
	if !enabled {
		return rule.Off
	}
	return level
}

// Parameters returns the parameters that are set, by rule id as the file has
// it. Those of a later setting are laid over those of an earlier one, key by
// key.
func (c Config) Parameters() map[rule.ID]map[string]any {
	out := map[rule.ID]map[string]any{}
	for _, s := range c.Rules {
		if s.Parameters == nil {
			continue
		}
		id := rule.ID(s.Pattern)
		if out[id] == nil {
			out[id] = map[string]any{}
		}
		maps.Copy(out[id], s.Parameters)
	}
	return out
}

// Check demands that each setting and each waiver names a rule that exists. An
// error lists all that do not, one a line.
func (c Config) Check(rules []rule.Rule) error {
	var errs []error
	check := func(at finding.Location, field, pattern string) {
		if message := Pattern(pattern).Check(rules); message != "" {
			errs = append(errs, fmt.Errorf("%s:%d:%d: %s: %s", at.File, at.Line, at.Column, field, message))
		}
	}
	for _, s := range c.Rules {
		check(s.At, "rules", s.Pattern)
	}
	for _, w := range c.Waivers {
		check(w.At, "waivers", w.Rule)
	}
	return errors.Join(errs...)
}
