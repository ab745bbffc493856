// Package waiver applies accepted findings to a report.
//
// A waiver is written in charmarr-lint.yaml: a pattern over rules, a subject, a
// reason and the last day on which it holds. A finding that it meets stays in
// the report with verdict waived, its reason and its date, and no longer fails
// a run. A waiver that has expired does nothing and is a finding itself
// (config/waiver-expired); so is one that meets nothing (config/waiver-unused).
// Both can be set under rules: like any rule; neither can be waived.
package waiver

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Ids of the findings about waivers themselves.
const (
	Expired rule.ID = "config/waiver-expired"
	Unused  rule.ID = "config/waiver-unused"
)

// Rules returns what the findings about waivers say of themselves. They have no
// Rego: the configuration alone decides them.
func Rules() []rule.Rule {
	return []rule.Rule{
		{
			ID:          Expired,
			Title:       "No waiver has expired",
			Description: "A waiver is an accepted finding with a date. After that day it no longer applies: what it accepted is reported again at its own level, and this finding says which waiver to renew or remove.\n",
			Level:       rule.Error,
			Subjects:    []string{"waiver"},
			Remediation: []string{"remove the waiver from charmarr-lint.yaml, or give it a new reason and date"},
			States:      []string{"declared"},
		},
		{
			ID:          Unused,
			Title:       "Every waiver meets a finding",
			Description: "A waiver that meets no finding is either mistyped or no longer needed. Left in place it would accept the same violation when it comes back.\n",
			Level:       rule.Warning,
			Subjects:    []string{"waiver"},
			Remediation: []string{"remove the waiver from charmarr-lint.yaml, or correct its rule and subject"},
			States:      []string{"declared"},
		},
	}
}

// Set is what waivers are applied with.
type Set struct {
	Waivers []config.Waiver
	// Rules are the rules that were asked. A waiver of a rule that was not asked
	// (disabled, or left out with --rule) is not unused: nobody can tell.
	Rules []rule.Rule
	// Known are all rules there are, asked or not. A waiver that names none of
	// them is unused, whatever was asked.
	Known []rule.Rule
	// Undecided tells whether a rule could not be judged in whole. A waiver of
	// such a rule is not unused either.
	Undecided func(rule.ID) bool
	// Today is the day of the run, in UTC. It decides what has expired and is
	// never shown.
	Today time.Time
	// Level returns the level of a finding about waivers; off leaves it out.
	Level func(rule.Rule) rule.Level
}

// Apply marks the findings that a waiver meets and returns them with the
// findings about the waivers themselves. The first waiver that meets a finding
// counts.
func (s Set) Apply(findings []finding.Finding) []finding.Finding {
	today := s.Today.UTC().Format(time.DateOnly)
	asked := s.byID()
	var own []finding.Finding
	used := make([]bool, len(s.Waivers))
	for i := range findings {
		f := &findings[i]
		for j, w := range s.Waivers {
			if !Meets(w, asked[f.Rule], *f) {
				continue
			}
			used[j] = true
			if w.Expires < today || f.Verdict == finding.Waived {
				continue
			}
			f.Verdict = finding.Waived
			f.Waiver = &finding.Waiver{Reason: w.Reason, Expires: w.Expires}
		}
	}
	for j, w := range s.Waivers {
		switch {
		case w.Expires < today:
			message := "The waiver of " + w.Rule + " for " + w.Subject + " expired on " + w.Expires + " and no longer applies."
			own = append(own, s.about(w, Expired, message)...)
		case !s.known(w):
			message := "The waiver of " + w.Rule + " for " + w.Subject + " meets no finding: no rule has that name."
			own = append(own, s.about(w, Unused, message)...)
		case !used[j] && s.decided(w):
			message := "The waiver of " + w.Rule + " for " + w.Subject + " meets no finding."
			own = append(own, s.about(w, Unused, message)...)
		}
	}
	for i, f := range own {
		same := func(o finding.Finding) bool { return o.Fingerprint == f.Fingerprint }
		if !slices.ContainsFunc(own[:i], same) { // the same waiver, written twice
			findings = append(findings, f)
		}
	}
	return findings
}

// Meets tells whether a waiver is about a finding of a rule.
func Meets(w config.Waiver, r rule.Rule, f finding.Finding) bool {
	if r.ID == "" {
		r = rule.Rule{ID: f.Rule}
	}
	if r.ID == Expired || r.ID == Unused || !config.Pattern(w.Rule).Matches(r) {
		return false
	}
	kind, name, _ := strings.Cut(w.Subject, ":")
	if kind != f.Subject.Kind {
		return false
	}
	names := []string{f.Subject.Name}
	for _, home := range []string{f.Subject.Model, f.Subject.Namespace} {
		if home != "" {
			names = append(names, home+"/"+f.Subject.Name)
		}
	}
	for _, n := range names {
		if ok, err := path.Match(name, n); n == name || ok && err == nil {
			return true
		}
	}
	return false
}

func (s Set) known(w config.Waiver) bool {
	return slices.ContainsFunc(s.Known, config.Pattern(w.Rule).Matches)
}

// decided tells whether some rule that the waiver names was asked, and each
// that was asked could be judged.
func (s Set) decided(w config.Waiver) bool {
	any := false
	for _, r := range s.Rules {
		if !config.Pattern(w.Rule).Matches(r) {
			continue
		}
		if s.Undecided != nil && s.Undecided(r.ID) {
			return false
		}
		any = true
	}
	return any
}

// about makes the finding about a waiver itself.
func (s Set) about(w config.Waiver, id rule.ID, message string) []finding.Finding {
	for _, r := range Rules() {
		if r.ID != id {
			continue
		}
		level := s.Level(r)
		if level == rule.Off {
			return nil
		}
		subject := finding.Subject{Kind: "waiver", Name: w.Rule + " " + w.Subject}
		return []finding.Finding{{
			Rule: id, Level: level, Verdict: finding.Violated, State: "declared",
			Subject: subject, Message: message, Location: w.At,
			Evidence: []finding.Evidence{}, Remediation: r.Remediation, ADR: []string{},
			Fingerprint: finding.Fingerprint(id, "", "", subject),
		}}
	}
	return nil
}

func (s Set) byID() map[rule.ID]rule.Rule {
	out := make(map[rule.ID]rule.Rule, len(s.Rules))
	for _, r := range s.Rules {
		out[r.ID] = r
	}
	return out
}
