package syntax

import (
	"slices"
	"strings"
)

// Unread names values that are held to JSON and not read: those under some keys of
// the mapping that stands under the key In of the root. A node of kind Opaque takes
// the place of each.
//
// Servers send much that nobody asks for, such as metadata.managedFields, and what is
// read later or never: an object of an AdmissionReview. To make no nodes of it saves most
// of the memory and the time that reading takes.
type Unread struct {
	In   string
	Keys []string
}

// maxUnread bounds the nesting of what is not read, as encoding/json does.
const maxUnread = 10_000

// Raw returns the text of a value that was not read; empty where there is none or it is
// null.
func (n *Node) Raw() string {
	if n == nil || n.kind != Opaque || n.value == "null" {
		return ""
	}
	return n.value
}

// unreadAt tells whether the value under a key is not read. in is the key that its
// mapping stands under, depth how deep the mapping stands.
func (p *jsonParser) unreadAt(in *Node, depth int, key string) bool {
	if depth != 1 || in == nil {
		return false
	}
	for _, u := range p.unread {
		if u.In == in.value && slices.Contains(u.Keys, key) {
			return true
		}
	}
	return false
}

// opaque reads over a value, and returns the node that stands for it.
func (p *jsonParser) opaque(key *Node) (*Node, bool) {
	p.space()
	start := p.at
	if !p.skip(0) {
		return nil, false
	}
	return p.node(Opaque, key, p.text[start:p.at], start, p.at), true
}

// skip reads over a value. It takes what value takes, but keys that stand twice.
func (p *jsonParser) skip(depth int) bool {
	if depth > maxUnread {
		_, ok := p.limit(p.at, tooDeep())
		return ok
	}
	p.space()
	switch c := p.peek(); {
	case c == '{':
		return p.skipAll('}', depth)
	case c == '[':
		return p.skipAll(']', depth)
	case c == '"':
		_, ok := p.str()
		return ok
	case c == '-' || '0' <= c && c <= '9':
		return p.skipNumber()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(p.text[p.at:], word) {
			p.at += len(word)
			return true
		}
	}
	_, ok := p.noValue()
	return ok
}

// skipAll reads over a mapping or a list, up to the sign that ends it.
func (p *jsonParser) skipAll(end byte, depth int) bool {
	p.at++
	p.space()
	if p.peek() == end {
		p.at++
		return true
	}
	for {
		if end == '}' && !p.skipKey() || !p.skip(depth+1) {
			return false
		}
		p.space()
		switch p.peek() {
		case ',':
			p.at++
		case end:
			p.at++
			return true
		default:
			_, ok := p.unexpected(`"," or "` + string(end) + `"`)
			return ok
		}
	}
}

// skipKey reads over a key and the colon after it.
func (p *jsonParser) skipKey() bool {
	p.space()
	if p.peek() != '"' {
		_, ok := p.unexpected(`a key in quotes`)
		return ok
	}
	if _, ok := p.str(); !ok {
		return false
	}
	p.space()
	if p.peek() != ':' {
		_, ok := p.unexpected(`":" after the key`)
		return ok
	}
	p.at++
	return true
}
