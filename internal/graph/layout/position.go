package layout

const (
	// positionSweeps is how often every vertex is moved towards its neighbours.
	positionSweeps = 60
	// fine is how many steps a unit of the page has meanwhile: whole units would
	// bring the sweeps to a halt before lines are straight.
	fine = 64
)

// position moves the vertices, in their order, so that lines get straight: lanes
// of one net foremost, then lines between items.
func (l *layouter) position() {
	l.scale = fine
	for i := range l.vertices {
		l.vertices[i].x *= fine
	}
	for sweep := range positionSweeps {
		for i := range l.layers {
			layer := i
			if sweep%2 == 1 {
				layer = len(l.layers) - 1 - i
			}
			l.settle(layer)
		}
		if sweep%8 == 7 {
			l.sortPins()
		}
	}
	for _, row := range l.layers { // nothing joins these with anything
		if len(row) > 1 && l.leftmost(row[0]) {
			l.vertices[row[0]].x = l.vertices[row[1]].x - (l.vertices[row[0]].w+l.gap(row[0], row[1]))*l.scale
		}
	}
	for i := range l.vertices {
		l.vertices[i].x /= fine
	}
	l.scale = 1
}

// fromZero moves everything to where the page begins.
func (l *layouter) fromZero() {
	left := 0
	for i, v := range l.vertices {
		if i == 0 || v.x < left {
			left = v.x
		}
	}
	for i := range l.vertices {
		l.vertices[i].x -= left
	}
}

// aim is where a vertex wants to be, and how much.
type aim struct{ x, weight int }

// settle moves the vertices of one layer to where they want to be, as near as
// order and width allow: the least sum of squared distances, found by putting
// neighbours that push each other into blocks.
func (l *layouter) settle(layer int) {
	row := l.layers[layer]
	if len(row) == 0 {
		return
	}
	aims := l.aims(layer)
	type block struct{ sum, weight, size int }
	var blocks []block
	starts := make([]int, len(row)) // from the left edge of the row when packed
	for i, v := range row {
		if i > 0 {
			starts[i] = starts[i-1] + (l.vertices[row[i-1]].w+l.gap(row[i-1], v))*l.scale
		}
		a := aims[v]
		blocks = append(blocks, block{(a.x - starts[i]) * a.weight, a.weight, 1})
		for n := len(blocks); n > 1; n = len(blocks) {
			x, y := blocks[n-2], blocks[n-1]
			if x.sum*y.weight <= y.sum*x.weight {
				break
			}
			blocks = append(blocks[:n-2], block{x.sum + y.sum, x.weight + y.weight, x.size + y.size})
		}
	}
	i, least := 0, 0
	for n, b := range blocks {
		x := b.sum / b.weight
		if n > 0 {
			x = max(x, least) // division drops a fraction
		}
		least = x
		for range b.size {
			l.vertices[row[i]].x = x + starts[i]
			i++
		}
	}
}

// aims are where the vertices of a layer want to be.
func (l *layouter) aims(layer int) map[int]aim {
	sums := map[int]aim{}
	for _, channel := range []int{layer, layer + 1} {
		for i := range l.channels[channel] {
			r := &l.channels[channel][i]
			for _, e := range r.ends {
				if (channel == layer) == e.upper { // the end of another layer
					continue
				}
				x, ok := l.opposite(r, e)
				if !ok {
					continue
				}
				w := l.pull(r, e)
				s := sums[e.vertex]
				sums[e.vertex] = aim{s.x + w*(x-l.offset(e)), s.weight + w}
			}
		}
	}
	l.hints(layer, sums)
	out := map[int]aim{}
	for _, v := range l.layers[layer] {
		out[v] = aim{l.vertices[v].x, 1}
		if s := sums[v]; s.weight > 0 {
			out[v] = aim{s.x / s.weight, s.weight}
		}
	}
	return out
}

// hintPull is how much a hint counts: as much as two lines to lanes.
const hintPull = 8

// hints add the wish to be where the hints of a layer are, moved together to
// where the layer is.
func (l *layouter) hints(layer int, sums map[int]aim) {
	shift, n := 0, 0
	hinted := func(v int) (int, bool) {
		if l.vertices[v].item < 0 || !l.plan.Items[l.vertices[v].item].Hinted {
			return 0, false
		}
		return (l.plan.Items[l.vertices[v].item].Hint - l.vertices[v].w/2) * l.scale, true
	}
	for _, v := range l.layers[layer] {
		if x, ok := hinted(v); ok {
			shift, n = shift+l.vertices[v].x-x, n+1
		}
	}
	for _, v := range l.layers[layer] {
		if x, ok := hinted(v); ok && n > 1 {
			s := sums[v]
			sums[v] = aim{s.x + hintPull*(x+shift/n), s.weight + hintPull}
		}
	}
}

// pull is how much a run wants to be straight at one of its ends.
func (l *layouter) pull(r *run, from end) int {
	lane := false
	for _, e := range r.ends {
		lane = lane || e != from && e.upper != from.upper && e.pin < 0
	}
	switch {
	case lane && from.pin < 0:
		return 16
	case lane || from.pin < 0:
		return 4
	}
	return 2
}
