// Package rule holds what a rule says of itself.
//
// A rule is one invariant: METADATA, Rego and fixtures. The METADATA block is
// read by package evaluate into a Rule; reports and generated documentation
// read nothing else.
package rule

import (
	"fmt"
	"strings"
)

// ID is the slug of a rule: area/name, in kebab case. It follows from the
// rule's path: policies/rules/mesh/gateway_not_enrolled is
// mesh/gateway-not-enrolled.
type ID string

// Area is the part before the slash.
func (id ID) Area() string {
	area, _, _ := strings.Cut(string(id), "/")
	return area
}

// Level is how much a finding matters, in the words of SARIF.
type Level string

// The levels. Off is a setting, never the level of a finding.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
	Off     Level = "off"
)

// Rank orders levels: the higher the graver; Off is 0.
func (l Level) Rank() int {
	switch l {
	case Error:
		return 3
	case Warning:
		return 2
	case Note:
		return 1
	}
	return 0
}

// ParseLevel reads error, warning, note or off.
func ParseLevel(s string) (Level, error) {
	switch l := Level(s); l {
	case Error, Warning, Note, Off:
		return l, nil
	}
	return "", fmt.Errorf("level %q is none of error, warning, note, off", s)
}

// Admission says what the webhook does with a request that brings a violation.
type Admission string

// The ways to treat such a request. Of a rule that says nothing it is a warning.
const (
	Deny Admission = "deny" // refuse it
	Warn Admission = "warn" // let it pass, with a warning to who sent it
	Let  Admission = "off"  // let it pass, and say nothing
)

// Need is a kind of evidence about the models that play a part:
// "juju.relations@core". Part "all" (written or left out) means every model of
// the stack, and that each part the profile expects is there.
//
// An optional one ("kube.ingresses?") need not be there, for files show no
// objects of a kind of which there are none; but where a source was asked for it
// and could not read it in whole, the rule does not pass.
type Need struct {
	Evidence string
	Part     string
	Optional bool
}

// String writes the need as METADATA has it.
func (n Need) String() string {
	text := n.Evidence
	if n.Part != "" && n.Part != "all" {
		text += "@" + n.Part
	}
	if n.Optional {
		text += "?"
	}
	return text
}

// Rule is what a rule says of itself in METADATA.
type Rule struct {
	ID          ID
	Aliases     []ID
	Title       string // one line, says what must be
	Description string // why it matters; Markdown
	Level       Level  // default level
	// Levels are the levels under profiles that differ from the default, by
	// profile name. A profile that extends another takes the other's.
	Levels map[string]Level
	// ADR are the clauses of the decision records that the rule asserts:
	// "networking/adr-006#model-1".
	ADR []string
	// Needs are alternatives: any one complete set lets the rule decide.
	Needs [][]Need
	// Subjects are the kinds of subject a finding can name.
	Subjects []string
	// Remediation are commands with {model}, {namespace} and {name} of the
	// subject to be filled in.
	Remediation []string
	States      []string // planned, declared, effective
	Ways        []Way    // the ways in which the rule can be violated, where there are several
	Disputed    string   // where record and charms disagree: what they say and what the rule does; Markdown
	// Security is the CVSS-like weight, "0.0" to "10.0", that GitHub sorts
	// security findings by; empty for rules that guard no privacy.
	Security string
	// NotWaivable says that no finding of the rule can be accepted.
	NotWaivable bool
	// Admission is what the webhook does by default with a request that brings a
	// violation; empty is Warn.
	Admission Admission
	// Parameters tells whether the rule reads any from the configuration.
	Parameters bool

	Own     bool   // from --policies, not built in
	Package string // Rego path of the package: rules.mesh.gateway_not_enrolled
	File    string // file of the METADATA block
}

// Way is one of several ways to violate a rule.
type Way struct {
	ID    string
	Title string
}

// LevelUnder returns the level under a profile, given the profile's own name
// first and then the names it extends.
func (r Rule) LevelUnder(profiles []string) Level {
	for _, p := range profiles {
		if l, ok := r.Levels[p]; ok {
			return l
		}
	}
	return r.Level
}
