package svg

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

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

// measure returns the width of a text, rounded up.
func measure(s string, size int, bold bool) int {
	sum := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			sum += int(widths[r-' '])
		case r == '…':
			sum += 100
		case unicode.Is(unicode.Mn, r):
		case r >= 0x1100 && utf8.RuneLen(r) >= 3: // Hangul, Han, kana, emoji
			sum += 110
		default:
			sum += 75
		}
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
	for n := utf8.RuneCountInString(s) - 1; n > 3; n-- {
		runes := []rune(s)
		tail := (n - 1) / 2
		if short := string(runes[:n-1-tail]) + "…" + string(runes[len(runes)-tail:]); measure(short, size, bold) <= limit {
			return short
		}
	}
	return "…"
}

// wrap breaks a text into lines of a width, between words where it can.
func wrap(s string, size, limit int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case measure(line+" "+word, size, false) <= limit:
			line += " " + word
			continue
		default:
			lines = append(lines, line)
			line = word
		}
		for measure(line, size, false) > limit {
			runes := []rune(line)
			n := len(runes) - 1
			for n > 1 && measure(string(runes[:n]), size, false) > limit {
				n--
			}
			lines = append(lines, string(runes[:n]))
			line = string(runes[n:])
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
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
