package juju

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/juju/juju/rpc/params"

	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// status reads a model's status in the words of package status, which reads what
// `juju status` prints of the same answer. It knows more: both endpoints of a
// relation, a scale of nought, and offers without a connection.
func (m *modelReading) status(s *params.FullStatus) {
	model := &m.read.model
	of := " of model " + m.read.String()
	if err := s.Model.ModelStatus.Err; err != nil {
		m.gap("reading the status"+of, err, jujuEvidence()...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Applications)) {
		a := s.Applications[name]
		for _, err := range []*params.Error{a.Err, a.Status.Err} {
			if err != nil {
				m.gap("reading application "+name+of, err, snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuStatuses)
			}
		}
		model.Applications = append(model.Applications, applicationOf(name, a, model.Type))
		for _, unit := range slices.SortedFunc(maps.Keys(a.Units), byNumber) {
			u := a.Units[unit]
			for _, err := range []*params.Error{u.AgentStatus.Err, u.WorkloadStatus.Err} {
				if err != nil {
					m.gap("reading unit "+unit+of, err, snapshot.JujuStatuses)
				}
			}
			model.Units = append(model.Units, unitOf(unit, u))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.RemoteApplicationOfferers)) {
		r := s.RemoteApplicationOfferers[name]
		if r.Err != nil {
			m.gap("reading SAAS "+name+of, r.Err, snapshot.JujuOffers, snapshot.JujuRelations)
		}
		model.SAAS = append(model.SAAS, saasOf(name, r))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Offers)) {
		o := s.Offers[name]
		if o.Err != nil {
			m.gap("reading offer "+name+of, o.Err, snapshot.JujuOffers)
		}
		offer := offerOf(name, o)
		offer.URL = m.read.String() + "." + name
		model.Offers = append(model.Offers, offer)
	}
	for _, r := range s.Relations {
		relation, err := relationOf(r)
		if err != nil {
			m.gapSaid("reading the relations"+of, plain(err), snapshot.JujuRelations)
			continue
		}
		model.Relations = append(model.Relations, relation)
	}
	slices.SortFunc(model.Relations, func(a, b snapshot.Relation) int {
		return cmp.Or(compareEnds(a.A, b.A), compareEnds(a.B, b.B), cmp.Compare(a.Interface, b.Interface))
	})
}

func compareEnds(a, b snapshot.RelationEnd) int {
	return cmp.Or(cmp.Compare(a.Application, b.Application), cmp.Compare(a.Endpoint, b.Endpoint))
}

// byNumber orders units: radarr/2 before radarr/10.
func byNumber(a, b string) int {
	number := func(unit string) int {
		n, err := strconv.Atoi(unit[strings.LastIndexByte(unit, '/')+1:])
		if err != nil {
			return -1
		}
		return n
	}
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
}

func applicationOf(name string, a params.ApplicationStatus, modelType string) snapshot.Application {
	app := snapshot.Application{
		Name: name, Charm: charmurl.Name(a.Charm), Channel: a.CharmChannel, Revision: charmurl.Revision(a.Charm),
		Exposed: snapshot.TriOf(a.Exposed), Status: a.Status.Status, Message: snapshot.RedactText(a.Status.Info),
		Life: string(a.Life), Scale: a.Scale,
	}
	// Only Kubernetes models say a scale; elsewhere the units are counted. A
	// subordinate has none of its own.
	if modelType != "caas" && app.Scale == 0 {
		app.Scale = len(a.Units)
		if app.Scale == 0 {
			app.Scale = -1
		}
	}
	for _, endpoint := range slices.Sorted(maps.Keys(a.EndpointBindings)) {
		app.Bindings = append(app.Bindings, snapshot.Fact{Key: endpoint, Value: a.EndpointBindings[endpoint]})
	}
	return app
}

func unitOf(name string, u params.UnitStatus) snapshot.Unit {
	unit := snapshot.Unit{
		Name: name, Address: u.Address, Status: u.WorkloadStatus.Status,
		Message: snapshot.RedactText(u.WorkloadStatus.Info), Agent: u.AgentStatus.Status,
	}
	// Juju says who leads and leaves everybody else out.
	unit.Leader = snapshot.TriOf(u.Leader)
	return unit
}

func saasOf(name string, r params.RemoteApplicationStatus) snapshot.SAAS {
	saas := snapshot.SAAS{
		Name: name, URL: snapshot.RedactText(r.OfferURL), Status: r.Status.Status, Life: string(r.Life),
	}
	for _, e := range r.Endpoints {
		saas.Endpoints = append(saas.Endpoints, snapshot.Endpoint{Name: e.Name, Interface: e.Interface, Role: string(e.Role)})
	}
	slices.SortFunc(saas.Endpoints, func(a, b snapshot.Endpoint) int { return cmp.Compare(a.Name, b.Name) })
	return saas
}

func offerOf(name string, o params.ApplicationOfferStatus) snapshot.Offer {
	offer := snapshot.Offer{
		Name: name, Application: o.ApplicationName, Active: o.ActiveConnectedCount, Total: o.TotalConnectedCount,
	}
	for _, alias := range slices.Sorted(maps.Keys(o.Endpoints)) {
		e := o.Endpoints[alias]
		offer.Endpoints = append(offer.Endpoints, snapshot.Endpoint{Name: alias, Interface: e.Interface, Role: string(e.Role)})
	}
	return offer
}

// relationOf reads a relation: its provider first, where it has one. A peer
// relation has the same end twice.
func relationOf(r params.RelationStatus) (snapshot.Relation, error) {
	relation := snapshot.Relation{Interface: r.Interface}
	ends := make([]snapshot.RelationEnd, 0, 2)
	for _, e := range r.Endpoints {
		if e.ApplicationName == "" {
			return relation, fmt.Errorf("an end of relation %q names no application", plainText(r.Key))
		}
		end := snapshot.RelationEnd{Application: e.ApplicationName, Endpoint: e.Name}
		if e.Role == "provider" {
			ends = slices.Insert(ends, 0, end)
		} else {
			ends = append(ends, end)
		}
	}
	switch len(ends) {
	case 1:
		relation.A, relation.B = ends[0], ends[0]
	case 2:
		relation.A, relation.B = ends[0], ends[1]
	default:
		return relation, fmt.Errorf("relation %q has %d ends", plainText(r.Key), len(ends))
	}
	return relation, nil
}
