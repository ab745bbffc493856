package plain

import (
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Report returns a copy of r in which every text is safe to show. The copy
// shares no slice with r. Formats for people start with it; formats for
// machines, which must hand on what was read, do not.
func Report(r finding.Report) finding.Report {
	r.Tool = finding.Tool{Name: Line(r.Tool.Name), Version: Line(r.Tool.Version)}
	r.Profile = Line(r.Profile)
	r.Stacks = each(r.Stacks, stack)
	r.Findings = each(r.Findings, violation)
	r.Variants = each(r.Variants, Line)
	r.Mended = each(r.Mended, violation)
	r.Decided = each(r.Decided, func(d finding.Decided) finding.Decided {
		return finding.Decided{Stack: Line(d.Stack), Rules: each(d.Rules, id)}
	})
	r.Unknown = each(r.Unknown, func(u finding.Undecided) finding.Undecided {
		return finding.Undecided{Rule: id(u.Rule), Stack: Line(u.Stack), Missing: each(u.Missing, Sentence)}
	})
	r.NotEvaluated = each(r.NotEvaluated, func(u finding.Unevaluated) finding.Unevaluated {
		return finding.Unevaluated{Rule: id(u.Rule), Stack: Line(u.Stack), Needs: each(u.Needs, Sentence)}
	})
	r.Gaps = each(r.Gaps, func(g finding.Gap) finding.Gap {
		g.Source, g.What, g.Reason = Line(g.Source), Sentence(g.What), Sentence(g.Reason)
		return g
	})
	r.Sources = each(r.Sources, func(s finding.Source) finding.Source {
		s.Kind, s.Name, s.Recorded = Line(s.Kind), Line(s.Name), Line(s.Recorded)
		return s
	})
	r.Ignored = each(r.Ignored, func(i finding.Ignored) finding.Ignored {
		return finding.Ignored{Name: Line(i.Name), Reason: Sentence(i.Reason)}
	})
	r.Notes = each(r.Notes, Sentence)
	r.Rules = each(r.Rules, func(r rule.Rule) rule.Rule {
		r.ID, r.Title = id(r.ID), Sentence(r.Title)
		r.Ways = each(r.Ways, func(w rule.Way) rule.Way {
			return rule.Way{ID: Line(w.ID), Title: Sentence(w.Title)}
		})
		return r
	})
	return r
}

func stack(s finding.Stack) finding.Stack {
	return finding.Stack{
		Name:       Line(s.Name),
		Models:     each(s.Models, Line),
		Namespaces: each(s.Namespaces, Line),
		Parts: each(s.Parts, func(p finding.Part) finding.Part {
			return finding.Part{Model: Line(p.Model), Part: Line(p.Part), Basis: Sentence(p.Basis)}
		}),
	}
}

func violation(f finding.Finding) finding.Finding {
	f.Rule, f.Level, f.State = id(f.Rule), rule.Level(Line(string(f.Level))), Line(f.State)
	f.Stack, f.Way, f.Message = Line(f.Stack), Line(f.Way), Sentence(f.Message)
	f.Subject = finding.Subject{
		Kind: Line(f.Subject.Kind), Model: Line(f.Subject.Model),
		Namespace: Line(f.Subject.Namespace), Name: Line(f.Subject.Name),
	}
	f.Location.File = Line(f.Location.File)
	f.Evidence = each(f.Evidence, func(e finding.Evidence) finding.Evidence {
		e.Fact, e.File, e.Object, e.State = Sentence(e.Fact), Line(e.File), Sentence(e.Object), Line(e.State)
		return e
	})
	// A command stays one line: a line break in a foreign name must not become
	// a second command in the reader's shell.
	f.Remediation = each(f.Remediation, Line)
	f.ADR = each(f.ADR, Line)
	f.Fingerprint = Line(f.Fingerprint)
	f.Variants = each(f.Variants, Line)
	f.When = each(f.When, func(in finding.Input) finding.Input {
		return finding.Input{Name: Line(in.Name), Value: Line(in.Value)}
	})
	if f.Waiver != nil {
		w := *f.Waiver
		w.Reason, w.Expires = Sentence(w.Reason), Line(w.Expires)
		w.Source.Kind = finding.WaiverKind(Line(string(w.Source.Kind)))
		w.Source.Object, w.Source.Key = Line(w.Source.Object), Line(w.Source.Key)
		w.Source.Location.File = Line(w.Source.Location.File)
		f.Waiver = &w
	}
	return f
}

func id(i rule.ID) rule.ID { return rule.ID(Line(string(i))) }

func each[T any](in []T, f func(T) T) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
