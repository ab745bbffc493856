package topology

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// basisFileName says that a nameless source was placed by its file's name.
const basisFileName = "the file is called so"

// basisAddresses says that it was placed by the addresses of its units.
const basisAddresses = "its units have the same addresses"

// basisUUID says that it was placed by the model's UUID, which is sure and needs no
// note.
const basisUUID = "they have one UUID"

// basisConfigured says that the user placed it, which needs no note.
const basisConfigured = "the configuration says so"

// homeOf finds the model of a name for a source that does not say its own, and
// makes it where there is none. Namesakes are told apart by the folder: env/lab
// and env/prod may each have a core.yaml. It returns nil where several
// controllers have such a model and the folder does not tell which is meant.
func (e *estate) homeOf(o *snapshot.Model, name string) *model {
	folder := e.folder(o.At)
	var shown []*model // a source says their name
	for _, m := range e.byName[name] {
		if m.shown() {
			shown = append(shown, m)
		}
	}
	if len(shown) == 0 {
		return e.homeInFolder(o, name, folder)
	}
	if len(shown) > 1 {
		shown = e.beside(folder, shown)
	}
	if len(shown) != 1 {
		return nil
	}
	return shown[0]
}

// homeInFolder is homeOf among models of which no source says the name.
func (e *estate) homeInFolder(o *snapshot.Model, name, folder string) *model {
	list := e.byName[name]
	if here := e.beside(folder, list); len(here) > 0 {
		return here[0]
	}
	if len(o.Applications) == 0 && len(list) > 0 { // units or offers, of one of them
		if len(list) > 1 {
			return nil
		}
		return list[0]
	}
	m := e.add(o.Controller, name)
	if len(list) == 0 {
		return m
	}
	m.controller, m.byFolder = folder, true
	for _, x := range list {
		if x.controller == "" && len(x.observed) > 0 {
			x.controller, x.byFolder = e.folder(x.observed[0].At), true
		}
	}
	return m
}

// shown tells whether a source says the model's name.
func (m *model) shown() bool {
	return slices.ContainsFunc(m.observed, func(o *snapshot.Model) bool { return o.Name != "" })
}

func (e *estate) folder(at snapshot.Pos) string { return path.Dir(e.sourceName(at)) }

// beside keeps the models that have a source in a folder.
func (e *estate) beside(folder string, list []*model) []*model {
	var out []*model
	for _, m := range list {
		if slices.ContainsFunc(m.observed, func(x *snapshot.Model) bool { return e.folder(x.At) == folder }) {
			out = append(out, m)
		}
	}
	return out
}

// placeByContent finds the model that a nameless source speaks of by what it
// says, and why. It returns nil where nothing decides.
func (e *estate) placeByContent(o *snapshot.Model) (*model, string) {
	source := e.sourceName(o.At)
	for _, m := range e.models {
		if o.UUID != "" && m.uuid == o.UUID {
			return m, basisUUID
		}
	}
	for _, s := range e.profile.Sources {
		if ok, _ := path.Match(s.Path, source); ok {
			return e.homeOf(o, s.Model), basisConfigured
		}
	}
	named := o.Hint != "" && (len(e.byName[o.Hint]) > 0 || e.spokenOf(o.Hint))
	if named && !showsCharms(o) {
		if m := e.homeOf(o, o.Hint); m != nil {
			return m, basisFileName
		}
	}
	// Units say where they are, which is surer than what their file is called.
	if m := e.ofAddresses(o); m != nil {
		return m, basisAddresses
	}
	if namespace := e.ofPods(o); namespace != "" {
		if m := e.homeOf(o, namespace); m != nil {
			return m, basisAddresses
		}
	}
	if named {
		if m := e.homeOf(o, o.Hint); m != nil {
			return m, basisFileName
		}
	}
	if m, shared := e.mostShared(o); m != nil {
		if shared == 1 {
			return m, "they share an application"
		}
		return m, fmt.Sprintf("they share %d applications", shared)
	}
	return e.offeredFrom(o)
}

// ofAddresses finds the one model that has a unit of the same name at the same
// address: an address is given once in a cluster, where names are not.
func (e *estate) ofAddresses(o *snapshot.Model) *model {
	type unit struct{ name, address string }
	mine := map[unit]bool{}
	for _, u := range o.Units {
		if u.Address != "" {
			mine[unit{u.Name, u.Address}] = true
		}
	}
	if len(mine) == 0 {
		return nil
	}
	var found *model
	for _, m := range e.models {
		if !m.shown() || !slices.ContainsFunc(m.observed, func(other *snapshot.Model) bool {
			return slices.ContainsFunc(other.Units, func(u snapshot.Unit) bool { return mine[unit{u.Name, u.Address}] })
		}) {
			continue
		}
		if found != nil {
			return nil
		}
		found = m
	}
	return found
}

// ofPods finds the one namespace that has a pod of the name and at the address of a
// source's unit.
func (e *estate) ofPods(o *snapshot.Model) string {
	found := ""
	for _, u := range o.Units {
		if u.Address == "" || !showsCharms(o) {
			continue
		}
		name := strings.ReplaceAll(u.Name, "/", "-")
		for i := range e.snap.Pods {
			p := &e.snap.Pods[i]
			if p.Name != name || !slices.Contains(p.IPs, u.Address) {
				continue
			}
			if found != "" && found != p.Namespace {
				return ""
			}
			found = p.Namespace
		}
	}
	return found
}

// placeByHint takes the file's own name for the model's, or reports that the
// source cannot be placed.
func (e *estate) placeByHint(o *snapshot.Model) {
	if m, basis := e.placeByContent(o); m != nil {
		e.observeNameless(m, o, basis)
		return
	}
	reason := ""
	switch {
	case e.fitsSeveral(o):
		reason = "it names no model, and fits several that were read alike; put it into one folder with the `juju status` of its own, or give it apart from the others"
	case len(o.Applications) == 0 && !showsCharms(o) || o.Hint == "":
		reason = "it names no model, and nothing else that was read tells which one it is; give the model's `juju status --format json` too, or name the model under `sources:` in charmarr-lint.yaml"
	}
	if reason != "" {
		e.unplaced = append(e.unplaced, e.sourceName(o.At))
		e.gaps = append(e.gaps, snapshot.Gap{
			Source: e.sourceName(o.At), Line: o.At.Line(), Column: o.At.Column(),
			What:   "placing what " + e.sourceName(o.At) + " says in a model",
			Reason: reason, Evidence: o.Evidence,
		})
		return
	}
	e.observeNameless(e.homeOf(o, o.Hint), o, basisFileName)
}

// showsCharms tells whether a source shows units of charms of Charmarr's.
func showsCharms(o *snapshot.Model) bool {
	return slices.ContainsFunc(o.Units, func(u snapshot.Unit) bool { return charms().byCharm[u.Charm] != nil })
}

// spokenOf tells whether a SAAS of any source consumes from a model of the name.
func (e *estate) spokenOf(name string) bool {
	for i := range e.snap.Models {
		for _, s := range e.snap.Models[i].SAAS {
			if parseOfferURL(s.URL).model == name {
				return true
			}
		}
	}
	return false
}

// contradicts tells whether a source consumes from elsewhere what a model's
// other sources consume under the same name: it is then of another model.
func contradicts(o *snapshot.Model, m *model) bool {
	for _, other := range m.observed {
		for _, s := range other.SAAS {
			for _, mine := range o.SAAS {
				a, b := parseOfferURL(s.URL), parseOfferURL(mine.URL)
				if s.Name == mine.Name && (a.model != b.model || a.offer != b.offer) {
					return true
				}
			}
		}
	}
	return false
}

// fitsSeveral tells whether several models that sources name are this one's
// likeness, so that taking it for yet another would split one of them in two.
func (e *estate) fitsSeveral(o *snapshot.Model) bool {
	named := 0
	for _, m := range e.byName[o.Hint] {
		if m.shown() {
			named++
		}
	}
	alike, shared := e.likeness(o)
	return named > 1 || (len(alike) > 1 && (shared == len(o.Applications) || len(o.Applications) == 0))
}

// mostShared finds the one known model that has most of a source's
// applications.
func (e *estate) mostShared(o *snapshot.Model) (*model, int) {
	alike, shared := e.likeness(o)
	if len(alike) > 1 {
		alike = e.beside(e.folder(o.At), alike)
	}
	if len(alike) != 1 {
		return nil, 0
	}
	return alike[0], shared
}

// likeness finds the known models that have most of a source's applications,
// under the same charms, and how many. Half of all the names of both must be
// shared.
func (e *estate) likeness(o *snapshot.Model) ([]*model, int) {
	names := map[string]string{}
	for _, a := range o.Applications {
		names[a.Name] = a.Charm
	}
	for _, u := range o.Units { // show-unit names units only
		name, _, _ := strings.Cut(u.Name, "/")
		if _, known := names[name]; !known {
			names[name] = ""
		}
	}
	type candidate struct {
		m      *model
		shared int
	}
	var found []candidate
	for _, m := range e.models {
		// Two bundles that look alike are two models', as in env/lab and env/prod.
		if contradicts(o, m) || (!m.shown() && len(e.beside(e.folder(o.At), []*model{m})) == 0) {
			continue
		}
		known := map[string]string{}
		for _, other := range m.observed {
			for _, a := range other.Applications {
				known[a.Name] = a.Charm
			}
		}
		shared := 0
		for name, charm := range names {
			other, ok := known[name]
			if ok && (charm == "" || other == "" || charm == other) {
				shared++
			}
		}
		all := len(names) + len(known) - shared
		if len(o.Applications) == 0 {
			all = len(names) // a unit's source shows few of the model's applications
		}
		if shared > 0 && 2*shared >= all {
			found = append(found, candidate{m, shared})
		}
	}
	var alike []*model
	most := 0
	for _, c := range found {
		most = max(most, c.shared)
	}
	for _, c := range found {
		if c.shared == most {
			alike = append(alike, c.m)
		}
	}
	return alike, most
}

// offeredFrom finds the model that other sources' SAAS name as the home of the
// offers a source makes.
func (e *estate) offeredFrom(o *snapshot.Model) (*model, string) {
	offers := map[string]bool{}
	for _, f := range o.Offers {
		offers[f.Name] = true
	}
	if len(offers) == 0 {
		return nil, ""
	}
	votes := map[string]int{}
	var names []string
	for i := range e.snap.Models {
		for _, s := range e.snap.Models[i].SAAS {
			u := parseOfferURL(s.URL)
			if u.offer != "" && offers[u.offer] {
				if votes[u.model] == 0 {
					names = append(names, u.model)
				}
				votes[u.model]++
			}
		}
	}
	if len(names) != 1 {
		return nil, ""
	}
	return e.homeOf(o, names[0]), "other models consume its offers from there"
}
