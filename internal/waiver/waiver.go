// Package waiver applies accepted findings to a report.
//
// A waiver accepts what a rule finds about a subject, for a reason and until a
// day. It is written in charmarr-lint.yaml, with patterns over rules and
// subjects, or as an annotation on a Kubernetes object, where it names one rule
// and covers that object alone: a finding whose subject is the object, or the
// application that the workload runs. An annotation on a Namespace covers the
// namespace and nothing in it. A comment on a block of a .tf file names one rule,
// too, and covers what is found on the block.
//
// A finding that a waiver meets stays in the report with verdict waived, the
// reason, the day and the place of the waiver, and no longer fails a run. A
// waiver that does not do what its author wanted is a finding itself: see Rules.
// Those findings can be set under rules: like any rule; none can be waived.
//
// Who may annotate an object may, in Kubernetes, as well change it: both are
// the verb patch. An annotation therefore lets nobody silence a rule about what
// is not theirs to change. Where that is not enough the configuration says which
// rules annotations may waive, and a rule can say that nobody may waive it.
package waiver

import (
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Set is what waivers are applied with.
type Set struct {
	Waivers     []config.Waiver
	Annotations []Annotation
	Comments    []Comment
	// Rules are the rules that were asked. A waiver of a rule that was not asked
	// (disabled, or left out with --rule) is not unused: nobody can tell.
	Rules []rule.Rule
	// Known are all rules there are, asked or not. A waiver that names none of
	// them is unused, whatever was asked.
	Known []rule.Rule
	// Allowed tells whether annotations and comments may waive a rule, as the
	// configuration has it.
	Allowed func(rule.Rule) bool
	// Undecided tells whether a rule could not be judged in whole, in any of the
	// stacks or in any at all where none is named. A waiver of such a rule is
	// not unused either.
	Undecided func(id rule.ID, stacks []string) bool
	// Today is the day of the run, in UTC. It decides what has expired and is
	// never shown.
	Today time.Time
	// Level returns the level of a finding about waivers; off leaves it out.
	Level func(rule.Rule) rule.Level
}

// entry is a waiver that can be read, however it is written.
type entry struct {
	what    string // the waiver in words: "The waiver of mesh/a for application:x"
	names   func(rule.Rule) bool
	meets   func(finding.Finding) bool
	stacks  []string // in which it can meet something; nil for all
	reason  string
	expires string
	source  finding.WaiverSource
	about   about
}

// Apply marks the findings that a waiver meets and returns them with the
// findings about the waivers themselves. The first waiver that meets a finding
// counts, those of the configuration before those on objects.
func (s Set) Apply(findings []finding.Finding) []finding.Finding {
	entries, own := s.entries()
	today := s.Today.UTC().Format(time.DateOnly)
	asked := s.byID()
	used := make([]bool, len(entries))
	for i := range findings {
		f := &findings[i]
		r := asked[f.Rule]
		if r.ID == "" {
			r = rule.Rule{ID: f.Rule}
		}
		if r.NotWaivable || r.ID.Area() == config.OwnArea {
			continue
		}
		for j, w := range entries {
			if !w.names(r) || !w.meets(*f) {
				continue
			}
			used[j] = true
			if w.expires < today || f.Verdict == finding.Waived {
				continue
			}
			f.Verdict = finding.Waived
			f.Waiver = &finding.Waiver{Reason: w.reason, Expires: w.expires, Source: w.source}
		}
	}
	for j, w := range entries {
		switch {
		case w.expires < today:
			own = append(own, s.finding(w.about, Expired, w.what+" expired on "+w.expires+" and no longer applies.")...)
		case !slices.ContainsFunc(s.Known, w.names):
			own = append(own, s.finding(w.about, Unused, w.what+" meets no finding: no rule has that name.")...)
		case !used[j] && s.decided(w):
			own = append(own, s.finding(w.about, Unused, w.what+" meets no finding.")...)
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

// entries returns the waivers that hold or have held, and findings about those
// that never will.
func (s Set) entries() (entries []entry, own []finding.Finding) {
	for _, w := range s.Waivers {
		entries = append(entries, configured(w))
	}
	for _, a := range s.Annotations {
		w, about, message := s.annotated(a)
		if message != "" {
			own = append(own, s.finding(w.about, about, message)...)
		} else {
			entries = append(entries, w)
		}
	}
	for _, c := range s.Comments {
		w, about, message := s.commented(c)
		if message != "" {
			own = append(own, s.finding(w.about, about, message)...)
		} else {
			entries = append(entries, w)
		}
	}
	return entries, own
}

// decided tells whether some rule that the waiver names was asked, and each
// that was asked could be judged.
func (s Set) decided(w entry) bool {
	any := false
	for _, r := range s.Rules {
		if !w.names(r) {
			continue
		}
		if s.Undecided != nil && s.Undecided(r.ID, w.stacks) {
			return false
		}
		any = true
	}
	return any
}

func (s Set) byID() map[rule.ID]rule.Rule {
	out := make(map[rule.ID]rule.Rule, len(s.Rules))
	for _, r := range s.Rules {
		out[r.ID] = r
	}
	return out
}
