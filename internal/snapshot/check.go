package snapshot

import (
	"fmt"
	"slices"
)

// check refuses a recorded snapshot that no collector could have written, so
// that nothing behind it has to expect one.
func check(s *Snapshot) error {
	if err := checkPositions(s); err != nil {
		return err
	}
	for i, m := range s.Models {
		if m.State != Planned && m.State != Declared {
			return fmt.Errorf("model %d (%q): state %q is none of %s, %s", i+1, m.Name, m.State, Planned, Declared)
		}
		if err := checkEvidence(m.Evidence); err != nil {
			return fmt.Errorf("model %d (%q): %w", i+1, m.Name, err)
		}
		if err := checkAnswers(m); err != nil {
			return fmt.Errorf("model %d (%q): %w", i+1, m.Name, err)
		}
	}
	for i, c := range s.Coverage {
		if err := checkEvidence([]Evidence{c.Evidence}); err != nil {
			return fmt.Errorf("coverage %d: %w", i+1, err)
		}
	}
	if err := checkContainers(s); err != nil {
		return err
	}
	for i, g := range s.Gaps {
		if g.Line < 0 || g.Column < 0 {
			return fmt.Errorf("gap %d: line %d, column %d: want 0 or more", i+1, g.Line, g.Column)
		}
		if err := checkEvidence(g.Evidence); err != nil {
			return fmt.Errorf("gap %d: %w", i+1, err)
		}
	}
	return nil
}

// checkPositions demands that each position points to a source and to a
// possible place in it. A position that was never set is allowed.
func checkPositions(s *Snapshot) error {
	var bad *Pos
	sources := int32(len(s.Sources))
	w := walk{pos: func(p *Pos) {
		known := p[0] >= 0 && (p[0] < sources || *p == Pos{})
		if bad == nil && (!known || p[1] < 0 || p[2] < 0 || p[3] < 0) {
			bad = p
		}
	}}
	w.snapshot(s)
	if bad != nil {
		return fmt.Errorf("the position %v is not in one of its %d sources", *bad, sources)
	}
	return nil
}

func checkEvidence(list []Evidence) error {
	for _, e := range list {
		if !slices.Contains(AllEvidence, e) {
			return fmt.Errorf("evidence %q is unknown to this version", e)
		}
	}
	return nil
}

// checkAnswers demands that every yes-or-no is one.
func checkAnswers(m Model) error {
	for _, a := range m.Applications {
		if !isAnswer(a.Exposed) || !isAnswer(a.Trust) {
			return fmt.Errorf("application %q: exposed %q, trust %q: want %q, %q or nothing", a.Name, a.Exposed, a.Trust, Yes, No)
		}
	}
	for _, u := range m.Units {
		if !isAnswer(u.Leader) {
			return fmt.Errorf("unit %q: leader %q: want %q, %q or nothing", u.Name, u.Leader, Yes, No)
		}
	}
	return nil
}

func isAnswer(t Tri) bool { return t == Unsaid || t == Yes || t == No }

// checkContainers demands the same of what containers say.
func checkContainers(s *Snapshot) error {
	check := func(kind string, meta Meta, spec PodSpec) error {
		for _, list := range [][]Container{spec.InitContainers, spec.Containers} {
			for _, c := range list {
				if !isAnswer(c.Privileged) {
					return fmt.Errorf("%s %q: container %q: privileged %q: want %q, %q or nothing", kind, meta.Name, c.Name, c.Privileged, Yes, No)
				}
			}
		}
		return nil
	}
	for _, w := range s.Workloads {
		if err := check(w.Kind, w.Meta, w.Template); err != nil {
			return err
		}
	}
	for _, p := range s.Pods {
		if err := check("Pod", p.Meta, p.Spec); err != nil {
			return err
		}
	}
	return nil
}
