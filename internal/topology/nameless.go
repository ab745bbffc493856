package topology

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// basisFileName says that a nameless source was placed by its file's name.
const basisFileName = "the file is called so"

// placeByContent finds the model that a nameless source speaks of by what it
// says, and why. It returns nil where nothing decides.
func (e *estate) placeByContent(o *snapshot.Model) (*model, string) {
	source := e.sourceName(o.At)
	for _, s := range e.profile.Sources {
		if ok, _ := path.Match(s.Path, source); ok {
			m := e.find(o.Controller, s.Model)
			if m == nil {
				m = e.add(o.Controller, s.Model)
			}
			return m, "the configuration says so"
		}
	}
	if o.Hint != "" {
		if list := e.byName[o.Hint]; len(list) == 1 {
			return list[0], basisFileName
		}
	}
	if m, shared := e.mostShared(o); m != nil {
		return m, fmt.Sprintf("they share %d applications", shared)
	}
	return e.offeredFrom(o)
}

// placeByHint takes the file's own name for the model's, or reports that the
// source cannot be placed.
func (e *estate) placeByHint(o *snapshot.Model) {
	if m, basis := e.placeByContent(o); m != nil {
		e.observeNameless(m, o, basis)
		return
	}
	if len(o.Applications) == 0 || o.Hint == "" {
		e.gaps = append(e.gaps, snapshot.Gap{
			Source: e.sourceName(o.At), Line: o.At.Line(), Column: o.At.Column(),
			What:     "placing what " + e.sourceName(o.At) + " says in a model",
			Reason:   "it names no model, and nothing else that was read tells which one it is; give the model's `juju status --format json` too, or name the model under `sources:` in charmarr-lint.yaml",
			Evidence: o.Evidence,
		})
		return
	}
	m := e.add(o.Controller, o.Hint)
	m.nameBasis = "the file's name"
	e.observeNameless(m, o, basisFileName)
}

// mostShared finds the one known model that has most of a source's
// applications, under the same charms. Half of all the names of both must be
// shared, and no other model may share as many.
func (e *estate) mostShared(o *snapshot.Model) (*model, int) {
	names := map[string]string{}
	for _, a := range o.Applications {
		names[a.Name] = a.Charm
	}
	for _, u := range o.Units { // show-unit names units only
		name, _, _ := strings.Cut(u.Name, "/")
		names[name] = ""
	}
	type candidate struct {
		m      *model
		shared int
	}
	var found []candidate
	for _, m := range e.models {
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
	slices.SortFunc(found, func(a, b candidate) int { return cmp.Compare(b.shared, a.shared) })
	if len(found) == 0 || (len(found) > 1 && found[1].shared == found[0].shared) {
		return nil, 0
	}
	return found[0].m, found[0].shared
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
	m := e.find(o.Controller, names[0])
	if m == nil {
		m = e.add(o.Controller, names[0])
	}
	return m, "other models consume its offers from there"
}
