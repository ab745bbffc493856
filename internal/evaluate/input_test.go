package evaluate

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/topology"
)

// full sets every field of a value, slices to one item each.
func full(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(-1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		full(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			full(v.Field(i))
		}
	}
}

// Converting straight gives what JSON would give, and both fit the schema.
func TestInputIsWhatJSONWouldBe(t *testing.T) {
	engine := fixture(t, Options{})
	var filled topology.Stack
	full(reflect.ValueOf(&filled).Elem())
	tests := map[string]topology.Stack{"filled": filled, "sizeable": sizeable()}
	raw, err := StackSchema()
	require.NoError(t, err)
	var doc any
	require.NoError(t, json.Unmarshal(raw, &doc))
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("stack.json", doc))
	schema, err := compiler.Compile("stack.json")
	require.NoError(t, err)

	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			got := engine.input(&s)
			asJSON, err := ast.JSON(got.Value)
			require.NoError(t, err)
			require.NoError(t, schema.Validate(asJSON))
			if name == "filled" { // its slices are all there, and none is null
				want, err := ast.InterfaceToValue(s)
				require.NoError(t, err)
				require.Zero(t, got.Value.Compare(want))
			}
		})
	}
}

// An empty stack still has every field: no slice is null.
func TestEmptyInput(t *testing.T) {
	got := fixture(t, Options{}).input(&topology.Stack{})
	require.Equal(t, "[]", got.Value.(ast.Object).Get(ast.StringTerm("routes")).String())
	require.Equal(t, reflect.TypeFor[topology.Stack]().NumField(), got.Value.(ast.Object).Len())
}

func TestTypesThatRulesCannotSee(t *testing.T) {
	type optional struct {
		A string `json:"a,omitempty"`
	}
	type mapped struct {
		A map[string]string `json:"a"`
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[optional](), reflect.TypeFor[mapped]()} {
		_, err := encoderOf(typ, map[reflect.Type]encoder{})
		require.Error(t, err)
		_, err = typeSchema(typ, map[string]any{})
		require.Error(t, err)
	}
}
