package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// object reads an object's fields and remembers the first thing wrong.
type object struct {
	what   string
	fields map[string]*ast.Term
	wrong  string
}

// open reads a term as an object of a shape.
func open(t *ast.Term, s shape) *object {
	o := &object{what: s.what, fields: map[string]*ast.Term{}}
	value, ok := t.Value.(ast.Object)
	if !ok {
		o.wrong = fmt.Sprintf("%s must be an object and is %s", s.what, t)
		return o
	}
	var keys []string
	value.Foreach(func(k, v *ast.Term) {
		key := strings.Trim(k.Value.String(), `"`)
		keys = append(keys, key)
		o.fields[key] = v
	})
	slices.Sort(keys)
	o.wrong = s.check(keys)
	return o
}

func (o *object) fail(format string, args ...any) {
	if o.wrong == "" {
		o.wrong = o.what + ": " + fmt.Sprintf(format, args...)
	}
}

func (o *object) text(key string) string {
	t, ok := o.fields[key]
	if !ok {
		return ""
	}
	s, ok := t.Value.(ast.String)
	if !ok {
		o.fail("%s must be a string and is %s", key, t)
	}
	return string(s)
}

// list returns the items of an array or set.
func (o *object) list(key string) []*ast.Term {
	t, ok := o.fields[key]
	if !ok {
		return nil
	}
	var items []*ast.Term
	switch v := t.Value.(type) {
	case *ast.Array:
		v.Foreach(func(item *ast.Term) { items = append(items, item) })
	case ast.Set:
		items = v.Slice()
	default:
		o.fail("%s must be a list and is %s", key, t)
	}
	return items
}

func (o *object) subject() finding.Subject {
	t, ok := o.fields["subject"]
	if !ok {
		return finding.Subject{}
	}
	s := open(t, subjectShape())
	subject := finding.Subject{
		Kind: s.text("kind"), Model: s.text("model"), Namespace: s.text("namespace"), Name: s.text("name"),
	}
	if subject.Kind == "" || subject.Name == "" {
		s.fail("kind and name must not be empty")
	}
	o.wrong = cmp.Or(o.wrong, s.wrong)
	return subject
}

// decodeViolation reads a member of a rule's violations; wrong says what is not
// as it must be.
func decodeViolation(t *ast.Term, r *loaded) (v Violation, wrong string) {
	o := open(t, violationShape())
	v = Violation{
		Subject: o.subject(),
		Message: o.text("message"),
		Way:     o.text("way"),
		At:      o.text("at"),
		State:   o.text("state"),
		Level:   rule.Level(o.text("level")),
	}
	for _, item := range o.list("evidence") {
		e := open(item, evidenceShape())
		v.Evidence = append(v.Evidence, Evidence{Fact: e.text("fact"), At: e.text("at"), Object: e.text("object")})
		o.wrong = cmp.Or(o.wrong, e.wrong)
	}
	for _, item := range o.list("remediation") {
		s, ok := item.Value.(ast.String)
		if !ok {
			o.fail("remediation must be a list of strings and holds %s", item)
		}
		v.Remediation = append(v.Remediation, string(s))
	}

	switch {
	case o.wrong != "":
	case v.Message == "":
		o.fail("message must not be empty")
	case !slices.Contains(states(), v.State):
		o.fail("state is %q: must be one of %s", v.State, strings.Join(states(), ", "))
	case v.Level != "" && v.Level.Rank() == 0:
		o.fail("level is %q: must be one of error, warning, note", v.Level)
	case len(r.Subjects) > 0 && !slices.Contains(r.Subjects, v.Subject.Kind):
		o.fail("subject is of kind %q, and METADATA subjects lists %s", v.Subject.Kind, strings.Join(r.Subjects, ", "))
	case !knownWay(r.Ways, v.Way):
		o.fail("way is %q, and METADATA ways lists %s", v.Way, listWays(r.Ways))
	}
	if o.wrong != "" {
		return v, o.wrong
	}
	if len(v.Remediation) == 0 {
		v.Remediation = fill(r.Remediation, v.Subject)
	}
	return v, ""
}

func decodeUndecided(t *ast.Term) (Undecided, string) {
	o := open(t, undecidedShape())
	u := Undecided{Subject: o.subject(), Missing: o.text("missing")}
	if u.Missing == "" {
		o.fail("missing must not be empty: it starts with the word of evidence")
	}
	return u, o.wrong
}

func knownWay(ways []rule.Way, way string) bool {
	if len(ways) == 0 {
		return way == ""
	}
	return slices.ContainsFunc(ways, func(w rule.Way) bool { return w.ID == way })
}

func listWays(ways []rule.Way) string {
	if len(ways) == 0 {
		return "none"
	}
	ids := make([]string, len(ways))
	for i, w := range ways {
		ids[i] = w.ID
	}
	return strings.Join(ids, ", ")
}

// fill puts a subject's names into remediation templates. On Kubernetes model
// and namespace go by one name, so that either stands in for the other; a name
// that is not known becomes <model>, for the reader to fill in.
func fill(templates []string, s finding.Subject) []string {
	names := strings.NewReplacer(
		"{model}", cmp.Or(s.Model, s.Namespace, "<model>"),
		"{namespace}", cmp.Or(s.Namespace, s.Model, "<namespace>"),
		"{name}", cmp.Or(s.Name, "<name>"),
	)
	out := make([]string, len(templates))
	for i, t := range templates {
		out[i] = names.Replace(t)
	}
	return out
}

func sortViolations(vs []Violation) {
	slices.SortStableFunc(vs, func(a, b Violation) int {
		return cmp.Or(
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
