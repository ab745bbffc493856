package svg

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

const (
	nameSize  = 13
	smallSize = 11
	tinySize  = 10
	lineStep  = 14
	boxPad    = 11
	maxText   = 330 // widest line of a box
	// Headings stand beside lines that come in from above: narrow ones leave room.
	maxHeading = 215
	minBox     = 104
	pillH      = 24
)

// line is a line of text in a box.
type line struct {
	text  string
	class string
	size  int
	bold  bool
	mark  string // level whose sign stands before it
}

func (l line) width() int {
	w := measure(l.text, l.size, l.bold)
	if l.mark != "" {
		w += signWidth
	}
	return w
}

// box is an item with text: an application, a SAAS, an offer, or the heading of
// a model.
type box struct {
	node  *graph.Node // nil for a heading and for a place where lines pass
	lines []line
	w, h  int
}

func sized(b box, least, most int) box {
	b.w = least
	for i := range b.lines {
		b.lines[i].text = cut(b.lines[i].text, b.lines[i].size, b.lines[i].bold, most)
		b.w = max(b.w, b.lines[i].width()+2*boxPad)
	}
	b.h = 8 + lineStep*len(b.lines) + 5
	return b
}

func application(n *graph.Node) box {
	b := box{node: n, lines: []line{{text: n.Name, class: "name", size: nameSize, bold: true}}}
	small := func(text, class string) {
		if text != "" {
			b.lines = append(b.lines, line{text: text, class: class, size: smallSize})
		}
	}
	role := n.Does()
	small(role, "faint")
	small(n.Mesh.Words(), meshClass(n.Mesh.Answer))
	vpn := "vpn"
	if n.VPNUnknown {
		vpn = "unknown"
	}
	small(n.VPN, vpn)
	small(n.Absent, "unknown")
	b.lines = append(b.lines, markLines(n.Marks, maxText)...)
	return sized(b, minBox, maxText)
}

func meshClass(a graph.Answer) string {
	switch a {
	case graph.Yes:
		return "in"
	case graph.NotKnown:
		return "unknown"
	}
	return "faint"
}

// pill is a SAAS or an offer.
func pill(n *graph.Node) box {
	b := box{node: n, lines: []line{{text: string(n.Kind) + " " + n.Name, class: "name", size: smallSize}}}
	if n.Absent != "" {
		b.lines = append(b.lines, line{text: n.Absent, class: "unknown", size: smallSize})
	}
	b.lines = append(b.lines, markLines(n.Marks, maxText)...)
	return sized(b, 60, maxText)
}

// heading is the title of a model.
func heading(c *graph.Cluster) box {
	b := box{lines: []line{{text: c.Name, class: "model-name", size: 15, bold: true}}}
	small := func(text, class string) {
		b.lines = append(b.lines, line{text: text, class: class, size: smallSize})
	}
	small(c.Is(), "part")
	for _, fact := range c.Facts {
		small(fact, "faint")
	}
	if len(c.Missing) > 0 && !c.Unread {
		small("not read: "+strings.Join(c.Missing, ", "), "unknown")
	}
	b.lines = append(b.lines, markLines(c.Marks, maxHeading)...)
	return sized(b, 0, maxHeading)
}

// maxMarks lines of marks a box has; the rest is counted.
const maxMarks = 6

func markLines(marks []graph.Mark, most int) []line {
	var out []line
	for i, m := range marks {
		if i == maxMarks && len(marks) > maxMarks+1 {
			out = append(out, line{text: fmt.Sprintf("and %d more", len(marks)-i), class: "faint", size: smallSize})
			break
		}
		out = append(out, line{text: cut(m.Words(), smallSize, false, most-36) + numbers(m.Findings), class: level(m), size: smallSize, mark: level(m)})
	}
	return out
}

// numbers refer to the list of findings: " [3]", " [3, 4, …]".
func numbers(findings []int) string {
	var parts []string
	for i, n := range findings {
		if i == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, strconv.Itoa(n))
	}
	return " [" + strings.Join(parts, ", ") + "]"
}

// level is the class of a mark.
func level(m graph.Mark) string {
	if m.Waived {
		return "waived"
	}
	return levelClass(m.Level)
}

func levelClass(level string) string {
	switch level {
	case "error", "warning", "note":
		return level
	}
	return "waived"
}

const signWidth = 14

// sign draws the sign of a level: each has a shape of its own.
func (c *canvas) sign(x, y int, level string) {
	switch level {
	case "error":
		c.add("<circle class=\"sign error\" cx=\"%d\" cy=\"%d\" r=\"5\"/>\n", x+5, y-4)
	case "warning":
		c.add("<path class=\"sign warning\" d=\"M%d %dl6 10h-12z\"/>\n", x+5, y-10)
	case "note":
		c.add("<rect class=\"sign note\" x=\"%d\" y=\"%d\" width=\"9\" height=\"9\"/>\n", x, y-9)
	default:
		c.add("<circle class=\"sign waived\" cx=\"%d\" cy=\"%d\" r=\"4\"/>\n", x+5, y-4)
	}
}

// lines writes the text of a box.
func (c *canvas) lines(x, y int, lines []line) {
	for i, l := range lines {
		at, base := x, y+lineStep*i
		if l.mark != "" {
			c.sign(at, base, l.mark)
			at += signWidth
		}
		c.text(at, base, l.class, l.text)
	}
}

// draw draws an application, a SAAS or an offer.
func (b box) draw(c *canvas, x, y int, findings map[int]*graph.Finding) {
	n := b.node
	classes, round, left := []string{"node", "app"}, 6, x+boxPad
	if n.Kind == graph.SAAS || n.Kind == graph.Offer {
		classes, round = []string{"node", strings.ToLower(string(n.Kind))}, pillH/2
		if len(b.lines) == 1 {
			left = x + (b.w-b.lines[0].width())/2
		}
	}
	if n.Mesh.Answer == graph.Yes {
		classes = append(classes, "enrolled")
	}
	if n.Absent != "" || n.Mesh.Answer == graph.NotKnown || n.VPNUnknown {
		classes = append(classes, "unread")
	}
	if l := graph.Gravest(n.Marks); l != "" {
		classes = append(classes, "has-"+levelClass(l))
	}
	c.add("<g id=\"%s\" class=\"%s\">\n<title>%s</title>\n", n.ID, strings.Join(classes, " "), escape(nodeTitle(n, findings)))
	c.add("<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n", x, y, b.w, b.h, round)
	if n.Mesh.Answer == graph.Yes {
		c.add("<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"4\" height=\"%d\" rx=\"2\"/>\n", x+3, y+6, b.h-12)
	}
	c.lines(left, y+17, b.lines)
	c.add("</g>\n")
}

// nodeTitle is what a reader sees who points at a node.
func nodeTitle(n *graph.Node, findings map[int]*graph.Finding) string {
	parts := []string{strings.TrimSpace(string(n.Kind) + " " + n.Name)}
	for _, s := range append([]string{n.Role, n.Mesh.Words(), n.VPN, n.Absent}, n.Facts...) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(append(parts, told(n.Marks, findings)...), "\n")
}

// told are the findings behind marks, with their messages.
func told(marks []graph.Mark, findings map[int]*graph.Finding) []string {
	var out []string
	for _, m := range marks {
		for _, n := range m.Findings {
			if f := findings[n]; f != nil {
				out = append(out, fmt.Sprintf("[%d] %s: %s", n, f.Words(), f.Message))
			}
		}
	}
	return out
}
