// Package bundle reads Juju bundles: what `juju export-bundle` prints and what
// is written by hand, with the overlays that follow in the same file.
//
// Overlays are laid over the bundle as Juju does it: fields and options of an
// application replace those before, an application or SAAS without content is
// removed together with its relations, relations are added, and offers may be
// made. A bundle says what is planned; it names no model, so that the model's
// name is a hint from the file's name.
//
// Relations may be written as ["a:endpoint", "b:endpoint"], with the endpoint
// left out where Juju can find it, and with a list in the second place.
package bundle

import (
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Evidence returns what a bundle carries in whole.
func Evidence() []snapshot.Evidence {
	return []snapshot.Evidence{
		snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers,
	}
}

// Recognise tells whether a document is a bundle: it says so, or it has
// applications with charms. The services of a compose file have none.
func Recognise(root *syntax.Node) bool {
	if root.Kind() != syntax.Map || root.Lookup("apiVersion") != nil || root.Lookup("model").Kind() == syntax.Map {
		return false
	}
	apps := applications(root)
	if root.Lookup("bundle").Kind() == syntax.String {
		return apps != nil || root.Lookup("relations") != nil || root.Lookup("saas") != nil
	}
	if apps.Kind() != syntax.Map {
		return false
	}
	for _, a := range apps.Entries() {
		if a.Kind() == syntax.Map && a.Lookup("charm").Kind() == syntax.String {
			return true
		}
	}
	return false
}

// IsOverlay tells whether a document that follows a bundle is laid over it.
func IsOverlay(root *syntax.Node) bool {
	if root.Kind() != syntax.Map || root.Lookup("apiVersion") != nil {
		return false
	}
	return applications(root) != nil || root.Lookup("relations") != nil || root.Lookup("saas") != nil
}

// applications returns the applications, also under the name of Juju 1.
func applications(root *syntax.Node) *syntax.Node {
	if apps := root.Lookup("applications"); apps != nil {
		return apps
	}
	return root.Lookup("services")
}

// Hint returns a name for the model of a bundle: the file's without
// "-bundle", or its folder's where nothing else is left of it.
func Hint(file, folder string) string {
	if file == "-" {
		return ""
	}
	name := path.Base(file)
	name = strings.TrimSuffix(name, path.Ext(name))
	for _, ending := range []string{".bundle", "-bundle", "_bundle"} {
		name = strings.TrimSuffix(name, ending)
	}
	if name == "" || name == "bundle" || name == "overlay" {
		return folder
	}
	return name
}

// Read reads a bundle and its overlays.
func Read(docs []*syntax.Node, hint string) snapshot.Model {
	var b builder
	for _, doc := range docs {
		b.lay(doc)
	}
	m := snapshot.Model{Hint: hint, State: snapshot.Planned, At: docs[0].Pos(), Evidence: Evidence()}
	for _, a := range b.applications {
		m.Applications = append(m.Applications, a.application())
		m.Offers = append(m.Offers, a.offers()...)
	}
	m.Relations = b.relations
	m.SAAS = b.saas
	return m
}

// builder holds what the documents before have said.
type builder struct {
	applications []*application
	relations    []snapshot.Relation
	saas         []snapshot.SAAS
}

func (b *builder) lay(doc *syntax.Node) {
	apps := applications(doc)
	for key, a := range apps.Entries() {
		if a.Kind() == syntax.Null {
			b.remove(key.Text())
			continue
		}
		b.application(key).lay(a)
	}
	for key, s := range doc.Get("saas").Entries() {
		if s.Kind() == syntax.Null {
			b.remove(key.Text())
			continue
		}
		b.addSAAS(key, s)
	}
	for _, r := range doc.Get("relations").List() {
		b.addRelation(r)
	}
}

func (b *builder) application(key *syntax.Node) *application {
	for _, a := range b.applications {
		if a.key.Text() == key.Text() {
			return a
		}
	}
	a := &application{key: key, fields: map[string]*syntax.Node{}}
	b.applications = append(b.applications, a)
	return a
}

func (b *builder) remove(name string) {
	b.applications = slices.DeleteFunc(b.applications, func(a *application) bool { return a.key.Text() == name })
	b.saas = slices.DeleteFunc(b.saas, func(s snapshot.SAAS) bool { return s.Name == name })
	b.relations = slices.DeleteFunc(b.relations, func(r snapshot.Relation) bool {
		return r.A.Application == name || r.B.Application == name
	})
}

func (b *builder) addSAAS(key, s *syntax.Node) {
	saas := snapshot.SAAS{Name: key.Text(), URL: snapshot.RedactText(s.Get("url").Text()), At: key.Pos()}
	for i := range b.saas {
		if b.saas[i].Name == saas.Name {
			b.saas[i] = saas
			return
		}
	}
	b.saas = append(b.saas, saas)
}

func (b *builder) addRelation(r *syntax.Node) {
	ends := r.List()
	if r.Kind() != syntax.List {
		return
	}
	if len(ends) != 2 {
		r.Report("a relation has not two ends, want [\"application:endpoint\", \"application:endpoint\"]")
		return
	}
	for _, from := range alternatives(ends[0]) {
		for _, to := range alternatives(ends[1]) {
			rel := snapshot.Relation{A: end(from), B: end(to), At: syntax.Span(from, to)}
			if rel.A.Application == "" || rel.B.Application == "" {
				r.Report("an end of a relation names no application")
				continue
			}
			b.relations = append(b.relations, rel)
		}
	}
}

func alternatives(n *syntax.Node) []*syntax.Node {
	if n.Kind() == syntax.List {
		return n.List()
	}
	return []*syntax.Node{n}
}

func end(n *syntax.Node) snapshot.RelationEnd {
	app, endpoint, _ := strings.Cut(n.Text(), ":")
	return snapshot.RelationEnd{Application: app, Endpoint: endpoint}
}

// application is what the documents so far say of one application.
type application struct {
	key     *syntax.Node
	fields  map[string]*syntax.Node
	options []entry
	offered []entry
}

type entry struct{ key, value *syntax.Node }

// lay lays one document's application over what was said before.
func (a *application) lay(n *syntax.Node) {
	for key, value := range n.Entries() {
		switch name := key.Text(); name {
		case "options":
			a.options = overlaid(a.options, value)
		case "offers":
			a.offered = overlaid(a.offered, value)
		default:
			a.fields[name] = value
		}
	}
}

// overlaid replaces and adds entries; one that is null is removed.
func overlaid(list []entry, n *syntax.Node) []entry {
	for key, value := range n.Entries() {
		i := slices.IndexFunc(list, func(e entry) bool { return e.key.Text() == key.Text() })
		switch {
		case value.Kind() == syntax.Null && i >= 0:
			list = slices.Delete(list, i, i+1)
		case value.Kind() == syntax.Null:
		case i >= 0:
			list[i] = entry{key, value}
		default:
			list = append(list, entry{key, value})
		}
	}
	return list
}

func (a *application) application() snapshot.Application {
	charm := a.fields["charm"]
	app := snapshot.Application{
		Name:     a.key.Text(),
		Charm:    charmurl.Name(charm.Text()),
		Channel:  a.fields["channel"].Text(),
		Revision: a.fields["revision"].Int(charmurl.Revision(charm.Text())),
		Scale:    a.fields["num_units"].Int(-1),
		Exposed:  tri(a.fields["expose"]),
		Trust:    tri(a.fields["trust"]),
		At:       a.key.Pos(),
		CharmAt:  charm.Pos(),
	}
	app.Scale = a.fields["scale"].Int(app.Scale)
	if endpoints := a.fields["exposed-endpoints"]; endpoints.Len() > 0 {
		app.Exposed = snapshot.Yes
	}
	if charm == nil {
		a.key.Report("the application " + app.Name + " has no charm")
	}
	for _, o := range a.options {
		app.Config = append(app.Config, snapshot.Fact{
			Key:   o.key.Text(),
			Value: snapshot.Redact(o.key.Text(), option(o.value)),
			At:    syntax.Span(o.key, o.value),
		})
	}
	return app
}

func (a *application) offers() []snapshot.Offer {
	var offers []snapshot.Offer
	for _, o := range a.offered {
		offer := snapshot.Offer{
			Name: o.key.Text(), Application: a.key.Text(), Active: -1, Total: -1, At: o.key.Pos(),
		}
		for _, endpoint := range o.value.Get("endpoints").Texts() {
			offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{Name: endpoint})
		}
		offers = append(offers, offer)
	}
	return offers
}

func tri(n *syntax.Node) snapshot.Tri {
	value, said := n.Bool()
	if !said {
		return snapshot.Unsaid
	}
	return snapshot.TriOf(value)
}
