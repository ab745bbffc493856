// Package plain makes foreign text safe to show.
//
// Names and messages of a report come from files that somebody else wrote. A
// name can hold terminal escape sequences, line breaks, text direction marks or
// bytes that are no UTF-8: shown as they are, they move the cursor, forge a log
// line or turn a command around. This package writes such characters visibly
// (\x1b, \n, \u202e), so that nothing is lost and nothing acts.
//
// It says nothing of HTML, XML, Markdown or workflow commands: each format
// escapes its own syntax on top.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s on one line with every character that could act written
// visibly. Text without such characters comes back as it is.
func Line(s string) string {
	if !strings.ContainsFunc(s, Acts) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !Acts(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// Sentence returns s on one line for running text: white space of any kind
// becomes one blank, the rest is as Line has it.
func Sentence(s string) string {
	return Line(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " "))
}

// Acts tells whether a character does something other than stand for itself:
// control characters (C0, DEL, C1), line and paragraph separators, format
// characters such as direction marks and zero-width signs, code points that are
// no characters (XML forbids some), and what stands for bytes that are no UTF-8.
func Acts(r rune) bool {
	if r < utf8.RuneSelf { // nearly all there is
		return unicode.IsControl(r)
	}
	return r == utf8.RuneError ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}
