package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// perField bounds how many mutants of one field are spread over all objects that
// have it. Those of the objects that matter are not bounded so.
const perField = 4

// matters names the objects in which a fault hurts most: one of each kind of
// part that a stack has. Of each, the first and the last mutant of a field are
// always made.
var matters = regexp.MustCompile(`^(istio-system|kube-system)/|/(qbittorrent|gluetun|radarr|plex|arr-gateway)(-istio|-0|-vpn-killswitch|-gateway-settings|-gateway-client-config)?$`)

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
		all = append(all, chosen(byField[f])...)
	}
	return all
}

// chosen picks the mutants of one field that are made, in their order.
func chosen(of []mutant) []mutant {
	wanted := map[int]bool{}
	for _, i := range spread(indices(of), perField) {
		wanted[i] = true
	}
	first, last := map[string]int{}, map[string]int{}
	for i, m := range of {
		if !matters.MatchString(m.object) {
			continue
		}
		if _, ok := first[m.object]; !ok {
			first[m.object] = i
		}
		last[m.object] = i
	}
	for object, i := range first {
		wanted[i], wanted[last[object]] = true, true
	}
	var out []mutant
	for _, i := range slices.Sorted(maps.Keys(wanted)) {
		out = append(out, of[i])
	}
	return out
}

func indices[T any](list []T) []int {
	out := make([]int, len(list))
	for i := range list {
		out[i] = i
	}
	return out
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
	switch p[len(p)-1].field {
	case "StatusKnown", "Patch": // how much was read, not what there is
		return
	}
	if p[len(p)-1].field == "At" || strings.HasSuffix(p[len(p)-1].field, "At") && v.Type() == reflect.TypeFor[snapshot.Pos]() {
		return
	}
	change := func(operator, detail string, set func(reflect.Value)) {
		yield(mutant{
			operator: operator, field: p.field(), object: object, what: strings.TrimSpace(object + " " + p.field() + detail),
			change: func(s *snapshot.Snapshot) {
				for _, v := range (place{p}).values(s) {
					set(v)
				}
			},
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
				operator: operatorOf(element), field: p.field() + factKey(element), object: name, what: strings.TrimSpace(name + " " + p.field() + detail + indexOf(p, i)),
				change: func(s *snapshot.Snapshot) { p.drop(s, i) },
			})
			walk(element, p.then(step{index: i}), name, yield)
		}
	case reflect.Struct:
		if f, ok := v.Interface().(snapshot.Fact); ok {
			for _, other := range otherTexts(f.Value) {
				q := p.then(step{field: "Value"})
				operator, to := "change a value", other.text
				if other.part != "" {
					operator, to = "change a part of a value", other.part
				}
				field := p.field() + factKey(v)
				if other.part != "" {
					part, _, _ := strings.Cut(other.part, "=")
					field += "." + part
				}
				yield(mutant{
					operator: operator, field: field, object: object, what: fmt.Sprintf("%s %s %s: %s", object, p.field(), f.Key, to),
					change: func(s *snapshot.Snapshot) {
						for _, v := range (place{q}).values(s) {
							v.SetString(other.text)
						}
					},
				})
			}
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), p.then(step{field: v.Type().Field(i).Name}), object, yield)
		}
	case reflect.String:
		for _, other := range otherTexts(v.String()) {
			change("change a value", "="+other.text, func(x reflect.Value) { x.SetString(other.text) })
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
