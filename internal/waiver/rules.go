package waiver

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Ids of the findings about waivers themselves.
const (
	Expired   rule.ID = "config/waiver-expired"
	Malformed rule.ID = "config/waiver-malformed"
	Refused   rule.ID = "config/waiver-refused"
	Unused    rule.ID = "config/waiver-unused"
)

// Rules returns what the findings about waivers say of themselves. They have no
// Rego: waivers alone decide them.
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
			ID:          Malformed,
			Title:       "Every waiver on an object can be read",
			Description: "An annotation of charmarr-lint.io that is no waiver accepts nothing, though its author thinks it does. A waiver is the annotation " + Key + " with a rule, a reason and a date: \"topology/gateway-own-namespace; single node lab; 2027-01-31\". On a block of a .tf file it is a comment: \"# " + Mark + " topology/gateway-own-namespace single node lab until=2027-01-31\". (A waiver in charmarr-lint.yaml that cannot be read ends the run.)\n",
			Level:       rule.Error,
			Subjects:    []string{"waiver"},
			Remediation: []string{"write the annotation anew, or remove it"},
			States:      []string{"effective"},
		},
		{
			ID:          Refused,
			Title:       "No waiver on an object is refused",
			Description: "Some rules cannot be waived, and the configuration may say which rules annotations can waive (`annotation_waivers`). A waiver on an object that is not allowed does nothing: the violation counts. Somebody wanted it silenced, which is worth knowing.\n",
			Level:       rule.Error,
			Subjects:    []string{"waiver"},
			Remediation: []string{"remove the annotation, or allow it under annotation_waivers in charmarr-lint.yaml"},
			States:      []string{"effective"},
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

// about is what the findings about one waiver have in common.
type about struct {
	subject finding.Subject
	stack   string
	at      finding.Location
	mend    string     // what removes it; empty for one of the configuration
	state   string     // of what it stands on
	milder  rule.Level // at most this level, where it is set
}

// finding makes the finding about a waiver, none where that rule is off.
func (s Set) finding(a about, id rule.ID, message string) []finding.Finding {
	i := slices.IndexFunc(Rules(), func(r rule.Rule) bool { return r.ID == id })
	r := Rules()[i]
	level := s.Level(r)
	if level == rule.Off {
		return nil
	}
	if a.milder != "" && a.milder.Rank() < level.Rank() {
		level = a.milder
	}
	f := finding.Finding{
		Rule: id, Level: level, Verdict: finding.Violated, State: "declared",
		Stack: a.stack, Subject: a.subject, Message: message, Location: a.at,
		Evidence: []finding.Evidence{}, Remediation: r.Remediation, ADR: []string{},
		Fingerprint: finding.Fingerprint(id, "", a.stack, a.subject),
	}
	if a.mend != "" {
		f.State, f.Remediation = a.state, []string{a.mend}
	}
	return []finding.Finding{f}
}
