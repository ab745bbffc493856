package evaluate

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/topology"
)

// changesOf is where two values differ, found the plain way.
func changesOf(a, b reflect.Value, at string) []string {
	var out []string
	switch t := a.Type(); {
	case reflect.DeepEqual(a.Interface(), b.Interface()):
		return nil
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[topology.Subject]():
		for i := range t.NumField() {
			out = append(out, changesOf(a.Field(i), b.Field(i), strings.TrimPrefix(at+"."+t.Field(i).Tag.Get("json"), "."))...)
		}
	case t.Kind() == reflect.Slice && a.Len() == b.Len():
		for i := range a.Len() {
			out = append(out, changesOf(a.Index(i), b.Index(i), at)...)
		}
	default:
		out = append(out, at)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// disturb copies a value and changes it in a few places: texts, numbers, and what
// is in lists.
func disturb(r *rand.Rand, v reflect.Value, odds int) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	hit := r.IntN(odds) == 0
	switch v.Kind() {
	case reflect.String:
		if hit {
			out.SetString(v.String() + "!")
		}
	case reflect.Int:
		if hit {
			out.SetInt(v.Int() + 1)
		}
	case reflect.Bool:
		out.SetBool(v.Bool() != hit)
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(disturb(r, v.Field(i), odds))
		}
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), 0, v.Len()+1))
		for i := range v.Len() {
			if r.IntN(odds) > 0 {
				out.Set(reflect.Append(out, disturb(r, v.Index(i), odds)))
			}
		}
		if hit {
			filled := reflect.New(v.Type().Elem()).Elem()
			full(filled)
			at := r.IntN(out.Len() + 1)
			out.Set(reflect.AppendSlice(reflect.Append(out.Slice3(0, at, at), filled), out.Slice(at, out.Len())))
		}
	}
	return out
}

// TestRenewIsInput walks through stacks that differ a little, or not at all, each
// from the one before. What is made of the document of the one before is the
// document of the stack, and what is said to have changed is what did.
func TestRenewIsInput(t *testing.T) {
	engine := fixture(t, Options{})
	reads, err := engine.Reads()
	require.NoError(t, err)
	var filled topology.Stack
	full(reflect.ValueOf(&filled).Elem())
	for name, start := range map[string]topology.Stack{"filled": filled, "sizeable": sizeable(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 3))
			last, document := &start, engine.input(&start)
			for range 300 {
				next := disturb(r, reflect.ValueOf(last).Elem(), 1+r.IntN(4000)).Addr().Interface().(*topology.Stack)
				after, changes := reads.renew(document, last, next)
				require.Zero(t, after.Value.Compare(engine.input(next).Value))
				var got []string
				for _, c := range changes {
					got = append(got, strings.Join(c, "."))
				}
				slices.Sort(got)
				require.Equal(t, changesOf(reflect.ValueOf(last).Elem(), reflect.ValueOf(next).Elem(), ""), got)
				if last, document = next, after; r.IntN(20) == 0 {
					last, document = &start, engine.input(&start)
				}
			}
		})
	}
}
