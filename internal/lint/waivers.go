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
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

func (o Options) waivers(r finding.Report, p topology.Profile, known []rule.Rule) waiver.Set {
	return waiver.Set{
		Waivers: o.Config.Waivers,
		Rules:   r.Rules,
		Known:   append(slices.Clone(known), waiver.Rules()...),
		Allowed: o.Config.AllowsAnnotation,
		Undecided: func(id rule.ID, stacks []string) bool {
			here := func(stack string) bool { return stacks == nil || slices.Contains(stacks, stack) }
			return r.Empty ||
				slices.ContainsFunc(r.Unknown, func(u finding.Undecided) bool { return u.Rule == id && here(u.Stack) }) ||
				slices.ContainsFunc(r.NotEvaluated, func(u finding.Unevaluated) bool { return u.Rule == id && here(u.Stack) })
		},
		Today: o.Today,
		Level: func(r rule.Rule) rule.Level { return o.level(r, p) },
	}
}

// annotationsOf returns the annotations that were written for charmarr-lint.
func annotationsOf(resolved topology.Result, snap snapshot.Snapshot) []waiver.Annotation {
	var out []waiver.Annotation
	for _, a := range resolved.Annotated {
		w := waiver.Annotation{
			Kind: a.Kind, Namespace: a.Namespace, Name: a.Name,
			Key: a.Key, Value: a.Value, Hidden: a.Value == snapshot.Redacted,
			Stacks: a.Stacks, At: locate(snap.Sources, a.At),
		}
		for _, s := range a.Subjects {
			w.Subjects = append(w.Subjects, finding.Subject(s))
		}
		out = append(out, w)
	}
	return out
}

// commentsOf returns the comments in .tf files that were written for charmarr-lint,
// each once: several plans may be made of the same files.
func commentsOf(snap snapshot.Snapshot) []waiver.Comment {
	var out []waiver.Comment
	for _, c := range snap.Comments {
		w := waiver.Comment{Text: c.Text, At: locate(snap.Sources, c.At), Block: c.Block, From: c.From, To: c.To}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// decideWaivers enters which rules about waivers are decided. Those in the
// configuration are there in every run, and whether one is used only a run tells
// that judged what it names. Those on objects are decided for a stack of which
// Kubernetes' objects were read; a list of objects never says that it is whole,
// so that this is as much as can be known.
func (o Options) decideWaivers(r *finding.Report, stacks []topology.Stack, gaps []snapshot.Gap, p topology.Profile) {
	ids := func(usedToo bool) []rule.ID {
		out := []rule.ID{}
		for _, about := range waiver.Rules() {
			if (usedToo || about.ID != waiver.Unused) && o.level(about, p) != rule.Off {
				out = append(out, about.ID)
			}
		}
		return out
	}
	touched, all := evaluate.TouchedBy(gaps)
	cut := all || slices.ContainsFunc(touched, func(e snapshot.Evidence) bool { return strings.HasPrefix(string(e), "kube.") })
	decided, unknown := map[string]*finding.Decided{}, map[string]bool{}
	for i := range r.Decided {
		decided[r.Decided[i].Stack] = &r.Decided[i]
	}
	for _, u := range r.Unknown {
		unknown[u.Stack] = true
	}
	for i := range stacks {
		s := &stacks[i]
		d := decided[s.Name]
		if d == nil || cut || !objectsRead(s) {
			continue
		}
		d.Rules = append(d.Rules, ids(!unknown[s.Name])...)
		slices.Sort(d.Rules)
	}
	r.Decided = append(r.Decided, finding.Decided{Rules: ids(!r.Empty && len(r.Unknown) == 0)})
	slices.SortFunc(r.Decided, func(a, b finding.Decided) int { return cmp.Compare(a.Stack, b.Stack) })
}

// objectsRead tells whether the namespace and the workloads of each model of a
// stack were read.
func objectsRead(s *topology.Stack) bool {
	for _, m := range s.Models {
		for _, kind := range []snapshot.Evidence{snapshot.KubeNamespaces, snapshot.KubeWorkloads} {
			if !slices.Contains(s.Evidence, topology.EvidenceOf{Kind: string(kind), Model: m.Name}) {
				return false
			}
		}
	}
	return true
}
