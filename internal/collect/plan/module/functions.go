package module

import (
	"errors"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// hclFunction is a function of the language.
type hclFunction = function.Function

// functions are the functions of Terraform's language that shape values. Those
// that read files, the clock or the network are left out: an expression that calls
// one is left open.
func functions() map[string]hclFunction {
	out := map[string]hclFunction{
		chosen: choice(),
		"can":  tryfunc.CanFunc, "try": tryfunc.TryFunc,
		"alltrue": every(true), "anytrue": every(false), "one": one(), "format": format(),
		"startswith": affix(strings.HasPrefix), "endswith": affix(strings.HasSuffix),
		"sensitive": same(), "nonsensitive": same(), "ephemeralasnull": same(),
	}
	for name, f := range map[string]hclFunction{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc, "chunklist": stdlib.ChunklistFunc,
		"coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc,
		"concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "floor": stdlib.FloorFunc, "index": stdlib.IndexFunc,
		"join": stdlib.JoinFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc,
		"length": stdlib.LengthFunc, "lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc,
		"merge": stdlib.MergeFunc, "min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "range": stdlib.RangeFunc,
		"regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "replace": stdlib.ReplaceFunc, "reverse": stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc, "setproduct": product(), "setsubtract": stdlib.SetSubtractFunc,
		"setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "split": stdlib.SplitFunc,
		"strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "title": stdlib.TitleFunc, "trim": stdlib.TrimFunc,
		"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc,
		"upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
		"tobool": stdlib.MakeToFunc(cty.Bool), "tonumber": stdlib.MakeToFunc(cty.Number), "tostring": stdlib.MakeToFunc(cty.String),
		"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
	} {
		out[name] = bounded(f)
	}
	return out
}

var errTooLarge = errors.New("the value is too large to be worked with")

// arguments are as many as there are, of any type.
func arguments() *function.Parameter {
	return &function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true}
}

// dynamic makes a function of any arguments and any result.
func dynamic(call func([]cty.Value) (cty.Value, error)) hclFunction {
	return function.New(&function.Spec{
		VarParam: arguments(),
		Type: func(args []cty.Value) (cty.Type, error) {
			v, err := call(args)
			if err != nil {
				return cty.NilType, err
			}
			return v.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return call(args) },
	})
}

// bounded refuses what a function makes that is too large.
func bounded(f hclFunction) hclFunction {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(), Type: f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && !small(v) {
				err = errTooLarge
			}
			return v, err
		},
	})
}

// product is setproduct, whose result is as large as the product of its arguments.
func product() hclFunction {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		size := 1
		for _, a := range args {
			if a.IsKnown() && !a.IsNull() && a.CanIterateElements() {
				if size *= max(a.LengthInt(), 1); size > maxElements {
					return cty.NilVal, errTooLarge
				}
			}
		}
		return stdlib.SetProductFunc.Call(args)
	})
}

// format is the function of that name without widths that fill memory.
func format() hclFunction {
	wide := regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4}|%[^a-zA-Z%]*\*`)
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		if len(args) > 0 && args[0].IsKnown() && !args[0].IsNull() && args[0].Type() == cty.String && wide.MatchString(args[0].AsString()) {
			return cty.NilVal, errTooLarge
		}
		return stdlib.FormatFunc.Call(args)
	})
}

func same() hclFunction {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		if len(args) != 1 {
			return cty.NilVal, errors.New("want one argument")
		}
		return args[0], nil
	})
}

// one returns the only element of a list, and null of an empty one.
func one() hclFunction {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		if len(args) != 1 || args[0].IsNull() || !args[0].IsKnown() || !args[0].CanIterateElements() || args[0].LengthInt() > 1 {
			return cty.NilVal, errors.New("want a list of at most one element")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			return v, nil
		}
		return cty.NullVal(cty.DynamicPseudoType), nil
	})
}

// every is alltrue, or with false anytrue.
func every(all bool) hclFunction {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		if len(args) != 1 || args[0].IsNull() || !args[0].IsKnown() || !args[0].CanIterateElements() {
			return cty.NilVal, errors.New("want a list")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			if !v.IsKnown() || v.IsNull() || v.Type() != cty.Bool {
				return cty.UnknownVal(cty.Bool), nil
			}
			if v.True() != all {
				return cty.BoolVal(!all), nil
			}
		}
		return cty.BoolVal(all), nil
	})
}

func affix(has func(text, affix string) bool) hclFunction {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		if len(args) != 2 {
			return cty.NilVal, errors.New("want two texts")
		}
		for _, a := range args {
			if !a.IsKnown() || a.IsNull() || a.Type() != cty.String {
				return cty.UnknownVal(cty.Bool), nil
			}
		}
		return cty.BoolVal(has(args[0].AsString(), args[1].AsString())), nil
	})
}
