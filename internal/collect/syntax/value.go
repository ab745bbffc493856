package syntax

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Values turns Go values into documents, so that what a server sent and a
// client decoded is read by the same code as a file. A value becomes what
// encoding/json would write of it, keys of maps in alphabetical order. Its
// nodes have no places.
//
// It remembers how each type is laid out. The zero value is ready; one is used
// by one goroutine at a time.
type Values struct {
	layouts map[reflect.Type][]member
}

// member is a field of a struct.
type member struct {
	index     []int
	name      string
	omitEmpty bool
	omitZero  bool
}

// Document returns a value as a document. A value that cannot be written as
// JSON gives a document with an Err.
func (v *Values) Document(value any) *Document {
	doc := &Document{Index: 1}
	m := mirror{values: v, arena: arena{doc: doc}}
	doc.Root = m.node(nil, reflect.ValueOf(value), 0)
	if m.err != nil {
		doc.Root, doc.Err = nil, m.err
	}
	return doc
}

// mirror builds the tree of one value.
type mirror struct {
	values *Values
	arena  arena
	err    *Error
}

func (m *mirror) node(key *Node, v reflect.Value, depth int) *Node {
	switch {
	case m.err != nil:
		return nil
	case depth > maxDepth:
		m.err = tooDeep()
		return nil
	case m.arena.full():
		m.err = tooMany()
		return nil
	}
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return m.scalar(Null, key, "")
		}
		v = v.Elem()
	}
	if !v.IsValid() {
		return m.scalar(Null, key, "")
	}
	if number, ok := v.Interface().(json.Number); ok {
		return m.scalar(Number, key, cmp.Or(number.String(), "0"))
	}
	if own, ok := marshaler(v); ok {
		return m.marshalled(key, own, depth)
	}
	switch v.Kind() {
	case reflect.Bool:
		return m.scalar(Bool, key, strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return m.scalar(Number, key, strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return m.scalar(Number, key, strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		return m.scalar(Number, key, strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.String:
		return m.scalar(String, key, v.String())
	case reflect.Slice, reflect.Array:
		return m.list(key, v, depth)
	case reflect.Map:
		return m.mapping(key, v, depth)
	case reflect.Struct:
		return m.structure(key, v, depth)
	}
	m.err = &Error{Reason: fmt.Sprintf("a value of type %s cannot be read", v.Type())}
	return nil
}

func (m *mirror) scalar(kind Kind, key *Node, text string) *Node {
	return m.arena.node(kind, key, text, 0, 0)
}

// marshaler returns the value as one that writes its own JSON: a time, a
// quantity, a port that is a number or a name.
func marshaler(v reflect.Value) (json.Marshaler, bool) {
	if v.Kind() != reflect.Struct && v.NumMethod() == 0 {
		return nil, false
	}
	if v.CanAddr() {
		own, ok := v.Addr().Interface().(json.Marshaler)
		return own, ok
	}
	own, ok := v.Interface().(json.Marshaler)
	return own, ok
}

func (m *mirror) marshalled(key *Node, own json.Marshaler, depth int) *Node {
	text, err := own.MarshalJSON()
	if err != nil {
		m.err = &Error{Reason: fmt.Sprintf("a value of type %T cannot be written: %v", own, err)}
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		m.err = &Error{Reason: fmt.Sprintf("a value of type %T writes no JSON: %v", own, err)}
		return nil
	}
	return m.node(key, reflect.ValueOf(plain), depth)
}

func (m *mirror) list(key *Node, v reflect.Value, depth int) *Node {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return m.scalar(Null, key, "")
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return m.scalar(String, key, base64.StdEncoding.EncodeToString(v.Bytes()))
	}
	n := m.scalar(List, key, "")
	n.items = make([]*Node, 0, v.Len())
	for i := range v.Len() {
		n.items = append(n.items, m.node(key, v.Index(i), depth+1))
	}
	return n
}

func (m *mirror) mapping(key *Node, v reflect.Value, depth int) *Node {
	if v.IsNil() {
		return m.scalar(Null, key, "")
	}
	n := m.scalar(Map, key, "")
	n.items = make([]*Node, 0, 2*v.Len())
	if plain, ok := v.Interface().(map[string]string); ok { // labels: most maps by far
		for _, k := range slices.Sorted(maps.Keys(plain)) {
			under := m.scalar(String, nil, k)
			n.items = append(n.items, under, m.scalar(String, under, plain[k]))
		}
		return n
	}
	if v.Type().Key().Kind() != reflect.String {
		m.err = &Error{Reason: fmt.Sprintf("a value of type %s cannot be read: its keys are no text", v.Type())}
		return nil
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		under := m.scalar(String, nil, k.String())
		n.items = append(n.items, under, m.node(under, v.MapIndex(k), depth+1))
	}
	return n
}

func (m *mirror) structure(key *Node, v reflect.Value, depth int) *Node {
	n := m.scalar(Map, key, "")
	layout := m.values.layout(v.Type())
	n.items = make([]*Node, 0, len(layout))
	for _, f := range layout {
		field, ok := at(v, f.index)
		if !ok || f.omitEmpty && isEmpty(field) || f.omitZero && isZero(field) {
			continue
		}
		under := m.scalar(String, nil, f.name)
		n.items = append(n.items, under, m.node(under, field, depth+1))
	}
	return n
}

// at returns a field, or false where it stands in an embedded struct that is
// not there.
func at(v reflect.Value, index []int) (reflect.Value, bool) {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// isEmpty is what encoding/json leaves out under omitempty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// isZero is what encoding/json leaves out under omitzero.
func isZero(v reflect.Value) bool {
	if own, ok := v.Interface().(interface{ IsZero() bool }); ok {
		return v.Kind() == reflect.Pointer && v.IsNil() || own.IsZero()
	}
	return v.IsZero()
}

// layout returns the fields of a struct as encoding/json sees them: those of
// embedded structs stand among its own unless they have a name.
func (v *Values) layout(t reflect.Type) []member {
	if known, ok := v.layouts[t]; ok {
		return known
	}
	members := []member{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		embedded := f.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case tag == "-", !f.IsExported() && !f.Anonymous:
		case name == "" && embedded.Kind() == reflect.Struct && (f.Anonymous || strings.Contains(options, "inline")):
			for _, inner := range v.layout(embedded) {
				inner.index = slices.Concat([]int{i}, inner.index)
				members = append(members, inner)
			}
		default:
			if name == "" {
				name = f.Name
			}
			members = append(members, member{
				index: []int{i}, name: name,
				omitEmpty: hasOption(options, "omitempty"), omitZero: hasOption(options, "omitzero"),
			})
		}
	}
	if v.layouts == nil {
		v.layouts = map[reflect.Type][]member{}
	}
	v.layouts[t] = members
	return members
}

func hasOption(options, want string) bool {
	return slices.Contains(strings.Split(options, ","), want)
}
