package evaluate

import (
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/topology"
)

// encoder turns a Go value into a Rego term. It is built once a type, by
// reflection, so that a stack is converted without going through JSON.
type encoder func(*scratch, reflect.Value) *ast.Term

// scratch is the memory of a conversion, and of others after it.
type scratch struct {
	// strings holds the terms made so far: names, places and words like
	// "declared" come up again and again, many of them in each stack.
	strings map[string]*ast.Term
	fields  [][2]*ast.Term // a stack of fields of objects in the making
	items   []*ast.Term    // a stack of items of arrays in the making
}

// stackEncoder builds the encoder of topology.Stack.
func stackEncoder() (encoder, error) {
	t := reflect.TypeFor[topology.Stack]()
	enc, err := encoderOf(t, map[reflect.Type]encoder{})
	if err != nil {
		return nil, fmt.Errorf("preparing the conversion of %s: %w", t, err)
	}
	return enc, nil
}

// input converts a stack.
func (e *Engine) input(s *topology.Stack) *ast.Term {
	w, ok := e.scratches.Get().(*scratch)
	if !ok {
		w = newScratch()
	}
	defer e.scratches.Put(w)
	if len(w.strings) > mostStrings {
		clear(w.strings)
	}
	return e.encode(w, reflect.ValueOf(s).Elem())
}

// mostStrings bounds the terms that are remembered from one stack to the next. A
// deployment has about a thousand texts, two in three of its own.
const mostStrings = 4096

func newScratch() *scratch {
	return &scratch{
		strings: make(map[string]*ast.Term, 256),
		fields:  make([][2]*ast.Term, 0, 128),
		items:   make([]*ast.Term, 0, 128),
	}
}

func encoderOf(t reflect.Type, known map[reflect.Type]encoder) (encoder, error) {
	if enc, ok := known[t]; ok {
		return enc, nil
	}
	switch t.Kind() {
	case reflect.String:
		return encodeString, nil
	case reflect.Int:
		return func(_ *scratch, v reflect.Value) *ast.Term { return ast.InternedTerm(int(v.Int())) }, nil
	case reflect.Bool:
		return func(_ *scratch, v reflect.Value) *ast.Term { return ast.InternedTerm(v.Bool()) }, nil
	case reflect.Slice:
		elem, err := encoderOf(t.Elem(), known)
		if err != nil {
			return nil, err
		}
		return sliceEncoder(elem), nil
	case reflect.Struct:
		enc, err := structEncoder(t, known)
		if err != nil {
			return nil, err
		}
		known[t] = enc
		return enc, nil
	}
	return nil, fmt.Errorf("type %s: rules see strings, ints, bools, structs and slices of them only", t)
}

func encodeString(w *scratch, v reflect.Value) *ast.Term {
	s := v.String()
	if s == "" {
		return ast.InternedEmptyString
	}
	t, ok := w.strings[s]
	if !ok {
		t = ast.StringTerm(s)
		w.strings[s] = t
	}
	return t
}

func sliceEncoder(elem encoder) encoder {
	return func(w *scratch, v reflect.Value) *ast.Term {
		n := v.Len()
		if n == 0 {
			return ast.InternedEmptyArray
		}
		base := len(w.items)
		for i := range n {
			w.items = append(w.items, elem(w, v.Index(i)))
		}
		// The array keeps the slice it is given.
		terms := append([]*ast.Term(nil), w.items[base:]...)
		w.items = w.items[:base]
		return ast.NewTerm(ast.NewArray(terms...))
	}
}

func structEncoder(t reflect.Type, known map[reflect.Type]encoder) (encoder, error) {
	type field struct {
		key    *ast.Term
		encode encoder
	}
	fields := make([]field, t.NumField())
	for i := range fields {
		name, err := fieldName(t, i)
		if err != nil {
			return nil, err
		}
		enc, err := encoderOf(t.Field(i).Type, known)
		if err != nil {
			return nil, fmt.Errorf("field %s.%s: %w", t.Name(), t.Field(i).Name, err)
		}
		fields[i] = field{key: ast.StringTerm(name), encode: enc}
	}
	return func(w *scratch, v reflect.Value) *ast.Term {
		base := len(w.fields)
		for i := range fields {
			w.fields = append(w.fields, [2]*ast.Term{fields[i].key, fields[i].encode(w, v.Field(i))})
		}
		// The object copies the pairs.
		o := ast.NewObject(w.fields[base:]...)
		w.fields = w.fields[:base]
		return ast.NewTerm(o)
	}, nil
}
