package juju

import (
	"maps"
	"slices"
	"strings"

	"github.com/juju/juju/rpc/params"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// databags puts together what each unit of a model sees of its relations.
//
// Juju 3 tells with each unit the databag of the application at the other end.
// Juju 4 tells that of the unit's own application; the other end's is then what
// that application's units tell. An application of another model has no units
// here, so that Juju 4 does not tell its databag at all.
type databags struct {
	own    bool // as Juju 4
	ends   map[int][]string
	local  map[string]bool                          // applications of the model
	seen   map[string][]params.EndpointRelationData // by unit
	bags   map[bagKey]map[string]any                // by relation and application, where own
	unseen bool                                     // a databag cannot be seen
}

type bagKey struct {
	relation    int
	application string
}

func newDatabags(status *params.FullStatus, own bool) *databags {
	d := &databags{
		own: own, ends: map[int][]string{}, local: map[string]bool{},
		seen: map[string][]params.EndpointRelationData{}, bags: map[bagKey]map[string]any{},
	}
	for name := range status.Applications {
		d.local[name] = true
	}
	for _, r := range status.Relations {
		for _, e := range r.Endpoints {
			d.ends[r.Id] = append(d.ends[r.Id], e.ApplicationName)
		}
	}
	return d
}

// add takes in what the controller tells of a unit.
func (d *databags) add(unit string, data []params.EndpointRelationData) {
	d.seen[unit] = append(d.seen[unit], data...)
	for _, r := range data {
		d.bags[bagKey{r.RelationId, applicationOfUnit(unit)}] = r.ApplicationData
	}
}

// of returns the relations of a unit, in the order of their endpoints.
func (d *databags) of(unit string) []snapshot.UnitRelation {
	var relations []snapshot.UnitRelation
	app := applicationOfUnit(unit)
	for _, seen := range d.seen[unit] {
		other := d.other(seen.RelationId, app)
		r := snapshot.UnitRelation{
			Endpoint: seen.Endpoint, RelatedEndpoint: seen.RelatedEndpoint,
			CrossModel: seen.CrossModel || other != "" && !d.local[other],
		}
		bag := seen.ApplicationData
		if d.own && other != app {
			said := false
			if bag, said = d.bags[bagKey{seen.RelationId, other}]; !said {
				d.unseen, r.Unseen = true, true
			}
		}
		for _, key := range slices.Sorted(maps.Keys(bag)) {
			r.ApplicationData = append(r.ApplicationData, snapshot.Fact{Key: key, Value: snapshot.Redact(key, textOf(bag[key]))})
		}
		for _, name := range slices.SortedFunc(maps.Keys(seen.UnitRelationData), byNumber) {
			// Some versions tell the unit's own application's units, too.
			if name != unit && (other == app || applicationOfUnit(name) != app) {
				r.RelatedUnits = append(r.RelatedUnits, name)
			}
		}
		relations = append(relations, r)
	}
	slices.SortStableFunc(relations, func(a, b snapshot.UnitRelation) int {
		return strings.Compare(a.Endpoint+" "+a.RelatedEndpoint, b.Endpoint+" "+b.RelatedEndpoint)
	})
	return relations
}

// other returns the application at the other end of a relation: the same one
// for a relation among peers, none where the status does not show the relation.
func (d *databags) other(relation int, app string) string {
	ends := d.ends[relation]
	for _, end := range ends {
		if end != app {
			return end
		}
	}
	if len(ends) > 0 {
		return app
	}
	return ""
}

func applicationOfUnit(unit string) string {
	app, _, _ := strings.Cut(unit, "/")
	return app
}
