package evaluate

import (
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Reads tells which fields of a stack each rule can read, itself and through
// what it refers to. What a rule finds in a stack depends on nothing else, so that
// its answer stands as long as these fields do.
type Reads struct {
	fields map[rule.ID]fieldSet
	names  []string // of the fields of topology.Stack, by index
}

// fieldSet are fields of topology.Stack, by name. all is a rule that takes the
// document as a whole.
type fieldSet struct {
	all   bool
	named map[string]bool
}

// verdictFields are the fields that decide makes a verdict from, whatever a rule
// reads itself.
var verdictFields = []string{"profile", "evidence", "unread", "models"}

// Reads follows the references of every rule.
func (e *Engine) Reads() (Reads, error) {
	out := Reads{fields: map[rule.ID]fieldSet{}}
	t := reflect.TypeFor[topology.Stack]()
	for i := range t.NumField() {
		name, err := fieldName(t, i)
		if err != nil {
			return Reads{}, err
		}
		out.names = append(out.names, name)
	}
	graphs := map[*ast.Compiler]referenceGraph{}
	for _, r := range e.rules {
		g, ok := graphs[r.compiler]
		if !ok {
			g = references(r.compiler)
			graphs[r.compiler] = g
		}
		set := fieldSet{named: map[string]bool{}}
		g.follow("data."+r.Package+".", &set, map[int]bool{})
		for _, f := range verdictFields {
			set.named[f] = true
		}
		out.fields[r.ID] = set
	}
	return out, nil
}

// Changed returns the names of the fields in which two stacks differ.
func (r Reads) Changed(a, b *topology.Stack) []string {
	var out []string
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i, name := range r.names {
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			out = append(out, name)
		}
	}
	return out
}

// Any tells whether a rule can read one of the fields.
func (r Reads) Any(id rule.ID, fields []string) bool {
	set, known := r.fields[id]
	if !known || set.all {
		return len(fields) > 0
	}
	return slices.ContainsFunc(fields, func(f string) bool { return set.named[f] })
}

// definition is a rule or function of Rego: what it is called, with a dot at the
// end, and what it refers to.
type definition struct {
	name  string
	input []string // fields of the input; "" is the whole of it
	data  []string // names of others, as far as they are known before a run
}

type referenceGraph []definition

// references lists the definitions of all modules.
func references(c *ast.Compiler) referenceGraph {
	var out referenceGraph
	for _, m := range c.Modules {
		for _, def := range m.Rules {
			d := definition{name: dotted(m.Package.Path.Extend(def.Head.Ref()))}
			ast.WalkRefs(def, func(ref ast.Ref) bool {
				switch {
				case ref.HasPrefix(ast.InputRootRef):
					field := ""
					if len(ref) > 1 {
						name, _ := ref[1].Value.(ast.String)
						field = string(name)
					}
					d.input = append(d.input, field)
				case ref.HasPrefix(ast.DefaultRootRef):
					d.data = append(d.data, dotted(ref))
				}
				return false
			})
			out = append(out, d)
		}
	}
	return out
}

// dotted writes the part of a reference that is known before a run, with a dot
// after each name.
func dotted(ref ast.Ref) string {
	var text strings.Builder
	text.WriteString("data.")
	for _, term := range ref[1:] {
		name, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		text.WriteString(string(name) + ".")
	}
	return text.String()
}

// follow adds the fields that definitions below, or above, a name can read.
func (g referenceGraph) follow(name string, into *fieldSet, seen map[int]bool) {
	for i, d := range g {
		if seen[i] || !strings.HasPrefix(d.name, name) && !strings.HasPrefix(name, d.name) {
			continue
		}
		seen[i] = true
		for _, field := range d.input {
			if field == "" {
				into.all = true
			}
			into.named[field] = true
		}
		for _, other := range d.data {
			g.follow(other, into, seen)
		}
	}
}
