package plan

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// charmOf returns an application's charm: a list of one block.
func charmOf(x *resource) (charm value, unknown *syntax.Node) {
	list := elements(lookup(x.values, "charm"))
	marks := markAt(markUnder(x.unknown, "charm"), 0)
	sensitive := markAt(markUnder(x.sensitive, "charm"), 0)
	if len(list) == 0 {
		return value{nil, isTrue(marks), isTrue(sensitive)}, marks
	}
	return value{list[0], isTrue(marks), isTrue(sensitive)}, marks
}

// part returns an attribute of a block within a resource, by the block's marks.
func part(block value, unknown *syntax.Node, name string) value {
	return value{lookup(block.node, name), block.unknown || marked(unknown, name), block.sensitive}
}

// nameOf returns the name of an application, which is its charm's where the
// configuration sets none.
func (r *reader) nameOf(x *resource) (string, bool) {
	name := x.get("name")
	if text := name.text(); text != "" {
		return text, true
	}
	if name.unknown && x.unset("name") {
		charm, unknown := charmOf(x)
		if text := part(charm, unknown, "name").text(); text != "" {
			return charmurl.Name(text), true
		}
	}
	return "", false
}

func (r *reader) application(x *resource, m *model) {
	name, ok := r.nameOf(x)
	if !ok {
		r.partial = true
		r.unsettled(x, "the name", x.get("name"), Evidence()...)
		return
	}
	charm, unknown := charmOf(x)
	app := snapshot.Application{
		Name: name, Revision: -1, Scale: -1,
		Charm:   charmurl.Name(part(charm, unknown, "name").text()),
		Channel: part(charm, unknown, "channel").text(),
		At:      r.place(x, lookup(x.values, "name")),
		CharmAt: r.place(x, charm.node, "charm"),
	}
	if v := part(charm, unknown, "revision"); v.known() {
		app.Revision = v.node.Int(-1)
	}
	if v := part(charm, unknown, "name"); !v.known() {
		r.unsettled(x, "the charm", v, snapshot.JujuApplications)
	}
	switch units := x.get("units"); {
	case units.known() && units.node != nil:
		app.Scale = units.node.Int(-1)
	case units.unknown && x.unset("units"), units.known() && r.kind == snapshot.TerraformPlan:
		app.Scale = 1
	}
	switch trust := x.get("trust"); {
	case trust.unknown && !x.unset("trust"):
		app.Unsettled = append(app.Unsettled, "trust")
		r.unsettled(x, "trust", trust, snapshot.JujuConfig)
	default:
		yes, _ := trust.node.Bool()
		app.Trust, app.TrustAt = snapshot.TriOf(yes), r.place(x, trust.node, "trust")
	}
	if v := x.get("expose"); v.known() {
		app.Exposed = snapshot.TriOf(len(elements(v.node)) > 0)
		if app.Exposed == snapshot.Yes {
			app.ExposedAt = r.place(x, v.node, "expose")
		}
	}
	r.options(x, &app)
	r.bindings(x, &app)
	m.facts.Applications = append(m.facts.Applications, app)
}

// options reads what is set of an application's options.
func (r *reader) options(x *resource, app *snapshot.Application) {
	config := x.get("config")
	if config.unknown || config.sensitive {
		app.Unsettled = append(app.Unsettled, "config")
		r.unsettled(x, "the options", config, snapshot.JujuConfig)
		return
	}
	marks, sensitive := markUnder(x.unknown, "config"), markUnder(x.sensitive, "config")
	met := map[string]bool{}
	if config.node != nil {
		for key, v := range config.node.Entries() {
			name := key.Text()
			met[name] = true
			one := value{v, marked(marks, name), marked(sensitive, name)}
			if one.unknown {
				r.unknownOption(x, app, name, one)
				continue
			}
			if v.Kind() == syntax.Null {
				continue
			}
			text := v.Text()
			switch {
			case !one.sensitive, isSecret(text) && snapshot.Redact(name, text) == text:
			case isRead(name):
				app.Unsettled = append(app.Unsettled, name)
				r.unsettled(x, "option "+name, one, snapshot.JujuConfig)
				continue
			}
			app.Config = append(app.Config, snapshot.Fact{Key: name, Value: kept(name, text), At: r.option(x, v, name)})
		}
	}
	if marks.Kind() == syntax.Map {
		for key, mark := range marks.Entries() {
			if name := key.Text(); !met[name] && isTrue(mark) {
				r.unknownOption(x, app, name, value{unknown: true})
			}
		}
	}
	slices.SortFunc(app.Config, func(a, b snapshot.Fact) int { return strings.Compare(a.Key, b.Key) })
}

// option is the place of an option.
func (r *reader) option(x *resource, n *syntax.Node, name string) snapshot.Pos {
	at := r.place(x, n, "config", name)
	if n != nil && r.out.Sources[at.Source()].Kind == r.kind && n.KeyPos().Line() == at.Line() {
		at[2] = n.KeyPos()[2]
	}
	return at
}

// unknownOption reads an option that is known after apply only: the URI of a
// secret that the plan makes stands for itself.
func (r *reader) unknownOption(x *resource, app *snapshot.Application, name string, v value) {
	o, ok := r.originOf(x, nil, "config", name)
	if !ok && x.oneUnknown() { // the options share one list of references
		o, ok = r.originOf(x, x.expressions().Lookup("config"), "config", name)
	}
	if ok && o.resource.typ == "juju_secret" && slices.Contains([]string{"", "secret_uri", "secret_id", "id"}, o.attribute) {
		app.Config = append(app.Config, snapshot.Fact{Key: name, Value: "secret:" + r.secretID(o.resource), At: r.option(x, nil, name)})
		return
	}
	if !isRead(name) {
		app.Config = append(app.Config, snapshot.Fact{Key: name, Value: Later, At: r.option(x, nil, name)})
		return
	}
	app.Unsettled = append(app.Unsettled, name)
	r.unsettled(x, "option "+name, v, snapshot.JujuConfig)
}

// oneUnknown tells whether a single option is not known.
func (x *resource) oneUnknown() bool {
	unknown := 0
	if marks := markUnder(x.unknown, "config"); marks.Kind() == syntax.Map {
		for _, mark := range marks.Entries() {
			if isTrue(mark) {
				unknown++
			}
		}
	}
	return unknown == 1
}

// bindings reads which space each endpoint is bound to.
func (r *reader) bindings(x *resource, app *snapshot.Application) {
	v := x.get("endpoint_bindings")
	if !v.known() {
		return
	}
	for _, b := range elements(v.node) {
		app.Bindings = append(app.Bindings, snapshot.Fact{
			Key: snapshot.RedactText(lookup(b, "endpoint").Text()), Value: snapshot.RedactText(lookup(b, "space").Text()),
			At: r.place(x, b, "endpoint_bindings"),
		})
	}
}
