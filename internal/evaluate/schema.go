package evaluate

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/topology"
)

// StackSchema returns the JSON schema of topology.Stack, the input of every
// rule: each field is required and no other is allowed. It is what policies are
// type-checked against; policies/schemas/stack.json is the same, written down
// for editors.
func StackSchema() ([]byte, error) {
	schema, err := stackSchema()
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema of a stack: %w", err)
	}
	return append(b, '\n'), nil
}

func stackSchema() (map[string]any, error) {
	root := reflect.TypeFor[topology.Stack]()
	definitions := map[string]any{}
	schema, err := objectSchema(root, definitions)
	if err != nil {
		return nil, fmt.Errorf("deriving the schema of a stack: %w", err)
	}
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = "One Charmarr deployment, as rules see it (input)"
	schema["definitions"] = definitions
	return schema, nil
}

func typeSchema(t reflect.Type, definitions map[string]any) (map[string]any, error) {
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}, nil
	case reflect.Int:
		return map[string]any{"type": "integer"}, nil
	case reflect.Bool:
		return map[string]any{"type": "boolean"}, nil
	case reflect.Slice:
		items, err := typeSchema(t.Elem(), definitions)
		if err != nil {
			return nil, err
		}
		return map[string]any{"type": "array", "items": items}, nil
	case reflect.Struct:
		ref := map[string]any{"$ref": "#/definitions/" + t.Name()}
		if _, ok := definitions[t.Name()]; ok {
			return ref, nil
		}
		definitions[t.Name()] = nil // a type that holds itself ends here
		s, err := objectSchema(t, definitions)
		if err != nil {
			return nil, err
		}
		definitions[t.Name()] = s
		return ref, nil
	}
	return nil, fmt.Errorf("type %s: rules see strings, ints, bools, structs and slices of them only", t)
}

func objectSchema(t reflect.Type, definitions map[string]any) (map[string]any, error) {
	properties := map[string]any{}
	required := make([]any, 0, t.NumField())
	for i := range t.NumField() {
		name, err := fieldName(t, i)
		if err != nil {
			return nil, err
		}
		s, err := typeSchema(t.Field(i).Type, definitions)
		if err != nil {
			return nil, fmt.Errorf("field %s.%s: %w", t.Name(), t.Field(i).Name, err)
		}
		properties[name] = s
		required = append(required, name)
	}
	return map[string]any{
		"type":                 "object",
		"additionalProperties": false,
		"properties":           properties,
		"required":             required,
	}, nil
}

// fieldName is the name that Rego has for a field: its json name, which must be
// there and must not let the field be left out.
func fieldName(t reflect.Type, i int) (string, error) {
	f := t.Field(i)
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" || name == "-" || options != "" || !f.IsExported() {
		return "", fmt.Errorf("field %s.%s: wants a plain json name, so that it is always present", t.Name(), f.Name)
	}
	return name, nil
}
