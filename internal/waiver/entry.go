package waiver

import (
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// configured is a waiver of the configuration.
func configured(w config.Waiver) entry {
	return entry{
		what:   "The waiver of " + w.Rule + " for " + w.Subject,
		names:  config.Pattern(w.Rule).Matches,
		meets:  func(f finding.Finding) bool { return covers(w.Subject, f.Subject) },
		reason: w.Reason, expires: w.Expires,
		source: finding.WaiverSource{Kind: finding.InConfiguration, Location: w.At},
		about: about{
			subject: finding.Subject{Kind: finding.Waivers, Name: w.Rule + " " + w.Subject},
			at:      w.At,
		},
	}
}

// Meets tells whether a waiver of the configuration is about a finding of a
// rule.
func Meets(w config.Waiver, r rule.Rule, f finding.Finding) bool {
	return !r.NotWaivable && r.ID.Area() != config.OwnArea && config.Pattern(w.Rule).Matches(r) && covers(w.Subject, f.Subject)
}

// covers tells whether the subject of a waiver (kind:name, kind:model/name,
// kind:namespace/name, the name a glob) is that of a finding.
func covers(pattern string, s finding.Subject) bool {
	kind, name, _ := strings.Cut(pattern, ":")
	if kind != s.Kind {
		return false
	}
	names := []string{s.Name}
	for _, home := range []string{s.Model, s.Namespace} {
		if home != "" {
			names = append(names, home+"/"+s.Name)
		}
	}
	return slices.ContainsFunc(names, func(n string) bool {
		ok, err := path.Match(name, n)
		return n == name || ok && err == nil
	})
}

// SubjectOf writes the subject of a finding as a waiver of the configuration
// has it: one that covers this subject and none of another model.
func SubjectOf(s finding.Subject) string {
	home := s.Model
	if home == "" {
		home = s.Namespace
	}
	name := literal(s.Name)
	if home != "" && s.Kind != "model" && s.Kind != "namespace" {
		name = literal(home) + "/" + name
	}
	return s.Kind + ":" + name
}

// literal writes a name as a glob that matches it alone.
func literal(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}

// annotated is a waiver on an object. Where it never applies, the message says
// why, and id as which finding.
func (s Set) annotated(a Annotation) (w entry, id rule.ID, message string) {
	on := a.Object()
	w.about = about{
		subject: finding.Subject{Kind: finding.Waivers, Model: modelOf(a), Namespace: namespaceOf(a), Name: a.Kind + "/" + a.Name + " " + a.Key},
		stack:   first(a.Stacks),
		at:      a.At,
		mend:    a.removal(),
		state:   "effective",
	}
	accepted, err := a.read()
	if err != nil {
		return w, Malformed, malformed(a, err.Error())
	}
	pattern := config.Pattern(accepted.Rule)
	if near := pattern.Near(s.Known); near != "" {
		return w, Malformed, malformed(a, near)
	}
	w.what = "The waiver of " + string(accepted.Rule) + " on " + on
	w.names = pattern.Matches
	w.stacks = a.Stacks
	w.reason, w.expires = accepted.Reason, accepted.Expires
	w.source = finding.WaiverSource{Kind: finding.InAnnotation, Object: on, Key: a.Key, Location: a.At}
	w.meets = func(f finding.Finding) bool {
		return slices.Contains(a.Subjects, f.Subject) && slices.Contains(a.Stacks, f.Stack)
	}
	if id, message = s.refused(pattern, w.what); id != "" && s.mayNot(pattern) {
		w.about.milder = rule.Warning
	}
	return w, id, message
}

// refused says why a waiver that stands where the finding is, on an object or on a
// block, does not apply; nothing where it does.
func (s Set) refused(pattern config.Pattern, what string) (rule.ID, string) {
	switch i := slices.IndexFunc(s.Known, pattern.Matches); {
	case i < 0:
	case s.Known[i].ID.Area() == config.OwnArea:
		return Refused, what + " does not apply: findings about the configuration and about waivers cannot be waived."
	case s.Known[i].NotWaivable:
		return Refused, what + " does not apply: the rule says that nobody may waive it."
	case s.Allowed != nil && !s.Allowed(s.Known[i]):
		return Refused, what + " does not apply: annotation_waivers in " + config.FileName + " does not allow it."
	}
	return "", ""
}

// mayNot tells whether it is the configuration that refuses a waiver, which counts
// for less: its author may not know of it.
func (s Set) mayNot(pattern config.Pattern) bool {
	i := slices.IndexFunc(s.Known, pattern.Matches)
	return i >= 0 && s.Known[i].ID.Area() != config.OwnArea && !s.Known[i].NotWaivable
}

func malformed(a Annotation, why string) string {
	if !strings.HasSuffix(why, "?") {
		why += "."
	}
	return "Annotation " + a.Key + " of " + a.Object() + " waives nothing: " + why
}

func namespaceOf(a Annotation) string {
	if a.Namespace == "" {
		return a.Name
	}
	return a.Namespace
}

// modelOf is the model of the object: that of the findings about it.
func modelOf(a Annotation) string {
	if len(a.Subjects) > 0 {
		return a.Subjects[0].Model
	}
	return ""
}

func first(list []string) string {
	if len(list) > 0 {
		return list[0]
	}
	return ""
}
