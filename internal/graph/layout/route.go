package layout

import (
	"cmp"
	"slices"
)

// trackRounds bounds how often neighbouring runs are exchanged for fewer
// crossings; that settles in a few rounds.
const trackRounds = 8

// clash is what it costs that two lines lie on top of each other: more than any
// number of crossings.
const clash = 1000

// span is a run with the part of the channel that it runs along.
type span struct {
	run        *run
	low, high  int
	ups, downs []int // where its ends are
}

// assignTracks gives each run that is not straight a track, so that runs that
// overlap have different ones.
func (l *layouter) assignTracks() {
	for c := range l.channels {
		var spans []span
		for i := range l.channels[c] {
			s := span{run: &l.channels[c][i]}
			for n, e := range s.run.ends {
				x := l.at(e)
				if n == 0 {
					s.low, s.high = x, x
				}
				s.low, s.high = min(s.low, x), max(s.high, x)
				if e.upper {
					s.ups = append(s.ups, x)
				} else {
					s.downs = append(s.downs, x)
				}
			}
			if s.low < s.high {
				spans = append(spans, s)
			}
		}
		l.tracks[c] = stack(spans)
	}
}

// stack orders runs from top to bottom, each as high as those allow that it
// overlaps, and returns the number of tracks.
func stack(spans []span) int {
	slices.SortStableFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(tilt(a), tilt(b)), cmp.Compare(a.low, b.low))
	})
	for range trackRounds {
		swapped := false
		for i := 1; i < len(spans); i++ {
			if above(spans[i], spans[i-1]) < above(spans[i-1], spans[i]) {
				spans[i-1], spans[i] = spans[i], spans[i-1]
				swapped = true
			}
		}
		if !swapped {
			break
		}
	}
	tracks := 0
	for i, s := range spans {
		s.run.track = 0
		for _, t := range spans[:i] {
			if s.low < t.high+track && t.low < s.high+track {
				s.run.track = max(s.run.track, t.run.track+1)
			}
		}
		tracks = max(tracks, s.run.track+1)
	}
	return tracks
}

// tilt tells runs that have more to do above from those that have more to do
// below.
func tilt(s span) int { return len(s.downs) - len(s.ups) }

// above is what it costs to have run a on a higher track than run b: the lines
// down from a that cross b, and the lines up from b that cross a.
func above(a, b span) int {
	cost := 0
	for _, x := range a.downs {
		cost += over(x, b)
		for _, y := range b.ups {
			if x-y < track/2 && y-x < track/2 {
				cost += clash
			}
		}
	}
	for _, x := range b.ups {
		cost += over(x, a)
	}
	return cost
}

func over(x int, s span) int {
	if s.low < x && x < s.high {
		return 1
	}
	return 0
}

// result computes heights and leads the lines.
func (l *layouter) result() Result {
	out := Result{Items: make([]Place, len(l.plan.Items))}
	firstTrack := make([]int, len(l.channels)) // by channel: where its first track is
	for c := range l.channels {
		room := l.labels(c)
		if used := len(l.channels[c]) > 0; used || c > 0 && c < len(l.layers) {
			out.H += room.upper + margin
			firstTrack[c] = out.H
			out.H += max(0, l.tracks[c]-1)*track + margin + room.lower
		}
		if c == len(l.layers) {
			break
		}
		tallest := 0
		for _, v := range l.layers[c] {
			if x := l.vertices[v]; x.item >= 0 {
				h := l.plan.Items[x.item].H
				out.Items[x.item] = Place{X: x.x, Y: out.H, W: x.w, H: h}
				tallest = max(tallest, h)
			}
		}
		out.H += tallest
	}
	for _, v := range l.vertices {
		out.W = max(out.W, v.x+v.w)
	}
	for n := range l.plan.Nets {
		out.Lines = append(out.Lines, l.lead(n, out.Items, firstTrack))
	}
	return out
}

// room is the room for labels in a channel.
type room struct{ upper, lower int }

func (l *layouter) labels(channel int) room {
	var r room
	for i := range l.channels[channel] {
		for _, e := range l.channels[channel][i].ends {
			switch {
			case e.pin < 0:
			case e.upper:
				r.upper = max(r.upper, l.pins[e.pin].Height)
			default:
				r.lower = max(r.lower, l.pins[e.pin].Height)
			}
		}
	}
	return r
}

// lead leads the lines of a net from its leaves to its root: from channel to
// channel through its lanes, in each along its track.
func (l *layouter) lead(net int, items []Place, firstTrack []int) [][]Point {
	runs := map[int]*run{} // by channel
	for c := range l.channels {
		for i := range l.channels[c] {
			if l.channels[c][i].net == net {
				runs[c] = &l.channels[c][i]
			}
		}
	}
	root := l.first[net]
	var lines [][]Point
	for i := range l.plan.Nets[net].Leaves {
		leaf := root + 1 + i
		points := []Point{l.point(leaf, items)}
		c, goal := l.channelOf(leaf), l.channelOf(root)
		x := points[0].X
		along := func(to int) {
			if r := runs[c]; r.track >= 0 {
				y := firstTrack[c] + r.track*track
				points = append(points, Point{x, y}, Point{to, y})
			}
			x = to
		}
		for c != goal {
			step := 1
			if goal < c {
				step = -1
			}
			for _, e := range runs[c].ends {
				if e.pin < 0 && e.upper == (step < 0) {
					along(l.at(e))
					break
				}
			}
			c += step
		}
		last := l.point(root, items)
		along(last.X)
		lines = append(lines, Simplified(append(points, last)))
	}
	return lines
}

func (l *layouter) channelOf(p int) int {
	layer := l.vertices[l.pins[p].vertex].layer
	if l.pins[p].Side == Bottom {
		return layer + 1
	}
	return layer
}

func (l *layouter) point(p int, items []Place) Point {
	at := items[l.pins[p].Item]
	y := at.Y
	if l.pins[p].Side == Bottom {
		y += at.H
	}
	return Point{at.X + l.pins[p].at, y}
}

// Simplified leaves out points where a line does not turn.
func Simplified(points []Point) []Point {
	out := points[:0:0]
	for _, p := range points {
		n := len(out)
		switch {
		case n > 0 && out[n-1] == p:
		case n > 1 && (out[n-2].X == out[n-1].X && out[n-1].X == p.X || out[n-2].Y == out[n-1].Y && out[n-1].Y == p.Y):
			out[n-1] = p
		default:
			out = append(out, p)
		}
	}
	return out
}
