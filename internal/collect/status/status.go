// Package status reads what `juju status` prints, as JSON or YAML.
//
// One status is one model. It tells applications, the relations as each side
// sees them (the remote endpoint is not named), the model's own offers and the
// offers that it consumes (SAAS, under "application-endpoints"). It tells no
// configuration, no trust and no databags. A status that was filtered by
// application cannot be told from a whole one, and that of a user who is not admin
// of the model, to whom Juju shows no offers, not from that of a model without any.
package status

import (
	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Evidence returns what a status carries in whole.
func Evidence() []snapshot.Evidence {
	return []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuOffers, snapshot.JujuStatuses}
}

// Recognise tells whether a document is a status: it says which model it is of
// and lists applications or machines.
func Recognise(root *syntax.Node) bool {
	model := root.Lookup("model")
	return model.Kind() == syntax.Map && model.Lookup("name") != nil &&
		(root.Lookup("applications") != nil || root.Lookup("machines") != nil || root.Lookup("services") != nil)
}

// Read reads a status.
func Read(root *syntax.Node) snapshot.Model {
	model := root.Get("model")
	name := model.Get("name")
	m := snapshot.Model{
		Name:       name.Text(),
		Controller: model.Get("controller").Text(),
		Cloud:      model.Get("cloud").Text(),
		Type:       model.Get("type").Text(),
		Version:    model.Get("version").Text(),
		State:      snapshot.Declared,
		At:         name.Pos(),
		Evidence:   Evidence(),
	}
	if m.Name == "" {
		model.Report("model.name is empty, want the model's name")
	}
	if failed := model.Get("status-error"); failed != nil {
		failed.Report("Juju could not tell the model's status: " + snapshot.RedactText(failed.Text()))
	}
	applications := root.Get("applications")
	if applications == nil {
		applications = root.Get("services") // Juju 1
	}
	for key, a := range applications.Entries() {
		readApplication(&m, key, a)
	}
	for _, section := range []string{"application-endpoints", "remote-applications"} {
		for key, s := range root.Get(section).Entries() {
			readSAAS(&m, key, s)
		}
	}
	for key, o := range root.Get("offers").Entries() {
		readOffer(&m, key, o)
	}
	return m
}

func readApplication(m *snapshot.Model, key, a *syntax.Node) {
	app := snapshot.Application{
		Name: key.Text(), Revision: -1, Scale: -1, At: key.Pos(),
	}
	if failed := a.Get("status-error"); failed != nil {
		failed.Report("Juju could not tell the status of the application " + key.Text() + ": " + snapshot.RedactText(failed.Text()))
	}
	charm := a.Get("charm-name")
	if charm == nil {
		charm = a.Get("charm")
	}
	app.Charm, app.CharmAt = charmurl.Name(charm.Text()), charm.Pos()
	app.Channel = a.Get("charm-channel").Text()
	if app.Revision = a.Get("charm-rev").Int(-1); app.Revision < 0 {
		app.Revision = charmurl.Revision(a.Get("charm").Text())
	}
	// Only Kubernetes models say a scale; elsewhere the units are counted. A
	// subordinate has none of its own.
	if scale := a.Get("scale"); scale != nil {
		app.Scale = scale.Int(-1)
	} else if units := a.Get("units"); units != nil {
		app.Scale = units.Len()
	}
	if exposed, said := a.Get("exposed").Bool(); said {
		app.Exposed = snapshot.TriOf(exposed)
	}
	current := a.Get("application-status")
	if current == nil {
		current = a.Get("service-status") // Juju 1
	}
	app.Status = current.Get("current").Text()
	app.Message = snapshot.RedactText(current.Get("message").Text())
	app.Life = a.Get("life").Text()
	m.Applications = append(m.Applications, app)
	for key, u := range a.Get("units").Entries() {
		m.Units = append(m.Units, readUnit(key, u))
	}
	readRelations(m, app.Name, a.Get("relations"), func(string) string { return "" })
}

// readUnit reads what a unit says of itself. Its subordinates have none on
// Kubernetes and are left out.
func readUnit(key, u *syntax.Node) snapshot.Unit {
	workload := u.Get("workload-status")
	unit := snapshot.Unit{
		Name: key.Text(), Address: u.Get("address").Text(), At: key.Pos(),
		Status: workload.Get("current").Text(), Message: snapshot.RedactText(workload.Get("message").Text()),
		Agent: u.Get("juju-status").Get("current").Text(),
	}
	if leader, said := u.Get("leader").Bool(); said {
		unit.Leader = snapshot.TriOf(leader)
	}
	return unit
}

// readRelations reads the relations of one application or SAAS: by endpoint, a
// list of objects, or of names where Juju is old or the side is a SAAS.
func readRelations(m *snapshot.Model, name string, relations *syntax.Node, interfaceOf func(string) string) {
	for endpoint, list := range relations.Entries() {
		for _, remote := range list.List() {
			r := snapshot.Relation{
				A:         snapshot.RelationEnd{Application: name, Endpoint: endpoint.Text()},
				Interface: interfaceOf(endpoint.Text()),
			}
			other := remote
			if remote.Kind() == syntax.Map {
				other = remote.Get("related-application")
				r.Interface = remote.Get("interface").Text()
			}
			r.B.Application, r.At = other.Text(), other.Pos()
			if r.B.Application == "" {
				remote.Report("a relation of " + name + ":" + endpoint.Text() + " names no related-application")
				continue
			}
			m.Relations = append(m.Relations, r)
		}
	}
}

func readSAAS(m *snapshot.Model, key, s *syntax.Node) {
	saas := snapshot.SAAS{
		Name:      key.Text(),
		URL:       snapshot.RedactText(s.Get("url").Text()),
		Status:    s.Get("application-status").Get("current").Text(),
		Life:      s.Get("life").Text(),
		Endpoints: endpoints(s.Get("endpoints")),
		At:        key.Pos(),
	}
	m.SAAS = append(m.SAAS, saas)
	readRelations(m, saas.Name, s.Get("relations"), func(endpoint string) string {
		for _, e := range saas.Endpoints {
			if e.Name == endpoint {
				return e.Interface
			}
		}
		return ""
	})
}

func readOffer(m *snapshot.Model, key, o *syntax.Node) {
	offer := snapshot.Offer{
		Name:        key.Text(),
		Application: o.Get("application").Text(),
		Endpoints:   endpoints(o.Get("endpoints")),
		Active:      o.Get("active-connected-count").Int(-1),
		Total:       o.Get("total-connected-count").Int(-1),
		At:          key.Pos(),
	}
	if offer.Active < 0 && offer.Total >= 0 {
		offer.Active = 0 // Juju leaves a count of nought out
	}
	m.Offers = append(m.Offers, offer)
}

func endpoints(n *syntax.Node) []snapshot.Endpoint {
	var list []snapshot.Endpoint
	for key, e := range n.Entries() {
		list = append(list, snapshot.Endpoint{
			Name: key.Text(), Interface: e.Get("interface").Text(), Role: e.Get("role").Text(),
		})
	}
	return list
}
