package module

import (
	"bytes"
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Place finds a block by the modules it stands in and its address there, and an
// attribute in it where it has that: "config", "cluster-cidrs" for an entry. One
// that is an input of the module and nothing else has the place of the argument that
// the call gives. A block of a module that is not the repository's own has the place
// of the call.
func (t *Tree) Place(names []string, base string, attribute ...string) (Place, bool) {
	if t == nil {
		return Place{}, false
	}
	for i := range names {
		inner := t.module(names[:i+1])
		if inner != nil && inner.own {
			continue
		}
		around := t.module(names[:i])
		call, ok := around.calls["module."+names[i]]
		if !ok {
			return Place{}, false
		}
		return call.in.place(call.DefRange()), true
	}
	block, ok := t.module(names).blocks[base]
	if !ok {
		return Place{}, false
	}
	found, value := rangeOf(block.Block, attribute)
	at := block.in.place(found)
	for i, name := range slices.Backward(names) {
		input, ok := inputOf(value)
		if !ok {
			break
		}
		call, ok := t.module(names[:i]).calls["module."+name]
		if !ok || call.Body.Attributes[input] == nil {
			break
		}
		argument := call.Body.Attributes[input]
		at, value = call.in.place(argument.SrcRange), argument.Expr
	}
	return at, true
}

// inputOf names the input of the module that an expression is, as it stands.
func inputOf(e hclsyntax.Expression) (string, bool) {
	v, ok := e.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(v.Traversal) != 2 || v.Traversal.RootName() != "var" {
		return "", false
	}
	name, ok := v.Traversal[1].(hcl.TraverseAttr)
	return name.Name, ok
}

// rangeOf is the range of an attribute of a block, and its value; the block's own
// where it has none.
func rangeOf(block *hclsyntax.Block, attribute []string) (hcl.Range, hclsyntax.Expression) {
	if len(attribute) == 0 {
		return block.DefRange(), nil
	}
	if a := block.Body.Attributes[attribute[0]]; a != nil {
		if len(attribute) > 1 {
			if r, value := entryOf(a.Expr, attribute[1]); value != nil {
				return r, value
			}
		}
		return a.SrcRange, a.Expr
	}
	for _, inner := range block.Body.Blocks {
		if inner.Type != attribute[0] {
			continue
		}
		if len(attribute) == 1 {
			return inner.DefRange(), nil
		}
		if a := inner.Body.Attributes[attribute[1]]; a != nil {
			return a.SrcRange, a.Expr
		}
	}
	return block.DefRange(), nil
}

// entryOf finds an entry of an object in an expression, also where the object is
// an argument of merge or one that is chosen.
func entryOf(e hclsyntax.Expression, key string) (hcl.Range, hclsyntax.Expression) {
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if keyOf(item.KeyExpr) == key {
				return hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range()), item.ValueExpr
			}
		}
	case *hclsyntax.FunctionCallExpr:
		for _, arg := range slices.Backward(e.Args) { // of merge the last one counts
			if r, value := entryOf(arg, key); value != nil {
				return r, value
			}
		}
	case *hclsyntax.ParenthesesExpr:
		return entryOf(e.Expression, key)
	}
	return hcl.Range{}, nil
}

// keyOf is the key of an entry that is written as a word or a text.
func keyOf(e hclsyntax.Expression) string {
	key, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return ""
	}
	if word := hcl.ExprAsKeyword(key.Wrapped); word != "" {
		return word
	}
	if text, ok := key.Wrapped.(*hclsyntax.TemplateExpr); ok && text.IsStringLiteral() {
		if v, diags := text.Value(nil); !diags.HasErrors() {
			return v.AsString()
		}
	}
	return ""
}

// place turns a range into a place; one of several lines ends with its first.
func (f *file) place(r hcl.Range) Place {
	start, end := r.Start.Byte, r.End.Byte
	line, column := f.at(start)
	if last, _ := f.at(end); last != line {
		end = start + len(f.text[start:])
		if i := bytes.IndexByte(f.text[start:], '\n'); i >= 0 {
			end = start + i
		}
		for end > start && (f.text[end-1] == '\r' || f.text[end-1] == ' ') {
			end--
		}
	}
	_, endColumn := f.at(end)
	return Place{File: f.name, Line: line, Column: column, EndColumn: endColumn}
}

// at returns the line and the column of an offset. The parser counts characters as
// people see them, and SARIF wants UTF-16 code units.
func (f *file) at(offset int) (line, column int) {
	if f.lines == nil {
		f.lines = append(f.lines, 0)
		for i, c := range f.text {
			if c == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	}
	offset = min(max(offset, 0), len(f.text))
	line = sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
	column = 1
	text := f.text[f.lines[line-1]:offset]
	if line == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		column++
		if r > 0xffff {
			column++
		}
		text = text[size:]
	}
	return line, column
}
