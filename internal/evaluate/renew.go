package evaluate

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Change is where two stacks differ: the names of fields from the document down.
// Where lists have another length the change is the list itself.
type Change []string

// branch is a place in the document of a stack, known from the types alone: how to
// tell whether what stands there changed, and how to convert it.
type branch struct {
	path   Change
	number int       // among all branches
	key    *ast.Term // of the field that it is
	same   sameness
	encode encoder
	fields []branch // of a struct; none of what a finding takes as a whole
	elem   *branch  // of an item, where it is a list
}

// sameness tells whether two values are the same. It is built once a type; values
// are addressable, as everything in a stack that is pointed to.
type sameness func(a, b reflect.Value) bool

// renewal turns the document of a stack into that of another one that differs
// from it in some places, and remembers the places.
type renewal struct {
	scratch *scratch // made when something is to be converted
	seen    []bool   // by number of branch
	changes []Change
}

// stackTree builds the branches of the document of a stack, and counts them.
func stackTree() (root branch, size int, err error) {
	b := treeBuilder{encoders: map[reflect.Type]encoder{}, same: map[reflect.Type]sameness{}}
	root, err = b.branch(reflect.TypeFor[topology.Stack](), nil)
	if err != nil {
		return branch{}, 0, fmt.Errorf("preparing the comparison of stacks: %w", err)
	}
	return root, b.size, nil
}

// renew returns the document of a stack, of which that of another one is there, and
// where the two differ.
func (r Reads) renew(before *ast.Term, old, s *topology.Stack) (*ast.Term, []Change) {
	w := renewal{seen: make([]bool, r.size)}
	after := w.term(&r.tree, before, reflect.ValueOf(old).Elem(), reflect.ValueOf(s).Elem())
	return after, w.changes
}

// term renews what stands at a branch. What is the same, below it, is taken from
// before.
func (w *renewal) term(at *branch, before *ast.Term, a, b reflect.Value) *ast.Term {
	switch {
	case at.fields != nil:
		if object, ok := before.Value.(ast.Object); ok {
			return w.object(at, before, object, a, b)
		}
	case at.elem != nil:
		if list, ok := before.Value.(*ast.Array); ok && list.Len() == a.Len() {
			return w.list(at, list, a, b)
		}
	}
	w.note(at)
	return w.encode(at, b)
}

func (w *renewal) encode(at *branch, v reflect.Value) *ast.Term {
	if w.scratch == nil {
		w.scratch = newScratch()
	}
	return at.encode(w.scratch, v)
}

func (w *renewal) object(at *branch, whole *ast.Term, before ast.Object, a, b reflect.Value) *ast.Term {
	var pairs [][2]*ast.Term
	for i := range at.fields {
		field := &at.fields[i]
		x, y := a.Field(i), b.Field(i)
		if field.same(x, y) {
			continue
		}
		if pairs == nil {
			pairs = make([][2]*ast.Term, len(at.fields))
			for j := range at.fields {
				pairs[j] = [2]*ast.Term{at.fields[j].key, before.Get(at.fields[j].key)}
			}
		}
		pairs[i][1] = w.term(field, pairs[i][1], x, y)
	}
	if pairs == nil {
		return whole
	}
	return ast.NewTerm(ast.NewObject(pairs...))
}

func (w *renewal) list(at *branch, before *ast.Array, a, b reflect.Value) *ast.Term {
	n := b.Len()
	if n == 0 {
		w.note(at)
		return ast.InternedEmptyArray
	}
	terms := make([]*ast.Term, n)
	if a.Len() == n {
		for i := range terms {
			terms[i] = before.Elem(i)
			if x, y := a.Index(i), b.Index(i); !at.elem.same(x, y) {
				terms[i] = w.term(at.elem, terms[i], x, y)
			}
		}
		return ast.NewTerm(ast.NewArray(terms...))
	}
	w.note(at)
	// One was put in or taken out: around it the items are those of before.
	head, tail, both := 0, 0, min(a.Len(), n)
	for head < both && at.elem.same(a.Index(head), b.Index(head)) {
		terms[head] = before.Elem(head)
		head++
	}
	for tail < both-head && at.elem.same(a.Index(a.Len()-1-tail), b.Index(n-1-tail)) {
		terms[n-1-tail] = before.Elem(a.Len() - 1 - tail)
		tail++
	}
	for i := head; i < n-tail; i++ {
		terms[i] = w.encode(at.elem, b.Index(i))
	}
	return ast.NewTerm(ast.NewArray(terms...))
}

func (w *renewal) note(at *branch) {
	if !w.seen[at.number] {
		w.seen[at.number] = true
		w.changes = append(w.changes, at.path)
	}
}

// treeBuilder builds branches. What depends on a type alone is built once.
type treeBuilder struct {
	size     int
	encoders map[reflect.Type]encoder
	same     map[reflect.Type]sameness
}

func (b *treeBuilder) branch(t reflect.Type, path Change) (branch, error) {
	out := branch{path: path, number: b.size, same: b.sameness(t)}
	b.size++
	var err error
	if out.encode, err = encoderOf(t, b.encoders); err != nil {
		return branch{}, err
	}
	switch {
	case t.Kind() == reflect.Slice:
		elem, err := b.branch(t.Elem(), path)
		if err != nil {
			return branch{}, err
		}
		elem.number, out.elem = out.number, &elem // an item that is no struct is its list
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[topology.Subject]():
		out.fields = make([]branch, t.NumField())
		for i := range out.fields {
			name, err := fieldName(t, i)
			if err != nil {
				return branch{}, err
			}
			if out.fields[i], err = b.branch(t.Field(i).Type, append(slices.Clip(path), name)); err != nil {
				return branch{}, err
			}
			out.fields[i].key = ast.StringTerm(name)
		}
	}
	return out, nil
}

// sameness builds the comparison of a type. Those that most of a document is made
// of are compared by Go itself.
func (b *treeBuilder) sameness(t reflect.Type) sameness {
	switch t {
	case reflect.TypeFor[topology.Subject]():
		return sameAs[topology.Subject]
	case reflect.TypeFor[[]string]():
		return sameList[string]
	case reflect.TypeFor[[]topology.Fact]():
		return sameList[topology.Fact]
	case reflect.TypeFor[[]topology.Mount]():
		return sameList[topology.Mount]
	}
	if known, ok := b.same[t]; ok {
		return known
	}
	var out sameness
	switch t.Kind() {
	case reflect.Struct:
		fields := make([]sameness, t.NumField())
		for i := range fields {
			fields[i] = b.sameness(t.Field(i).Type)
		}
		out = func(x, y reflect.Value) bool {
			for i, same := range fields {
				if !same(x.Field(i), y.Field(i)) {
					return false
				}
			}
			return true
		}
	case reflect.Slice:
		elem := b.sameness(t.Elem())
		out = func(x, y reflect.Value) bool {
			n := x.Len()
			if n != y.Len() {
				return false
			}
			if x.UnsafePointer() == y.UnsafePointer() {
				return true
			}
			for i := range n {
				if !elem(x.Index(i), y.Index(i)) {
					return false
				}
			}
			return true
		}
	case reflect.String:
		out = func(x, y reflect.Value) bool { return x.String() == y.String() }
	case reflect.Int:
		out = func(x, y reflect.Value) bool { return x.Int() == y.Int() }
	default:
		out = reflect.Value.Equal
	}
	b.same[t] = out
	return out
}

func sameAs[T comparable](a, b reflect.Value) bool {
	x, ok := a.Addr().Interface().(*T)
	y, is := b.Addr().Interface().(*T)
	return ok && is && *x == *y
}

func sameList[T comparable](a, b reflect.Value) bool {
	x, ok := a.Addr().Interface().(*[]T)
	y, is := b.Addr().Interface().(*[]T)
	return ok && is && slices.Equal(*x, *y)
}
