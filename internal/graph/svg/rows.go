package svg

import (
	"cmp"
	"slices"
)

// thing is something that gets a row.
type thing struct {
	rank int // what comes first where nothing else decides
	// entrance things stand in the first row, and others only below it.
	entrance bool
	// aside things stand in the first row where no link holds them elsewhere.
	aside bool
	w     int
}

// rows puts things into rows so that each link leads down: from links, pairs of
// indexes, upper before lower. Links that close a circle count the other way
// round. A row that gets too wide is divided.
func rows(things []thing, links [][2]int, limit int) [][]int {
	above, below := withoutCircles(things, links)
	entrance := slices.ContainsFunc(things, func(t thing) bool { return t.entrance })
	row := make([]int, len(things))
	for _, i := range downwards(above, below) {
		if entrance && !things[i].entrance {
			row[i] = 1
		}
		for _, u := range above[i] {
			row[i] = max(row[i], row[u]+1)
		}
	}
	last := 0
	for i := range things { // nothing above: as near to what is below as can be
		if len(above[i]) == 0 && len(below[i]) > 0 && !things[i].entrance {
			low := row[below[i][0]]
			for _, l := range below[i] {
				low = min(low, row[l])
			}
			row[i] = max(row[i], low-1)
		}
		last = max(last, row[i])
	}
	out := make([][]int, last+1)
	var alone []int
	for i := range things {
		if len(above[i])+len(below[i]) == 0 && !things[i].entrance {
			if things[i].aside {
				row[i] = 0
			} else {
				alone = append(alone, i)
				continue
			}
		}
		out[row[i]] = append(out[row[i]], i)
	}
	out = slices.DeleteFunc(out, func(r []int) bool { return len(r) == 0 })
	out = divided(things, out, limit)
	if n := len(out); n > 0 && !(n == 1 && entrance) && width(things, out[n-1])+width(things, alone) <= limit {
		out[n-1] = append(out[n-1], alone...)
	} else if len(alone) > 0 {
		out = append(out, divided(things, [][]int{alone}, limit)...)
	}
	return out
}

// withoutCircles returns what is above and below each thing, with links that
// close a circle turned round.
func withoutCircles(things []thing, links [][2]int) (above, below [][]int) {
	next := make([][]int, len(things))
	for _, l := range links {
		if l[0] != l[1] && !slices.Contains(next[l[0]], l[1]) {
			next[l[0]] = append(next[l[0]], l[1])
		}
	}
	starts := make([]int, len(things))
	for i := range things {
		starts[i] = i
	}
	byRank := func(a, b int) int { return cmp.Or(cmp.Compare(things[a].rank, things[b].rank), cmp.Compare(a, b)) }
	slices.SortFunc(starts, byRank)
	above, below = make([][]int, len(things)), make([][]int, len(things))
	put := func(u, l int) { below[u], above[l] = append(below[u], l), append(above[l], u) }
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(things))
	var visit func(int)
	visit = func(i int) {
		state[i] = open
		slices.SortFunc(next[i], byRank)
		for _, j := range next[i] {
			if state[j] == open {
				put(j, i)
				continue
			}
			put(i, j)
			if state[j] == unseen {
				visit(j)
			}
		}
		state[i] = done
	}
	for _, i := range starts {
		if state[i] == unseen {
			visit(i)
		}
	}
	return above, below
}

// downwards lists things so that each comes after all that are above it.
func downwards(above, below [][]int) []int {
	waits := make([]int, len(above))
	var out []int
	for i := range above {
		if waits[i] = len(above[i]); waits[i] == 0 {
			out = append(out, i)
		}
	}
	for n := 0; n < len(out); n++ {
		for _, l := range below[out[n]] {
			if waits[l]--; waits[l] == 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

// divided divides rows that are wider than the limit into rows of like width.
func divided(things []thing, in [][]int, limit int) [][]int {
	var out [][]int
	for _, row := range in {
		slices.SortStableFunc(row, func(a, b int) int { return cmp.Compare(things[a].rank, things[b].rank) })
		total := width(things, row)
		share := total / ((total + limit - 1) / limit)
		var part []int
		used := 0
		for _, i := range row {
			if w := things[i].w + itemGap; len(part) > 0 && used+w > share+w/2 {
				out, part, used = append(out, part), nil, 0
			}
			part, used = append(part, i), used+things[i].w+itemGap
		}
		out = append(out, part)
	}
	return out
}

func width(things []thing, row []int) int {
	total := 0
	for _, i := range row {
		total += things[i].w + itemGap
	}
	return total
}
