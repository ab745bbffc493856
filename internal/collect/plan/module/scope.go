package module

import (
	"strconv"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// settled evaluates what is asked for once; a circle ends in what is not known.
func (s *scope) settled(have map[string]cty.Value, kind, name string, find func() (cty.Value, bool)) cty.Value {
	if v, ok := have[name]; ok {
		return v
	}
	key := kind + "." + name
	if s.open[key] {
		return cty.DynamicVal
	}
	s.open[key] = true
	v, ok := find()
	delete(s.open, key)
	if !ok || v == cty.NilVal {
		v = cty.DynamicVal
	}
	have[name] = v
	return v
}

// variable is the value of an input: what the call gives, else the default.
func (s *scope) variable(name string) cty.Value {
	return s.settled(s.inputs, "var", name, func() (cty.Value, bool) {
		if s.config == nil {
			return cty.NilVal, false
		}
		declared := s.config.block("variable", name)
		v, ok := cty.NilVal, false
		if s.around != nil && s.around.config != nil {
			last := s.path[len(s.path)-1]
			if call, called := s.around.config.calls["module."+last.Name]; called {
				if a := call.Body.Attributes[name]; a != nil {
					if v, ok = s.around.evaluate(a.Expr, s.around.repetition(call.Block, last.Key)); !ok {
						return cty.NilVal, false
					}
				}
			}
		}
		if declared == nil {
			return v, ok
		}
		if a := declared.Body.Attributes["default"]; a != nil && (!ok || v.IsNull()) {
			v, ok = s.evaluate(a.Expr, nil)
		}
		return typed(declared, v), ok
	})
}

// typed converts a value to the type that its variable declares. The library panics
// on some values; they stay what they are.
func typed(declared *hclsyntax.Block, v cty.Value) (out cty.Value) {
	defer func() {
		if recover() != nil {
			out = v
		}
	}()
	a := declared.Body.Attributes["type"]
	if a == nil || v == cty.NilVal {
		return v
	}
	want, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
	if diags.HasErrors() {
		return v
	}
	if defaults != nil && !v.IsNull() && v.IsKnown() {
		v = defaults.Apply(v)
	}
	if converted, err := convert.Convert(v, want); err == nil {
		return converted
	}
	return v
}

// block finds a block by its type and its only label.
func (c *config) block(kind, label string) *hclsyntax.Block {
	for _, f := range c.files {
		for _, b := range f.body.Blocks {
			if b.Type == kind && len(b.Labels) == 1 && b.Labels[0] == label {
				return b
			}
		}
	}
	return nil
}

func (s *scope) local(name string) cty.Value {
	return s.settled(s.locals, "local", name, func() (cty.Value, bool) {
		if s.config == nil || !s.config.plain {
			return cty.NilVal, false
		}
		for _, f := range s.config.files {
			for _, b := range f.body.Blocks {
				if b.Type == "locals" && b.Body.Attributes[name] != nil {
					return s.evaluate(b.Body.Attributes[name].Expr, nil)
				}
			}
		}
		return cty.NilVal, false
	})
}

// resource is the object of a resource: of all its instances, where it has keys.
func (s *scope) resource(base string) cty.Value {
	if v, ok := s.objects[base]; ok {
		return v
	}
	list := s.instances[base]
	values := make([]cty.Value, len(list))
	keys := make([]string, len(list))
	for i, x := range list {
		values[i], keys[i] = valueOf(x.Values, x.Unknown, x.Address, 0), x.Key
	}
	counted := false
	if s.config != nil {
		if b, ok := s.config.blocks[base]; ok {
			counted = b.Body.Attributes["count"] != nil
		}
	}
	v := repeated(keys, values, counted, s.config != nil && s.repeats(base))
	s.objects[base] = v
	return v
}

func (s *scope) repeats(base string) bool {
	b, ok := s.config.blocks[base]
	return ok && b.Body.Attributes["for_each"] != nil
}

// repeated makes the object of a block with keys of the objects of its instances.
func repeated(keys []string, values []cty.Value, counted, mapped bool) cty.Value {
	if len(keys) == 1 && keys[0] == "" {
		return values[0]
	}
	object, list := map[string]cty.Value{}, map[int]cty.Value{}
	for i, key := range keys {
		index, text, ok := keyValue(key)
		if !ok {
			return cty.DynamicVal
		}
		if index {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n >= maxElements {
				return cty.DynamicVal
			}
			list[n] = values[i]
			continue
		}
		object[text] = values[i]
	}
	switch {
	case len(object) > 0 && len(list) == 0, len(keys) == 0 && mapped:
		return cty.ObjectVal(object)
	case len(list) > 0 && len(object) == 0, len(keys) == 0 && counted:
		out := make([]cty.Value, len(list))
		for i := range out {
			v, ok := list[i]
			if !ok {
				return cty.DynamicVal
			}
			out[i] = v
		}
		return cty.TupleVal(out)
	}
	return cty.DynamicVal
}

// module is the object of a module that is called: its outputs, of all its
// instances where it has keys.
func (s *scope) module(name string) cty.Value {
	return s.settled(s.objects, "module", "module."+name, func() (cty.Value, bool) {
		var keys []string
		var values []cty.Value
		for _, inner := range s.inner[name] {
			keys = append(keys, inner.path[len(inner.path)-1].Key)
			values = append(values, inner.outputs())
		}
		counted, mapped := false, false
		if s.config != nil {
			if call, ok := s.config.calls["module."+name]; ok {
				counted, mapped = call.Body.Attributes["count"] != nil, call.Body.Attributes["for_each"] != nil
			}
		}
		return repeated(keys, values, counted, mapped), true
	})
}

func (s *scope) outputs() cty.Value {
	if s.config == nil {
		return cty.DynamicVal
	}
	out := map[string]cty.Value{}
	for _, f := range s.config.files {
		for _, b := range f.body.Blocks {
			if b.Type != "output" || len(b.Labels) != 1 || b.Body.Attributes["value"] == nil {
				continue
			}
			v, ok := s.evaluate(b.Body.Attributes["value"].Expr, nil)
			if !ok {
				v = cty.DynamicVal
			}
			out[b.Labels[0]] = v
		}
	}
	return cty.ObjectVal(out)
}
