package svg

import (
	_ "embed"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/layout"
)

//go:embed style.css
var style string

// Style is the style sheet of the drawing.
func Style() string { return style }

// canvas collects elements.
type canvas struct{ b strings.Builder }

func (c *canvas) add(format string, args ...any) { fmt.Fprintf(&c.b, format, args...) }

func (c *canvas) text(x, y int, class, text string) {
	c.add("<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class, escape(text))
}

// escape makes plain text safe in an element or a quoted attribute.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\n", "&#10;").Replace(s)
}

// widths are advance widths of ASCII from blank on in hundredths of the font
// size, those of DejaVu Sans, which is wider than the other usual faces: what is
// measured with them fits in any.
const widths = "" +
	"\x20\x28\x2e\x54\x40\x5f\x4e\x1b\x27\x27\x32\x54\x20\x24\x20\x22" + // blank to /
	"\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x22\x22\x54\x54\x54\x35" + // 0 to ?
	"\x64\x44\x45\x46\x4d\x3f\x3a\x4d\x4b\x1d\x1d\x42\x38\x56\x4b\x4f" + // @ to O
	"\x3c\x4f\x45\x3f\x3d\x49\x44\x63\x45\x3d\x45\x27\x22\x27\x54\x32" + // P to _
	"\x32\x3d\x3f\x37\x3f\x3e\x23\x3f\x3f\x1c\x1c\x3a\x1c\x61\x3f\x3d" + // ` to o
	"\x3f\x3f\x29\x34\x27\x3f\x3b\x52\x3b\x3b\x34\x40\x22\x40\x54" // p to ~

// advance is the width of a character in hundredths of the font size.
func advance(r rune) int {
	switch {
	case r >= ' ' && r <= '~':
		return int(widths[r-' '])
	case unicode.Is(unicode.Mn, r):
		return 0
	case r == '…':
		return 100
	case r >= 0x1100: // Hangul, Han, kana, emoji
		return 110
	}
	return 75
}

// measure returns the width of a text, rounded up.
func measure(s string, size int, bold bool) int {
	sum := 0
	for _, r := range s {
		sum += advance(r)
	}
	if bold {
		sum = sum * 113 / 100
	}
	return (sum*size + 99) / 100
}

// cut shortens a text to a width, keeping its begin and its end.
func cut(s string, size int, bold bool, limit int) string {
	if measure(s, size, bold) <= limit {
		return s
	}
	const least = 3 // characters that Short leaves
	n := sort.Search(utf8.RuneCountInString(s), func(n int) bool { return measure(graph.Short(s, n+least), size, bold) > limit })
	if n == 0 {
		return "…"
	}
	return graph.Short(s, n+least-1)
}

// wrap breaks a small text into lines of a width, between words where it can.
func wrap(s string, limit int) []string {
	var lines []string
	line, used := "", 0 // in hundredths of the font size
	limit = limit * 100 / smallSize
	flush := func() {
		if line != "" {
			lines = append(lines, line)
		}
		line, used = "", 0
	}
	for _, word := range strings.Fields(s) {
		w := measure(word, 100, false)
		if line != "" && used+advance(' ')+w > limit {
			flush()
		}
		if line != "" {
			line, used = line+" ", used+advance(' ')
		}
		if used+w <= limit {
			line, used = line+word, used+w
			continue
		}
		start := 0
		for i, r := range word {
			if used+advance(r) > limit && i > start {
				line += word[start:i]
				flush()
				start = i
			}
			used += advance(r)
		}
		line += word[start:]
	}
	flush()
	return lines
}

// bend is the radius of a line's corners.
const bend = 6

// path writes a line with round corners.
func path(points []layout.Point) string {
	var b strings.Builder
	for i, p := range points {
		if i == 0 || i == len(points)-1 {
			fmt.Fprintf(&b, "%s%d %d", []string{"M", "L"}[min(i, 1)], p.X, p.Y)
			continue
		}
		before, after := points[i-1], points[i+1]
		r := min(bend, distance(before, p)/2, distance(p, after)/2)
		in, out := towards(p, before, r), towards(p, after, r)
		fmt.Fprintf(&b, "L%d %dQ%d %d %d %d", in.X, in.Y, p.X, p.Y, out.X, out.Y)
	}
	return b.String()
}

// distance is between two points of a line that runs along the axes.
func distance(a, b layout.Point) int { return abs(a.X-b.X) + abs(a.Y-b.Y) }

func towards(from, to layout.Point, r int) layout.Point {
	return layout.Point{X: from.X + r*sign(to.X-from.X), Y: from.Y + r*sign(to.Y-from.Y)}
}

func abs(n int) int { return max(n, -n) }

func sign(n int) int { return min(1, max(-1, n)) }
