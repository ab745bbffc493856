// Package showunit reads what `juju show-unit` prints, as JSON or YAML: units
// with the databags that they can see.
//
// It names no model, and it tells of the units asked for only. It names no version
// of Juju either: that of Juju 4 shows, as application-data, the databag of the
// unit's own application and not that of the other end. Package topology, which may
// know the version from a status, leaves those out. Databag values
// that look secret are replaced on the way in, key by key where the value is
// JSON itself, as charms write it.
package showunit

import (
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/charmurl"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Evidence returns what show-unit carries.
func Evidence() []snapshot.Evidence { return []snapshot.Evidence{snapshot.JujuUnits} }

// Recognise tells whether a document is a mapping of units.
func Recognise(root *syntax.Node) bool {
	if root.Kind() != syntax.Map || root.Len() == 0 {
		return false
	}
	for key, u := range root.Entries() {
		if !isUnit(key.Text()) || u.Kind() != syntax.Map {
			return false
		}
		known := false
		for _, field := range []string{"charm", "relation-info", "leader", "opened-ports", "workload-version"} {
			known = known || u.Lookup(field) != nil
		}
		if !known {
			return false
		}
	}
	return true
}

// isUnit tells whether a name is that of a unit: application/number.
func isUnit(name string) bool {
	app, number, ok := strings.Cut(name, "/")
	return ok && app != "" && number != "" && strings.Trim(number, "0123456789") == ""
}

// Read reads units into a model that has no name.
func Read(root *syntax.Node) snapshot.Model {
	m := snapshot.Model{State: snapshot.Declared, At: root.Pos(), Evidence: Evidence()}
	for key, u := range root.Entries() {
		unit := snapshot.Unit{
			Name: key.Text(), Address: u.Get("address").Text(), At: key.Pos(),
			Charm: charmurl.Name(u.Get("charm").Text()),
		}
		if leader, said := u.Get("leader").Bool(); said {
			unit.Leader = snapshot.TriOf(leader)
		}
		for _, info := range u.Get("relation-info").List() {
			unit.Relations = append(unit.Relations, readRelation(info))
		}
		m.Units = append(m.Units, unit)
	}
	return m
}

// Hint returns a name for the model of units for want of a better: the file's
// without "-units" and the like, or its folder's where the file is called after an
// application or after what it holds.
func Hint(m snapshot.Model, file, folder string) string {
	if file == "-" {
		return ""
	}
	name := path.Base(file)
	name = strings.TrimSuffix(name, path.Ext(name))
	for _, ending := range []string{".units", "-units", "_units", ".show-unit", "-show-unit"} {
		name = strings.TrimSuffix(name, ending)
	}
	ofApplication := slices.ContainsFunc(m.Units, func(u snapshot.Unit) bool {
		app, number, _ := strings.Cut(u.Name, "/")
		return name == app || name == app+"-"+number
	})
	if ofApplication || name == "" || name == "unit" || name == "units" || name == "show-unit" {
		return folder
	}
	return name
}

func readRelation(info *syntax.Node) snapshot.UnitRelation {
	endpoint := info.Get("endpoint")
	r := snapshot.UnitRelation{
		Endpoint:        endpoint.Text(),
		RelatedEndpoint: info.Get("related-endpoint").Text(),
		ApplicationData: info.Get("application-data").Facts(),
		At:              endpoint.Pos(),
	}
	if endpoint == nil {
		info.Report("a relation of relation-info names no endpoint")
	}
	r.CrossModel, _ = info.Get("cross-model").Bool()
	for name := range info.Get("related-units").Entries() {
		r.RelatedUnits = append(r.RelatedUnits, name.Text())
	}
	slices.Sort(r.RelatedUnits)
	return r
}
