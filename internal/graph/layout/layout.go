// Package layout places boxes in layers and leads lines between them.
//
// Words: an item is a box; a layer is a row of items; the space above, between
// and below layers is a channel; a net joins a root with one or more leaves, each
// at a pin on the top or bottom side of an item. Lines run in channels and, on
// their way through a layer, between items, so they never cross an item. A pin
// may have room for a label beside its line, between the item and the channel;
// nothing else runs there, so no line crosses a label either.
//
// The layers are given. The package orders each layer so that few lines cross,
// moves items so that lines are straight where they can be, gives each line a
// track of its own in each channel it runs along, and computes with integers
// only: the same plan gives the same result on every machine.
//
// It is written for this program because nothing at hand does this: the layout
// libraries in pure Go that exist know neither clusters nor pins nor nets with
// many leaves, and Graphviz or dagre inside a WebAssembly or JavaScript engine
// would outweigh the rest of the program.
package layout

// Side is a side of an item.
type Side int

// The sides that lines can reach.
const (
	Top Side = iota
	Bottom
)

// Free is a pin's place when the layout chooses it.
const Free = -1

// Pin is where a line meets an item.
type Pin struct {
	Item int // index into Plan.Items
	Side Side
	// At is the distance from the item's left edge, or Free. A pin that is not
	// free may be moved by Slack to either side for a straight line.
	At, Slack int
	// Width and Height are the room to keep for a label, right of the line.
	Width, Height int
}

// Net joins its leaves with its root.
type Net struct {
	Root   Pin
	Leaves []Pin
}

// Item is a box. It is made wider where its pins need more room.
type Item struct {
	W, H int
	// Leftmost keeps it at the left end of its layer.
	Leftmost bool
	// Hint is where its middle should be, in relation to the hints of other items
	// of its layer; what it is joined with outside the plan is there. Hinted says
	// that there is one.
	Hint   int
	Hinted bool
}

// Plan is what to lay out.
type Plan struct {
	Items []Item
	// Layers hold each item once, from top to bottom, in the order to start from.
	Layers [][]int
	// Frozen layers keep that order.
	Frozen map[int]bool
	Nets   []Net
	// Gap is the least space between neighbours of a layer.
	Gap int
}

// Place is where an item is.
type Place struct {
	X, Y, W, H int
}

// Point is a point of a line.
type Point struct {
	X, Y int
}

// Result is a plan laid out, within (0, 0) and (W, H).
type Result struct {
	Items []Place
	// Lines run from leaf to root, by net and leaf.
	Lines [][][]Point
	W, H  int
}

const (
	laneWidth = 12 // of a line on its way through a layer
	track     = 10 // between parallel lines in a channel
	margin    = 14 // between a layer and the first track
	slotLeft  = 9  // of a pin's line
	slotRight = 9
)

// Layout lays out a plan.
func Layout(p Plan) Result {
	l := newLayouter(p)
	l.widen()
	l.order()
	l.position()
	l.straighten()
	l.assignTracks()
	return l.result()
}

// vertex is an item in its layer, or a lane that lets a net pass.
type vertex struct {
	item  int // -1 for a lane
	net   int // of a lane
	layer int
	w, x  int
}

// pin is a pin being placed.
type pin struct {
	Pin
	net    int
	vertex int
	free   bool
	at     int // from the item's left edge
}

// end is where a net meets a channel: at a pin, or at a lane.
type end struct {
	vertex int
	pin    int // index into pins, -1 for a lane
	upper  bool
}

// run is the part of a net in one channel.
type run struct {
	net   int
	ends  []end
	track int // -1 where the run is straight
}

// layouter is a layout under way. Channel c is above layer c; there is one more
// channel than there are layers.
type layouter struct {
	plan     Plan
	vertices []vertex
	layers   [][]int // of vertices
	pins     []pin   // root and leaves of the nets, in order
	first    []int   // by net: index of its root in pins
	itemAt   []int   // by item: its vertex
	channels [][]run
	tracks   []int        // by channel: how many
	scale    int          // units of vertex.x in a unit of the page
	joined   map[int]bool // vertices with lines; others can be pushed aside
}

func newLayouter(p Plan) *layouter {
	l := &layouter{
		plan: p, scale: 1, joined: map[int]bool{}, layers: make([][]int, len(p.Layers)), itemAt: make([]int, len(p.Items)),
		channels: make([][]run, len(p.Layers)+1), tracks: make([]int, len(p.Layers)+1),
	}
	for i, layer := range p.Layers {
		for _, item := range layer {
			l.itemAt[item] = len(l.vertices)
			l.layers[i] = append(l.layers[i], len(l.vertices))
			l.vertices = append(l.vertices, vertex{item: item, layer: i, w: p.Items[item].W})
		}
	}
	for i, n := range p.Nets {
		l.net(i, n)
	}
	return l
}

// net adds a net: its pins, a lane in each layer that it has to pass, and a run
// in each channel between its highest and its lowest.
func (l *layouter) net(i int, n Net) {
	l.first = append(l.first, len(l.pins))
	ends := map[int][]end{} // by channel
	low, high := len(l.channels), -1
	for _, p := range append([]Pin{n.Root}, n.Leaves...) {
		v := l.itemAt[p.Item]
		c := l.vertices[v].layer
		if p.Side == Bottom {
			c++
		}
		low, high = min(low, c), max(high, c)
		ends[c] = append(ends[c], end{vertex: v, pin: len(l.pins), upper: p.Side == Bottom})
		l.joined[v] = true
		l.pins = append(l.pins, pin{Pin: p, net: i, vertex: v, free: p.At == Free, at: p.At})
	}
	for layer := low; layer < high; layer++ {
		v := len(l.vertices)
		l.joined[v] = true
		l.vertices = append(l.vertices, vertex{item: -1, net: i, layer: layer, w: laneWidth})
		l.layers[layer] = append(l.layers[layer], v)
		ends[layer] = append(ends[layer], end{vertex: v, pin: -1})
		ends[layer+1] = append(ends[layer+1], end{vertex: v, pin: -1, upper: true})
	}
	for c := low; c <= high; c++ {
		l.channels[c] = append(l.channels[c], run{net: i, ends: ends[c], track: -1})
	}
}

// leftmost tells whether a vertex has to stay at the left end.
func (l *layouter) leftmost(v int) bool {
	i := l.vertices[v].item
	return i >= 0 && l.plan.Items[i].Leftmost
}

// offset is where an end is on its vertex.
func (l *layouter) offset(e end) int {
	if e.pin < 0 {
		return l.vertices[e.vertex].w / 2 * l.scale
	}
	return l.pins[e.pin].at * l.scale
}

// at is where an end is.
func (l *layouter) at(e end) int { return l.vertices[e.vertex].x + l.offset(e) }

// gap is the least space between two neighbours: lanes may run side by side.
func (l *layouter) gap(a, b int) int {
	if l.vertices[a].item < 0 && l.vertices[b].item < 0 {
		return 0
	}
	if l.vertices[a].item < 0 || l.vertices[b].item < 0 {
		return l.plan.Gap / 2
	}
	return l.plan.Gap
}
