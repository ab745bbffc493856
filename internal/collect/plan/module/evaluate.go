package module

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

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
		plain, marks := v.Unmark()
		if plain.IsKnown() && !plain.IsNull() && (plain.Type().IsObjectType() || plain.Type().IsMapType()) {
			for key, entry := range plain.AsValueMap() {
				add(name+"."+key, entry.WithMarks(marks))
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
// its ID. A value that others had a part in, as where one of two is chosen by what is
// not known either, may turn out to be something else.
func originIn(v cty.Value) (string, bool) {
	v, marks := v.Unmark()
	if !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	origin, ok := strings.CutPrefix(strings.TrimPrefix(v.AsString(), "secret:"), marker)
	_, own := marks[source(origin)]
	return origin, ok && own && len(marks) == 1
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
			v, marks := v.Unmark()
			switch {
			case v.Type().IsSetType():
				each["value"] = each["key"]
			case v.Type().IsMapType() || v.Type().IsObjectType():
				if entry, ok := v.AsValueMap()[text]; ok {
					each["value"] = entry.WithMarks(marks)
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
