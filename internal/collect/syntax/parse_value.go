package syntax

import (
	"slices"
	"strings"
)

// ParseValue reads one JSON value that a server sent. The document is the one that
// Values makes of the decoded value: it has no places, and the keys of mappings
// are in alphabetical order. Of some of it nothing is read.
func ParseValue(text string, unread ...Unread) *Document {
	doc := &Document{Index: 1}
	if doc.Err = checkText(text); doc.Err != nil {
		return doc
	}
	doc.source = newSource(text) // for what the parser says of errors
	p := jsonParser{arena: arena{doc: doc}, text: text, unread: unread}
	root, ok := p.value(nil, 0)
	if p.space(); ok && p.err == nil && p.at < len(text) {
		p.fail(p.at, "something follows the value")
	}
	doc.source = nil
	if doc.Err = p.err; doc.Err != nil {
		return doc
	}
	root.sort()
	doc.Root = root
	return doc
}

// sort puts the keys of mappings into alphabetical order, all the way down.
func (n *Node) sort() {
	if n.kind == Map && !n.sorted() {
		entries := make([][2]*Node, 0, len(n.items)/2)
		for pair := range slices.Chunk(n.items, 2) {
			entries = append(entries, [2]*Node(pair))
		}
		slices.SortFunc(entries, func(a, b [2]*Node) int { return strings.Compare(a[0].value, b[0].value) })
		for i, e := range entries {
			copy(n.items[2*i:], e[:])
		}
	}
	for _, item := range n.items {
		item.sort()
	}
}

// sorted tells whether the keys of a mapping are in alphabetical order.
func (n *Node) sorted() bool {
	for i := 2; i < len(n.items); i += 2 {
		if n.items[i].value < n.items[i-2].value {
			return false
		}
	}
	return true
}

// Set puts a text under a key of a mapping, in the place of what is there.
func (n *Node) Set(key, text string) {
	for i := 0; i < len(n.items); i += 2 {
		if n.items[i].value == key {
			n.items[i+1] = &Node{doc: n.doc, key: n.items[i], kind: String, value: text}
			return
		}
	}
	k := &Node{doc: n.doc, key: n.key, kind: String, value: key}
	n.items = append(n.items, k, &Node{doc: n.doc, key: k, kind: String, value: text})
}
