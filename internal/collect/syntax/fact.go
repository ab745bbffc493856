package syntax

import "github.com/charmarr/charmarr-lint/internal/snapshot"

// Pos returns the node's place in the first source of a snapshot. The region
// of a node that ends on another line reaches to the end of its first.
func (n *Node) Pos() snapshot.Pos {
	if n == nil {
		return snapshot.Pos{}
	}
	return n.doc.region(n.start, n.end)
}

// Span returns the region from one node to the end of another, or of the
// first alone where they do not stand on one line.
func Span(from, to *Node) snapshot.Pos {
	first, last := from.Pos(), to.Pos()
	if last.Line() == first.Line() && to.end > to.start && last.EndColumn() > first.EndColumn() {
		first[3] = last[3]
	}
	return first
}

func (d *Document) region(start, end int32) snapshot.Pos {
	if d.source == nil {
		return snapshot.Pos{} // of a value, which has no places
	}
	if end <= start {
		end = int32(d.source.lineEnd(int(start)))
	}
	line, column := d.source.place(int(start))
	last, endColumn := d.source.place(int(end))
	if last != line {
		_, endColumn = d.source.place(d.source.lineEnd(int(start)))
	}
	return snapshot.Pos{0, int32(line), int32(column), int32(endColumn)}
}

// Fact makes a fact of a key and its scalar value. What looks secret is
// replaced here, on its way into the snapshot.
func Fact(key, value *Node) snapshot.Fact {
	return snapshot.Fact{Key: key.value, Value: snapshot.Redact(key.value, value.Text()), At: Span(key, value)}
}

// Facts makes facts of the entries of a mapping, in the order in which they
// are written.
func (n *Node) Facts() []snapshot.Fact {
	if n == nil || n.kind != Map || len(n.items) == 0 {
		n.want(Map)
		return nil
	}
	facts := make([]snapshot.Fact, 0, n.Len())
	for key, value := range n.Entries() {
		facts = append(facts, Fact(key, value))
	}
	return facts
}

// KeyPos returns the place of the key that the node stands under.
func (n *Node) KeyPos() snapshot.Pos {
	if n == nil {
		return snapshot.Pos{}
	}
	return n.key.Pos()
}
