package layout

import (
	"cmp"
	"slices"
)

// sides lists the free pins of each vertex, by side.
func (l *layouter) sides() map[[2]int][]int {
	out := map[[2]int][]int{}
	for i, p := range l.pins {
		if p.free {
			key := [2]int{p.vertex, int(p.Side)}
			out[key] = append(out[key], i)
		}
	}
	return out
}

// slot is the room that a pin takes on its side.
func (p pin) slot() int { return slotLeft + p.right() }

func (p pin) right() int { return max(slotRight, p.Width+slotRight) }

// widen gives each item the room that its pins need, and the pins a first place.
func (l *layouter) widen() {
	sides := l.sides()
	for key, pins := range sides {
		need := 0
		for _, i := range pins {
			need += l.pins[i].slot()
		}
		v := &l.vertices[key[0]]
		v.w = max(v.w, need)
	}
	for key, pins := range sides {
		l.spread(key[0], pins)
	}
}

// spread places the pins of a side in the given order, evenly.
func (l *layouter) spread(v int, pins []int) {
	w := l.vertices[v].w
	if len(pins) == 1 {
		p := &l.pins[pins[0]]
		p.at = max(slotLeft, min(w/2, w-p.right()))
		return
	}
	room := w
	for _, i := range pins {
		room -= l.pins[i].slot()
	}
	x, left := 0, len(pins)+1
	for _, i := range pins {
		space := room / left
		room, left = room-space, left-1
		l.pins[i].at = x + space + slotLeft
		x += space + l.pins[i].slot()
	}
}

// sortPins orders the free pins of each side by where their nets lead, so that
// lines do not cross right before they arrive.
func (l *layouter) sortPins() {
	aims := make([]int, len(l.pins))
	for _, runs := range l.channels {
		for i := range runs {
			for _, e := range runs[i].ends {
				if e.pin < 0 {
					continue
				}
				if aim, ok := l.opposite(&runs[i], e); ok {
					aims[e.pin] = aim
				} else {
					aims[e.pin] = l.at(e)
				}
			}
		}
	}
	for key, pins := range l.sides() {
		slices.SortStableFunc(pins, func(a, b int) int {
			return cmp.Or(cmp.Compare(aims[a], aims[b]), cmp.Compare(l.pins[a].net, l.pins[b].net))
		})
		l.spread(key[0], pins)
	}
}

// opposite is where a run leads from one of its ends: the middle of the ends on
// the other side of the channel, else of the other ends on this side. Lanes
// count alone where there are some, so that a line keeps straight on.
func (l *layouter) opposite(r *run, from end) (int, bool) {
	sum, n, lanes := 0, 0, false
	for pass := 0; pass < 2 && n == 0; pass++ {
		for _, e := range r.ends {
			if e == from || pass == 0 && e.upper == from.upper {
				continue
			}
			if e.pin < 0 && !lanes {
				sum, n, lanes = 0, 0, true
			}
			if e.pin < 0 || !lanes {
				sum, n = sum+l.at(e), n+1
			}
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / n, true
}
