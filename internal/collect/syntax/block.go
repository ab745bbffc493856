package syntax

import "strings"

// blockParser reads the part of YAML that kubectl and Juju print, straight
// into our tree: block mappings and lists, scalars on one line, text blocks
// with "|", and {} and []. It is some eight times as fast as the library, and
// a cluster's manifests are most of what a run reads.
//
// Whatever it does not know for sure, well-formed or broken, it gives up, and
// the library reads the document from its start: anchors, tags, other flow
// collections, folded scalars, tabs, odd indentation. A fuzz test holds it to
// the library's tree.
type blockParser struct {
	arena
	text string // up to the end of the document

	// The current line, the next one that is neither blank nor a comment. In
	// "- a: b" the parser moves within the line: the mapping has the indent of
	// "a".
	more   bool // there is one
	indent int  // column of the content, from 0
	at     int  // offset of the content
	eol    int  // offset of the content's end, trailing spaces cut
	next   int  // offset of the next line
}

// parseBlock returns the document's tree, or false where it is for the library.
func parseBlock(doc *Document) (*Node, bool) {
	text := doc.source.text[:doc.end]
	p := &blockParser{arena: arena{doc: doc}, text: text, next: doc.start}
	if doc.start == 0 && strings.HasPrefix(text, byteOrderMark) {
		p.next = len(byteOrderMark)
	}
	if !plainText(text[p.next:]) {
		return nil, false
	}
	if line, _, _ := strings.Cut(text[p.next:], "\n"); isMarker(line, '-') {
		if rest := strings.TrimSpace(line[3:]); rest != "" && rest[0] != '#' {
			return nil, false
		}
		p.next = min(p.next+len(line)+1, len(text))
	}
	p.line()
	if !p.more {
		return nil, false
	}
	root, ok := p.block(nil, 0)
	if !ok || p.more {
		return nil, false
	}
	return root, true
}

// plainText tells whether a text has only signs that mean the same to both
// parsers: no tabs and other controls, no line ends but LF and CR LF, none of
// the signs that YAML does not print.
func plainText(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' || ' ' <= c && c < 0x7f:
		case c < ' ':
			if c != '\r' || i+1 >= len(text) || text[i+1] != '\n' {
				return false
			}
		case c == 0x7f, c == 0xef:
			return false // DEL, and the block with the byte order mark and U+FFFE
		case c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0:
			return false // C1 controls
		case c == 0xe2 && i+2 < len(text) && text[i+1] == 0x80 && (text[i+2] == 0xa8 || text[i+2] == 0xa9):
			return false // line and paragraph separator
		}
	}
	return true
}

// line goes to the next line that is neither blank nor a comment.
func (p *blockParser) line() {
	for p.next < len(p.text) {
		start := p.next
		p.next = len(p.text)
		if i := strings.IndexByte(p.text[start:], '\n'); i >= 0 {
			p.next = start + i + 1
		}
		p.at = start
		for p.at < p.next && p.text[p.at] == ' ' {
			p.at++
		}
		if p.at == p.next || p.text[p.at] == '\n' || p.text[p.at] == '\r' || p.text[p.at] == '#' {
			continue
		}
		p.eol = p.next
		for c := p.text[p.eol-1]; c == '\n' || c == '\r' || c == ' '; c = p.text[p.eol-1] {
			p.eol--
		}
		p.indent, p.more = p.at-start, true
		return
	}
	p.more, p.indent = false, -1
}

// dash tells whether the content is an element of a list.
func (p *blockParser) dash() bool {
	return p.text[p.at] == '-' && (p.at+1 == p.eol || p.text[p.at+1] == ' ')
}

// block reads the list or mapping that starts at the current content.
func (p *blockParser) block(key *Node, depth int) (*Node, bool) {
	if depth > maxDepth || p.full() {
		return nil, false
	}
	if p.dash() {
		return p.list(key, depth)
	}
	return p.mapping(key, depth)
}

func (p *blockParser) list(key *Node, depth int) (*Node, bool) {
	indent := p.indent
	n := p.node(List, key, "", p.at, p.at)
	for p.more && p.indent == indent && p.dash() {
		p.at++
		after := p.at
		for p.at < p.eol && p.text[p.at] == ' ' {
			p.at++
		}
		var item *Node
		ok := true
		switch {
		case p.at == p.eol || p.text[p.at] == '#':
			p.line()
			if p.more && p.indent > indent {
				item, ok = p.block(key, depth+1)
			} else {
				item = p.node(Null, key, "", after, after)
				item.plain = true
			}
		case p.dash() || p.keyEnd() > 0:
			p.indent += p.at - after + 1
			item, ok = p.block(key, depth+1)
		default:
			item, ok = p.scalar(key, indent)
		}
		if !ok {
			return nil, false
		}
		n.items = append(n.items, item)
	}
	return n, p.indent <= indent
}

func (p *blockParser) mapping(key *Node, depth int) (*Node, bool) {
	indent := p.indent
	n := p.node(Map, key, "", p.at, p.at)
	var room [16]*Node
	items := room[:0]
	for p.more && p.indent == indent && !p.dash() {
		end := p.keyEnd()
		if end == 0 || p.full() {
			return nil, false
		}
		k := p.key(key, end)
		colon := end
		p.at = colon + 1
		for p.at < p.eol && p.text[p.at] == ' ' {
			p.at++
		}
		var v *Node
		ok := true
		if p.at == p.eol || p.text[p.at] == '#' {
			p.line()
			if p.more && (p.indent > indent || p.indent == indent && p.dash()) {
				v, ok = p.block(k, depth+1)
			} else {
				v = p.node(Null, k, "", colon+1, colon+1)
				v.plain = true
			}
		} else {
			v, ok = p.scalar(k, indent)
		}
		if !ok {
			return nil, false
		}
		items = append(items, k, v)
	}
	n.items = append([]*Node(nil), items...)
	return n, p.indent <= indent && duplicate(n) == nil
}

// keyEnd returns the offset of the colon after the key at the current content;
// 0 where there is no key that is known for sure.
func (p *blockParser) keyEnd() int {
	i := p.at
	switch c := p.text[i]; {
	case c == '"' || c == '\'':
		i++
		for i < p.eol && p.text[i] != c {
			if p.text[i] == '\\' {
				return 0
			}
			i++
		}
		i++ // the closing quote
	case isAlphanumeric(c) || c == '_' || c == '.' || c == '/':
		for i < p.eol && keySign(p.text[i]) {
			i++
		}
	default:
		return 0
	}
	const longest = 1000 // YAML's limit is 1024
	if i >= p.eol || p.text[i] != ':' || i-p.at > longest || i+1 < p.eol && p.text[i+1] != ' ' {
		return 0
	}
	return i
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func keySign(c byte) bool {
	return isAlphanumeric(c) || c == '_' || c == '.' || c == '/' || c == '-' || c == '$'
}

func (p *blockParser) key(parent *Node, end int) *Node {
	start, text := p.at, p.text[p.at:end]
	if c := text[0]; c == '"' || c == '\'' {
		return p.node(String, parent, text[1:len(text)-1], start, end)
	}
	k := p.node(resolve(text), parent, text, start, end)
	k.plain = true
	return k
}
