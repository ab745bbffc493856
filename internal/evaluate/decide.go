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
func (k *known) decide(needs [][]rule.Need, touched touch, violated bool, undecided []string) (v finding.Verdict, missing []string) {
	if violated {
		return finding.Violated, nil
	}
	if len(undecided) == 0 && k.suffices(needs, touched) {
		return finding.Pass, nil
	}
	var nearest, nearestTouched *lack
	whole := false
	for _, alternative := range needs {
		l := k.shortfall(alternative, touched)
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

// suffices tells whether one alternative was wholly read, and no gap touches any.
func (k *known) suffices(needs [][]rule.Need, touched touch) bool {
	whole := false
	for _, alternative := range needs {
		met := true
		for _, need := range alternative {
			if touched.has(need.Evidence) {
				return false
			}
			met = met && (need.Optional || k.met(need))
		}
		whole = whole || met
	}
	return whole
}

// known is what was read of a stack, looked up once for all its rules.
type known struct {
	stack  *topology.Stack
	single bool
	read   map[topology.EvidenceOf]bool
	parts  map[string]concern
}

// concern is the models that a part of a deployment is about.
type concern struct {
	models []*topology.Model
	absent []string // of which models it is known only that they are not there
}

func newKnown(s *topology.Stack) *known {
	k := &known{stack: s, single: s.Profile.Layout == "single-model", read: make(map[topology.EvidenceOf]bool, len(s.Evidence)), parts: map[string]concern{}}
	for _, e := range s.Evidence {
		k.read[e] = true
	}
	return k
}

// met tells whether a need is met.
func (k *known) met(need rule.Need) bool {
	c := k.concerned(need.Part)
	return len(c.absent) == 0 && !slices.ContainsFunc(c.models, func(m *topology.Model) bool { return !k.wasRead(need.Evidence, m) })
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
func (k *known) shortfall(alternative []rule.Need, touched touch) lack {
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
			missing, facts := k.unmet(need)
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
func (k *known) unmet(need rule.Need) (lines []string, facts int) {
	c := k.concerned(need.Part)
	lines = slices.Clip(c.absent)
	facts = len(lines)
	var unread []string
	for _, m := range c.models {
		if !k.wasRead(need.Evidence, m) {
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

// concerned returns the models that a need about a part speaks of.
func (k *known) concerned(part string) concern {
	c, ok := k.parts[part]
	if !ok {
		c = k.concern(part)
		k.parts[part] = c
	}
	return c
}

func (k *known) concern(part string) concern {
	var c concern
	s := k.stack
	switch {
	case part == "" || part == "all":
		expected := []string{"core", "downloads", "gateway"}
		if k.single {
			expected = []string{"single"}
		}
		for _, p := range expected {
			if !slices.ContainsFunc(s.Models, func(m topology.Model) bool { return m.Part == p }) {
				c.absent = append(c.absent, noModel(p))
			}
		}
		for _, u := range s.Unread {
			c.absent = append(c.absent, fmt.Sprintf("of model %s, which %s refers to", u.Model, u.By))
		}
		for i := range s.Models {
			c.models = append(c.models, &s.Models[i])
		}
		return c
	case k.single:
		part = "single"
	}
	for i := range s.Models {
		if m := &s.Models[i]; m.Part == part || part == "gateway" && m.HasGateway {
			c.models = append(c.models, m)
		}
	}
	if len(c.models) == 0 {
		c.absent = append(c.absent, noModel(part))
	}
	return c
}

func noModel(part string) string {
	if part == "single" {
		return "of a model with Charmarr in it (there is none)"
	}
	return "of a model that plays the part " + part + " (no model plays it)"
}

// wasRead tells whether a kind of evidence was read for a model. Kubernetes
// evidence may stand under the name of the model's namespace.
func (k *known) wasRead(kind string, m *topology.Model) bool {
	return k.read[topology.EvidenceOf{Kind: kind, Model: m.Name}] ||
		m.Namespace != "" && strings.HasPrefix(kind, "kube.") && k.read[topology.EvidenceOf{Kind: kind, Model: m.Namespace}]
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
