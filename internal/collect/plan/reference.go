package plan

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// scope is one instance of a module, with what the configuration says of it.
type scope struct {
	path   []step
	module *syntax.Node            // of the configuration
	blocks map[string]*syntax.Node // its resources, by address without key
	call   *syntax.Node            // the call in the module around; nil of the root
	around *scope
}

// scopeOf returns the instance of a module, making it and those around it.
func (r *reader) scopeOf(path []step) *scope {
	address := moduleAddress(path)
	if s := r.scopes[address]; s != nil {
		return s
	}
	s := &scope{path: path}
	if len(path) == 0 {
		s.module = r.root.Lookup("configuration").Lookup("root_module")
	} else {
		s.around = r.scopeOf(path[:len(path)-1])
		last := path[len(path)-1]
		s.call = s.around.module.Lookup("module_calls").Lookup(last.name)
		s.module = s.call.Lookup("module")
		called := within(moduleAddress(s.around.path), "module."+last.name)
		r.instances[called] = append(r.instances[called], s)
	}
	// All instances of a module share its configuration; a table each is little
	// beside their resources.
	list := s.module.Lookup("resources")
	s.blocks = make(map[string]*syntax.Node, list.Len())
	for _, b := range list.List() {
		s.blocks[b.Lookup("address").Peek()] = b
	}
	r.scopes[address] = s
	return s
}

// origin is an attribute of a resource that a value may come from; attribute is
// empty where it is not said which.
type origin struct {
	resource  *resource
	attribute string
}

// trail follows references to where values come from.
type trail struct {
	reader *reader
	found  []origin
	dead   bool // it leads somewhere that the configuration does not show
	steps  int
}

// maxSteps bounds how far references are followed: through five modules with
// twenty references each it takes a hundred.
const maxSteps = 2000

// originOf finds the one attribute of another resource that an attribute known
// after apply comes from. ok is false where none or several may be it.
func (r *reader) originOf(x *resource, expression *syntax.Node, attribute ...string) (origin, bool) {
	if said := r.modules.Origin(x.address, attribute...); said != "" {
		if o, ok := r.byMarker(said); ok {
			return o, true
		}
	}
	t := trail{reader: r}
	t.follow(x.scope, x.block, expression)
	if t.dead || t.steps > maxSteps || len(t.found) != 1 {
		return origin{}, false
	}
	return t.found[0], true
}

// byMarker finds the attribute that a marker of package module names.
func (r *reader) byMarker(marker string) (origin, bool) {
	steps := split(marker)
	attribute := steps[len(steps)-1].name
	address := marker[:max(len(marker)-len(attribute)-1, 0)]
	var path []step
	for len(steps) > 2 && steps[0] == (step{"module", ""}) {
		path, steps = append(path, steps[1]), steps[2:]
	}
	base, rest := "", steps
	if steps[0].name == "data" {
		base, rest = "data.", steps[1:]
	}
	if len(rest) < 3 {
		return origin{}, false
	}
	for _, x := range r.byBase[within(moduleAddress(path), base+rest[0].name+"."+rest[1].name)] {
		if x.address == address {
			return origin{x, attribute}, true
		}
	}
	return origin{}, false
}

// follow follows the references of an expression that stands in a block of a
// module. Values that are known lead nowhere: they cannot be what is not.
func (t *trail) follow(s *scope, block, expression *syntax.Node) {
	if t.steps++; t.steps > maxSteps || expression == nil {
		return
	}
	if expression.Kind() != syntax.Map {
		t.dead = true // a nested block, which is no expression
		return
	}
	list := expression.Lookup("references")
	if list.Kind() != syntax.List {
		return
	}
	for _, reference := range leaves(list.Texts()) {
		t.reference(s, block, split(reference))
	}
}

func (t *trail) reference(s *scope, block *syntax.Node, steps []step) {
	at := func(i int) step {
		if i < len(steps) {
			return steps[i]
		}
		return step{}
	}
	switch at(0).name {
	case "count", "path", "terraform", "self":
	case "each":
		if at(1).name == "value" {
			t.follow(s, nil, block.Lookup("for_each_expression"))
			t.dead = t.dead || block.Lookup("for_each_expression") == nil
		}
	case "local":
		t.dead = true
	case "var":
		if s.around != nil {
			t.follow(s.around, s.call, s.call.Lookup("expressions").Lookup(at(1).name))
		}
	case "module":
		t.output(s, at(1), at(2).name)
	case "data":
		t.resources(s, "data."+at(1).name+"."+at(2).name, at(2).key, at(3).name)
	default:
		t.resources(s, at(0).name+"."+at(1).name, at(1).key, at(2).name)
	}
}

// output follows an output of a module, of each instance where it is not said
// which one.
func (t *trail) output(s *scope, called step, output string) {
	if output == "" {
		t.dead = true // of the module as a whole
		return
	}
	for _, inner := range t.reader.instances[within(moduleAddress(s.path), "module."+called.name)] {
		if called.key == "" || called.key == inner.path[len(inner.path)-1].key {
			t.follow(inner, nil, inner.module.Lookup("outputs").Lookup(output).Lookup("expression"))
		}
	}
}

func (t *trail) resources(s *scope, base, key, attribute string) {
	for _, x := range t.reader.byBase[within(moduleAddress(s.path), base)] {
		if key != "" && key != x.key || attribute != "" && !x.get(attribute).unknown {
			continue
		}
		if o := (origin{x, attribute}); !slices.Contains(t.found, o) {
			t.found = append(t.found, o)
		}
	}
}

// modelOf returns the model that a resource stands in; nil where it is not known.
func (r *reader) modelOf(x *resource) *model {
	if x.asked {
		return x.model
	}
	x.asked = true // also ends a circle
	for _, attribute := range []string{"model_uuid", "model"} {
		v := x.get(attribute)
		switch text := v.text(); {
		case v.unknown:
			if o, ok := r.originOf(x, x.block.Lookup("expressions").Lookup(attribute), attribute); ok {
				x.model = r.modelBehind(o)
			}
		case text == "":
			continue
		case isUUID(text):
			x.model = r.modelOfUUID(text)
		case attribute == "model": // of the provider before 1.0
			x.model = r.modelNamed(text)
		}
		return x.model
	}
	return nil
}

// modelBehind returns the model whose name or UUID an attribute is.
func (r *reader) modelBehind(o origin) *model {
	switch {
	case o.resource.typ == "juju_model" && slices.Contains([]string{"", "uuid", "id", "name"}, o.attribute):
		return o.resource.model
	case o.resource.typ != "juju_model" && slices.Contains([]string{"model_uuid", "model"}, o.attribute):
		return r.modelOf(o.resource)
	}
	return nil
}
