package syntax

import "strings"

// scalar reads the value at the current content and goes to the next line,
// which must not stand deeper than the parent: it would go on with the value.
func (p *blockParser) scalar(key *Node, parent int) (*Node, bool) {
	if p.full() {
		return nil, false
	}
	var n *Node
	switch c := p.text[p.at]; c {
	case '"', '\'':
		n = p.quoted(key, c)
	case '|':
		return p.literal(key, parent)
	case '{', '[':
		n = p.empty(key)
	default:
		n = p.plain(key)
	}
	if n == nil {
		return nil, false
	}
	p.line()
	return n, p.indent <= parent
}

// rest tells whether nothing but a comment stands after an offset.
func (p *blockParser) rest(at int) bool {
	if at >= p.eol {
		return true
	}
	if p.text[at] != ' ' {
		return false
	}
	return strings.TrimLeft(p.text[at:p.eol], " ")[0] == '#'
}

// empty reads {} and [].
func (p *blockParser) empty(key *Node) *Node {
	kind, want := Map, "{}"
	if p.text[p.at] == '[' {
		kind, want = List, "[]"
	}
	if !strings.HasPrefix(p.text[p.at:p.eol], want) || !p.rest(p.at+2) {
		return nil
	}
	return p.node(kind, key, "", p.at, p.at)
}

func (p *blockParser) plain(key *Node) *Node {
	text := p.text[p.at:p.eol]
	switch c := text[0]; {
	case isAlphanumeric(c), c >= 0x80:
	case strings.IndexByte("_/.($+<=~^;", c) >= 0:
	case (c == '-' || c == ':') && len(text) > 1 && text[1] != ' ':
	default:
		return nil
	}
	if i := strings.IndexByte(text, '#'); i >= 0 {
		if i = strings.Index(text, " #"); i >= 0 {
			text = strings.TrimRight(text[:i], " ")
		}
	}
	for i := 0; ; i++ {
		colon := strings.IndexByte(text[i:], ':')
		if colon < 0 {
			break
		}
		if i += colon; i+1 == len(text) || text[i+1] == ' ' {
			return nil
		}
	}
	n := p.node(resolve(text), key, text, p.at, p.at+len(text))
	n.plain = true
	return n
}

func (p *blockParser) quoted(key *Node, quote byte) *Node {
	text := p.text[p.at+1 : p.eol]
	end := strings.IndexByte(text, quote)
	if end < 0 {
		return nil
	}
	value := text[:end]
	if quote == '"' && strings.IndexByte(value, '\\') >= 0 {
		if value, end = unescape(text); end < 0 {
			return nil
		}
	} else if quote == '\'' && end+1 < len(text) && text[end+1] == '\'' {
		if value, end = unquote(text); end < 0 {
			return nil
		}
	}
	after := p.at + 1 + end + 1
	if !p.rest(after) {
		return nil
	}
	return p.node(String, key, value, p.at, after)
}

// unescape reads up to the closing quote; its offset is -1 where the text does
// not end or has an escape that JSON has not.
func unescape(text string) (string, int) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			return out.String(), i
		case '\\':
			if i++; i == len(text) {
				return "", -1
			}
			at := strings.IndexByte(`"\/bfnrt`, text[i])
			if at < 0 {
				return "", -1
			}
			out.WriteByte("\"\\/\b\f\n\r\t"[at])
		default:
			out.WriteByte(c)
		}
	}
	return "", -1
}

// unquote reads up to the closing single quote; two of them are one sign.
func unquote(text string) (string, int) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\'' {
			if i+1 == len(text) || text[i+1] != '\'' {
				return out.String(), i
			}
			i++
		}
		out.WriteByte(text[i])
	}
	return "", -1
}

// literal reads a text block.
func (p *blockParser) literal(key *Node, parent int) (*Node, bool) {
	start := p.at
	chomp, after := byte(0), p.at+1
	if after < p.eol && (p.text[after] == '-' || p.text[after] == '+') {
		chomp = p.text[after]
		after++
	}
	if !p.rest(after) {
		return nil, false
	}
	var out strings.Builder
	indent, breaks := -1, 0
	for p.next < len(p.text) {
		length := strings.IndexByte(p.text[p.next:], '\n')
		if length < 0 {
			return nil, false // the last line has no end: how many breaks the value has is the library's to say
		}
		line := strings.TrimSuffix(p.text[p.next:p.next+length], "\r")
		body := strings.TrimLeft(line, " ")
		spaces := len(line) - len(body)
		if indent < 0 && body != "" {
			if indent = spaces; indent <= parent || out.Len() > 0 {
				return nil, false
			}
		}
		if body != "" && spaces < indent {
			break
		}
		p.next += length + 1
		if body == "" && (indent < 0 || spaces <= indent) {
			if indent < 0 && spaces > 0 {
				return nil, false
			}
			breaks++
			continue
		}
		for ; breaks > 0; breaks-- {
			out.WriteByte('\n')
		}
		out.WriteString(line[indent:])
		breaks = 1
	}
	if indent < 0 {
		return nil, false
	}
	switch chomp {
	case 0:
		out.WriteByte('\n')
	case '+':
		for ; breaks > 0; breaks-- {
			out.WriteByte('\n')
		}
	}
	n := p.node(String, key, out.String(), start, 0)
	p.line()
	return n, p.indent <= parent
}
