// Package dot writes a graph in the language of Graphviz:
// "charmarr-lint graph -f dot | dot -Tpdf".
//
// Labels are Graphviz's HTML-like ones, where text is escaped as in XML;
// tooltips are strings between quotes, where a backslash acts and entities are
// read.
package dot

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

// maxLine is the most characters of one line of a label.
const maxLine = 80

// Write writes g to w.
func Write(w io.Writer, g graph.Graph) error {
	p := &printer{findings: g.Findings}
	p.line("digraph charmarr {")
	p.line(`  graph [rankdir=TB, nodesep=0.35, ranksep=0.6, fontname="sans-serif", fontsize=13, labeljust=l, label=<%s>];`, p.summary(g))
	p.line(`  node [shape=box, style="filled,rounded", fillcolor="#ffffff", color="#6e7781", fontname="sans-serif", fontsize=10, margin="0.12,0.06"];`)
	p.line(`  edge [color="#57606a", fontname="sans-serif", fontsize=9, fontcolor="#57606a", arrowsize=0.7];`)
	if len(g.Stacks) == 0 {
		p.line(`  none [label="Nothing of Charmarr was found."];`)
	}
	for i := range g.Stacks {
		p.stack(&g.Stacks[i])
	}
	p.line("}")
	_, err := io.WriteString(w, p.b.String())
	return err
}

type printer struct {
	b        strings.Builder
	findings []graph.Finding
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *printer) stack(s *graph.Stack) {
	p.line("  subgraph cluster_%s {", s.ID)
	p.line("    label=<%s>; peripheries=0;", rows(row{text: "Stack " + s.Name, size: 16, bold: true}, row{text: s.Totals + "; " + s.Verdicts}))
	for i := range s.Clusters {
		p.cluster(&s.Clusters[i])
	}
	p.line("  }")
	for i := range s.Edges {
		p.edge(&s.Edges[i])
	}
}

func (p *printer) cluster(c *graph.Cluster) {
	lines := []row{{text: c.Name, size: 14, bold: true}, {text: c.Is(), colour: faint}}
	for _, f := range c.Facts {
		lines = append(lines, row{text: f, colour: faint})
	}
	if len(c.Missing) > 0 {
		lines = append(lines, row{text: "not read: " + strings.Join(c.Missing, ", "), colour: faint})
	}
	style := "filled,rounded"
	if c.Partly() {
		style += ",dashed"
	}
	colour := colourOf(graph.Gravest(c.Marks), "#8c959f")
	p.line("    subgraph cluster_%s {", c.ID)
	p.line(`      label=<%s>; peripheries=1; style="%s"; fillcolor="#f6f8fa"; color="%s"; tooltip="%s";`,
		rows(append(lines, marks(c.Marks)...)...), style, colour, quoted(append([]string{c.Name, c.Basis}, p.told(c.Marks)...)))
	for i := range c.Nodes {
		p.node(&c.Nodes[i])
	}
	if len(c.Nodes) == 0 {
		p.line(`      %s_none [label="nothing in it", style="dashed"];`, c.ID)
	}
	p.line("    }")
}

func (p *printer) node(n *graph.Node) {
	name, role, fill := n.Name, n.Does(), "#ffffff"
	switch n.Kind {
	case graph.SAAS, graph.Offer:
		name, fill = string(n.Kind)+" "+n.Name, "#e2e8ef"
	}
	if n.Mesh.Answer == graph.Yes {
		fill = "#eefaf6"
	}
	lines := []row{{text: name, size: 12, bold: true}}
	for _, s := range []string{role, n.Mesh.Words(), n.VPN, n.Absent} {
		if s != "" {
			lines = append(lines, row{text: s, colour: faint})
		}
	}
	level := graph.Gravest(n.Marks)
	switch level {
	case "error":
		fill = "#fdeeec"
	case "warning":
		fill = "#fff5e5"
	}
	style := "filled,rounded"
	if n.Absent != "" || n.Mesh.Answer == graph.NotKnown || n.VPNUnknown {
		style += ",dashed"
	}
	p.line(`      %s [label=<%s>, style="%s", fillcolor="%s", color="%s", penwidth=%s, tooltip="%s"];`,
		n.ID, rows(append(lines, marks(n.Marks)...)...), style, fill, colourOf(level, "#6e7781"), width(level),
		quoted(append(append([]string{name}, n.Facts...), p.told(n.Marks)...)))
}

func (p *printer) edge(e *graph.Edge) {
	colour := map[graph.EdgeKind]string{
		graph.Ingress: "#0b5cad", graph.VPN: "#6026c9", graph.Storage: "#8a6d3b", graph.MeshEdge: "#0f8577",
	}[e.Kind]
	if colour == "" {
		colour = "#57606a"
	}
	level := graph.Gravest(e.Marks)
	attributes := []string{fmt.Sprintf(`color="%s"`, colourOf(level, colour))}
	var lines []row
	for _, name := range e.Carried() {
		lines = append(lines, row{text: name})
	}
	if lines = append(lines, marks(e.Marks)...); len(lines) > 0 {
		attributes = append(attributes, "label=<"+rows(lines...)+">")
	}
	if e.Unknown {
		attributes = append(attributes, `style="dashed"`)
	}
	from, to := e.From, e.To
	switch {
	case e.Undirected:
		attributes = append(attributes, "dir=none")
	case e.Up: // Graphviz puts what an edge starts from above
		from, to = to, from
		attributes = append(attributes, "dir=back")
	}
	if e.Kind == graph.VPN || level == "error" || level == "warning" {
		attributes = append(attributes, "penwidth=2.2")
	}
	tip := quoted(append(slices.Clone(e.Facts), p.told(e.Marks)...))
	p.line(`  %s -> %s [%s, tooltip="%s", labeltooltip="%s"];`, from, to, strings.Join(attributes, ", "), tip, tip)
}

// summary is the title of the picture: what was found, and what not decided.
func (p *printer) summary(g graph.Graph) string {
	lines := []row{{text: "charmarr-lint, profile " + g.Profile + ": " + g.Totals, bold: true}}
	for _, f := range g.Findings {
		lines = append(lines, row{text: fmt.Sprintf("[%d] %s  %s", f.Number, f.Words(), f.Subject), colour: colourOf(levelOf(f), faint)})
	}
	for _, u := range g.Undecided {
		lines = append(lines, row{text: strings.ReplaceAll(u.Verdict, "-", " ") + " for lack of " + u.What + ": " + strings.Join(u.Rules, ", "), colour: faint})
	}
	for _, gap := range g.Gaps {
		lines = append(lines, row{text: "could not be read: " + gap, colour: faint})
	}
	return rows(lines...)
}

func levelOf(f graph.Finding) string {
	if f.Waived {
		return "waived"
	}
	return f.Level
}

// told are the findings behind marks, with their messages.
func (p *printer) told(list []graph.Mark) []string {
	var out []string
	for _, m := range list {
		for _, n := range m.Findings {
			if n > 0 && n <= len(p.findings) {
				out = append(out, fmt.Sprintf("[%d] %s: %s", n, m.Words(), p.findings[n-1].Message))
			}
		}
	}
	return out
}
