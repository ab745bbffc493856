package evaluate

import (
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Request says what to ask of stacks.
type Request struct {
	// Enabled tells which rules to ask; nil is all.
	Enabled func(rule.ID) bool
	// Touched is the evidence that a gap touches, AllTouched says that a gap
	// could have held anything. No rule passes on touched evidence. See
	// TouchedBy.
	Touched    []snapshot.Evidence
	AllTouched bool
}

// TouchedBy returns the evidence that gaps touch, for a Request.
func TouchedBy(gaps []snapshot.Gap) (touched []snapshot.Evidence, all bool) {
	seen := map[snapshot.Evidence]bool{}
	for _, g := range gaps {
		if len(g.Evidence) == 0 {
			all = true
		}
		for _, e := range g.Evidence {
			seen[e] = true
		}
	}
	for _, e := range snapshot.AllEvidence {
		if seen[e] {
			touched = append(touched, e)
		}
	}
	return touched, all
}

// Result is what the rules say of one stack.
type Result struct {
	Stack string
	Rules []RuleResult // in order of rule ids
}

// RuleResult is what one rule says of one stack.
type RuleResult struct {
	Rule    rule.ID
	Verdict finding.Verdict // pass, violated, unknown or not-evaluated
	// Violations are sorted by subject, way, state and message.
	Violations []Violation
	// Undecided are the subjects that the rule could not judge, also where it
	// is violated by others.
	Undecided []Undecided
	// Missing says what the rule would need for a verdict of unknown or
	// not-evaluated; each starts with a word of evidence.
	Missing []string
	// Whole says that the rule had all it needs to judge every subject: one that
	// it does not name passed, also where others violate it.
	Whole bool
	// Err says that the policy itself failed; what it found before stands. A
	// rule with an Err never passes.
	Err *PolicyError
}

// Violation is a rule violated by a subject. Places are opaque strings of the
// topology.
type Violation struct {
	Subject finding.Subject
	Message string
	Way     string // "" where the rule has one way
	At      string // place of the offending fact
	State   string // planned, declared or effective
	// Level is milder than the rule's, or "" for the rule's own. See LevelUnder.
	Level    rule.Level
	Evidence []Evidence
	// Remediation are commands with real names filled in.
	Remediation []string
}

// Evidence is one fact of the chain that makes a violation.
type Evidence struct {
	Fact   string
	At     string
	Object string
}

// Undecided is a subject that a rule could not judge on the facts at hand.
type Undecided struct {
	Subject finding.Subject
	Missing string // starts with a word of evidence
}

// LevelUnder returns the level of the violation where the rule's level is l: a
// violation can only be milder than its rule.
func (v Violation) LevelUnder(l rule.Level) rule.Level {
	if v.Level != "" && v.Level.Rank() < l.Rank() {
		return v.Level
	}
	return l
}
