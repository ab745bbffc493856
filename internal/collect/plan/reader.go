package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/plan/module"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// reader reads one side of a plan: what is before, or after.
type reader struct {
	root    *syntax.Node
	name    string
	kind    snapshot.SourceKind
	modules *module.Tree

	resources []*resource
	seen      map[string]bool
	byBase    map[string][]*resource // by module instance and address without key
	scopes    map[string]*scope      // by module instance
	instances map[string][]*scope    // by the module instance around, and the name called

	models  []*model
	byUUID  map[string]*model
	byName  map[string]*model
	partial bool // something could not be placed in any model
	values  syntax.Values
	out     snapshot.Snapshot
	patches []snapshot.Namespace // what is set on namespaces that others make
}

// model is a Juju model that the plan speaks of.
type model struct {
	name, uuid string
	by         *resource // the block that tells of it; nil where none does
	facts      snapshot.Model
	secrets    bool
	filled     bool // something stands in it
}

func newReader(root *syntax.Node, name string, kind snapshot.SourceKind, modules *module.Tree) *reader {
	r := &reader{
		root: root, name: name, kind: kind, modules: modules,
		seen: map[string]bool{}, byBase: map[string][]*resource{}, scopes: map[string]*scope{}, instances: map[string][]*scope{},
		byUUID: map[string]*model{}, byName: map[string]*model{},
	}
	r.out.Sources = []snapshot.Source{{Kind: kind, Name: name}}
	return r
}

// planned takes in what is there once the plan was applied.
func (r *reader) planned() {
	if r.kind == snapshot.TerraformState {
		stated(r.root.Get("values").Get("root_module"), r.add, 0)
		return
	}
	for _, n := range r.root.Get("resource_changes").List() {
		r.seen[n.Lookup("address").Peek()] = true
		if c := changed(n); c != nil {
			r.take(c)
		}
	}
	// What no change is about stays as it is; data sources that were read stand
	// here alone.
	r.prior()
	if complete := r.root.Lookup("complete"); complete.Kind() == syntax.Bool && !isTrue(complete) && r.root.Lookup("errored") != nil {
		r.gap(nil, "reading the plan", "it is of a part of the configuration alone (-target, or changes put off to a later plan): make one of the whole", nil)
	}
}

// prior takes in what is there before.
func (r *reader) prior() {
	stated(r.root.Get("prior_state").Get("values").Get("root_module"), r.add, 0)
}

// add takes a resource in unless one of its address was met.
func (r *reader) add(x *resource) {
	if !r.seen[x.address] {
		r.seen[x.address] = true
		r.take(x)
	}
}

func (r *reader) take(x *resource) {
	r.resources = append(r.resources, x)
	x.scope = r.scopeOf(x.path)
	x.block = x.scope.blocks[x.base()]
	key := within(moduleAddress(x.path), x.base())
	r.byBase[key] = append(r.byBase[key], x)
}

// settle has the modules find out where values come from.
func (r *reader) settle() {
	if r.modules == nil {
		return
	}
	instances := make([]module.Instance, len(r.resources))
	for i, x := range r.resources {
		path := make([]module.Step, len(x.path))
		for j, s := range x.path {
			path[j] = module.Step{Name: s.name, Key: s.key}
		}
		instances[i] = module.Instance{Path: path, Base: x.base(), Key: x.key, Address: x.address, Values: x.values, Unknown: x.unknown}
	}
	r.modules.Settle(instances, r.root.Lookup("variables"))
}

// snapshot reads the resources and returns what they say.
func (r *reader) snapshot() snapshot.Snapshot {
	r.settle()
	r.findModels()
	for _, x := range r.resources {
		if x.data {
			r.found(x)
			continue
		}
		r.juju(x)
		r.kubernetes(x)
	}
	r.applyPatches()
	r.finishModels()
	r.comments()
	r.out.Gaps = slices.CompactFunc(r.out.Gaps, func(a, b snapshot.Gap) bool {
		return a.Source == b.Source && a.What == b.What && a.Reason == b.Reason
	})
	return r.out
}

// comments takes in the comments that waive findings.
func (r *reader) comments() {
	files := map[string]int32{}
	for _, w := range r.modules.Waivers() {
		source, ok := files[w.File]
		if !ok {
			source = int32(len(r.out.Sources))
			files[w.File] = source
			r.out.Sources = append(r.out.Sources, snapshot.Source{Kind: snapshot.TerraformModule, Name: w.File})
		}
		r.out.Comments = append(r.out.Comments, snapshot.Comment{
			Text: snapshot.RedactText(w.Text), Block: w.Block, From: w.From, To: w.To,
			At: snapshot.Pos{source, int32(w.Line), int32(w.Column), int32(w.EndColumn)},
		})
	}
}

// gap remembers what could not be read of a resource.
func (r *reader) gap(x *resource, what, reason string, evidence []snapshot.Evidence) {
	g := snapshot.Gap{Source: r.name, What: what, Reason: reason, Evidence: evidence}
	if x != nil {
		at := r.at(x)
		g.Source, g.Line, g.Column = r.out.Sources[at.Source()].Name, at.Line(), at.Column()
	}
	r.out.Gaps = append(r.out.Gaps, g)
}

// unsettled is the gap of a value that is known after apply only.
func (r *reader) unsettled(x *resource, what string, v value, evidence ...snapshot.Evidence) {
	reason := "it is known after apply only, and no reference in the configuration tells it"
	switch {
	case v.sensitive:
		reason = "it is marked as sensitive, and what is sensitive is not read"
	case r.modules == nil:
		reason += "; with the .tf files beside the plan more can be told"
	}
	r.gap(x, fmt.Sprintf("reading %s of %s", what, x.address), reason, evidence)
}

// at is the place of a resource: its block in the .tf files, else its entry in the
// plan. Each resource is a source of its own, so that facts carry its address.
func (r *reader) at(x *resource) snapshot.Pos { return r.place(x, x.at) }

// place is the place of an attribute: where the block has it, else that of the
// block, else that of a node of the plan. An attribute may stand in another file than
// its block: where the module is called.
func (r *reader) place(x *resource, n *syntax.Node, attribute ...string) snapshot.Pos {
	at := n.Pos()
	if !at.Known() {
		at = x.at.Pos()
	}
	found, inSource := r.modules.Place(names(x.path), x.base(), attribute...)
	s := snapshot.Source{Kind: r.kind, Name: r.name, Address: x.address}
	if inSource {
		s.Kind, s.Name = snapshot.TerraformModule, found.File
		at = snapshot.Pos{0, int32(found.Line), int32(found.Column), int32(found.EndColumn)}
	}
	source, ok := x.sources[s.Name]
	if !ok {
		if x.sources == nil {
			x.sources = map[string]int32{}
		}
		source = int32(len(r.out.Sources))
		x.sources[s.Name] = source
		r.out.Sources = append(r.out.Sources, s)
	}
	at[0] = source
	return at
}

// findModels learns of the models that blocks make or find.
func (r *reader) findModels() {
	for _, x := range r.resources {
		if x.typ != "juju_model" {
			continue
		}
		name := x.get("name")
		if name.text() == "" {
			r.partial = true
			r.unsettled(x, "the name", name, Evidence()...)
			continue
		}
		m := r.modelNamed(name.text())
		x.model, x.asked = m, true
		if m.by == nil || m.by.data && !x.data {
			m.by = x
		}
		for _, attribute := range []string{"uuid", "id"} {
			if id := x.get(attribute).text(); isUUID(id) {
				m.uuid = cmp.Or(m.uuid, id)
				r.byUUID[id] = m
			}
		}
	}
}

func (r *reader) modelNamed(name string) *model {
	if _, own, ok := strings.Cut(name, "/"); ok { // OWNER/NAME
		name = own
	}
	if m := r.byName[name]; m != nil {
		return m
	}
	m := &model{name: name}
	r.byName[name] = m
	r.models = append(r.models, m)
	return m
}

// modelOfUUID returns a model of which nothing but the UUID may be known.
func (r *reader) modelOfUUID(id string) *model {
	if m := r.byUUID[id]; m != nil {
		return m
	}
	m := &model{uuid: id}
	r.byUUID[id] = m
	r.models = append(r.models, m)
	return m
}

func isUUID(text string) bool {
	const length = 36
	return len(text) == length && strings.Trim(strings.ToLower(text), "0123456789abcdef-") == ""
}

// finishModels enters the models that something stands in.
func (r *reader) finishModels() {
	for _, m := range r.models {
		managed := m.by != nil && !m.by.data
		if !managed && !m.filled {
			continue
		}
		f := &m.facts
		f.Name, f.UUID, f.State = m.name, m.uuid, r.kind.State()
		if m.by != nil {
			f.At = r.at(m.by)
			f.Type = m.by.get("type").text()
		} else {
			f.At = r.firstPlace(f)
		}
		f.Evidence = []snapshot.Evidence{}
		switch {
		case r.partial:
		case !managed:
			// Somebody else made the model, and may have put more into it than stands here.
			f.Evidence = append(f.Evidence, snapshot.JujuConfig)
		default:
			f.Evidence = Evidence()
			if m.secrets {
				f.Evidence = append(f.Evidence, snapshot.JujuSecrets)
			}
		}
		r.out.Models = append(r.out.Models, *f)
	}
}

// firstPlace is a place for a model that no block makes.
func (r *reader) firstPlace(f *snapshot.Model) snapshot.Pos {
	switch {
	case len(f.Applications) > 0:
		return f.Applications[0].At
	case len(f.Relations) > 0:
		return f.Relations[0].At
	case len(f.Offers) > 0:
		return f.Offers[0].At
	case len(f.Secrets) > 0:
		return f.Secrets[0].At
	}
	return snapshot.Pos{}
}
