package module

import (
	"errors"
	"reflect"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// chosen is the name of the function that choices are turned into; nobody can write
// it.
const chosen = "(choice)"

// lazily turns each choice (a ? b : c) in a tree of expressions into a call. The
// library says of a choice that it depends on both of its results, whichever it
// takes, so that nothing could be told of where it comes from.
func lazily(body *hclsyntax.Body) {
	for _, a := range body.Attributes {
		turn(reflect.ValueOf(&a.Expr).Elem())
	}
	for _, b := range body.Blocks {
		lazily(b.Body)
	}
}

// turn visits the expressions in a value of the library's.
func turn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		turn(v.Elem())
		if e, ok := v.Interface().(*hclsyntax.ConditionalExpr); ok && v.CanSet() {
			v.Set(reflect.ValueOf(&hclsyntax.FunctionCallExpr{
				Name: chosen, Args: []hclsyntax.Expression{e.Condition, e.TrueResult, e.FalseResult},
				NameRange: e.SrcRange, OpenParenRange: e.SrcRange, CloseParenRange: e.SrcRange,
			}))
		}
	case reflect.Pointer:
		if _, ok := v.Interface().(hclsyntax.Node); ok && !v.IsNil() {
			turn(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				turn(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			turn(v.Index(i))
		}
	}
}

// choice evaluates the result that a condition chooses and not the other one.
func choice() hclFunction {
	expression := func(name string) function.Parameter {
		return function.Parameter{Name: name, Type: customdecode.ExpressionClosureType}
	}
	call := func(args []cty.Value) (cty.Value, error) {
		value := func(i int) (cty.Value, error) {
			v, diags := customdecode.ExpressionClosureFromVal(args[i]).Value()
			if diags.HasErrors() {
				return cty.NilVal, diags
			}
			return v, nil
		}
		condition, err := value(0)
		if err != nil {
			return cty.NilVal, err
		}
		condition, marks := condition.Unmark()
		if condition.IsNull() {
			return cty.NilVal, errors.New("the condition is null")
		}
		if !condition.IsKnown() {
			return cty.DynamicVal.WithMarks(marks), nil
		}
		if condition.Type() != cty.Bool {
			return cty.NilVal, errors.New("the condition is neither true nor false")
		}
		taken := 2
		if condition.True() {
			taken = 1
		}
		v, err := value(taken)
		if err != nil {
			return cty.NilVal, err
		}
		return v.WithMarks(marks), nil
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{expression("condition"), expression("yes"), expression("no")},
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
