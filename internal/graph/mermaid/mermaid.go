// Package mermaid writes a graph as a Mermaid flowchart, which GitHub, GitLab and
// most wikis draw where it stands in a code block of language mermaid.
//
// A label is text between quotes in which Mermaid reads entities, HTML and
// Markdown. Everything but letters, digits and a few signs is written as the
// number of the character, so that nothing of a name acts.
package mermaid

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

const (
	maxLabel = 60  // characters of a name in a label
	maxLine  = 120 // characters of another line
	// maxListed findings have their message below the picture. Mermaid draws
	// nothing at all where the text has more than 50,000 characters.
	maxText = 48000
)

// Write writes g to w.
func Write(w io.Writer, g graph.Graph) error {
	text := picture(g) + findings(g, maxLine)
	if len(text) > maxText {
		text = picture(g) + findings(g, 0)
	}
	_, err := io.WriteString(w, text)
	return err
}

func picture(g graph.Graph) string {
	p := &printer{}
	p.line("%%%% charmarr-lint, profile %s: %s", comment(g.Profile), comment(g.Totals))
	p.line("flowchart TB")
	if len(g.Stacks) == 0 {
		p.line(`  none["Nothing of Charmarr was found."]`)
	}
	for i := range g.Stacks {
		p.stack(&g.Stacks[i])
	}
	p.styles()
	return p.b.String()
}

type printer struct {
	b     strings.Builder
	edges int
	looks []string // linkStyle lines
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.b, format+"\n", args...)
}

func (p *printer) stack(s *graph.Stack) {
	p.line(`  subgraph %s["%s"]`, s.ID, label([]string{"Stack " + s.Name, s.Totals + "; " + s.Verdicts}))
	for i := range s.Clusters {
		p.cluster(&s.Clusters[i])
	}
	p.line("  end")
	for i := range s.Edges {
		p.edge(&s.Edges[i])
	}
}

func (p *printer) cluster(c *graph.Cluster) {
	lines := []string{c.Name + part(c)}
	lines = append(lines, c.Facts...)
	if len(c.Missing) > 0 {
		lines = append(lines, "not read: "+strings.Join(c.Missing, ", "))
	}
	p.line(`    subgraph %s["%s"]`, c.ID, label(append(lines, marks(c.Marks)...)))
	for i := range c.Nodes {
		p.node(&c.Nodes[i])
	}
	if len(c.Nodes) == 0 {
		p.line(`      %s_none["nothing in it"]:::unread`, c.ID)
	}
	p.line("    end")
	if l := graph.Gravest(c.Marks); l != "" {
		p.line("    class %s %s", c.ID, class(l))
	} else if c.Partly() {
		p.line("    class %s unread", c.ID)
	}
}

func part(c *graph.Cluster) string {
	switch {
	case c.Unread:
		return ", model not read"
	case c.Foreign:
		return ", model outside this stack"
	case c.Part != "":
		return ", " + c.Part + " model"
	}
	return ", model that plays no part"
}

func (p *printer) node(n *graph.Node) {
	lines := []string{n.Name}
	opening, closing := "[", "]"
	switch n.Kind {
	case graph.SAAS, graph.Offer:
		lines[0] = string(n.Kind) + " " + n.Name
		opening, closing = "([", "])"
	}
	role := n.Does()
	for _, s := range []string{role, n.Mesh.Words(), n.VPN, n.Absent} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	lines = append(lines, marks(n.Marks)...)
	p.line(`      %s%s"%s"%s:::%s`, n.ID, opening, label(lines), closing, look(n))
}

func look(n *graph.Node) string {
	l := graph.Gravest(n.Marks)
	switch {
	case l != "" && l != "waived":
		return class(l)
	case n.Absent != "" || n.Mesh.Answer == graph.NotKnown:
		return "unread"
	case n.Mesh.Answer == graph.Yes:
		return "enrolled"
	case n.Kind == graph.SAAS, n.Kind == graph.Offer:
		return "border"
	}
	return "outside"
}

func (p *printer) edge(e *graph.Edge) {
	arrow := "-->"
	switch {
	case e.Unknown:
		arrow = "-.->"
	case e.Undirected:
		arrow = "---"
	case e.Kind == graph.VPN:
		arrow = "==>"
	}
	var lines []string
	lines = append(lines, e.Carried()...)
	text := ""
	if lines = append(lines, marks(e.Marks)...); len(lines) > 0 {
		text = `|"` + label(lines) + `"|`
	}
	p.line("  %s %s%s %s", e.From, arrow, text, e.To)
	colour := map[graph.EdgeKind]string{
		graph.Ingress: "#0b5cad", graph.VPN: "#7d46d6", graph.Storage: "#8a6d3b", graph.MeshEdge: "#0f8577",
	}[e.Kind]
	switch graph.Gravest(e.Marks) {
	case "error":
		colour = "#d1352b"
	case "warning":
		colour = "#b26a00"
	}
	if colour != "" {
		p.looks = append(p.looks, fmt.Sprintf("  linkStyle %d stroke:%s", p.edges, colour))
	}
	p.edges++
}

// styles have a fill and a text colour each, so that they read on light and dark.
func (p *printer) styles() {
	for _, l := range p.looks {
		p.line("%s", l)
	}
	for _, l := range []string{
		"enrolled fill:#eefaf6,stroke:#0f8577,color:#1c2127",
		"outside fill:#ffffff,stroke:#6e7781,color:#1c2127",
		"border fill:#e2e8ef,stroke:#6e7781,color:#1c2127",
		"unread fill:#f6f8fa,stroke:#6e7781,color:#1c2127,stroke-dasharray:5 4",
		"note fill:#e8f1fb,stroke:#0b5cad,color:#1c2127,stroke-width:2px",
		"warning fill:#fff5e5,stroke:#b26a00,color:#1c2127,stroke-width:2px",
		"error fill:#fdeeec,stroke:#b3261e,color:#1c2127,stroke-width:2px",
		"waived fill:#ffffff,stroke:#6e7781,color:#1c2127",
		"list fill:#f6f8fa,stroke:#6e7781,color:#1c2127,text-align:left",
	} {
		p.line("  classDef %s", l)
	}
}

func class(level string) string {
	if slices.Contains([]string{"error", "warning", "note"}, level) {
		return level
	}
	return "waived"
}

// marks are lines such as "error mesh/core-enrolled [3]".
func marks(list []graph.Mark) []string {
	var out []string
	for _, m := range list {
		numbers := strings.Trim(strings.ReplaceAll(fmt.Sprint(m.Findings), " ", ", "), "[]")
		out = append(out, m.Words()+" ["+numbers+"]")
	}
	return out
}

// findings lists findings and what could not be decided in a node below the
// picture, each with so much of its message.
func findings(g graph.Graph, message int) string {
	var lines []string
	for _, f := range g.Findings {
		line := fmt.Sprintf("[%d] %s, %s", f.Number, f.Words(), f.Subject)
		if message > 0 {
			line += ": " + graph.Short(f.Message, message)
		}
		lines = append(lines, line)
	}
	for _, u := range g.Undecided {
		lines = append(lines, strings.ReplaceAll(u.Verdict, "-", " ")+" for lack of "+u.What+": "+strings.Join(u.Rules, ", "))
	}
	for _, gap := range g.Gaps {
		lines = append(lines, "could not be read: "+gap)
	}
	if len(lines) == 0 {
		return ""
	}
	return `  list["` + label(lines) + `"]:::list` + "\n"
}

// label writes lines of text for a place between quotes.
func label(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		limit := maxLabel
		if i > 0 || len(lines) > 8 {
			limit = 3 * maxLine
		}
		out[i] = encode(graph.Short(l, limit))
	}
	return strings.Join(out, "<br/>")
}

// encode writes text so that nothing in it acts. A letter or digit stands for
// itself, and so do the signs that no syntax of labels knows.
func encode(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune(" .,/…", r) || r == '-' {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}

// comment keeps text from ending a comment or starting a directive.
func comment(s string) string {
	return strings.NewReplacer("%", "", "{", "", "}", "").Replace(s)
}
