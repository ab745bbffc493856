package syntax

import "unicode/utf8"

// cursor turns the lines and columns of the YAML library, which count runes,
// into offsets. The library's nodes come nearly in the order of the text, so
// it goes on from where it was and starts over only to go back.
type cursor struct {
	text      string
	first     int // where the library's line 1 starts
	lineStart int // where line starts
	line      int // from 0
	at        int // the offset last found, on line
	column    int // of at, from 0
}

func newCursor(text string, first int) cursor {
	return cursor{text: text, first: first, lineStart: first, at: first}
}

func (c *cursor) seek(line, column int) int {
	line, column = max(line-1, 0), max(column-1, 0)
	if line < c.line {
		*c = newCursor(c.text, c.first)
	}
	for c.line < line {
		next := c.nextLine(max(c.at, c.lineStart))
		if next < 0 {
			break
		}
		c.line, c.lineStart, c.at, c.column = c.line+1, next, next, 0
	}
	if column < c.column {
		c.at, c.column = c.lineStart, 0
	}
	for c.column < column && c.at < len(c.text) {
		if c.text[c.at] < utf8.RuneSelf {
			c.at++
		} else {
			_, size := utf8.DecodeRuneInString(c.text[c.at:])
			c.at += size
		}
		c.column++
	}
	return c.at
}

// nextLine returns where the line after an offset starts, or -1. The library
// ends lines where YAML 1.1 does: at LF, CR, CR LF, NEL, LS and PS.
func (c *cursor) nextLine(at int) int {
	for i := at; i < len(c.text); i++ {
		switch c.text[i] {
		case '\n':
			return i + 1
		case '\r':
			if i+1 < len(c.text) && c.text[i+1] == '\n' {
				return i + 2
			}
			return i + 1
		case 0xc2:
			if i+1 < len(c.text) && c.text[i+1] == 0x85 {
				return i + 2
			}
		case 0xe2:
			if i+2 < len(c.text) && c.text[i+1] == 0x80 && (c.text[i+2] == 0xa8 || c.text[i+2] == 0xa9) {
				return i + 3
			}
		}
	}
	return -1
}
