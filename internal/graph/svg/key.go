package svg

import (
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
)

// sample is an entry of the key.
type sample struct {
	words string
	draw  func(c *canvas, x, y int) // within 34 by 16, y is the base line
}

func samples() []sample {
	node := func(class, bar string) func(*canvas, int, int) {
		return func(c *canvas, x, y int) {
			c.add("<g class=\"node %s\"><rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"30\" height=\"16\" rx=\"4\"/>%s</g>\n", class, x, y-12,
				strings.NewReplacer("X", fmt.Sprint(x+3), "Y", fmt.Sprint(y-9)).Replace(bar))
		}
	}
	line := func(class string) func(*canvas, int, int) {
		return func(c *canvas, x, y int) {
			c.add("<path class=\"line %s\" d=\"M%d %dh24\"/><path class=\"head line %s\" d=\"M%d %dl-8 4v-8z\"/>\n", class, x, y-4, class, x+31, y-4)
		}
	}
	pill := func(class string) func(*canvas, int, int) {
		return func(c *canvas, x, y int) {
			c.add("<g class=\"node %s\"><rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"30\" height=\"16\" rx=\"8\"/></g>\n", class, x, y-12)
		}
	}
	sign := func(level string) func(*canvas, int, int) {
		return func(c *canvas, x, y int) { c.sign(x+10, y, level) }
	}
	return []sample{
		{"inside the mesh", node("app enrolled", `<rect class="bar" x="X" y="Y" width="4" height="10" rx="2"/>`)},
		{"outside the mesh", node("app", "")},
		{"dashed: not read, not known", node("app unread", "")},
		{"reached through an ingress gateway", line("line-ingress")},
		{"goes through a VPN gateway", line("line-vpn")},
		{"media storage", line("line-storage")},
		{"other relation, from who uses to what is used", line("line-relation")},
		{"mesh across models", line("line-mesh")},
		{"SAAS: an offer consumed here", pill("saas")},
		{"offer to other models", pill("offer")},
		{"error", sign("error")},
		{"warning", sign("warning")},
		{"note", sign("note")},
		{"waived: accepted", sign("waived")},
	}
}

const (
	sampleWidth  = 38
	maxListWidth = 1000 // longer lines are hard to read
)

// key draws the key and returns the height below it.
func (p *page) key(c *canvas, y int) int {
	c.add("<g id=\"key\">\n")
	c.text(pageMargin, y+14, "section", "Key")
	y += 24
	x := pageMargin
	for _, s := range samples() {
		w := sampleWidth + measure(s.words, smallSize, false) + 18
		if x > pageMargin && x+w > p.width-pageMargin {
			x, y = pageMargin, y+22
		}
		s.draw(c, x, y+14)
		c.text(x+sampleWidth, y+14, "faint", s.words)
		x += w
	}
	y += 28
	c.text(pageMargin, y+8, "faint", "Across models a line runs from the consumer to its SAAS, on to the offer and to the application behind it. A relation with the model's own")
	c.text(pageMargin, y+22, "faint", "beacon is no line: it is what \"in mesh\" says. Numbers in brackets are those of the findings.")
	c.add("</g>\n")
	return y + 40
}

// list writes the findings and what could not be decided.
func (p *page) list(c *canvas, y int) int {
	width := min(p.width-2*pageMargin, maxListWidth)
	put := func(x int, class, text string) {
		c.text(x, y+12, class, text)
		y += 16
	}
	head := func(text string) {
		y += 14
		put(pageMargin, "section", text)
		y += 4
	}
	head("Findings: " + p.graph.Totals + " (profile " + p.graph.Profile + ", " + digest.Plural(p.graph.Asked, "rule") + " asked)")
	for i, f := range p.graph.Findings {
		if i == maxListed {
			put(pageMargin, "faint", fmt.Sprintf("and %d more; charmarr-lint check lists them all", len(p.graph.Findings)-i))
			break
		}
		class := level(graph.Mark{Level: f.Level, Waived: f.Waived})
		c.sign(pageMargin, y+12, class)
		put(pageMargin+18, class, cut(fmt.Sprintf("[%d] %s", f.Number, f.Words())+"  "+f.Subject, smallSize, false, width-20))
		for _, text := range append(wrap(f.Message, width-40), wrap(f.Reason, width-40)...) {
			put(pageMargin+34, "faint", text)
		}
		y += 4
	}
	if len(p.graph.Undecided)+len(p.graph.Gaps) > 0 {
		head("Not decided")
		for _, u := range p.graph.Undecided {
			for i, text := range wrap(undecided(u), width-20) {
				put(pageMargin+min(i, 1)*16, "unknown", text)
			}
		}
		for _, gap := range p.graph.Gaps {
			for i, text := range wrap("could not be read: "+gap, width-20) {
				put(pageMargin+min(i, 1)*16, "unknown", text)
			}
		}
	}
	return y + pageMargin
}

func undecided(u graph.Undecided) string {
	return strings.ReplaceAll(u.Verdict, "-", " ") + " for lack of " + u.What + ": " + strings.Join(u.Rules, ", ")
}
