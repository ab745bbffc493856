package evaluate

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Reads tells what of a stack each rule can read, itself and through what it refers
// to. What a rule finds in a stack depends on nothing else, so that its answer
// stands as long as that does.
//
// Of a rule of one's own it is known which fields of the document it reads. Of a
// built-in one it is also known below them: those reach a part of an object by its
// name, as in app.mesh, and neither walk objects nor give any back but subjects; a
// test holds them to that by what they find.
type Reads struct {
	rules map[rule.ID]reach
	tree  branch // the document of a stack
	size  int    // how many branches it has
}

// reach is what a rule can read. all is the document as a whole.
type reach struct {
	all    bool
	fields map[string]bool // of the document
	words  map[string]bool // every text in it and in what it refers to; nil where that says nothing
}

// verdictFields are the fields that decide makes a verdict from, whatever a rule
// reads itself.
var verdictFields = []string{"profile", "evidence", "unread", "models"}

// Reads follows the references of every rule.
func (e *Engine) Reads() (Reads, error) {
	tree, size, err := stackTree()
	if err != nil {
		return Reads{}, err
	}
	out := Reads{rules: map[rule.ID]reach{}, tree: tree, size: size}
	graphs := map[*ast.Compiler]referenceGraph{}
	for _, r := range e.rules {
		g, ok := graphs[r.compiler]
		if !ok {
			g = references(r.compiler)
			graphs[r.compiler] = g
		}
		set := reach{fields: map[string]bool{}, words: map[string]bool{}}
		g.follow("data."+r.Package+".", &set, map[int]bool{})
		for _, f := range verdictFields {
			set.fields[f] = true
		}
		if r.Own {
			set.words = nil
		}
		out.rules[r.ID] = set
	}
	return out, nil
}

// Any tells whether a rule can read one of the changes.
func (r Reads) Any(id rule.ID, changes []Change) bool {
	set, known := r.rules[id]
	if !known || set.all {
		return len(changes) > 0
	}
	return slices.ContainsFunc(changes, func(c Change) bool {
		if !set.fields[c[0]] {
			return false
		}
		whole := set.words == nil || slices.Contains(verdictFields, c[0])
		return whole || !slices.ContainsFunc(c, func(name string) bool { return !set.words[name] })
	})
}

// definition is a rule or function of Rego: what it is called, with a dot at the
// end, and what it refers to.
type definition struct {
	name  string
	input []string // fields of the input; "" is the whole of it
	data  []string // names of others, as far as they are known before a run
	words []string // every text in it
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
			ast.WalkTerms(def, func(term *ast.Term) bool {
				if word, ok := term.Value.(ast.String); ok {
					d.words = append(d.words, string(word))
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
func (g referenceGraph) follow(name string, into *reach, seen map[int]bool) {
	for i, d := range g {
		if seen[i] || !strings.HasPrefix(d.name, name) && !strings.HasPrefix(name, d.name) {
			continue
		}
		seen[i] = true
		for _, field := range d.input {
			if field == "" {
				into.all = true
			}
			into.fields[field] = true
		}
		for _, word := range d.words {
			into.words[word] = true
		}
		for _, other := range d.data {
			g.follow(other, into, seen)
		}
	}
}
