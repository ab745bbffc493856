package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// decide makes a verdict of what a rule said of a stack and of what was read.
//
//   - A violation counts, whatever else is missing.
//   - A pass wants one alternative of the rule's needs wholly read, none of them
//     touched by a gap, for what was asked for might have shown a violation, and
//     no subject left undecided.
//   - Short of that the rule is unknown where a gap touches evidence that it
//     needs: it was asked for and not read; and not-evaluated otherwise.
//
// missing says what stands between the rule and a pass. Reading less never
// makes a pass: each condition of it only gets harder.
func decide(needs [][]rule.Need, s *topology.Stack, touched touch, violated bool, undecided []string) (v finding.Verdict, missing []string) {
	if violated {
		return finding.Violated, nil
	}
	var nearest, nearestTouched *lack
	whole := false
	for _, alternative := range needs {
		l := shortfall(alternative, s, touched)
		whole = whole || l.facts == 0
		if nearest == nil || l.facts < nearest.facts {
			nearest = &l
		}
		if l.touched && (nearestTouched == nil || l.facts < nearestTouched.facts) {
			nearestTouched = &l
		}
	}
	switch {
	case whole && nearestTouched == nil && len(undecided) == 0:
		return finding.Pass, nil
	case nearestTouched != nil:
		return finding.Unknown, distinct(nearestTouched.text, undecided)
	case nearest != nil:
		return finding.NotEvaluated, distinct(nearest.text, undecided)
	}
	return finding.NotEvaluated, undecided
}

// touch is the evidence that gaps touch.
type touch struct {
	all      bool
	evidence []snapshot.Evidence
}

func (t touch) has(evidence string) bool {
	return t.all || slices.Contains(t.evidence, snapshot.Evidence(evidence))
}

// lack is what an alternative of a rule's needs is short of.
type lack struct {
	text    []string
	facts   int // how many facts, to tell which alternative is the nearest
	touched bool
}

// shortfall says what an alternative lacks, and whether a gap touches it. Kinds
// of evidence that are lacking of the same models share a line:
// "juju.applications, juju.relations of models charmarr-core, gluetun".
func shortfall(alternative []rule.Need, s *topology.Stack, touched touch) lack {
	var out lack
	kinds := map[string][]string{} // by what they are lacking of
	var order []string
	add := func(kind, of string) {
		if kinds[of] == nil {
			order = append(order, of)
		}
		if !slices.Contains(kinds[of], kind) {
			kinds[of] = append(kinds[of], kind)
		}
	}
	for _, need := range alternative {
		var lines []string
		if !need.Optional {
			missing, facts := unmet(need, s)
			lines, out.facts = missing, out.facts+facts
		}
		for _, of := range lines {
			add(need.Evidence, of)
		}
		if touched.has(need.Evidence) {
			out.touched = true
			out.facts++
			add(need.Evidence, "(a source that may hold it could not be read in whole)")
		}
	}
	for _, of := range order {
		out.text = append(out.text, strings.Join(kinds[of], ", ")+" "+of)
	}
	return out
}

// unmet says of which models a need is missing, and of how many; nothing where
// it is met.
func unmet(need rule.Need, s *topology.Stack) (lines []string, facts int) {
	models, lines := concerned(need.Part, s)
	facts = len(lines)
	var unread []string
	for _, m := range models {
		if !wasRead(need.Evidence, m, s.Evidence) {
			unread = append(unread, m.Name)
		}
	}
	switch len(unread) {
	case 0:
	case 1:
		lines = append(lines, "of model "+unread[0])
	default:
		lines = append(lines, "of models "+strings.Join(unread, ", "))
	}
	return lines, facts + len(unread)
}

// concerned returns the models that a need about a part speaks of, and of
// which models it knows only that they are not there.
func concerned(part string, s *topology.Stack) (models []topology.Model, absent []string) {
	single := s.Profile.Layout == "single-model"
	switch {
	case part == "" || part == "all":
		expected := []string{"core", "downloads", "gateway"}
		if single {
			expected = []string{"single"}
		}
		for _, p := range expected {
			if !slices.ContainsFunc(s.Models, func(m topology.Model) bool { return m.Part == p }) {
				absent = append(absent, noModel(p))
			}
		}
		for _, u := range s.Unread {
			absent = append(absent, fmt.Sprintf("of model %s, which %s refers to", u.Model, u.By))
		}
		return s.Models, absent
	case single:
		part = "single"
	}
	for _, m := range s.Models {
		if m.Part == part || part == "gateway" && m.HasGateway {
			models = append(models, m)
		}
	}
	if len(models) == 0 {
		absent = append(absent, noModel(part))
	}
	return models, absent
}

func noModel(part string) string {
	if part == "single" {
		return "of a model with Charmarr in it (there is none)"
	}
	return "of a model that plays the part " + part + " (no model plays it)"
}

// wasRead tells whether a kind of evidence was read for a model. Kubernetes
// evidence may stand under the name of the model's namespace.
func wasRead(kind string, m topology.Model, evidence []topology.EvidenceOf) bool {
	return slices.ContainsFunc(evidence, func(e topology.EvidenceOf) bool {
		return e.Kind == kind && (e.Model == m.Name ||
			m.Namespace != "" && e.Model == m.Namespace && strings.HasPrefix(kind, "kube."))
	})
}

// distinct joins lists, keeping the first of what is said twice.
func distinct(lists ...[]string) []string {
	var out []string
	for _, s := range slices.Concat(lists...) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
