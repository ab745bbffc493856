// Package finding holds what a run found, as plain data.
//
// A Finding is a rule violated by a subject. A Report is the findings, verdict
// counts and gaps of one run; its JSON form is the contract of
// `charmarr-lint check -f json`. The package does no input or output.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Schema identifies the format of the JSON report.
const Schema = "charmarr-lint/report/v1"

// Verdict is what is known of a rule, or of one finding.
type Verdict string

// The verdicts.
const (
	Pass         Verdict = "pass"
	Violated     Verdict = "violated"
	Unknown      Verdict = "unknown"
	NotEvaluated Verdict = "not-evaluated"
	Waived       Verdict = "waived"
)

// Subject is what a finding is about.
type Subject struct {
	Kind      string `json:"kind"` // application, namespace, workload, pod, service, configmap, relation, offer, saas, model
	Model     string `json:"model"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Location is a place in a file. File is empty where no file is known.
type Location struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
}

// Evidence is one fact of the chain that makes a violation.
type Evidence struct {
	Fact      string `json:"fact"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Object    string `json:"object"` // for example "StatefulSet gluetun/gluetun"; empty where the fact is its own object
	// State says how real the fact is: planned, declared, effective, or empty
	// where its source is not known.
	State string `json:"state"`
}

// Waiver is why a finding is accepted.
type Waiver struct {
	Reason  string       `json:"reason"`
	Expires string       `json:"expires"` // YYYY-MM-DD, the last day it holds
	Source  WaiverSource `json:"source"`
}

// WaiverSource is where a waiver stands.
type WaiverSource struct {
	Kind     WaiverKind `json:"kind"`
	Object   string     `json:"object"` // that carries the annotation or the comment: "Namespace gluetun"; empty for the configuration
	Key      string     `json:"key"`    // of the annotation
	Location Location   `json:"location"`
}

// WaiverKind says how a waiver is written.
type WaiverKind string

// The kinds of waiver.
const (
	InConfiguration WaiverKind = "configuration" // charmarr-lint.yaml
	InAnnotation    WaiverKind = "annotation"    // of a Kubernetes object
	InComment       WaiverKind = "comment"       // on a block of a .tf file
)

// Finding is a rule violated by a subject.
type Finding struct {
	Rule        rule.ID    `json:"rule"`
	Level       rule.Level `json:"level"`
	Verdict     Verdict    `json:"verdict"` // violated or waived
	State       string     `json:"state"`   // planned, declared or effective
	Stack       string     `json:"stack"`
	Subject     Subject    `json:"subject"`
	Way         string     `json:"way"` // which of the rule's ways, empty where it has one
	Message     string     `json:"message"`
	Location    Location   `json:"location"`
	Evidence    []Evidence `json:"evidence"`
	Remediation []string   `json:"remediation"`
	ADR         []string   `json:"adr"`
	Fingerprint string     `json:"fingerprint"`
	Waiver      *Waiver    `json:"waiver"`
	// Standing says, where a plan was read or files were laid over what is live,
	// whether the finding is there today or would be new; it is empty elsewhere.
	Standing Standing `json:"standing"`
	// Variants name the plans in which the finding holds, where several of one
	// deployment were read.
	Variants []string `json:"variants,omitempty"`
	// When are the fewest inputs that tell those plans from the others; none where
	// no inputs do.
	When []Input `json:"when,omitempty"`
}

// Input is a variable of a plan with a value.
type Input struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Standing tells a finding of today from one that a change would bring.
type Standing string

// The kinds of standing. One that is mended is there today and would be gone; it
// stands among a report's mended findings alone.
const (
	Today  Standing = "today"
	New    Standing = "new"
	Mended Standing = "mended"
)

// Fingerprint identifies a finding over time. It comes from rule, way, stack
// and subject, never from message, path, line or order, so that it survives
// moved and reformatted files.
func Fingerprint(id rule.ID, way, stack string, s Subject) string {
	h := sha256.New()
	for _, part := range []string{string(id), way, stack, s.Kind, s.Model, s.Namespace, s.Name} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// shortest is how many characters of a fingerprint are shown at least: among a
// hundred findings, two that share eight come once in a million reports.
const shortest = 8

// ShortLength returns how many characters tell the fingerprints of a report
// apart.
func ShortLength(fs []Finding) int {
	all := make([]string, len(fs))
	for i, f := range fs {
		all[i] = f.Fingerprint
	}
	slices.Sort(all)
	n := shortest
	for i, f := range all {
		if i == 0 || f == all[i-1] {
			continue
		}
		same := 0
		for same < min(len(f), len(all[i-1])) && f[same] == all[i-1][same] {
			same++
		}
		n = max(n, same+1)
	}
	return n
}

// Stack names one Charmarr deployment and what it is made of.
type Stack struct {
	Name       string   `json:"name"`
	Models     []string `json:"models"`
	Namespaces []string `json:"namespaces"`
	// Parts says which model plays which part and how that is known.
	Parts []Part `json:"parts"`
}

// Part is the part a model plays.
type Part struct {
	Model string `json:"model"`
	Part  string `json:"part"`
	Basis string `json:"basis"` // "profile adr-006 names it", "inferred from …"
}

// Summary counts findings by level, and rules by verdict (a rule counts once a
// stack).
type Summary struct {
	Error        int `json:"error"`
	Warning      int `json:"warning"`
	Note         int `json:"note"`
	Waived       int `json:"waived"`
	Passed       int `json:"passed"`
	Unknown      int `json:"unknown"`
	NotEvaluated int `json:"not_evaluated"`
}

// Undecided is a rule that could not be decided for a stack because something
// that was asked for was not read.
type Undecided struct {
	Rule    rule.ID  `json:"rule"`
	Stack   string   `json:"stack"`
	Missing []string `json:"missing"`
}

// Unevaluated is a rule whose evidence no source gave.
type Unevaluated struct {
	Rule  rule.ID  `json:"rule"`
	Stack string   `json:"stack"`
	Needs []string `json:"needs"`
}

// Decided are the rules that could judge a stack in whole, violated or not: a
// subject they say nothing about passed. Without it a report could not tell a
// finding that is gone from one that nobody looked for.
type Decided struct {
	Stack string    `json:"stack"` // empty for rules about the configuration
	Rules []rule.ID `json:"rules"` // sorted
}

// Gap is something that was asked for and could not be read.
type Gap struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// Source is something that was read.
type Source struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Live says that it is no file: a controller, a cluster. Recorded is then the
	// file that keeps what it said, where there is one.
	Live     bool   `json:"-"`
	Recorded string `json:"-"`
}

// Ignored is a file of no known kind in a directory.
type Ignored struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Report is what one run has to say.
type Report struct {
	Schema   string    `json:"schema"`
	Tool     Tool      `json:"tool"`
	Profile  string    `json:"profile"`
	Stacks   []Stack   `json:"stacks"`
	Summary  Summary   `json:"summary"`
	Findings []Finding `json:"findings"`
	// Variants name the plans of one deployment that were judged each on its own.
	Variants []string `json:"variants,omitempty"`
	// Mended are the findings of today that would be gone once a plan was applied.
	// They count nowhere.
	Mended       []Finding     `json:"mended,omitempty"`
	Decided      []Decided     `json:"decided"`
	Unknown      []Undecided   `json:"unknown"`
	NotEvaluated []Unevaluated `json:"not_evaluated"`
	Gaps         []Gap         `json:"gaps"`
	Sources      []Source      `json:"sources"`
	Ignored      []Ignored     `json:"ignored"`
	Notes        []string      `json:"notes"` // what was inferred or assumed, one sentence each
	// Empty says that no Charmarr application or namespace was found.
	Empty bool `json:"empty"`
	// Rules are the rules that were asked, in order of their ids.
	Rules []rule.Rule `json:"-"`
}

// Incomplete tells whether something asked for could not be read.
func (r Report) Incomplete() bool { return len(r.Gaps) > 0 || len(r.Unknown) > 0 }

// Waivers is the kind of subject that a finding about a waiver has.
const Waivers = "waiver"

// Sort puts findings into the order of reports: stack, graver first, what is
// wrong before what is wrong with waivers, rule, subject, way, state.
func Sort(fs []Finding) {
	about := func(f Finding) int {
		if f.Subject.Kind == Waivers {
			return 1
		}
		return 0
	}
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Stack, b.Stack),
			cmp.Compare(b.Level.Rank(), a.Level.Rank()),
			cmp.Compare(about(a), about(b)),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Subject.Model, b.Subject.Model),
			cmp.Compare(a.Subject.Namespace, b.Subject.Namespace),
			cmp.Compare(a.Subject.Kind, b.Subject.Kind),
			cmp.Compare(a.Subject.Name, b.Subject.Name),
			cmp.Compare(a.Way, b.Way),
			cmp.Compare(a.State, b.State),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
