package layout

import (
	"cmp"
	"slices"
)

const (
	orderSweeps = 12
	// Exchanging neighbours counts all crossings of a channel each time, so it is
	// left out where there are more lines than somebody could follow.
	exchangeLimit  = 400
	exchangeRounds = 4
)

// order puts the vertices of each layer into an order in which few lines cross:
// each where its neighbours above, then below, are, back and forth; the best that
// came up is kept and then made better by exchanging neighbours.
func (l *layouter) order() {
	for i := range l.layers {
		l.pack(i)
	}
	best, cost := l.arrangement(), l.crossings()
	for sweep := range orderSweeps {
		for i := range l.layers {
			layer := i
			if sweep%2 == 1 {
				layer = len(l.layers) - 1 - i
			}
			l.sortLayer(layer, sweep%2 == 0)
		}
		l.sortPins()
		if c := l.crossings(); c < cost {
			best, cost = l.arrangement(), c
		}
	}
	for i := range l.layers {
		copy(l.layers[i], best[i])
		l.pack(i)
	}
	l.sortPins()
	for range exchangeRounds {
		if !l.exchange() {
			break
		}
	}
}

func (l *layouter) arrangement() [][]int {
	out := make([][]int, len(l.layers))
	for i := range l.layers {
		out[i] = slices.Clone(l.layers[i])
	}
	return out
}

// pack puts a layer's vertices side by side, around the middle.
func (l *layouter) pack(layer int) {
	x := 0
	for i, v := range l.layers[layer] {
		if i > 0 {
			x += l.gap(l.layers[layer][i-1], v)
		}
		l.vertices[v].x = x
		x += l.vertices[v].w
	}
	for _, v := range l.layers[layer] {
		l.vertices[v].x -= x / 2
	}
}

// sortLayer puts each vertex of a layer where its neighbours on one side are.
func (l *layouter) sortLayer(layer int, above bool) {
	if l.plan.Frozen[layer] {
		return
	}
	channel := layer
	if !above {
		channel++
	}
	sum, n := map[int]int{}, map[int]int{}
	for i := range l.channels[channel] {
		r := &l.channels[channel][i]
		for _, e := range r.ends {
			if e.upper == above { // the end of another layer
				continue
			}
			if aim, ok := l.opposite(r, e); ok {
				sum[e.vertex] += aim - l.offset(e) + l.vertices[e.vertex].w/2
				n[e.vertex]++
			}
		}
	}
	aim := func(v int) int {
		if n[v] > 0 {
			return sum[v] / n[v]
		}
		return l.vertices[v].x + l.vertices[v].w/2
	}
	slices.SortStableFunc(l.layers[layer], func(a, b int) int {
		if l.leftmost(a) != l.leftmost(b) {
			if l.leftmost(a) {
				return -1
			}
			return 1
		}
		return cmp.Compare(aim(a), aim(b))
	})
	l.pack(layer)
}

// exchange swaps neighbours where that leaves fewer crossings, and tells whether
// it did.
func (l *layouter) exchange() bool {
	better := false
	for layer := range l.layers {
		if l.plan.Frozen[layer] || l.lines(layer)+l.lines(layer+1) > exchangeLimit {
			continue
		}
		around := func() int { return l.crossingsIn(layer) + l.crossingsIn(layer+1) }
		row := l.layers[layer]
		for i := 1; i < len(row); i++ {
			if l.leftmost(row[i-1]) {
				continue
			}
			before := around()
			if before == 0 {
				break
			}
			row[i-1], row[i] = row[i], row[i-1]
			l.pack(layer)
			if around() < before {
				better = true
				continue
			}
			row[i-1], row[i] = row[i], row[i-1]
			l.pack(layer)
		}
	}
	l.sortPins()
	return better
}

// lines is how many lines a channel holds, each from an upper to a lower end.
func (l *layouter) lines(channel int) int {
	n := 0
	for _, r := range l.channels[channel] {
		n += len(r.ends)
	}
	return n
}

func (l *layouter) crossings() int {
	n := 0
	for c := range l.channels {
		n += l.crossingsIn(c)
	}
	return n
}

// crossingsIn counts the crossings in a channel as if every upper end of a run
// were joined with every lower one: what that counts within a run is the same in
// any order. Pairs in the wrong order are counted with a tree of sums.
func (l *layouter) crossingsIn(channel int) int {
	type line struct{ upper, lower int }
	var lines []line
	var lowers []int
	for i := range l.channels[channel] {
		r := &l.channels[channel][i]
		for _, a := range r.ends {
			for _, b := range r.ends {
				if a.upper && !b.upper {
					lines = append(lines, line{l.at(a), l.at(b)})
					lowers = append(lowers, l.at(b))
				}
			}
		}
	}
	slices.Sort(lowers)
	lowers = slices.Compact(lowers)
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.upper, b.upper), cmp.Compare(a.lower, b.lower))
	})
	sums := make([]int, len(lowers)+1)
	crossings := 0
	for i, at := range lines {
		rank, _ := slices.BinarySearch(lowers, at.lower)
		notAbove := 0 // lines so far that end at the same place or left of it
		for k := rank + 1; k > 0; k -= k & -k {
			notAbove += sums[k]
		}
		crossings += i - notAbove
		for k := rank + 1; k < len(sums); k += k & -k {
			sums[k]++
		}
	}
	return crossings
}
