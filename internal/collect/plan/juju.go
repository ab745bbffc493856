package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// juju reads a resource of the provider juju into its model.
func (r *reader) juju(x *resource) {
	var read func(*resource, *model)
	switch x.typ {
	case "juju_application":
		read = r.application
	case "juju_integration":
		read = r.integration
	case "juju_offer":
		read = r.offer
	case "juju_secret":
		read = r.secret
	case "juju_access_secret":
		read = r.access
	default:
		return
	}
	m := r.modelOf(x)
	if m == nil {
		r.partial = true
		v := x.get("model_uuid")
		if v.node == nil && !v.unknown {
			v = x.get("model")
		}
		r.unsettled(x, "the model", v, append(Evidence(), snapshot.JujuSecrets)...)
		return
	}
	m.filled = true
	read(x, m)
}

// expressions are what the configuration says of a resource's attributes.
func (x *resource) expressions() *syntax.Node { return x.block.Lookup("expressions") }

// unset tells whether the configuration does not set an attribute, so that the
// provider's default holds. Where there is no configuration that cannot be told.
func (x *resource) unset(name string) bool {
	return x.block != nil && x.expressions().Lookup(name) == nil
}

// secretID is the ID of a secret. One that the plan makes has none yet; its
// address stands for it.
func (r *reader) secretID(x *resource) string {
	for _, attribute := range []string{"secret_id", "secret_uri"} {
		if text := x.get(attribute).text(); text != "" {
			return text[strings.LastIndexAny(text, ":/")+1:]
		}
	}
	return strings.Trim(strings.Map(func(c rune) rune {
		if c < 0x80 && (c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return c
		}
		return '-'
	}, x.address), "-")
}

// secret reads that there is a secret; what it holds is never looked at.
func (r *reader) secret(x *resource, m *model) {
	r.secretOf(m, r.secretID(x), snapshot.RedactText(x.get("name").text()), r.at(x))
}

func (r *reader) secretOf(m *model, id, label string, at snapshot.Pos) *snapshot.Secret {
	m.secrets = true
	i := slices.IndexFunc(m.facts.Secrets, func(s snapshot.Secret) bool { return s.ID == id })
	if i < 0 {
		m.facts.Secrets = append(m.facts.Secrets, snapshot.Secret{ID: id, At: at})
		i = len(m.facts.Secrets) - 1
	}
	s := &m.facts.Secrets[i]
	s.Label = cmp.Or(s.Label, label)
	return s
}

// access reads who may read a secret.
func (r *reader) access(x *resource, m *model) {
	id, applications := x.get("secret_id"), x.get("applications")
	of := id.text()
	if id.unknown {
		if o, ok := r.originOf(x, x.expressions().Lookup("secret_id"), "secret_id"); ok && o.resource.typ == "juju_secret" {
			of = r.secretID(o.resource)
		}
	}
	of = of[strings.LastIndexAny(of, ":/")+1:]
	if of == "" || !applications.known() {
		r.unsettled(x, "who may read which secret", value{unknown: true}, snapshot.JujuSecrets)
		return
	}
	s := r.secretOf(m, of, "", r.place(x, x.at, "secret_id"))
	marks := markUnder(x.unknown, "applications")
	for i, n := range elements(applications.node) {
		if isTrue(markAt(marks, i)) || n.Kind() == syntax.Null {
			r.unsettled(x, "who may read the secret", value{unknown: true}, snapshot.JujuSecrets)
			continue
		}
		if name := snapshot.RedactText(n.Text()); !slices.Contains(s.Readers, name) {
			s.Readers = append(s.Readers, name)
		}
	}
	slices.Sort(s.Readers)
}
