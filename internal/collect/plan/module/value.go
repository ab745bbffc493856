package module

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

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

// source marks a value as one that depends on an attribute known after apply only.
// The library carries marks along: into what is made of a value, and into what is
// chosen by it.
type source string

func mark(out map[string]cty.Value, unknown *syntax.Node, address string) {
	if unknown.Kind() != syntax.Map {
		return
	}
	for key, m := range unknown.Entries() {
		if m.Peek() == "true" {
			name := address + "." + key.Text()
			out[key.Text()] = cty.StringVal(marker + name).Mark(source(name))
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
	if v == cty.NilVal {
		return false
	}
	v, _ = v.Unmark()
	switch {
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
