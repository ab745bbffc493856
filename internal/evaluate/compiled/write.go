package compiled

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Write returns the package as bytes. It fails on what OPA's compiler leaves in
// no module, or this package does not know yet.
func Write(p Package) (b []byte, err error) {
	w := &writer{indexed: p.Indexed, texts: map[string]uint64{}, locals: regexp.MustCompile(`^__local\d+__$`)}
	var body []byte
	if body, err = w.plain(body, reflect.ValueOf(p.About)); err != nil {
		return nil, fmt.Errorf("writing what package %s says of itself: %w", strings.Join(p.About.Path, "."), err)
	}
	body = binary.AppendUvarint(body, uint64(len(p.Modules)))
	for _, m := range p.Modules {
		if body, err = w.module(body, m); err != nil {
			return nil, fmt.Errorf("writing the compiled form of %s: %w", m.Package.Location.File, err)
		}
	}
	b = appendText(nil, p.Origin)
	b = binary.AppendUvarint(b, uint64(len(w.order)))
	for _, s := range w.order {
		b = appendText(b, s)
	}
	return append(b, body...), nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// writer writes one package.
type writer struct {
	indexed []*ast.Rule
	texts   map[string]uint64 // positions in order
	order   []string
	locals  *regexp.Regexp // the compiler's own variables

	// Of the module at hand: the terms so far, each written once, and the new
	// names of the compiler's variables.
	terms  []byte
	count  uint64
	known  map[string]uint64
	rename map[ast.Var]string
}

func (w *writer) text(b []byte, s string) []byte {
	n, ok := w.texts[s]
	if !ok {
		n = uint64(len(w.order))
		w.texts[s], w.order = n, append(w.order, s)
	}
	return binary.AppendUvarint(b, n)
}

// plain writes strings, whole numbers, truth values, and lists, maps and structs
// of them, without their types.
func (w *writer) plain(b []byte, v reflect.Value) ([]byte, error) {
	var err error
	switch v.Kind() {
	case reflect.String:
		return w.text(b, v.String()), nil
	case reflect.Int:
		return binary.AppendUvarint(b, uint64(v.Int())), nil
	case reflect.Bool:
		n := uint64(0)
		if v.Bool() {
			n = 1
		}
		return binary.AppendUvarint(b, n), nil
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			if b, err = w.plain(b, v.Index(i)); err != nil {
				return nil, err
			}
		}
		return b, nil
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		b = binary.AppendUvarint(b, uint64(len(keys)))
		for _, k := range keys {
			if b, err = w.plain(b, k); err == nil {
				b, err = w.plain(b, v.MapIndex(k))
			}
			if err != nil {
				return nil, err
			}
		}
		return b, nil
	case reflect.Struct:
		for i := range v.NumField() {
			if b, err = w.plain(b, v.Field(i)); err != nil {
				return nil, fmt.Errorf("field %s: %w", v.Type().Field(i).Name, err)
			}
		}
		return b, nil
	}
	return nil, fmt.Errorf("type %s: only strings, ints, bools, and slices, maps and structs of them can be written", v.Type())
}

// module writes the terms of a module, each once and before those that hold it,
// and then what is made of them.
func (w *writer) module(b []byte, m *ast.Module) ([]byte, error) {
	w.terms, w.count, w.known, w.rename = nil, 0, map[string]uint64{}, map[ast.Var]string{}
	path, err := w.termOf(m.Package.Path)
	if err != nil {
		return nil, err
	}
	rules := binary.AppendUvarint(nil, uint64(len(m.Rules)))
	for _, r := range m.Rules {
		if rules, err = w.rule(rules, r); err != nil {
			return nil, err
		}
	}
	b = w.text(b, m.Package.Location.File)
	b = binary.AppendUvarint(b, w.count)
	b = append(b, w.terms...)
	b = binary.AppendUvarint(b, path)
	b = place(b, m.Package.Location)
	return append(b, rules...), nil
}

func (w *writer) rule(b []byte, r *ast.Rule) ([]byte, error) {
	// The body binds what the head names. It comes first here, so that the
	// variables are numbered in the order of the body.
	body, err := w.body(nil, r.Body)
	if err != nil {
		return nil, err
	}
	flags := set(ruleDefault, r.Default) | set(ruleElse, r.Else != nil) | set(ruleAssign, r.Head.Assign) |
		set(ruleIndexed, slices.Contains(w.indexed, r)) | set(ruleKey, r.Head.Key != nil) | set(ruleValue, r.Head.Value != nil)
	b = append(b, flags)
	b = place(b, r.Location)
	b = place(b, r.Head.Location)
	b = w.text(b, string(r.Head.Name))
	if b, err = w.list(b, r.Head.Reference); err != nil {
		return nil, err
	}
	if b, err = w.list(b, r.Head.Args); err != nil {
		return nil, err
	}
	for _, t := range []*ast.Term{r.Head.Key, r.Head.Value} {
		if t == nil {
			continue
		}
		n, err := w.term(t)
		if err != nil {
			return nil, err
		}
		b = binary.AppendUvarint(b, n)
	}
	b = append(b, body...)
	if r.Else != nil {
		return w.rule(b, r.Else)
	}
	return b, nil
}

func set(flag byte, on bool) byte {
	if on {
		return flag
	}
	return 0
}

// place writes row and column; the file is the module's. 0 is no place.
func place(b []byte, l *ast.Location) []byte {
	if l == nil || l.Row <= 0 {
		return append(b, 0)
	}
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(l.Row)), uint64(l.Col))
}

func (w *writer) body(b []byte, body ast.Body) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(len(body)))
	var err error
	for i, e := range body {
		if b, err = w.expr(b, e, i); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (w *writer) expr(b []byte, e *ast.Expr, position int) ([]byte, error) {
	flags := set(exprGenerated, e.Generated) | set(exprNegated, e.Negated) | set(exprWith, len(e.With) > 0) |
		set(exprIndex, e.Index != position)
	var operands []byte
	var err error
	switch t := e.Terms.(type) {
	case *ast.Term:
		flags |= exprTerm
		var n uint64
		n, err = w.term(t)
		operands = binary.AppendUvarint(nil, n)
	case []*ast.Term:
		operands, err = w.list(nil, t)
	case *ast.Every:
		flags |= exprEvery
		operands, err = w.every(t)
	default:
		err = fmt.Errorf("an expression over %T cannot be written", t)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Location, err)
	}
	b = append(b, flags)
	b = place(b, e.Location)
	if e.Index != position {
		b = binary.AppendUvarint(b, uint64(e.Index))
	}
	b = append(b, operands...)
	if len(e.With) > 0 {
		b = binary.AppendUvarint(b, uint64(len(e.With)))
		for _, with := range e.With {
			if b, err = w.list(b, []*ast.Term{with.Target, with.Value}); err != nil {
				return nil, err
			}
			b = place(b, with.Location)
		}
	}
	return b, nil
}

func (w *writer) every(e *ast.Every) ([]byte, error) {
	terms := []*ast.Term{e.Value, e.Domain}
	if e.Key != nil {
		terms = append(terms, e.Key)
	}
	b, err := w.list(nil, terms)
	if err != nil {
		return nil, err
	}
	b = place(b, e.Location)
	return w.body(b, e.Body)
}

// list writes how many terms and which.
func (w *writer) list(b []byte, terms []*ast.Term) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(len(terms)))
	for _, t := range terms {
		n, err := w.term(t)
		if err != nil {
			return nil, err
		}
		b = binary.AppendUvarint(b, n)
	}
	return b, nil
}

// termOf is term for a value that stands in no term.
func (w *writer) termOf(v ast.Value) (uint64, error) { return w.term(ast.NewTerm(v)) }

// term returns the number of a term, having written it if it is new.
func (w *writer) term(t *ast.Term) (uint64, error) {
	b, shared, err := w.value(t.Value)
	if err != nil {
		return 0, err
	}
	if shared {
		if n, ok := w.known[string(b)]; ok {
			return n, nil
		}
		w.known[string(b)] = w.count
	}
	w.terms = append(w.terms, b...)
	w.count++
	return w.count - 1, nil
}

// value writes a value whose terms are written already. A value is shared by all
// that hold an equal one, but for comprehensions: OPA keeps what it knows of
// them, and what it computed, by their terms.
func (w *writer) value(v ast.Value) (b []byte, shared bool, err error) {
	switch v := v.(type) {
	case ast.Null:
		return []byte{valueNull}, true, nil
	case ast.Boolean:
		return []byte{valueFalse + set(valueTrue-valueFalse, bool(v))}, true, nil
	case ast.Number:
		return w.text([]byte{valueNumber}, string(v)), true, nil
	case ast.String:
		return w.text([]byte{valueString}, string(v)), true, nil
	case ast.Var:
		return w.text([]byte{valueVar}, w.name(v)), true, nil
	case ast.Ref:
		b, err = w.list([]byte{valueRef}, v)
		return b, true, err
	case ast.Call:
		b, err = w.list([]byte{valueCall}, v)
		return b, true, err
	case *ast.Array:
		var terms []*ast.Term
		v.Foreach(func(t *ast.Term) { terms = append(terms, t) })
		b, err = w.list([]byte{valueArray}, terms)
		return b, true, err
	case ast.Set:
		terms := v.Slice()
		slices.SortFunc(terms, func(a, b *ast.Term) int { return strings.Compare(w.spelt(a), w.spelt(b)) })
		b, err = w.list([]byte{valueSet}, terms)
		return b, true, err
	case ast.Object:
		b, err = w.object(v)
		return b, true, err
	case *ast.ArrayComprehension:
		b, err = w.comprehension(valueArrayComprehension, v.Body, v.Term)
	case *ast.SetComprehension:
		b, err = w.comprehension(valueSetComprehension, v.Body, v.Term)
	case *ast.ObjectComprehension:
		b, err = w.comprehension(valueObjectComprehension, v.Body, v.Key, v.Value)
		// OPA names the place of the key where two keys are the same.
		b = place(b, v.Key.Location)
	default:
		err = fmt.Errorf("a value of type %T cannot be written", v)
	}
	return b, false, err
}

func (w *writer) object(o ast.Object) ([]byte, error) {
	keys := o.Keys()
	slices.SortFunc(keys, func(a, b *ast.Term) int { return strings.Compare(w.spelt(a), w.spelt(b)) })
	var terms []*ast.Term
	for _, k := range keys {
		terms = append(terms, k, o.Get(k))
	}
	return w.list([]byte{valueObject}, terms)
}

func (w *writer) comprehension(kind byte, body ast.Body, terms ...*ast.Term) ([]byte, error) {
	written, err := w.body(nil, body)
	if err != nil {
		return nil, err
	}
	b, err := w.list([]byte{kind}, terms)
	return append(b, written...), err
}

// name gives the compiler's variables numbers of the module's own.
func (w *writer) name(v ast.Var) string {
	if !w.locals.MatchString(string(v)) {
		return string(v)
	}
	name, ok := w.rename[v]
	if !ok {
		name = ast.LocalVarPrefix + strconv.Itoa(len(w.rename)) + "__"
		w.rename[v] = name
	}
	return name
}

// spelt is a term as text, with the module's own names for variables, to bring
// the members of a set into an order that depends on nothing else.
func (w *writer) spelt(t *ast.Term) string {
	if v, ok := t.Value.(ast.Var); ok {
		return w.name(v)
	}
	return t.String()
}
