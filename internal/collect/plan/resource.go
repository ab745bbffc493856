package plan

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// resource is one instance of a resource or data source.
type resource struct {
	address string
	typ     string
	name    string
	key     string // as it stands in the address: ["core"], [0] or nothing
	path    []step // the modules it stands in
	data    bool

	values    *syntax.Node // its attributes
	unknown   *syntax.Node // marks of attributes known after apply only
	sensitive *syntax.Node // marks of sensitive ones
	at        *syntax.Node // what of the document is its place

	scope *scope
	block *syntax.Node // what the configuration says of it; nil where it says nothing

	sources map[string]int32 // of its facts, by file
	model   *model
	asked   bool // which model it is in
}

// value is one attribute.
type value struct {
	node *syntax.Node
	// unknown says that it is known after apply only, and sensitive that its author
	// marked it or what it is made of.
	unknown, sensitive bool
}

// get returns an attribute.
func (x *resource) get(name string) value {
	return value{lookup(x.values, name), marked(x.unknown, name), marked(x.sensitive, name)}
}

// known tells whether the attribute is there to read and may be.
func (v value) known() bool { return !v.unknown && !v.sensitive }

// text returns an attribute's text, and nothing where it is not known or marked
// as sensitive.
func (v value) text() string {
	if !v.known() {
		return ""
	}
	return snapshot.RedactText(v.node.Text())
}

// lookup is Lookup that knows that null is nothing.
func lookup(n *syntax.Node, name string) *syntax.Node {
	v := n.Lookup(name)
	if v.Kind() == syntax.Null {
		return nil
	}
	return v
}

// elements are the elements of a list or set, and nothing of anything else that
// is null.
func elements(n *syntax.Node) []*syntax.Node {
	if n.Kind() == syntax.Null {
		return nil
	}
	return n.List()
}

// marked tells whether a tree of marks (true, or marks by name) marks a name.
func marked(marks *syntax.Node, name string) bool { return isTrue(markUnder(marks, name)) }

// markUnder returns the marks below a name; those above it hold for all below.
func markUnder(marks *syntax.Node, name string) *syntax.Node {
	if marks.Kind() == syntax.Map {
		return marks.Lookup(name)
	}
	return marks
}

// markAt is markUnder for an element of a list.
func markAt(marks *syntax.Node, i int) *syntax.Node {
	if marks.Kind() != syntax.List {
		return marks
	}
	if list := marks.List(); i < len(list) {
		return list[i]
	}
	return nil
}

func isTrue(n *syntax.Node) bool { return n.Kind() == syntax.Bool && n.Peek() == "true" }

// anyMark tells whether something in a tree of marks is marked.
func anyMark(marks *syntax.Node) bool {
	switch marks.Kind() {
	case syntax.Map:
		for _, v := range marks.Entries() {
			if anyMark(v) {
				return true
			}
		}
	case syntax.List:
		return slices.ContainsFunc(marks.List(), anyMark)
	}
	return isTrue(marks)
}

// base is the address without the key: what the configuration calls it.
func (x *resource) base() string {
	if x.data {
		return "data." + x.typ + "." + x.name
	}
	return x.typ + "." + x.name
}

// newResource reads what a change and a state say alike of a resource: where it
// stands. ok is false where that cannot be read.
func newResource(n *syntax.Node, module string) (*resource, bool) {
	r := &resource{
		address: n.Get("address").Text(), typ: n.Get("type").Text(), name: n.Get("name").Text(),
		data: n.Get("mode").Text() == "data", at: n.Get("address"),
	}
	path, ok := modules(module)
	if !ok || r.typ == "" || r.name == "" {
		n.Report("a resource has no address that can be read")
		return nil, false
	}
	r.path = path
	if rest, ok := strings.CutPrefix(r.address, within(module, r.base())); ok {
		r.key = rest
	}
	return r, true
}

// changed reads a change: what is there once the plan was applied. It returns nil
// where nothing is.
func changed(n *syntax.Node) *resource {
	if n.Lookup("deposed") != nil {
		return nil // an object that is on its way out; its successor stands beside it
	}
	change := n.Get("change")
	actions := change.Get("actions").Texts()
	r, ok := newResource(n, n.Get("module_address").Text())
	if !ok {
		return nil
	}
	after := "after"
	if len(actions) == 1 {
		switch actions[0] {
		case "delete":
			return nil
		case "forget": // it stays, and Terraform looks after it no more
			after = "before"
		}
	}
	r.values, r.sensitive = change.Get(after), change.Get(after+"_sensitive")
	if after == "after" {
		r.unknown = change.Get("after_unknown")
	}
	return r
}

// stated reads the resources of a module of a state and those below it.
func stated(module *syntax.Node, each func(*resource), depth int) {
	if depth > maxModules {
		module.Report("modules are nested too deep to be read")
		return
	}
	address := module.Get("address").Text()
	for _, n := range module.Get("resources").List() {
		if n.Lookup("deposed_key") != nil {
			continue
		}
		r, ok := newResource(n, address)
		if !ok {
			continue
		}
		r.values, r.sensitive = n.Get("values"), n.Get("sensitive_values")
		each(r)
	}
	for _, child := range module.Get("child_modules").List() {
		stated(child, each, depth+1)
	}
}

// maxModules bounds how deep modules are nested. Terraform's own registry has
// none beyond five.
const maxModules = 50
