package svg

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/layout"
)

const (
	itemGap    = 22
	clusterPad = 14
	maxRow     = 1000 // widest row of applications
	passWidth  = 16   // of a place where lines pass the edge of a model
)

// place says what an item of a model is for.
type place int

const (
	inside place = iota
	atTop
	atBottom
	asTitle
)

// item is a box of a model and where it goes.
type item struct {
	box
	place place
	hint  int // orders what stands at the top
}

// noHint is the hint of what nothing leads to from above: it comes last.
const noHint = 1 << 30

// leg is the part of an edge within one model.
type leg struct {
	edge     *graph.Edge
	from, to int  // items
	last     bool // it ends at the edge's own end
	net      int
	leaf     int
}

// cluster is a model being laid out. Item 0 is its heading.
type cluster struct {
	graph.Cluster
	band  int
	items []item
	legs  []*leg
	done  layout.Result
	x, y  int // in the stack
	w, h  int
}

func newCluster(c graph.Cluster) *cluster {
	return &cluster{Cluster: c, items: []item{{box: heading(&c), place: asTitle}}}
}

func (c *cluster) add(b box, p place) int {
	c.items = append(c.items, item{box: b, place: p, hint: noHint})
	return len(c.items) - 1
}

// words name the model for who cannot see the image.
func (c cluster) words() string {
	s := c.Is()
	if c.Partly() && !c.Unread {
		s += ", not read in whole"
	}
	return c.Name + " (" + s + ")"
}

// netKey tells edges apart that may not share a line: those of another kind, with
// other interfaces, or with findings of their own.
func netKey(e *graph.Edge) string {
	parts := append([]string{string(e.Kind)}, e.Interfaces...)
	if e.Undirected {
		parts = append(parts, "undirected")
	}
	if e.Unknown {
		parts = append(parts, "unknown")
	}
	if len(e.Marks) > 0 {
		parts = append(parts, e.ID)
	}
	return strings.Join(parts, "\x00")
}

// lay lays out the model: what leads to models above in the first row, what leads
// to models below in the last one, the heading where there is room at the left.
func (c *cluster) lay() {
	layers := c.layers()
	layerOf := make([]int, len(c.items))
	for i, layer := range layers {
		for _, n := range layer {
			layerOf[n] = i
		}
	}
	plan := layout.Plan{Layers: layers, Frozen: map[int]bool{0: c.items[layers[0][len(layers[0])-1]].place == atTop}, Gap: itemGap}
	for _, it := range c.items {
		plan.Items = append(plan.Items, layout.Item{
			W: it.w, H: it.h, Leftmost: it.place == asTitle, Hint: it.hint, Hinted: it.place == atTop && it.hint < noHint,
		})
	}
	type key struct {
		to   int
		side layout.Side
		net  string
	}
	nets := map[key]int{}
	for _, l := range c.legs {
		leafSide, rootSide := layout.Bottom, layout.Top
		switch {
		case layerOf[l.from] > layerOf[l.to]:
			leafSide, rootSide = layout.Top, layout.Bottom
		case layerOf[l.from] == layerOf[l.to]:
			rootSide = layout.Bottom
		}
		k := key{l.to, rootSide, netKey(l.edge)}
		n, ok := nets[k]
		if !ok {
			n = len(plan.Nets)
			nets[k] = n
			root := layout.Pin{Item: l.to, Side: rootSide, At: c.pinAt(l.to)}
			if l.last {
				root.Width, root.Height = labelSize(l.edge)
			}
			plan.Nets = append(plan.Nets, layout.Net{Root: root})
		}
		l.net, l.leaf = n, len(plan.Nets[n].Leaves)
		plan.Nets[n].Leaves = append(plan.Nets[n].Leaves, layout.Pin{Item: l.from, Side: leafSide, At: c.pinAt(l.from)})
	}
	c.done = layout.Layout(plan)
	for i := range c.items {
		c.items[i].w = c.done.Items[i].W
	}
	c.done.Items[0].X = 0 // nothing is left of the heading
	c.w, c.h = c.done.W+2*clusterPad, c.done.H+2*clusterPad
}

// pinAt keeps lines straight that pass the edge of a model.
func (c *cluster) pinAt(i int) int {
	if c.items[i].node == nil {
		return passWidth / 2
	}
	return layout.Free
}

// layers puts the items into rows.
func (c *cluster) layers() [][]int {
	var top, bottom, apps []int
	index := map[int]int{} // item: among the things inside
	var things []thing
	for i, it := range c.items {
		switch it.place {
		case atTop:
			top = append(top, i)
		case atBottom:
			bottom = append(bottom, i)
		case inside:
			index[i] = len(things)
			apps = append(apps, i)
			things = append(things, thing{
				rank: graph.RoleRank(*it.node), w: it.w,
				entrance: it.node.Kind == graph.Gateway || it.node.Kind == graph.IngressWay || it.node.Group == "ingress", aside: it.node.Group == "mesh",
			})
		}
	}
	slices.SortStableFunc(top, func(a, b int) int { return c.items[a].hint - c.items[b].hint })
	var links [][2]int
	for _, l := range c.legs {
		from, ok := index[l.from]
		to, alsoOK := index[l.to]
		switch {
		case !ok || !alsoOK:
		case l.edge.Kind == graph.Ingress: // people come from the gateway down
			links = append(links, [2]int{to, from})
		default:
			links = append(links, [2]int{from, to})
		}
	}
	var out [][]int
	if len(things) > 0 {
		for _, row := range rows(things, links, maxRow) {
			for i := range row {
				row[i] = apps[row[i]]
			}
			out = append(out, row)
		}
	}
	title := []int{0}
	width := c.items[0].w
	if len(out) > 0 {
		for _, i := range out[0] {
			width += itemGap + c.items[i].w
		}
	}
	switch {
	case len(out) > 0 && width <= maxRow:
		out[0] = append(title, out[0]...)
	case len(top) > 0:
		top = append(title, top...)
	default:
		out = append([][]int{title}, out...)
	}
	if len(top) > 0 {
		out = append([][]int{top}, out...)
	}
	if len(bottom) > 0 {
		out = append(out, bottom)
	}
	return out
}

// line returns the points of a leg in the coordinates of the stack.
func (c *cluster) line(l *leg) []layout.Point {
	points := slices.Clone(c.done.Lines[l.net][l.leaf])
	for i := range points {
		points[i].X += c.x + clusterPad
		points[i].Y += c.y + clusterPad
	}
	return points
}

// at is where an item is, in the coordinates of the stack.
func (c *cluster) at(i int) layout.Place {
	p := c.done.Items[i]
	p.X += c.x + clusterPad
	p.Y += c.y + clusterPad
	return p
}

// draw draws the frame and the heading.
func (c *cluster) draw(out *canvas, dx, dy int, findings map[int]*graph.Finding) {
	classes := []string{"model", "part-" + partClass(c.Part)}
	if c.Partly() {
		classes = append(classes, "unread")
	}
	if l := graph.Gravest(c.Marks); l != "" {
		classes = append(classes, "has-"+levelClass(l))
	}
	words := append([]string{c.words(), c.Basis}, c.Facts...)
	words = slices.DeleteFunc(append(words, told(c.Marks, findings)...), func(s string) bool { return s == "" })
	nodes := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		nodes[i] = n.ID
	}
	out.add("<g id=\"%s\" class=\"%s\" data-nodes=\"%s\">\n<title>%s</title>\n",
		c.ID, strings.Join(classes, " "), strings.Join(nodes, " "), escape(strings.Join(words, "\n")))
	out.add("<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n", c.x+dx, c.y+dy, c.w, c.h)
	at := c.at(0)
	out.lines(at.X+dx+2, at.Y+dy+15, c.items[0].lines)
	out.add("</g>\n")
}

func partClass(part string) string {
	switch part {
	case "core", "downloads", "gateway", "single":
		return part
	}
	return "none"
}
