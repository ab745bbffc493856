package compiled

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Read reads a package that Write has written.
func Read(b string) (p Package, err error) {
	r := &reader{rest: b}
	r.origin(&p)
	r.about(&p)
	for range r.count() {
		p.Modules = append(p.Modules, r.module())
	}
	p.Indexed = r.indexed
	if r.err == nil && len(r.rest) > 0 {
		r.fail("more than a package")
	}
	if r.err != nil {
		return Package{}, fmt.Errorf("reading a compiled package: %w", r.err)
	}
	return p, nil
}

// reader reads one package. After the first error everything it gives is empty
// and every count 0.
type reader struct {
	rest    string
	err     error
	texts   []string
	indexed []*ast.Rule

	// Of the module at hand.
	file  string
	terms []*ast.Term
	last  *ast.Location // neighbours often share a place

	// Memory that is handed out in pieces: an allocation for each term would
	// take as long as everything else.
	termMemory  []ast.Term
	listMemory  []*ast.Term
	exprMemory  []ast.Expr
	bodyMemory  []*ast.Expr
	placeMemory []ast.Location
}

// block is how many pieces of memory are made at once.
const block = 256

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = errors.New(what)
	}
	r.rest = ""
}

func (r *reader) number() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 0x80 {
		n := r.rest[0]
		r.rest = r.rest[1:]
		return uint64(n)
	}
	n, length := uint64(0), 0
	for shift := 0; length < min(len(r.rest), binary.MaxVarintLen64); shift += 7 {
		c := r.rest[length]
		length++
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			r.rest = r.rest[length:]
			return n
		}
	}
	r.fail("it ends within a number")
	return 0
}

// count reads how many things follow. Each takes a byte at least, so that no
// memory is made for more than there can be.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.fail("it counts more than it holds")
		return 0
	}
	return int(n)
}

func (r *reader) octet() byte {
	if r.rest == "" {
		r.fail("it ends too early")
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *reader) raw() string {
	n := r.count()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) text() string {
	n := r.number()
	if n >= uint64(len(r.texts)) {
		r.fail("it names a text that it does not hold")
		return ""
	}
	return r.texts[n]
}

func (r *reader) origin(p *Package) { p.Origin = r.raw() }

func (r *reader) about(p *Package) {
	n := r.count()
	r.texts = make([]string, n)
	for i := range r.texts {
		r.texts[i] = r.raw()
	}
	r.plain(reflect.ValueOf(&p.About).Elem())
}

// plain reads what the writer's plain has written.
func (r *reader) plain(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Int:
		v.SetInt(int64(r.number()))
	case reflect.Bool:
		v.SetBool(r.number() == 1)
	case reflect.Slice:
		n := r.count()
		if n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			r.plain(v.Index(i))
		}
	case reflect.Map:
		n := r.count()
		if n == 0 {
			return
		}
		v.Set(reflect.MakeMapWithSize(v.Type(), n))
		for range n {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			r.plain(key)
			r.plain(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.plain(v.Field(i))
		}
	default:
		r.fail("it holds a type that cannot be read")
	}
}

func (r *reader) module() *ast.Module {
	r.file, r.last = r.text(), nil
	n := r.count()
	r.terms = make([]*ast.Term, 0, n)
	for range n {
		value := r.value()
		if r.err != nil {
			return nil
		}
		t := r.newTerm()
		t.Value = value
		r.terms = append(r.terms, t)
	}
	path, ok := r.term().Value.(ast.Ref)
	at := r.place()
	if !ok || at == nil {
		r.fail("a package has no path or no place")
	}
	m := &ast.Module{Package: &ast.Package{Path: path, Location: at}}
	m.SetRegoVersionSpan(ast.RegoVersionSpanOf(ast.RegoV1))
	count := r.count()
	m.Rules = make([]*ast.Rule, count)
	for i := range m.Rules {
		m.Rules[i] = r.rule(m)
	}
	return m
}

func (r *reader) rule(m *ast.Module) *ast.Rule {
	flags := r.octet()
	head := &ast.Head{}
	rule := &ast.Rule{Head: head, Module: m, Default: flags&ruleDefault != 0, Location: r.place()}
	head.Location = r.place()
	head.Name = ast.Var(r.text())
	head.Reference = r.list()
	head.Args = r.list()
	head.Assign = flags&ruleAssign != 0
	if flags&ruleKey != 0 {
		head.Key = r.term()
	}
	if flags&ruleValue != 0 {
		head.Value = r.term()
	}
	if flags&(ruleKey|ruleValue) == 0 {
		r.fail("a rule has neither key nor value")
	}
	rule.Body = r.body()
	if flags&ruleIndexed != 0 {
		r.indexed = append(r.indexed, rule)
	}
	if flags&ruleElse != 0 && r.err == nil {
		rule.Else = r.rule(m)
	}
	return rule
}

func (r *reader) place() *ast.Location {
	row := int(r.number())
	if row == 0 {
		return nil
	}
	col := int(r.number())
	if r.last != nil && r.last.Row == row && r.last.Col == col {
		return r.last
	}
	if len(r.placeMemory) == 0 {
		r.placeMemory = make([]ast.Location, block)
	}
	l := &r.placeMemory[0]
	r.placeMemory = r.placeMemory[1:]
	l.File, l.Row, l.Col = r.file, row, col
	r.last = l
	return l
}

func (r *reader) body() ast.Body {
	n := r.count()
	if n > len(r.bodyMemory) {
		r.bodyMemory = make([]*ast.Expr, max(n, block))
	}
	body := r.bodyMemory[:n:n]
	r.bodyMemory = r.bodyMemory[n:]
	for i := range body {
		body[i] = r.expr(i)
	}
	return body
}

func (r *reader) expr(position int) *ast.Expr {
	if len(r.exprMemory) == 0 {
		r.exprMemory = make([]ast.Expr, block)
	}
	e := &r.exprMemory[0]
	r.exprMemory = r.exprMemory[1:]

	flags := r.octet()
	e.Generated, e.Negated = flags&exprGenerated != 0, flags&exprNegated != 0
	e.Location = r.place()
	e.Index = position
	if flags&exprIndex != 0 {
		e.Index = int(r.number())
	}
	switch {
	case flags&exprTerm != 0:
		e.Terms = r.term()
	case flags&exprEvery != 0:
		e.Terms = r.every()
	default:
		terms := r.list()
		if len(terms) == 0 {
			r.fail("a call has no operator")
		}
		e.Terms = terms
	}
	if flags&exprWith != 0 {
		for range r.count() {
			terms := r.exactly(2)
			e.With = append(e.With, &ast.With{Target: terms[0], Value: terms[1], Location: r.place()})
		}
	}
	return e
}

func (r *reader) every() *ast.Every {
	terms := r.list()
	if len(terms) != 2 && len(terms) != 3 {
		r.fail("an every has too few terms")
		return nil
	}
	every := &ast.Every{Value: terms[0], Domain: terms[1], Location: r.place()}
	if len(terms) == 3 {
		every.Key = terms[2]
	}
	every.Body = r.body()
	return every
}

func (r *reader) term() *ast.Term {
	n := r.number()
	if n >= uint64(len(r.terms)) {
		r.fail("it names a term that does not stand before")
		return ast.InternedNullTerm
	}
	return r.terms[n]
}

func (r *reader) newTerm() *ast.Term {
	if len(r.termMemory) == 0 {
		r.termMemory = make([]ast.Term, block)
	}
	t := &r.termMemory[0]
	r.termMemory = r.termMemory[1:]
	return t
}

func (r *reader) list() []*ast.Term {
	n := r.count()
	if n == 0 {
		return nil
	}
	if n > len(r.listMemory) {
		r.listMemory = make([]*ast.Term, max(n, block))
	}
	list := r.listMemory[:n:n]
	r.listMemory = r.listMemory[n:]
	for i := range list {
		list[i] = r.term()
	}
	return list
}

// exactly reads a list that must have n terms.
func (r *reader) exactly(n int) []*ast.Term {
	list := r.list()
	if len(list) != n {
		r.fail("a list has not as many terms as it must")
		list = make([]*ast.Term, n)
	}
	return list
}

func (r *reader) value() ast.Value {
	switch kind := r.octet(); kind {
	case valueNull:
		return ast.InternedNullTerm.Value
	case valueFalse, valueTrue:
		return ast.InternedTerm(kind == valueTrue).Value
	case valueNumber:
		return ast.Number(r.text())
	case valueString:
		return ast.String(r.text())
	case valueVar:
		return ast.Var(r.text())
	case valueRef:
		return ast.Ref(r.list())
	case valueCall:
		return ast.Call(r.list())
	case valueArray:
		return ast.NewArray(r.list()...)
	case valueSet:
		return ast.NewSet(r.list()...)
	case valueObject:
		return r.object()
	case valueArrayComprehension:
		return &ast.ArrayComprehension{Term: r.exactly(1)[0], Body: r.body()}
	case valueSetComprehension:
		return &ast.SetComprehension{Term: r.exactly(1)[0], Body: r.body()}
	case valueObjectComprehension:
		terms := r.exactly(2)
		c := &ast.ObjectComprehension{Key: terms[0], Value: terms[1], Body: r.body()}
		if l := r.place(); l != nil {
			c.Key = ast.NewTerm(terms[0].Value).SetLocation(l)
		}
		return c
	}
	r.fail("it holds a kind of value that cannot be read")
	return nil
}

func (r *reader) object() ast.Value {
	list := r.list()
	if len(list)%2 != 0 {
		r.fail("an object has a key without a value")
		return nil
	}
	pairs := make([][2]*ast.Term, len(list)/2)
	for i := range pairs {
		pairs[i] = [2]*ast.Term{list[2*i], list[2*i+1]}
	}
	return ast.NewObject(pairs...)
}
