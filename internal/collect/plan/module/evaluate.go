package module

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// marker begins the text that stands for an attribute that is known after apply
// only: @juju_model.core.uuid.
const marker = "@"

// Instance is an instance of a resource or data source, with what the plan knows
// of its attributes.
type Instance struct {
	Path    []Step // the modules it stands in
	Base    string // its address there, without key: data.juju_model.core
	Key     string // as it is written: ["core"], [0] or nothing
	Address string
	Values  *syntax.Node
	Unknown *syntax.Node
}

// Step is the call of a module and the key of its instance.
type Step struct{ Name, Key string }

// Settle finds out where values come from that are known after apply only. It
// evaluates the blocks of instances that have such values, as Terraform does, with
// a marker in the place of each; what cannot be evaluated is left open. root are
// the values of the root module's variables.
func (t *Tree) Settle(instances []Instance, root *syntax.Node) {
	if t == nil {
		return
	}
	e := evaluation{tree: t, scopes: map[string]*scope{}, functions: functions()}
	top := e.scope(nil)
	for key, v := range root.Entries() {
		top.inputs[key.Text()] = valueOf(v.Lookup("value"), nil, "", 0)
	}
	for i := range instances {
		x := &instances[i]
		s := e.scope(x.Path)
		s.instances[x.Base] = append(s.instances[x.Base], x)
	}
	t.origins = map[string]map[string]string{}
	for i := range instances {
		if x := &instances[i]; hasMark(x.Unknown) {
			e.settle(x)
		}
	}
}

// hasMark tells whether something an operator sets may be known after apply only.
func hasMark(marks *syntax.Node) bool {
	for _, name := range []string{"model_uuid", "model", "name", "config", "application", "application_name", "secret_id"} {
		if marks.Kind() == syntax.Map && marked(marks.Lookup(name)) {
			return true
		}
	}
	return false
}

func marked(n *syntax.Node) bool {
	switch n.Kind() {
	case syntax.Map:
		for _, v := range n.Entries() {
			if marked(v) {
				return true
			}
		}
	case syntax.List:
		return slices.ContainsFunc(n.List(), marked)
	}
	return n.Peek() == "true"
}

// evaluation evaluates the modules of a tree under one plan.
type evaluation struct {
	tree      *Tree
	scopes    map[string]*scope
	functions map[string]hclFunction
	depth     int
}

// scope is one instance of a module.
type scope struct {
	of        *evaluation
	path      []Step
	config    *config
	around    *scope
	inputs    map[string]cty.Value
	locals    map[string]cty.Value
	open      map[string]bool // what is being evaluated: a circle ends there
	instances map[string][]*Instance
	objects   map[string]cty.Value
	inner     map[string][]*scope // by the name called
}

func keyOfPath(path []Step) string {
	var out strings.Builder
	for _, s := range path {
		out.WriteString(s.Name + s.Key + "\x00")
	}
	return out.String()
}

func (e *evaluation) scope(path []Step) *scope {
	key := keyOfPath(path)
	if s := e.scopes[key]; s != nil {
		return s
	}
	names := make([]string, len(path))
	for i, p := range path {
		names[i] = p.Name
	}
	s := &scope{
		of: e, path: path, config: e.tree.module(names), inputs: map[string]cty.Value{}, locals: map[string]cty.Value{},
		open: map[string]bool{}, instances: map[string][]*Instance{}, objects: map[string]cty.Value{}, inner: map[string][]*scope{},
	}
	e.scopes[key] = s
	if len(path) > 0 {
		s.around = e.scope(path[:len(path)-1])
		last := path[len(path)-1].Name
		s.around.inner[last] = append(s.around.inner[last], s)
	}
	return s
}

// settle evaluates the block of an instance and remembers where its values come
// from.
func (e *evaluation) settle(x *Instance) {
	s := e.scope(x.Path)
	if s.config == nil || !s.config.plain {
		return
	}
	block, ok := s.config.blocks[x.Base]
	if !ok {
		return
	}
	found := map[string]string{}
	several := map[string]bool{}
	add := func(name string, v cty.Value) {
		origin, ok := originIn(v)
		if !ok {
			return
		}
		if known, ok := found[name]; ok && known != origin {
			several[name] = true
		}
		found[name] = origin
	}
	each := s.repetition(block.Block, x.Key)
	for name, a := range block.Body.Attributes {
		v, ok := s.evaluate(a.Expr, each)
		if !ok {
			continue
		}
		add(name, v)
		if v.IsKnown() && !v.IsNull() && (v.Type().IsObjectType() || v.Type().IsMapType()) {
			for key, entry := range v.AsValueMap() {
				add(name+"."+key, entry)
			}
		}
	}
	for _, inner := range block.Body.Blocks {
		for name, a := range inner.Body.Attributes {
			if v, ok := s.evaluate(a.Expr, each); ok {
				add(inner.Type+"."+name, v)
			}
		}
	}
	for name := range several {
		delete(found, name)
	}
	e.tree.origins[x.Address] = found
}

// originIn is the attribute that a value is. The URI of a secret may be made of
// its ID.
func originIn(v cty.Value) (string, bool) {
	if !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return strings.CutPrefix(strings.TrimPrefix(v.AsString(), "secret:"), marker)
}

// repetition are the objects each and count of an instance of a block.
func (s *scope) repetition(block *hclsyntax.Block, key string) map[string]cty.Value {
	index, text, ok := keyValue(key)
	if !ok {
		return nil
	}
	if index {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil
		}
		return map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": cty.NumberIntVal(n)})}
	}
	each := map[string]cty.Value{"key": cty.StringVal(text)}
	if a := block.Body.Attributes["for_each"]; a != nil {
		if v, ok := s.evaluate(a.Expr, nil); ok && v.IsKnown() && !v.IsNull() {
			switch {
			case v.Type().IsSetType():
				each["value"] = each["key"]
			case v.Type().IsMapType() || v.Type().IsObjectType():
				if entry, ok := v.AsValueMap()[text]; ok {
					each["value"] = entry
				}
			}
		}
	}
	return map[string]cty.Value{"each": cty.ObjectVal(each)}
}

// keyValue reads the key of an instance: a number or a text in quotes.
func keyValue(key string) (index bool, text string, ok bool) {
	inner := strings.TrimSuffix(strings.TrimPrefix(key, "["), "]")
	if inner == "" {
		return false, "", false
	}
	if inner[0] != '"' {
		return true, inner, true
	}
	text, err := strconv.Unquote(inner)
	return false, text, err == nil
}

// maxEvaluations bounds how deep values are looked for.
const maxEvaluations = 200

// evaluate evaluates an expression; ok is false where it cannot be.
func (s *scope) evaluate(e hcl.Expression, each map[string]cty.Value) (cty.Value, bool) {
	if s.of.depth++; s.of.depth > maxEvaluations || nestedFor(e) > maxFor {
		s.of.depth--
		return cty.NilVal, false
	}
	defer func() { s.of.depth-- }()
	context := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: s.of.functions}
	groups := map[string]map[string]cty.Value{}
	group := func(name string) map[string]cty.Value {
		if groups[name] == nil {
			groups[name] = map[string]cty.Value{}
		}
		return groups[name]
	}
	for _, traversal := range e.Variables() {
		root := traversal.RootName()
		first := step(traversal, 1)
		switch root {
		case "var":
			group(root)[first] = s.variable(first)
		case "local":
			group(root)[first] = s.local(first)
		case "module":
			group(root)[first] = s.module(first)
		case "each", "count":
			if v, ok := each[root]; ok {
				context.Variables[root] = v
			}
		case "path", "terraform", "tofu", "self":
			context.Variables[root] = cty.DynamicVal
		case "data":
			second := step(traversal, 2)
			base := "data." + first + "." + second
			object := map[string]cty.Value{}
			if have, ok := group(root)[first]; ok {
				object = have.AsValueMap()
			}
			object[second] = s.resource(base)
			group(root)[first] = cty.ObjectVal(object)
		default:
			group(root)[first] = s.resource(root + "." + first)
		}
	}
	for name, object := range groups {
		context.Variables[name] = cty.ObjectVal(object)
	}
	return guarded(e, context)
}

// guarded evaluates an expression. The library panics on some of what people can
// write; that is then not known, as all that cannot be evaluated.
func guarded(e hcl.Expression, context *hcl.EvalContext) (v cty.Value, ok bool) {
	defer func() {
		if recover() != nil {
			v, ok = cty.NilVal, false
		}
	}()
	v, diags := e.Value(context)
	if diags.HasErrors() || !small(v) {
		return cty.NilVal, false
	}
	return v, true
}

// step is the name of a step of a traversal.
func step(t hcl.Traversal, i int) string {
	if i < len(t) {
		if a, ok := t[i].(hcl.TraverseAttr); ok {
			return a.Name
		}
	}
	return ""
}

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

// typed converts a value to the type that its variable declares.
func typed(declared *hclsyntax.Block, v cty.Value) cty.Value {
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

// valueOf turns a value of the plan into one of the language's, with a marker for
// each attribute that is known after apply only.
func valueOf(n, unknown *syntax.Node, address string, depth int) cty.Value {
	switch n.Kind() {
	case syntax.Bool:
		return cty.BoolVal(n.Peek() == "true")
	case syntax.Number:
		if v, err := cty.ParseNumberVal(n.Peek()); err == nil {
			return v
		}
		return cty.DynamicVal
	case syntax.String:
		return cty.StringVal(n.Peek())
	case syntax.List:
		list := n.List()
		if len(list) > maxElements {
			return cty.DynamicVal
		}
		out := make([]cty.Value, len(list))
		for i, e := range list {
			out[i] = valueOf(e, nil, "", depth+1)
		}
		return cty.TupleVal(out)
	case syntax.Map:
		out := map[string]cty.Value{}
		for key, e := range n.Entries() {
			out[key.Text()] = valueOf(e, nil, "", depth+1)
		}
		if depth == 0 {
			mark(out, unknown, address)
		}
		return cty.ObjectVal(out)
	}
	if depth == 0 && unknown.Kind() == syntax.Map {
		out := map[string]cty.Value{}
		mark(out, unknown, address)
		return cty.ObjectVal(out)
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

func mark(out map[string]cty.Value, unknown *syntax.Node, address string) {
	if unknown.Kind() != syntax.Map {
		return
	}
	for key, m := range unknown.Entries() {
		if m.Peek() == "true" {
			out[key.Text()] = cty.StringVal(marker + address + "." + key.Text())
		}
	}
}

const (
	// maxElements bounds a collection, and maxFor how deep for expressions stand in
	// one another: the product of the two is what an expression can cost.
	maxElements = 4000
	maxFor      = 2
	maxText     = 1 << 20
)

// small tells whether a value may be worked with.
func small(v cty.Value) bool {
	switch {
	case v == cty.NilVal:
		return false
	case !v.IsKnown() || v.IsNull():
		return true
	case v.Type() == cty.String:
		return len(v.AsString()) <= maxText
	case v.CanIterateElements():
		return v.LengthInt() <= maxElements
	}
	return true
}

// nestedFor is how deep for expressions stand in one another.
func nestedFor(e hcl.Expression) int {
	node, ok := e.(hclsyntax.Node)
	if !ok {
		return 0
	}
	w := forDepth{}
	if diags := hclsyntax.Walk(node, &w); diags.HasErrors() {
		return maxFor + 1
	}
	return w.deepest
}

type forDepth struct{ depth, deepest int }

// Enter is called for each part of an expression.
func (w *forDepth) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*hclsyntax.ForExpr); ok {
		w.depth++
		w.deepest = max(w.deepest, w.depth)
	}
	return nil
}

// Exit is called after the parts of an expression.
func (w *forDepth) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(*hclsyntax.ForExpr); ok {
		w.depth--
	}
	return nil
}
