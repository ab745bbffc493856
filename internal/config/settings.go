package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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

// Admission returns what the webhook does with a request that violates a rule: what
// the rule says of itself, unless the file says otherwise.
func (c Config) Admission(r rule.Rule) rule.Admission {
	mode := cmp.Or(r.Admission, rule.Warn)
	for _, s := range c.Rules {
		if s.Admission != "" && Pattern(s.Pattern).Matches(r) {
			mode = s.Admission
		}
	}
	return mode
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

// Check holds the settings and the waivers against the rules that exist. A name
// that is nearly a rule's is a mistake, and the error lists them, one a line. A
// name that resembles none may be of a rule that another version of the program
// has: the file still loads, and the notes, one sentence each, say that the
// setting does nothing. (A waiver that does nothing is a finding.)
func (c Config) Check(rules []rule.Rule) (notes []string, err error) {
	var errs []error
	place := func(at finding.Location, field, message string) string {
		return fmt.Sprintf("%s:%d:%d: %s: %s", at.File, at.Line, at.Column, field, message)
	}
	for _, s := range c.Rules {
		switch message, near := Pattern(s.Pattern).unknown(rules); {
		case near != "":
			errs = append(errs, errors.New(place(s.At, "rules", message+near)))
		case message != "":
			notes = append(notes, place(s.At, "rules", message+", so this setting does nothing"))
		case s.Parameters != nil && !slices.ContainsFunc(rules, func(r rule.Rule) bool { return r.Parameters && Pattern(s.Pattern).Matches(r) }):
			notes = append(notes, place(s.At, "rules", s.Pattern+" reads no parameters, so these do nothing"))
		}
	}
	for _, w := range c.Waivers {
		refused, kept := Pattern(w.Rule).waives(rules)
		switch message, near := Pattern(w.Rule).unknown(rules); {
		case near != "":
			errs = append(errs, errors.New(place(w.At, "waivers", message+near)))
		case message != "": // a finding of package waiver
		case refused != "":
			errs = append(errs, errors.New(place(w.At, "waivers", refused)))
		case len(kept) > 0:
			notes = append(notes, place(w.At, "waivers", quote(w.Rule)+" names rules that cannot be waived, whose findings stay: "+strings.Join(kept, ", ")))
		}
	}
	for _, a := range c.AnnotationWaivers {
		switch message, near := a.Pattern.unknown(rules); {
		case near != "":
			errs = append(errs, errors.New(place(a.At, "annotation_waivers", message+near)))
		case message != "":
			notes = append(notes, place(a.At, "annotation_waivers", message+", so this allows nothing"))
		}
	}
	return notes, errors.Join(errs...)
}

// waives says why none of the rules that a pattern names can be waived, or, where
// some can, which cannot.
func (p Pattern) waives(rules []rule.Rule) (refused string, kept []string) {
	for _, r := range rules {
		if r.NotWaivable && p.Matches(r) {
			kept = append(kept, string(r.ID))
		}
	}
	some := slices.ContainsFunc(rules, func(r rule.Rule) bool {
		return p.Matches(r) && !r.NotWaivable && r.ID.Area() != OwnArea
	})
	switch {
	case some:
		return "", kept
	case len(kept) > 0:
		return fmt.Sprintf("%s cannot be waived: nobody may accept a violation of it; remove the waiver and mend what is found", quote(string(p))), kept
	}
	return "findings about the configuration cannot be waived; set the level of " + quote(string(p)) + " under rules", nil
}

// AllowsAnnotation tells whether an annotation on an object may waive a rule.
func (c Config) AllowsAnnotation(r rule.Rule) bool {
	return slices.ContainsFunc(c.AnnotationWaivers, func(a AllowedWaiver) bool { return a.Pattern.Matches(r) })
}

// OwnArea is the area of the findings about the configuration itself.
const OwnArea = "config"
