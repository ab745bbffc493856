package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// perField bounds how many mutants there are of one field: they are spread over
// the objects that have it.
const perField = 4

// observed returns the mutants of what was read of Kubernetes: somebody changed
// the cluster behind Juju's back. Every list and every leaf that a snapshot
// records is a candidate, so a field that no rule looks at shows.
func observed(s snapshot.Snapshot) []mutant {
	byField := map[string][]mutant{}
	var fields []string
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch field.Name {
		case "Schema", "Sources", "Models", "Coverage", "Gaps", "Ignored":
			continue
		}
		walk(v.Field(i), path{{field: field.Name}}, "", func(m mutant) {
			key := m.operator + " " + m.field
			if byField[key] == nil {
				fields = append(fields, key)
			}
			byField[key] = append(byField[key], m)
		})
	}
	var all []mutant
	for _, f := range fields {
		all = append(all, spread(byField[f], perField)...)
	}
	return all
}

// spread picks n elements of a list at even distances.
func spread[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, 0, n)
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// step leads from a value to a part of it: to a field, or to an element.
type step struct {
	field string
	index int // where field is empty
}

type path []step

func (p path) then(s step) path { return append(slices.Clone(p), s) }

// field names the path without its indices: Pods.Spec.HostNetwork.
func (p path) field() string {
	var names []string
	for _, s := range p {
		if s.field != "" && s.field != "Meta" {
			names = append(names, s.field)
		}
	}
	return strings.Join(names, ".")
}

// at follows the path.
func (p path) at(s *snapshot.Snapshot) reflect.Value {
	v := reflect.ValueOf(s).Elem()
	for _, s := range p {
		if s.field != "" {
			v = v.FieldByName(s.field)
		} else {
			v = v.Index(s.index)
		}
	}
	return v
}

// walk visits each list and each leaf below a value. object says which object it
// is in.
func walk(v reflect.Value, p path, object string, yield func(mutant)) {
	if p[len(p)-1].field == "At" || strings.HasSuffix(p[len(p)-1].field, "At") && v.Type() == reflect.TypeFor[snapshot.Pos]() {
		return
	}
	change := func(operator, detail string, set func(reflect.Value)) {
		yield(mutant{
			operator: operator, field: p.field(), what: strings.TrimSpace(object + " " + p.field() + detail),
			change: func(s *snapshot.Snapshot) { set(p.at(s)) },
		})
	}
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			element, name := v.Index(i), object
			if len(p) == 1 {
				name = objectName(element)
			}
			detail := ""
			if f, ok := element.Interface().(snapshot.Fact); ok {
				detail = " " + f.Key
			}
			yield(mutant{
				operator: operatorOf(element), field: p.field() + factKey(element), what: strings.TrimSpace(name + " " + p.field() + detail + indexOf(p, i)),
				change: func(s *snapshot.Snapshot) {
					list := p.at(s)
					shorter := reflect.AppendSlice(reflect.MakeSlice(list.Type(), 0, list.Len()), list.Slice(0, i))
					list.Set(reflect.AppendSlice(shorter, list.Slice(i+1, list.Len())))
				},
			})
			walk(element, p.then(step{index: i}), name, yield)
		}
	case reflect.Struct:
		if f, ok := v.Interface().(snapshot.Fact); ok {
			for _, other := range otherTexts(f.Value) {
				q := p.then(step{field: "Value"})
				yield(mutant{
					operator: "change a value", field: p.field() + factKey(v), what: fmt.Sprintf("%s %s %s=%s", object, p.field(), f.Key, other),
					change: func(s *snapshot.Snapshot) { q.at(s).SetString(other) },
				})
			}
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), p.then(step{field: v.Type().Field(i).Name}), object, yield)
		}
	case reflect.String:
		for _, other := range otherTexts(v.String()) {
			change("change a value", "="+other, func(x reflect.Value) { x.SetString(other) })
		}
	case reflect.Bool:
		change("flip", "", func(x reflect.Value) { x.SetBool(!x.Bool()) })
	case reflect.Int:
		change("change a number", "", func(x reflect.Value) { x.SetInt(x.Int() + 1) })
	}
}

func operatorOf(element reflect.Value) string {
	switch element.Interface().(type) {
	case snapshot.Fact:
		return "drop an entry"
	}
	return "drop an element"
}

// factKey makes each label, annotation or entry a field of its own.
func factKey(v reflect.Value) string {
	if f, ok := v.Interface().(snapshot.Fact); ok {
		return "[" + f.Key + "]"
	}
	return ""
}

func indexOf(p path, i int) string {
	if len(p) == 1 {
		return ""
	}
	return fmt.Sprintf("[%d]", i)
}

// objectName names a Kubernetes object: "Pods charmarr-core/radarr-0".
func objectName(element reflect.Value) string {
	meta, ok := element.FieldByName("Meta").Interface().(snapshot.Meta)
	if !ok {
		panic(fmt.Sprintf("%s has no Meta", element.Type())) // every list that is walked is of objects
	}
	return strings.TrimPrefix(meta.Namespace+"/"+meta.Name, "/")
}

// everywhere is the widest range of addresses.
const everywhere = "0.0.0.0/0"

// otherTexts are texts near a given one: none for a text that is not said, and a
// wider range for an address range.
func otherTexts(text string) []string {
	switch text {
	case "":
		return nil
	case "true":
		return []string{"false"}
	case "false":
		return []string{"true"}
	}
	out := []string{text + "x"}
	if address, _, ok := strings.Cut(text, "/"); ok && text != everywhere && strings.Count(address, ".") == 3 && !strings.ContainsAny(text, " ,\n") {
		out = append(out, everywhere)
	}
	return out
}
