package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
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
	if !ok && r.onlyUnknown(x, name) { // the options share one list of references
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

// onlyUnknown tells whether an option is the only one that is not known.
func (r *reader) onlyUnknown(x *resource, name string) bool {
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

// end is one side of an integration.
type end struct {
	node    *syntax.Node
	unknown *syntax.Node
	marks   bool // the whole of it is sensitive
}

func (e end) get(name string) value {
	return value{lookup(e.node, name), marked(e.unknown, name), e.marks}
}

func (r *reader) integration(x *resource, m *model) {
	list := elements(lookup(x.values, "application"))
	if len(list) != 2 {
		r.partial = true
		r.gap(x, "reading "+x.address, "it does not say which two applications it joins", []snapshot.Evidence{snapshot.JujuRelations})
		return
	}
	var ends [2]snapshot.RelationEnd
	for i, n := range list {
		e := end{n, markAt(markUnder(x.unknown, "application"), i), anyMark(markAt(markUnder(x.sensitive, "application"), i))}
		var ok bool
		if ends[i], ok = r.end(x, m, e); !ok {
			return
		}
	}
	m.facts.Relations = append(m.facts.Relations, snapshot.Relation{A: ends[0], B: ends[1], At: r.at(x)})
}

// end reads one side of an integration: an application of the model, or an offer
// that the model consumes by it.
func (r *reader) end(x *resource, m *model, e end) (snapshot.RelationEnd, bool) {
	name, endpoint := e.get("name"), e.get("endpoint")
	out := snapshot.RelationEnd{Application: name.text(), Endpoint: endpoint.text()}
	if out.Application != "" {
		return out, true
	}
	if url := e.get("offer_url"); url.text() != "" {
		out.Application = r.consume(x, m, url.text())
		return out, true
	}
	if e.get("offer_url").unknown {
		block := r.consuming(x)
		if o, ok := r.originOf(x, block.Lookup("offer_url"), "application", "offer_url"); ok {
			if url := r.offerURL(o); url != "" {
				out.Application = r.consume(x, m, url)
				return out, true
			}
		}
		if block != nil || r.modules.Origin(x.address, "application", "offer_url") != "" {
			// The relation is there, and who is at its other end is not known.
			r.unsettled(x, "the offer that is consumed", value{unknown: true}, snapshot.JujuRelations, snapshot.JujuOffers)
			out.Application = r.consume(x, m, "")
			return out, true
		}
	}
	if o, ok := r.named(x); ok && name.unknown {
		if text, known := r.nameOf(o); known {
			out.Application = text
			return out, true
		}
	}
	r.partial = true
	r.unsettled(x, "an application that is joined", value{unknown: true, sensitive: name.sensitive}, snapshot.JujuRelations)
	return out, false
}

// consuming is the block in the configuration that names an offer.
func (r *reader) consuming(x *resource) *syntax.Node {
	blocks := x.expressions().Lookup("application")
	if blocks.Kind() != syntax.List {
		return nil
	}
	var found *syntax.Node
	for _, b := range blocks.List() {
		if b.Lookup("offer_url") != nil {
			if found != nil {
				return nil // which of the two is meant is not said
			}
			found = b
		}
	}
	return found
}

// named is the application whose name, known after apply only, an integration
// refers to.
func (r *reader) named(x *resource) (*resource, bool) {
	blocks := x.expressions().Lookup("application")
	if blocks.Kind() != syntax.List {
		return nil, false
	}
	var found *resource
	for _, b := range blocks.List() {
		o, ok := r.originOf(x, b.Lookup("name"), "application", "name")
		if !ok || o.resource.typ != "juju_application" {
			continue
		}
		if found != nil && found != o.resource {
			return nil, false
		}
		found = o.resource
	}
	return found, found != nil
}

// offerURL writes the URL of an offer that the plan makes.
func (r *reader) offerURL(o origin) string {
	if o.resource.typ != "juju_offer" {
		return ""
	}
	home, name := r.modelOf(o.resource), r.offerName(o.resource)
	if home == nil || home.name == "" || name == "" {
		return ""
	}
	return home.name + "." + name
}

// offerName is the name of an offer, which is its application's where the
// configuration sets none.
func (r *reader) offerName(x *resource) string {
	if text := x.get("name").text(); text != "" {
		return text
	}
	if x.get("name").unknown && x.unset("name") {
		return x.get("application_name").text()
	}
	return ""
}

// consume enters an offer that a model consumes, and returns its name there. An
// offer of which nothing is known is one of its own.
func (r *reader) consume(x *resource, m *model, url string) string {
	at := r.place(x, x.at, "application", "offer_url")
	name := url[strings.LastIndexByte(url, '.')+1:]
	if url == "" {
		name = "offer of " + x.address
	}
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try += "-" + strconv.Itoa(n)
		}
		i := slices.IndexFunc(m.facts.SAAS, func(s snapshot.SAAS) bool { return s.Name == try })
		switch {
		case i < 0:
			m.facts.SAAS = append(m.facts.SAAS, snapshot.SAAS{Name: try, URL: url, At: at})
			return try
		case m.facts.SAAS[i].URL == url:
			return try
		}
	}
}

func (r *reader) offer(x *resource, m *model) {
	name, application := r.offerName(x), x.get("application_name")
	if name == "" {
		r.partial = true
		r.unsettled(x, "the name", x.get("name"), snapshot.JujuOffers)
		return
	}
	offer := snapshot.Offer{
		Name: name, Application: application.text(), Active: -1, Total: -1, At: r.at(x),
	}
	if offer.Application == "" {
		if o, ok := r.originOf(x, x.expressions().Lookup("application_name"), "application_name"); ok && o.resource.typ == "juju_application" {
			offer.Application, _ = r.nameOf(o.resource)
		}
	}
	if offer.Application == "" {
		r.unsettled(x, "the application", application, snapshot.JujuOffers)
	}
	for _, attribute := range []string{"endpoints", "endpoint"} { // the latter of the provider before 1.0
		v := x.get(attribute)
		if !v.known() {
			continue
		}
		texts := []string{}
		switch v.node.Kind() {
		case syntax.String:
			texts = append(texts, v.node.Text())
		default:
			texts = v.node.Texts()
		}
		for _, text := range texts {
			offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{Name: snapshot.RedactText(text)})
		}
	}
	m.facts.Offers = append(m.facts.Offers, offer)
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
