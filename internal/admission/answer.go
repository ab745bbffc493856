package admission

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/explain"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

const (
	// maxWarnings is how many warnings an answer has. The API server cuts what is
	// beyond 4096 characters in all.
	maxWarnings = 6
	// maxWarning is how long a warning is. kubectl prints each on a line.
	maxWarning = 512
)

// answer says what a difference means for a request.
func (d *Decider) answer(v View, req Request, c change, diff difference) Answer {
	out := Answer{Allowed: true, Asked: true}
	var denied, warned []finding.Finding
	tooOld := slices.ContainsFunc(v.Ages, func(a Age) bool { return a.Of == Cluster && a.Old() })
	for _, f := range diff.waivers { // first, for they tell why another is refused
		warned = append(warned, f)
		out.Verdicts = append(out.Verdicts, Verdict{f.Rule, Warned, f.Fingerprint})
	}
	for _, f := range diff.brought {
		mode := d.modes[f.Rule]
		switch {
		case mode == rule.Let:
		case mode == rule.Deny && f.Level == rule.Error && !tooOld && !c.orphan && d.made(c, f):
			denied = append(denied, f)
			out.Verdicts = append(out.Verdicts, Verdict{f.Rule, Denied, f.Fingerprint})
		default:
			warned = append(warned, f)
			out.Verdicts = append(out.Verdicts, Verdict{f.Rule, Warned, f.Fingerprint})
		}
	}
	for _, f := range diff.unmasked {
		if d.modes[f.Rule] != rule.Let {
			warned = append(warned, f)
			out.Verdicts = append(out.Verdicts, Verdict{f.Rule, Warned, f.Fingerprint})
		}
	}
	for _, f := range warned {
		out.Warnings = append(out.Warnings, warning(fmt.Sprintf("%s: %s", f.Rule, f.Message)))
	}
	for _, a := range v.Ages {
		switch {
		case !a.Old():
		case a.Of == Cluster:
			out.Warnings = append(out.Warnings, warning(fmt.Sprintf("what is known of the cluster is %s old, and after %s it decides nothing: this was not held against any rule", rounded(a.Age), rounded(a.Budget))))
		case len(diff.brought)+len(diff.standing)+len(diff.undecided) > 0:
			out.Warnings = append(out.Warnings, warning(fmt.Sprintf("what is known of %s is %s old and is left out after %s: rules that need it are unknown", a.Of, rounded(a.Age), rounded(a.Budget))))
		}
	}
	if lost := d.lost(diff); len(lost) > 0 {
		for _, id := range lost {
			out.Verdicts = append(out.Verdicts, Verdict{Rule: id, Outcome: Unknown})
		}
		out.Warnings = append(out.Warnings, warning("with this, nobody can tell any more whether these hold: "+listed(lost)))
	}
	for _, f := range diff.standing {
		if d.modes[f.Rule] == rule.Let {
			continue
		}
		out.Verdicts = append(out.Verdicts, Verdict{f.Rule, Stands, f.Fingerprint})
		out.Warnings = append(out.Warnings, warning(fmt.Sprintf("%s, there already: %s", f.Rule, f.Message)))
	}
	if more := len(out.Warnings) - maxWarnings; more > 0 {
		out.Warnings = append(out.Warnings[:maxWarnings:maxWarnings], warning(fmt.Sprintf("and %d more; 'charmarr-lint audit' lists all", more)))
	}
	if len(denied) > 0 {
		out.Allowed, out.Message = false, d.refusal(req, denied)
	}
	slices.SortStableFunc(out.Verdicts, func(a, b Verdict) int { return cmp.Compare(a.Rule, b.Rule) })
	out.Audit = audit(v, out.Verdicts)
	return out
}

// made tells whether a violation is made by the object of a request, and does not
// only show because of it: who lays a kill switch is not refused for the policy beside
// it that was there first. The rules that deny by themselves name the policy that makes
// the fault; of those that a configuration has deny nobody demands it.
func (d *Decider) made(c change, f finding.Finding) bool {
	return c.request.Kind != "NetworkPolicy" || d.rules[f.Rule].Admission != rule.Deny || c.about(f)
}

// lost are the rules that cannot be decided any more and that would have said
// something.
func (d *Decider) lost(diff difference) []rule.ID {
	return slices.DeleteFunc(slices.Clone(diff.undecided), func(id rule.ID) bool {
		return d.modes[id] == rule.Let || slices.ContainsFunc(diff.brought, func(f finding.Finding) bool { return f.Rule == id })
	})
}

// refusal is the message of a request that is refused: the first violation in
// full, and the others by their rules.
func (d *Decider) refusal(req Request, denied []finding.Finding) string {
	f := denied[0]
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", f.Rule, f.Message)
	if len(f.Remediation) > 0 {
		fmt.Fprintf(&text, " To mend it: %s.", strings.Join(f.Remediation, "; "))
	}
	text.WriteString(d.acceptance(req, f))
	if len(denied) > 1 {
		var others []rule.ID
		for _, o := range denied[1:] {
			if o.Rule != f.Rule && !slices.Contains(others, o.Rule) {
				others = append(others, o.Rule)
			}
		}
		if len(others) > 0 {
			fmt.Fprintf(&text, " It would violate %s, too.", listed(others))
		}
	}
	fmt.Fprintf(&text, " See 'charmarr-lint rules %s'.", f.Rule)
	return text.String()
}

// acceptance says how the violation is accepted.
func (d *Decider) acceptance(req Request, f finding.Finding) string {
	if !d.waivable(d.rules[f.Rule]) {
		if d.rules[f.Rule].NotWaivable {
			return ""
		}
		return " To accept it: write a waiver into charmarr-lint.yaml of the webhook."
	}
	kind, ok := explain.ObjectOf(f)
	if !ok {
		return " To accept it: write a waiver into charmarr-lint.yaml of the webhook."
	}
	accepted := waiver.Accepted{Rule: f.Rule, Reason: "REASON", Expires: "YYYY-MM-DD"}
	namespace := f.Subject.Namespace
	if kind == "Namespace" {
		namespace = ""
	}
	if strings.EqualFold(kind, req.Kind) && f.Subject.Name == req.Name {
		return fmt.Sprintf(" To accept it: send it with the annotation %s: %q.", waiver.Key, accepted)
	}
	return fmt.Sprintf(" To accept it: %s.", waiver.Command(kind, namespace, f.Subject.Name, accepted))
}

// warning makes a warning of a sentence.
func warning(text string) string {
	text = lint.Name + ": " + strings.Join(strings.Fields(text), " ")
	if len(text) > maxWarning {
		text = strings.ToValidUTF8(text[:maxWarning-len("…")], "") + "…"
	}
	return text
}

func listed(ids []rule.ID) string {
	const most = 8
	words := []string{}
	for i, id := range ids {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(ids)-most))
			break
		}
		words = append(words, string(id))
	}
	return strings.Join(words, ", ")
}

// rounded is a duration as people say it.
func rounded(d time.Duration) time.Duration {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}
