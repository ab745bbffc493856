package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// translator turns what rules say into findings: opaque places into files and
// lines, levels into those of this run.
type translator struct {
	sources []snapshot.Source
	rules   []rule.Rule // sorted by id
	levels  map[rule.ID]rule.Level
	// declared are the places at which files declare applications.
	declared map[application]snapshot.Pos
}

// application names one of a model.
type application struct{ model, name string }

// declaredIn finds where files declare applications: of two the later, which is
// laid over the earlier.
func declaredIn(snap snapshot.Snapshot, placed []topology.Placed) map[application]snapshot.Pos {
	modelOf := map[string]string{} // by source
	for _, p := range placed {
		modelOf[p.Source] = p.Model
	}
	out := map[application]snapshot.Pos{}
	for _, m := range snap.Models {
		name := m.Name
		if i := m.At.Source(); name == "" && i >= 0 && i < len(snap.Sources) {
			name = modelOf[snap.Sources[i].Name]
		}
		for _, a := range m.Applications {
			if a.At.Known() {
				out[application{name, a.Name}] = a.At
			}
		}
	}
	return out
}

// findings returns one finding a subject and way. A rule may come upon the same
// violation in several states, or through several facts; that is one thing to
// mend, so it is one finding, in the strongest state, with all the facts.
func (t translator) findings(stack string, rr evaluate.RuleResult) []finding.Finding {
	var out []finding.Finding
	at := map[string]int{} // index into out, by fingerprint
	for _, v := range rr.Violations {
		f := t.finding(stack, rr.Rule, v)
		i, ok := at[f.Fingerprint]
		if !ok {
			at[f.Fingerprint] = len(out)
			out = append(out, f)
			continue
		}
		out[i] = merged(out[i], f)
	}
	return out
}

func (t translator) finding(stack string, id rule.ID, v evaluate.Violation) finding.Finding {
	i, _ := slices.BinarySearchFunc(t.rules, rule.Rule{ID: id}, byID)
	f := finding.Finding{
		Rule: id, Level: v.LevelUnder(t.levels[id]), Verdict: finding.Violated, State: v.State,
		Stack: stack, Subject: v.Subject, Way: v.Way, Message: v.Message,
		Location:    t.location(v.At),
		Evidence:    []finding.Evidence{},
		Remediation: append([]string{}, v.Remediation...),
		ADR:         append([]string{}, t.rules[i].ADR...),
		Fingerprint: finding.Fingerprint(id, v.Way, stack, v.Subject),
	}
	for _, e := range v.Evidence {
		f.Evidence = append(f.Evidence, evidenceAt(e.Fact, cmp.Or(e.Object, t.address(e.At)), t.location(e.At), t.state(e.At)))
		if at := t.location(e.At); f.Location.File == "" {
			f.Location = at // the nearest place that is known
		}
	}
	// What is live has no place, and a file beside it may declare what it is about.
	if pos, ok := t.declared[application{v.Subject.Model, v.Subject.Name}]; ok && f.Location.File == "" && v.Subject.Kind == "application" {
		f.Location = locate(t.sources, pos)
	}
	if f.State == string(snapshot.Effective) && !t.effective() {
		f.State = cmp.Or(t.state(v.At), string(snapshot.Planned))
	}
	// Many resources may stand in one place: the instances of a block, and what a
	// module makes that is not the repository's own.
	address := t.address(v.At)
	told := func(e finding.Evidence) bool { return e.Object == address && !strings.HasPrefix(address, "module.") }
	if address != "" && !slices.ContainsFunc(f.Evidence, told) {
		f.Evidence = append(f.Evidence, evidenceAt("Terraform declares it as "+address, "", t.location(v.At), t.state(v.At)))
	}
	return f
}

// effective tells whether a source shows what runs. Terraform makes Kubernetes
// objects, too, and without such a source they are there on paper alone.
func (t translator) effective() bool {
	terraform := false
	for _, s := range t.sources {
		if s.Kind.State() == snapshot.Effective {
			return true
		}
		terraform = terraform || s.Address != ""
	}
	return !terraform
}

// address is that of the resource of Terraform that says what stands at an opaque
// place; empty where none does.
func (t translator) address(at string) string {
	if pos, ok := topology.ParseAt(at); ok && pos.Source() >= 0 && pos.Source() < len(t.sources) {
		return t.sources[pos.Source()].Address
	}
	return ""
}

// location reads an opaque place; the zero Location where it is none.
func (t translator) location(at string) finding.Location {
	pos, ok := topology.ParseAt(at)
	if !ok {
		return finding.Location{}
	}
	return locate(t.sources, pos)
}

// locate turns a place in one of several sources into a file and a line.
func locate(sources []snapshot.Source, pos snapshot.Pos) finding.Location {
	if !pos.Known() || pos.Source() < 0 || pos.Source() >= len(sources) {
		return finding.Location{}
	}
	return finding.Location{
		File: sources[pos.Source()].Name,
		Line: pos.Line(), Column: pos.Column(), EndColumn: pos.EndColumn(),
	}
}

// state says how real the fact at an opaque place is, which its source decides.
func (t translator) state(at string) string {
	pos, ok := topology.ParseAt(at)
	if !ok || pos.Source() < 0 || pos.Source() >= len(t.sources) {
		return ""
	}
	return string(t.sources[pos.Source()].Kind.State())
}

func evidenceAt(fact, object string, at finding.Location, state string) finding.Evidence {
	return finding.Evidence{Fact: fact, File: at.File, Line: at.Line, Column: at.Column, EndColumn: at.EndColumn, Object: object, State: state}
}

// merged joins two findings of the same subject and way. The stronger state
// leads (the first of two equal ones); what the other says becomes evidence.
func merged(a, b finding.Finding) finding.Finding {
	if strength(b.State) > strength(a.State) {
		a, b = b, a
	}
	if b.Level.Rank() > a.Level.Rank() {
		a.Level = b.Level
	}
	if a.Location.File == "" {
		a.Location = b.Location
	}
	add := b.Evidence
	if b.Message != a.Message {
		add = append([]finding.Evidence{evidenceAt(b.State+": "+b.Message, "", b.Location, b.State)}, add...)
	}
	for _, e := range add {
		if !slices.Contains(a.Evidence, e) {
			a.Evidence = append(a.Evidence, e)
		}
	}
	for _, r := range b.Remediation {
		if !slices.Contains(a.Remediation, r) {
			a.Remediation = append(a.Remediation, r)
		}
	}
	return a
}

// strength orders states from intent to reality.
func strength(state string) int {
	switch snapshot.State(state) {
	case snapshot.Effective:
		return 3
	case snapshot.Declared:
		return 2
	case snapshot.Planned:
		return 1
	}
	return 0
}
