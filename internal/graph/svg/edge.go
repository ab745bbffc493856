package svg

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/layout"
)

const (
	labelStep  = 12
	labelShift = 7 // right of the line
	maxLabel   = 200
	arrow      = 8 // length of an arrowhead
)

// label is what stands beside the end of a line: what it carries, and what was
// found about it.
func label(e *graph.Edge) []line {
	var out []line
	for _, name := range e.Carried() {
		out = append(out, line{text: cut(name, tinySize, false, maxLabel), class: "label", size: tinySize})
	}
	for _, l := range markLines(e.Marks, maxText) {
		l.size = tinySize
		out = append(out, l)
	}
	return out
}

func labelSize(e *graph.Edge) (w, h int) {
	for _, l := range label(e) {
		w, h = max(w, labelShift+l.width()), h+labelStep
	}
	if h > 0 {
		h += 4
	}
	return w, h
}

// draw draws the stack: models, then lines, then what stands in the models, so
// that no line covers a text.
func (s *stack) draw(c *canvas, dx, dy int) {
	for _, m := range s.clusters {
		m.draw(c, dx, dy, s.findings)
	}
	routes := s.order()
	shifted := make([][]layout.Point, len(routes))
	for i, r := range routes {
		shifted[i] = s.points(r)
		for j := range shifted[i] {
			shifted[i][j].X += dx
			shifted[i][j].Y += dy
		}
	}
	names := map[string]string{}
	for _, m := range s.clusters {
		for i := range m.items {
			if n := m.items[i].node; n != nil {
				names[n.ID] = m.Name + "/" + n.Name
			}
		}
	}
	heads := map[layout.Point]bool{}
	for i, r := range routes {
		s.edge(c, r.edge, shifted[i], names)
		end := shifted[i][len(shifted[i])-1]
		if !r.edge.Undirected && !heads[end] {
			heads[end] = true
			head(c, r.edge, shifted[i])
		}
	}
	labels := map[layout.Point]bool{}
	for i, r := range routes {
		end := shifted[i][len(shifted[i])-1]
		if l := label(r.edge); len(l) > 0 && !labels[end] {
			labels[end] = true
			beside(c, l, shifted[i])
		}
	}
	for _, m := range s.clusters {
		for i, it := range m.items {
			if it.node != nil {
				at := m.at(i)
				it.draw(c, at.X+dx, at.Y+dy, s.findings)
			}
		}
	}
}

func (s *stack) edge(c *canvas, e *graph.Edge, points []layout.Point, names map[string]string) {
	classes := edgeClasses(e)
	end := len(points) - 1
	if !e.Undirected { // the arrowhead covers the rest
		points = append(points[:end:end], layout.Point{X: points[end].X, Y: points[end].Y + (arrow-2)*sign(points[end-1].Y-points[end].Y)})
	}
	arrowWord := " uses "
	if e.Undirected {
		arrowWord = " and "
	}
	parts := []string{names[e.From] + arrowWord + names[e.To]}
	if len(e.Interfaces) > 0 {
		parts[0] += ": " + strings.Join(e.Interfaces, ", ")
	}
	if e.Unknown {
		parts = append(parts, "where it leads was not read or does not exist")
	}
	parts = append(append(parts, e.Facts...), told(e.Marks, s.findings)...)
	c.add("<path id=\"%s\" class=\"%s\" data-from=\"%s\" data-to=\"%s\" d=\"%s\"><title>%s</title></path>\n",
		e.ID, classes, e.From, e.To, path(points), escape(strings.Join(parts, "\n")))
}

func edgeClasses(e *graph.Edge) string {
	classes := "line line-" + string(e.Kind)
	if e.Unknown || e.Undirected {
		classes += " unread"
	}
	if l := graph.Gravest(e.Marks); l != "" {
		classes += " has-" + levelClass(l)
	}
	return classes
}

// head draws the arrowhead at the end of a line.
func head(c *canvas, e *graph.Edge, points []layout.Point) {
	end, before := points[len(points)-1], points[len(points)-2]
	up := sign(before.Y - end.Y)
	c.add("<path class=\"head %s\" d=\"M%d %dl4 %dh-8z\"/>\n", edgeClasses(e), end.X, end.Y, up*arrow)
}

// beside writes the label of a line where it ends.
func beside(c *canvas, lines []line, points []layout.Point) {
	end, before := points[len(points)-1], points[len(points)-2]
	x, y := end.X+labelShift, end.Y+labelStep
	if before.Y < end.Y { // it comes from above
		y = end.Y - 5 - labelStep*(len(lines)-1)
	}
	for i, l := range lines {
		at, base := x, y+labelStep*i
		if l.mark != "" {
			c.sign(at, base, l.mark)
			at += signWidth
		}
		c.text(at, base, l.class+" tiny", l.text)
	}
}
