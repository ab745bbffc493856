package syntax

import (
	"iter"
	"strings"
)

// documents yields where the documents of a file start and end. A line that
// begins with "---" starts a document and one that begins with "..." ends one,
// whatever stands around it: YAML forbids both inside a document, in text
// blocks too. What stands before the first marker belongs to the document it
// starts, if it is only comments and directives.
func documents(text string) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		start := 0
		marked := false // start stands at a marker
		content := false
		for at := 0; at < len(text); {
			next := len(text)
			if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
				next = at + i + 1
			}
			line := text[at:next]
			if at == 0 {
				line = strings.TrimPrefix(line, byteOrderMark)
			}
			switch {
			case isMarker(line, '-'):
				if marked || content {
					if !yield(start, at) {
						return
					}
					start = at
				}
				marked, content = true, false
			case isMarker(line, '.'):
				if !yield(start, at) {
					return
				}
				start, marked, content = next, false, false
			case !content:
				rest := strings.TrimLeft(line, " \t\r\n")
				content = rest != "" && rest[0] != '#' && rest[0] != '%'
			}
			at = next
		}
		yield(start, len(text))
	}
}

// isMarker tells whether a line is "---" or "...", alone or before white space.
func isMarker(line string, sign byte) bool {
	if len(line) < 3 || line[0] != sign || line[1] != sign || line[2] != sign {
		return false
	}
	return len(line) == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r' || line[3] == '\n'
}
