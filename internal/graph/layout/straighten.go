package layout

import "slices"

const (
	// near is how far lanes and pins are moved to make a line straight.
	near = 16
	// far is how far a whole item is moved to make several lines straight.
	far = 150
)

// straighten takes small bends out of lines: lanes of a net that are almost above
// one another get above one another, and pins move to where their line is.
func (l *layouter) straighten() {
	for range 3 {
		l.alignLanes()
		l.nudge()
	}
	l.fromZero()
	sides := l.sides()
	for _, runs := range l.channels {
		for i := range runs {
			if a, b, ok := l.partners(&runs[i]); ok && l.at(a) != l.at(b) {
				x, y := l.at(a), l.at(b)
				switch mid := (x + y) / 2; {
				case l.moveTo(sides, a, y), l.moveTo(sides, b, x):
				case l.moveTo(sides, a, mid) && !l.moveTo(sides, b, mid):
					l.moveTo(sides, a, x)
				}
			}
		}
	}
}

// partners are the two ends of a run between which a line should be straight: its
// only ends, or its lanes, or its root and its only lane.
func (l *layouter) partners(r *run) (a, b end, ok bool) {
	var upper, lower []end
	for _, e := range r.ends {
		if len(r.ends) > 2 && e.pin >= 0 && e.pin != l.first[r.net] {
			continue
		}
		if e.upper {
			upper = append(upper, e)
		} else {
			lower = append(lower, e)
		}
	}
	if len(upper) != 1 || len(lower) != 1 {
		return a, b, false
	}
	return upper[0], lower[0], true
}

// alignLanes moves each chain of lanes to one place: that of the pin where it
// ends, if it can, else its middle.
func (l *layouter) alignLanes() {
	lanes := map[int][]int{} // by net, from top to bottom
	for v := range l.vertices {
		if x := l.vertices[v]; x.item < 0 {
			lanes[x.net] = append(lanes[x.net], v)
		}
	}
	for net := range l.plan.Nets {
		chain := lanes[net]
		for len(chain) > 0 {
			n := 1
			for n < len(chain) && abs(l.vertices[chain[n]].x-l.vertices[chain[n-1]].x) <= near {
				n++
			}
			l.align(chain[:n])
			chain = chain[n:]
		}
	}
}

func (l *layouter) align(chain []int) {
	low, high, sum := -1<<30, 1<<30, 0
	for _, v := range chain {
		from, to := l.slack(v)
		low, high = max(low, from), min(high, to)
		sum += l.vertices[v].x
	}
	middle := sum / len(chain)
	aims := []int{middle}
	for _, v := range []int{chain[0], chain[len(chain)-1]} {
		for _, channel := range []int{l.vertices[v].layer, l.vertices[v].layer + 1} {
			for i := range l.channels[channel] {
				r := &l.channels[channel][i]
				if r.net != l.vertices[v].net {
					continue
				}
				if a, b, ok := l.partners(r); ok && (a.pin < 0) != (b.pin < 0) && (a.vertex == v || b.vertex == v) {
					pinned := a
					if a.pin < 0 {
						pinned = b
					}
					aims = append([]int{l.at(pinned) - laneWidth/2}, aims...)
				}
			}
		}
	}
	for _, x := range append(aims, min(max(middle, low), high)) {
		if abs(x-middle) <= near && low <= x && x <= high {
			for _, v := range chain {
				l.moveBy(v, x-l.vertices[v].x)
			}
			return
		}
	}
}

// nudge moves each vertex where more of its lines get straight than stop being
// so.
func (l *layouter) nudge() {
	type step struct{ by, slack, weight int }
	steps := make([][]step, len(l.vertices))
	add := func(from, to end) {
		s := step{by: l.at(to) - l.at(from), weight: 1}
		for _, e := range []end{from, to} {
			if e.pin < 0 {
				s.weight = 2
			} else {
				s.slack += l.pins[e.pin].Slack
			}
		}
		steps[from.vertex] = append(steps[from.vertex], s)
	}
	for _, runs := range l.channels {
		for i := range runs {
			if a, b, ok := l.partners(&runs[i]); ok {
				add(a, b)
				add(b, a)
			}
		}
	}
	moved := map[int]bool{} // what has moved has changed the steps of its partners
	for v := range l.vertices {
		low, high := l.slack(v)
		gain := func(by int) int {
			sum := 0
			for _, s := range steps[v] {
				if abs(s.by-by) <= s.slack {
					sum += s.weight
				}
			}
			return sum
		}
		best, most := 0, gain(0)
		for _, s := range steps[v] {
			x := l.vertices[v].x + s.by
			if n := gain(s.by); abs(s.by) <= far && low <= x && x <= high && n > most {
				best, most = s.by, n
			}
		}
		if best != 0 && !l.anyPartner(v, moved) {
			l.moveBy(v, best)
			moved[v] = true
		}
	}
}

// anyPartner tells whether a line leads from a vertex to one of a set.
func (l *layouter) anyPartner(v int, set map[int]bool) bool {
	for _, channel := range []int{l.vertices[v].layer, l.vertices[v].layer + 1} {
		for i := range l.channels[channel] {
			a, b, ok := l.partners(&l.channels[channel][i])
			if ok && (a.vertex == v && set[b.vertex] || b.vertex == v && set[a.vertex]) {
				return true
			}
		}
	}
	return false
}

// slack is how far a vertex can move between its neighbours, where those that
// nothing is joined with are pushed aside.
func (l *layouter) slack(v int) (low, high int) {
	row := l.layers[l.vertices[v].layer]
	low, high = -1<<30, 1<<30
	i := slices.Index(row, v)
	room := 0
	for k := i - 1; k >= 0; k-- {
		room += l.gap(row[k], row[k+1])
		if l.joined[row[k]] || l.leftmost(row[k]) {
			low = l.vertices[row[k]].x + l.vertices[row[k]].w + room
			break
		}
		room += l.vertices[row[k]].w
	}
	room = l.vertices[v].w
	for k := i + 1; k < len(row); k++ {
		room += l.gap(row[k-1], row[k])
		if l.joined[row[k]] {
			high = l.vertices[row[k]].x - room
			break
		}
		room += l.vertices[row[k]].w
	}
	return low, high
}

// moveBy moves a vertex and pushes aside what nothing is joined with.
func (l *layouter) moveBy(v, by int) {
	l.vertices[v].x += by
	row := l.layers[l.vertices[v].layer]
	i := slices.Index(row, v)
	for k := i - 1; k >= 0 && !l.joined[row[k]] && !l.leftmost(row[k]); k-- {
		x := &l.vertices[row[k]]
		x.x = min(x.x, l.vertices[row[k+1]].x-l.gap(row[k], row[k+1])-x.w)
	}
	for k := i + 1; k < len(row) && !l.joined[row[k]]; k++ {
		x, before := &l.vertices[row[k]], l.vertices[row[k-1]]
		x.x = max(x.x, before.x+before.w+l.gap(row[k-1], row[k]))
	}
}

// moveTo moves a pin to a place of the page, if it may and its neighbours leave
// room.
func (l *layouter) moveTo(sides map[[2]int][]int, e end, x int) bool {
	if e.pin < 0 {
		return false
	}
	p := &l.pins[e.pin]
	v := l.vertices[e.vertex]
	want := x - v.x
	low, high := p.At-p.Slack, p.At+p.Slack
	if p.free {
		low, high = slotLeft, v.w-p.right()
		for _, i := range sides[[2]int{e.vertex, int(p.Side)}] {
			switch q := l.pins[i]; {
			case i == e.pin:
			case q.at < p.at:
				low = max(low, q.at+q.right()+slotLeft)
			default:
				high = min(high, q.at-slotLeft-p.right())
			}
		}
	}
	if want < low || want > high {
		return false
	}
	p.at = want
	return true
}

func abs(n int) int { return max(n, -n) }
