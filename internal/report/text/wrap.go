package text

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks words into lines of at most width columns, the first of at most
// first. A word longer than a line keeps its line to itself: paths and names
// stay whole, to be copied.
func wrap(words string, first, width int) []string {
	var lines []string
	line, used, room := "", 0, first
	for word := range strings.FieldsSeq(words) {
		n := columns(word)
		switch {
		case used == 0:
			line, used = word, n
		case used+1+n <= room:
			line, used = line+" "+word, used+1+n
		default:
			lines = append(lines, line)
			line, used, room = word, n, width
		}
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// columns is how wide s is, one column a character. The only escape sequences
// in this package's text are those of style, which take no room.
func columns(s string) int {
	n := 0
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		n += utf8.RuneCountInString(before)
		if !found {
			return n
		}
		_, s, _ = strings.Cut(after, "m")
	}
}
