package syntax

import "fmt"

// arena makes the nodes of one document, many at a time.
type arena struct {
	doc   *Document
	free  []Node
	nodes int
}

func (a *arena) node(kind Kind, key *Node, value string, start, end int) *Node {
	if len(a.free) == 0 {
		a.free = make([]Node, min(max(8, a.nodes), 512))
	}
	n := &a.free[0]
	a.free = a.free[1:]
	a.nodes++
	n.doc, n.key, n.kind, n.value, n.start, n.end = a.doc, key, kind, value, int32(start), int32(end)
	return n
}

// full tells whether the document has as many nodes as it may.
func (a *arena) full() bool { return a.nodes >= maxNodes }

func tooDeep() *Error {
	return &Error{Reason: fmt.Sprintf("it is nested more than %d levels deep, which no file that is read here needs", maxDepth)}
}

func tooMany() *Error {
	return &Error{Reason: fmt.Sprintf("it has more than %d values after its aliases are expanded: split it into several documents", maxNodes)}
}

// duplicate returns the error of the first key that stands twice in a mapping.
func duplicate(n *Node) *Error {
	const few = 16 // entries up to which comparing each pair is cheaper than a table
	if len(n.items) <= 2*few {
		for i := 2; i < len(n.items); i += 2 {
			for j := 0; j < i; j += 2 {
				if n.items[i].value == n.items[j].value {
					return duplicateKey(n.items[j], n.items[i])
				}
			}
		}
		return nil
	}
	seen := make(map[string]*Node, len(n.items)/2)
	for i := 0; i < len(n.items); i += 2 {
		key := n.items[i]
		if first, ok := seen[key.value]; ok {
			return duplicateKey(first, key)
		}
		seen[key.value] = key
	}
	return nil
}

func duplicateKey(first, second *Node) *Error {
	line, column := second.doc.source.place(int(second.start))
	return &Error{
		Line: line, Column: column,
		Reason: fmt.Sprintf("the key %q stands twice, first on line %d: remove one", second.value, first.Pos().Line()),
	}
}
