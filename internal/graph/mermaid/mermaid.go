// Package mermaid writes a graph as a Mermaid flowchart, which GitHub, GitLab and
// most wikis draw where it stands in a code block of language mermaid.
//
// A label is text between quotes in which Mermaid reads entities, HTML, Markdown
// and names of icons. Everything but letters, digits and a few signs between them
// is written as the number of the character, so that nothing of a name acts.
package mermaid

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

const (
	maxName    = 60  // characters of a name in a label
	maxLine    = 360 // characters of another line
	maxMessage = 120 // characters of a finding's message
	// Mermaid draws nothing at all where the text has more than 50,000
	// characters or the picture more than 500 lines between nodes.
	maxText  = 48000
	maxEdges = 490
)

// Write writes g to w: in whole; or, where Mermaid would refuse that, without
// messages, else with one node for each model.
func Write(w io.Writer, g graph.Graph) error {
	text, edges := picture(g, "")
	switch list := findings(g, maxMessage); {
	case edges <= maxEdges && len(text)+len(list) <= maxText:
		text += list
	case edges <= maxEdges && len(text)+len(findings(g, 0)) <= maxText:
		text += findings(g, 0)
	default:
		small := g.Models()
		text, edges = picture(small, "one node stands for a model: Mermaid would not draw more; svg and html have all")
		if list := findings(small, 0); len(text)+len(list) <= maxText {
			text += list
		} else {
			text += "%% The list of findings does not fit; svg and html have it.\n"
		}
		if edges > maxEdges || len(text) > maxText {
			text += "%% This is more than Mermaid draws. Ask for svg or html, or for fewer files.\n"
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

// setup gives labels room: Mermaid would break lines after 200 pixels and let the
// first nodes of a model cover its title.
const setup = `%%{init: {"flowchart": {"wrappingWidth": 640, "subGraphTitleMargin": {"top": 4, "bottom": 14}}}}%%`

// picture returns the picture without the findings, and how many lines it has
// between nodes.
func picture(g graph.Graph, remark string) (text string, edges int) {
	p := &printer{looks: map[string][]string{}}
	p.line("%%%% charmarr-lint, profile %s: %s", comment(g.Profile), comment(g.Totals))
	if remark != "" {
		p.line("%%%% %s", remark)
	}
	p.line("%s", setup)
	p.line("flowchart TB")
	if len(g.Stacks) == 0 {
		p.line(`  none["Nothing of Charmarr was found."]`)
	}
	for i := range g.Stacks {
		p.stack(&g.Stacks[i])
	}
	for _, colour := range slices.Sorted(maps.Keys(p.looks)) {
		p.line("  linkStyle %s stroke:%s", strings.Join(p.looks[colour], ","), colour)
	}
	p.styles()
	return p.b.String(), p.edges
}

type printer struct {
	b     strings.Builder
	edges int
	looks map[string][]string // numbers of edges, by colour
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.b, format+"\n", args...)
}

func (p *printer) stack(s *graph.Stack) {
	p.line(`  subgraph %s["%s"]`, s.ID, label([]string{"Stack " + s.Name + ": " + s.Totals}))
	p.line("    direction TB")
	for i := range s.Clusters {
		p.cluster(&s.Clusters[i])
	}
	p.line("  end")
	p.line("  style %s fill:none,stroke:#8c959f", s.ID)
	for i := range s.Edges {
		p.edge(&s.Edges[i])
	}
}

func (p *printer) cluster(c *graph.Cluster) {
	p.line(`    subgraph %s["%s"]`, c.ID, label([]string{c.Name + ", " + c.Is()}))
	about := slices.Clone(c.Facts)
	if len(c.Missing) > 0 {
		about = append(about, "not read: "+strings.Join(c.Missing, ", "))
	}
	if about = append(about, marks(c.Marks)...); len(about) > 0 {
		p.line(`      %s_about["%s"]:::about`, c.ID, label(about))
	}
	for i := range c.Nodes {
		p.node(&c.Nodes[i])
	}
	if len(c.Nodes)+len(about) == 0 {
		p.line(`      %s_about["nothing in it"]:::about`, c.ID)
	}
	p.line("    end")
	switch l := graph.Gravest(c.Marks); {
	case l != "" && l != "waived":
		p.line("    class %s %s", c.ID, class(l))
	case c.Partly():
		p.line("    class %s unread", c.ID)
	default:
		p.line("    class %s model", c.ID)
	}
}

func (p *printer) node(n *graph.Node) {
	lines := []string{graph.Short(n.Name, maxName)}
	opening, closing := "[", "]"
	switch n.Kind {
	case graph.SAAS, graph.Offer:
		lines[0] = string(n.Kind) + " " + lines[0]
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
		p.looks[colour] = append(p.looks[colour], strconv.Itoa(p.edges))
	}
	p.edges++
}

// styles have a fill and a text colour each, so that they read on light and dark.
func (p *printer) styles() {
	for _, l := range []string{
		"model fill:#f6f8fa,stroke:#8c959f,color:#1c2127",
		"about fill:none,stroke:none,color:#57606a,text-align:left",
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
	text := `  list["` + label(lines) + `"]:::list` + "\n"
	if len(g.Stacks) > 0 { // below the picture
		text += "  " + g.Stacks[len(g.Stacks)-1].ID + " ~~~ list\n"
	}
	return text
}

// label writes lines of text for a place between quotes.
func label(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		words := strings.Split(graph.Short(l, maxLine), " ")
		for j, w := range words { // Mermaid breaks lines between words alone
			words[j] = graph.Short(w, maxName)
		}
		out[i] = encode(strings.Join(words, " "))
	}
	return strings.Join(out, "<br/>")
}

// encode writes text so that nothing in it acts: letters and digits stand for
// themselves, and signs between them that neither quotes nor Markdown know; the
// rest is written as numbers. Two signs act even so, a backslash before n and a
// pair of dollars; their wide forms stand in for them.
func encode(s string) string {
	var b strings.Builder
	s = strings.NewReplacer(`\`, "\uff3c", "$", "\uff04").Replace(s)
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	runes := []rune(s)
	for i, r := range runes {
		between := i > 0 && word(runes[i-1]) && i+1 < len(runes) && word(runes[i+1])
		afterText := i > 0 && runes[i-1] != ' ' && i+1 < len(runes)
		switch {
		case word(r), between && strings.ContainsRune("-./_", r), afterText && (r == ' ' || r == ','):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// comment keeps text from ending a comment or starting a directive.
func comment(s string) string {
	return strings.NewReplacer("%", "", "{", "", "}", "").Replace(s)
}
