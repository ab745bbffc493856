// Package svg writes a graph as one SVG image: each model a box with its
// applications in rows, from the ingress gateways at the top to the VPN gateways
// at the bottom; lines for relations, routes and offers; marks where something was
// found; a key and the findings below.
//
// The image needs nothing else: no script, no font of its own, no network. It
// follows the reader's choice of light or dark. What colour says, words or shapes
// say as well.
package svg

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

const (
	pageMargin = 20
	minWidth   = 760  // for key and findings
	maxWidth   = 2000 // for several stacks side by side
	stackHead  = 50
	stackGap   = 40
	// listed findings at most: more make an image that no viewer opens.
	maxListed = 300
)

// Write writes g to w.
func Write(w io.Writer, g graph.Graph) error {
	c := &canvas{}
	p := newPage(g)
	body := &canvas{}
	height := p.draw(body)
	height = p.list(body, height)
	c.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="graph-title graph-desc">`+"\n",
		p.width, height, p.width, height)
	c.add("<title id=\"graph-title\">%s</title>\n", escape(title(g)))
	c.add("<desc id=\"graph-desc\">%s</desc>\n", escape(description(g)))
	c.add("<style>\n%s</style>\n", Style())
	c.add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", p.width, height)
	c.b.WriteString(body.b.String())
	c.b.WriteString("</svg>\n")
	_, err := io.WriteString(w, c.b.String())
	return err
}

// Element returns the drawing and its key as an element for a page that brings
// Style and lists the findings itself.
func Element(g graph.Graph) string {
	c, body := &canvas{}, &canvas{}
	p := newPage(g)
	height := p.draw(body)
	c.add(`<svg xmlns="http://www.w3.org/2000/svg" id="graph" width="%d" height="%d" viewBox="0 0 %d %d" role="group" aria-label="%s">`+"\n",
		p.width, height, p.width, height, escape(title(g)))
	c.b.WriteString(body.b.String())
	c.b.WriteString("</svg>\n")
	return c.b.String()
}

func title(g graph.Graph) string {
	if len(g.Stacks) == 0 {
		return "Charmarr: nothing found"
	}
	names := make([]string, len(g.Stacks))
	for i, s := range g.Stacks {
		names[i] = s.Name
	}
	noun := "stack "
	if len(names) > 1 {
		noun = "stacks "
	}
	return graph.Short("Charmarr "+noun+strings.Join(names, ", ")+": "+g.Totals, 200)
}

// description says in words what the image shows, for who cannot see it.
func description(g graph.Graph) string {
	var parts []string
	for _, s := range g.Stacks {
		var models []string
		for _, c := range s.Clusters {
			models = append(models, cluster{Cluster: c}.words())
		}
		parts = append(parts, graph.Short(fmt.Sprintf("Stack %s: %s; %s; %d lines between them.",
			s.Name, strings.Join(models, ", "), s.Totals, len(s.Edges)), 1000))
	}
	for _, f := range g.Findings[:min(len(g.Findings), maxListed)] {
		parts = append(parts, f.Words()+", "+f.Subject+".")
	}
	return strings.Join(parts, " ")
}

// page lays the stacks out one below the other.
type page struct {
	graph    graph.Graph
	findings map[int]*graph.Finding
	stacks   []*stack
	width    int
}

func newPage(g graph.Graph) *page {
	p := &page{graph: g, findings: map[int]*graph.Finding{}, width: minWidth}
	for i := range g.Findings {
		p.findings[g.Findings[i].Number] = &g.Findings[i]
	}
	for i := range g.Stacks {
		s := newStack(&g.Stacks[i], p.findings)
		p.stacks = append(p.stacks, s)
		p.width = max(p.width, s.w)
	}
	if len(p.stacks) > 2 { // in columns
		sum := 0
		for _, s := range p.stacks {
			sum += s.w + stackGap
		}
		p.width = max(p.width, min(sum, maxWidth))
	}
	p.width += 2 * pageMargin
	return p
}

// draw draws the stacks and the key, and returns the height so far.
func (p *page) draw(c *canvas) int {
	y := pageMargin
	if len(p.stacks) == 0 {
		c.text(pageMargin, y+16, "stack-name", "Nothing of Charmarr was found.")
		y += 40
	}
	for i := 0; i < len(p.stacks); {
		n, w := 1, p.stacks[i].w // as many side by side as the widest leaves room for
		for i+n < len(p.stacks) && w+stackGap+p.stacks[i+n].w <= p.width-2*pageMargin {
			w += stackGap + p.stacks[i+n].w
			n++
		}
		x, tallest := pageMargin, 0
		for _, s := range p.stacks[i : i+n] {
			p.stack(c, s, x, y)
			x += s.w + stackGap
			tallest = max(tallest, s.h)
		}
		y += stackHead + tallest + 30
		i += n
	}
	return p.key(c, y)
}

func (p *page) stack(c *canvas, s *stack, x, y int) {
	c.add("<g id=\"%s\">\n", s.in.ID)
	c.text(x, y+16, "stack-name", cut("Stack "+s.in.Name, 18, true, max(s.w, 240)))
	c.text(x, y+36, "faint", cut(s.in.Totals+"; "+s.in.Verdicts, smallSize, false, max(s.w, 240)))
	s.draw(c, x, y+stackHead)
	c.add("</g>\n")
}
