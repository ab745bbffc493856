// Package markup writes foreign text into GitHub's Markdown so that it shows as
// it is written and does nothing. What is Markdown already is not its concern.
package markup

import "strings"

// Text escapes foreign text so that it shows as it is written: no markup, no
// HTML, no link, no mention of a person or an issue, no end of a table's cell.
func Text(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '@':
			b.WriteString("&#64;")
		case '#':
			b.WriteString("&#35;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '!':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	// GitHub makes a link of a bare address.
	return strings.NewReplacer("://", "&#58;//", "www.", "www&#46;").Replace(b.String())
}

// Code writes foreign text as code, in a fence longer than any in it.
func Code(s string) string {
	if s == "" {
		return ""
	}
	ticks := strings.Repeat("`", longest(s)+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return ticks + pad + s + pad + ticks
}

// Fence writes lines of a language as a block that can be copied.
func Fence(indent, language string, lines []string) string {
	n := 2
	for _, l := range lines {
		n = max(n, longest(l))
	}
	ticks := strings.Repeat("`", n+1)
	return indent + ticks + language + "\n" + indent + strings.Join(lines, "\n"+indent) + "\n" + indent + ticks + "\n"
}

// longest is the length of the longest run of backticks in s.
func longest(s string) int {
	n, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		n = max(n, run)
	}
	return n
}
