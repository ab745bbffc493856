package syntax

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// parseJSONDocuments reads the JSON values that stand one after the other from
// body to end. more is false when each wants no more. A first value that is
// not JSON is left to YAML, whose flow style looks alike: then err tells why it
// is not JSON, and nothing was handed to each.
func parseJSONDocuments(src *source, body, end int, index *int, each func(*Document) bool) (more bool, err *Error) {
	for at := body; at < end; {
		doc := &Document{Index: *index + 1, Line: src.line(at), source: src, start: at, end: end}
		p := jsonParser{arena: arena{doc: doc}, text: src.text[:end], at: at}
		root, ok := p.value(nil, 0)
		if !ok && p.syntax && at == body {
			return true, p.err
		}
		doc.Root, doc.Err = root, p.err
		if p.err != nil {
			doc.Root = nil
		}
		*index++
		if ok {
			p.space()
			doc.end = p.at
		}
		if !each(doc) {
			return false, nil
		}
		if !ok {
			break
		}
		at = p.at
	}
	return true, nil
}

// jsonParser reads one JSON value. The first error ends the reading, except
// for duplicate keys, after which the value is read to its end so that the
// next one can be found.
type jsonParser struct {
	arena
	text   string
	at     int
	err    *Error
	syntax bool // err is that the text is not JSON
	unread []Unread
	open   []*Node // the items of the mappings and lists that are not at their end
}

// items takes the items from base on off those that are open.
func (p *jsonParser) items(base int) []*Node {
	out := slices.Clone(p.open[base:])
	p.open = p.open[:base]
	return out
}

func (p *jsonParser) fail(at int, format string, args ...any) (*Node, bool) {
	line, column := p.doc.source.place(at)
	p.err, p.syntax = &Error{Line: line, Column: column, Reason: "the JSON is broken: " + fmt.Sprintf(format, args...)}, true
	return nil, false
}

// limit reports text that is JSON and is refused nonetheless.
func (p *jsonParser) limit(at int, err *Error) (*Node, bool) {
	err.Line, err.Column = p.doc.source.place(at)
	p.err = err
	return nil, false
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// peek returns the next sign, 0 at the end.
func (p *jsonParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *jsonParser) value(key *Node, depth int) (*Node, bool) {
	if depth > maxDepth {
		return p.limit(p.at, tooDeep())
	}
	p.space()
	if p.full() {
		return p.limit(p.at, tooMany())
	}
	start := p.at
	switch c := p.peek(); {
	case c == '{':
		return p.object(key, depth)
	case c == '[':
		return p.array(key, depth)
	case c == '"':
		text, ok := p.str()
		if !ok {
			return nil, false
		}
		return p.node(String, key, text, start, p.at), true
	case c == '-' || '0' <= c && c <= '9':
		return p.number(key)
	}
	for _, word := range [...]struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if strings.HasPrefix(p.text[p.at:], word.text) {
			p.at += len(word.text)
			return p.node(word.kind, key, word.text, start, p.at), true
		}
	}
	return p.noValue()
}

// noValue reports that no value starts here.
func (p *jsonParser) noValue() (*Node, bool) {
	if p.peek() == 0 {
		return p.fail(p.at, "it ends too early: was it cut off?")
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return p.fail(p.at, "%q cannot start a value", r)
}

func (p *jsonParser) object(key *Node, depth int) (*Node, bool) {
	n := p.node(Map, key, "", p.at, p.at)
	p.at++
	p.space()
	if p.peek() == '}' {
		p.at++
		n.end = int32(p.at)
		return n, true
	}
	base := len(p.open)
	for {
		p.space()
		start := p.at
		if p.peek() != '"' {
			return p.unexpected(`a key in quotes`)
		}
		text, ok := p.str()
		if !ok {
			return nil, false
		}
		k := p.node(String, key, text, start, p.at)
		p.space()
		if p.peek() != ':' {
			return p.unexpected(`":" after the key`)
		}
		p.at++
		var v *Node
		if p.unreadAt(key, depth, text) {
			v, ok = p.opaque(k)
		} else {
			v, ok = p.value(k, depth+1)
		}
		if !ok {
			return nil, false
		}
		p.open = append(p.open, k, v)
		p.space()
		switch p.peek() {
		case ',':
			p.at++
		case '}':
			p.at++
			n.items, n.end = p.items(base), int32(p.at)
			if err := duplicate(n); err != nil && p.err == nil {
				p.err = err
			}
			return n, true
		default:
			return p.unexpected(`"," or "}"`)
		}
	}
}

func (p *jsonParser) array(key *Node, depth int) (*Node, bool) {
	n := p.node(List, key, "", p.at, p.at)
	p.at++
	p.space()
	if p.peek() == ']' {
		p.at++
		n.end = int32(p.at)
		return n, true
	}
	base := len(p.open)
	for {
		v, ok := p.value(key, depth+1)
		if !ok {
			return nil, false
		}
		p.open = append(p.open, v)
		p.space()
		switch p.peek() {
		case ',':
			p.at++
		case ']':
			p.at++
			n.items, n.end = p.items(base), int32(p.at)
			return n, true
		default:
			return p.unexpected(`"," or "]"`)
		}
	}
}

func (p *jsonParser) unexpected(want string) (*Node, bool) {
	if p.at >= len(p.text) {
		return p.fail(p.at, "it ends too early: was it cut off?")
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return p.fail(p.at, "found %q, want %s", r, want)
}

func (p *jsonParser) number(key *Node) (*Node, bool) {
	start := p.at
	if !p.skipNumber() {
		return nil, false
	}
	return p.node(Number, key, p.text[start:p.at], start, p.at), true
}

// skipNumber reads over a number.
func (p *jsonParser) skipNumber() bool {
	start := p.at
	digits := func() bool {
		from := p.at
		for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
			p.at++
		}
		return p.at > from
	}
	if p.peek() == '-' {
		p.at++
	}
	zero := p.peek() == '0'
	whole := p.at
	ok := digits() && !(zero && p.at-whole > 1)
	if ok && p.peek() == '.' {
		p.at++
		ok = digits()
	}
	if c := p.peek(); ok && (c == 'e' || c == 'E') {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		ok = digits()
	}
	if !ok {
		p.fail(start, "this is not a number")
	}
	return ok
}

// str reads a string and returns what it means.
func (p *jsonParser) str() (string, bool) {
	start := p.at
	p.at++
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[start+1 : p.at-1], true
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			p.fail(p.at, "a string holds the control character %q", rune(c))
			return "", false
		}
		p.at++
	}
	p.fail(start, "the string that starts here does not end")
	return "", false
}

// escaped reads the rest of a string from its first escape on.
func (p *jsonParser) escaped(start int) (string, bool) {
	var out strings.Builder
	out.WriteString(p.text[start+1 : p.at])
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return out.String(), true
		case c < 0x20:
			p.fail(p.at, "a string holds the control character %q", rune(c))
			return "", false
		case c != '\\':
			out.WriteByte(c)
			p.at++
		default:
			r, ok := p.escape()
			if !ok {
				p.fail(p.at, "this escape is unknown")
				return "", false
			}
			out.WriteRune(r)
		}
	}
	p.fail(start, "the string that starts here does not end")
	return "", false
}

// escape reads one escape; half a surrogate pair becomes U+FFFD.
func (p *jsonParser) escape() (rune, bool) {
	if p.at+1 >= len(p.text) {
		return 0, false
	}
	c := p.text[p.at+1]
	if c == 'u' {
		r, ok := p.hex(p.at)
		if !ok {
			return 0, false
		}
		p.at += 6
		if utf16.IsSurrogate(r) {
			if low, ok := p.hex(p.at); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					p.at += 6
					return pair, true
				}
			}
			return utf8.RuneError, true
		}
		return r, true
	}
	at := strings.IndexByte(`"\/bfnrt`, c)
	if at < 0 {
		return 0, false
	}
	p.at += 2
	return rune("\"\\/\b\f\n\r\t"[at]), true
}

// hex reads \uXXXX at an offset.
func (p *jsonParser) hex(at int) (rune, bool) {
	if at+6 > len(p.text) || p.text[at] != '\\' || p.text[at+1] != 'u' {
		return 0, false
	}
	r, err := strconv.ParseUint(p.text[at+2:at+6], 16, 32)
	return rune(r), err == nil
}
