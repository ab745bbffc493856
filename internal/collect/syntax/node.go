package syntax

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a node is.
type Kind uint8

// The kinds of node.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
	Opaque // see Unread
)

// String names a kind as messages do.
func (k Kind) String() string {
	return [...]string{"empty", "true or false", "a number", "text", "a list", "a mapping", "something unread"}[k]
}

// Node is a value with its place. A nil Node is one that is not there: it has
// no entries and empty text, so that chains of Get need no check.
type Node struct {
	doc   *Document
	key   *Node   // the key it stands under, of its list if it stands in one
	items []*Node // of a list: the elements; of a map: keys and values in turn
	value string
	start int32 // offset in the file
	end   int32 // offset after it; equal to start where it ends on another line
	kind  Kind
	plain bool // a scalar of YAML without quotes
}

// Kind returns what the node is; Null where it is not there.
func (n *Node) Kind() Kind {
	if n == nil {
		return Null
	}
	return n.kind
}

// Lookup returns the value under a key, or nil where there is none or the
// node is no mapping. It remembers no problem: it is for recognising.
func (n *Node) Lookup(key string) *Node {
	if n == nil || n.kind != Map {
		return nil
	}
	for i := 0; i < len(n.items); i += 2 {
		if n.items[i].value == key {
			return n.items[i+1]
		}
	}
	return nil
}

// Get returns the value under a key, or nil where there is none or it is null.
func (n *Node) Get(key string) *Node {
	if !n.want(Map) {
		return nil
	}
	v := n.Lookup(key)
	if v == nil || v.kind == Null {
		return nil
	}
	return v
}

// Entries yields keys and values of a mapping, null values too, in the order
// in which they are written.
func (n *Node) Entries() iter.Seq2[*Node, *Node] {
	return func(yield func(*Node, *Node) bool) {
		if !n.want(Map) {
			return
		}
		for i := 0; i < len(n.items); i += 2 {
			if !yield(n.items[i], n.items[i+1]) {
				return
			}
		}
	}
}

// Len returns the number of elements or entries, without a problem for what
// has none.
func (n *Node) Len() int {
	switch {
	case n == nil:
		return 0
	case n.kind == Map:
		return len(n.items) / 2
	}
	return len(n.items)
}

// List returns the elements of a list.
func (n *Node) List() []*Node {
	if !n.want(List) {
		return nil
	}
	return n.items
}

// Text returns a scalar's text: of a string its value, of a number what is
// written, of a bool "true" or "false".
func (n *Node) Text() string {
	if n == nil || n.kind == Null {
		return ""
	}
	switch n.kind {
	case List, Map, Opaque:
		n.Problem("want text")
		return ""
	case Bool:
		return strings.ToLower(n.value)
	}
	return n.value
}

// Texts returns the scalars of a list.
func (n *Node) Texts() []string {
	var texts []string
	for _, item := range n.List() {
		texts = append(texts, item.Text())
	}
	return texts
}

// Int returns a whole number of 32 bits, or none where it is not there or not
// one.
func (n *Node) Int(none int) int {
	if n == nil || n.kind == Null {
		return none
	}
	if n.kind == Number || n.kind == String {
		if i, ok := parseInt(n.value); ok && i >= math.MinInt32 && i <= math.MaxInt32 {
			return int(i)
		}
	}
	n.Problem("want a whole number")
	return none
}

// Bool returns whether a bool is true, and whether it was said at all. YAML
// 1.1's words, which kubectl and Juju take too, count.
func (n *Node) Bool() (value, said bool) {
	if n == nil || n.kind == Null {
		return false, false
	}
	if n.kind == Bool || n.kind == String && n.plain {
		switch strings.ToLower(n.value) {
		case "true", "yes", "on", "y":
			return true, true
		case "false", "no", "off", "n":
			return false, true
		}
	}
	n.Problem("want true or false")
	return false, false
}

// Plain tells whether a scalar is written without quotes, in YAML.
func (n *Node) Plain() bool { return n != nil && n.plain }

// Name returns the key that the node stands under; empty for a root.
func (n *Node) Name() string {
	if n == nil || n.key == nil {
		return ""
	}
	return n.key.value
}

// want remembers a problem unless the node is of a kind or not there.
func (n *Node) want(kind Kind) bool {
	if n == nil || n.kind == Null {
		return false
	}
	if n.kind != kind {
		n.Problem("want " + kind.String())
		return false
	}
	return true
}

// maxProblems bounds what is remembered of one document: the first few tell
// what is wrong with all of it.
const maxProblems = 20

// Problem remembers that the node is not what was wanted.
func (n *Node) Problem(want string) {
	if n == nil {
		return
	}
	what := "the document"
	if name := n.Name(); name != "" {
		what = name
	}
	n.Report(fmt.Sprintf("%s is %s, %s", what, n.kind, want))
}

// Report remembers a problem in the caller's words, at the node's place.
func (n *Node) Report(reason string) {
	if n == nil || len(n.doc.problems) >= maxProblems {
		return
	}
	p := n.Pos()
	problem := Problem{Line: p.Line(), Column: p.Column(), Reason: reason}
	if slices.Contains(n.doc.problems, problem) {
		return
	}
	n.doc.problems = append(n.doc.problems, problem)
}

// parseInt reads a whole number in any of YAML's notations.
func parseInt(text string) (int64, bool) {
	text = strings.ReplaceAll(text, "_", "")
	text = strings.TrimPrefix(text, "+")
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, true
	}
	if i, err := strconv.ParseInt(text, 0, 64); err == nil {
		return i, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Peek returns a scalar's text, and empty text for what is none, without
// remembering a problem: it is for recognising.
func (n *Node) Peek() string {
	if n == nil || n.kind == List || n.kind == Map || n.kind == Opaque {
		return ""
	}
	return n.Text()
}
