package svg

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/layout"
)

const (
	maxBand    = 1240 // widest row of models
	clusterGap = 28
	minStack   = 260
)

// spot is an item of a model.
type spot struct{ cluster, item int }

// route is an edge on its way: within the model it comes from, between models,
// within the model it goes to. Parts that are not there are nil or -1.
type route struct {
	edge        *graph.Edge
	first, last *leg
	from, to    spot // where it leaves and enters, between models
	up, into    layout.Side
	net, leaf   int // between models; -1 for within one
	home        int // cluster of first
	goal        int // cluster of last
}

// stack is a deployment being laid out.
type stack struct {
	in       *graph.Stack
	findings map[int]*graph.Finding
	clusters []*cluster
	spots    map[string]spot // by node id
	routes   []*route
	passes   map[passKey]int // items where lines pass the edge of a model
	done     layout.Result
	w, h     int
}

// passKey shares one place at the edge of a model among lines that belong
// together.
type passKey struct {
	cluster int
	side    layout.Side
	node    string
	in      bool
	net     string
}

func newStack(in *graph.Stack, findings map[int]*graph.Finding) *stack {
	s := &stack{in: in, findings: findings, spots: map[string]spot{}, passes: map[passKey]int{}}
	s.place()
	for i := range in.Edges {
		s.lead(&in.Edges[i])
	}
	s.lay()
	return s
}

// place puts models into bands, by the part they play, and their things into
// them.
func (s *stack) place() {
	nodes := map[string]int{} // node id: cluster
	for i, c := range s.in.Clusters {
		s.clusters = append(s.clusters, newCluster(c))
		for _, n := range c.Nodes {
			nodes[n.ID] = i
		}
		if i > 0 {
			s.clusters[i].band = s.clusters[i-1].band
			if before := s.clusters[i-1]; before.Part != c.Part || before.Unread != c.Unread || before.Foreign != c.Foreign {
				s.clusters[i].band++
			}
		}
	}
	for i, c := range s.clusters {
		for j := range s.in.Clusters[i].Nodes {
			n := &s.in.Clusters[i].Nodes[j]
			b, p := application(n), inside
			if n.Kind == graph.SAAS || n.Kind == graph.Offer {
				b, p = pill(n), s.side(n, i, nodes)
			}
			s.spots[n.ID] = spot{i, c.add(b, p)}
		}
	}
}

// side says at which edge of its model a SAAS or an offer stands: the one towards
// the models that it has to do with.
func (s *stack) side(n *graph.Node, home int, nodes map[string]int) place {
	up, down := 0, 0
	for _, e := range s.in.Edges {
		other := -1
		switch n.ID {
		case e.From:
			other = nodes[e.To]
		case e.To:
			other = nodes[e.From]
		}
		switch {
		case other < 0 || other == home:
		case s.clusters[other].band < s.clusters[home].band:
			up++
		default:
			down++
		}
	}
	switch {
	case up > down, up+down == 0 && s.clusters[home].band > 0:
		return atTop
	}
	return atBottom
}

// lead plans the way of an edge.
func (s *stack) lead(e *graph.Edge) {
	from, ok := s.spots[e.From]
	to, alsoOK := s.spots[e.To]
	if !ok || !alsoOK {
		return
	}
	r := &route{edge: e, net: -1, home: from.cluster, goal: to.cluster}
	s.routes = append(s.routes, r)
	if from.cluster == to.cluster {
		r.last = s.leg(from.cluster, e, from.item, to.item, true)
		return
	}
	a, b := s.clusters[from.cluster].band, s.clusters[to.cluster].band
	r.up, r.into = layout.Bottom, layout.Top
	switch {
	case a > b:
		r.up, r.into = layout.Top, layout.Bottom
	case a == b:
		r.into = layout.Bottom
	}
	r.from, r.to = from, to
	if !s.standsAt(from, r.up) {
		r.from.item = s.pass(passKey{from.cluster, r.up, e.From, false, netKey(e)})
		r.first = s.leg(from.cluster, e, from.item, r.from.item, false)
	}
	if !s.standsAt(to, r.into) {
		r.to.item = s.pass(passKey{to.cluster, r.into, e.To, true, netKey(e)})
		r.last = s.leg(to.cluster, e, r.to.item, to.item, true)
	}
}

func (s *stack) leg(c int, e *graph.Edge, from, to int, last bool) *leg {
	for _, l := range s.clusters[c].legs { // lines that came in together
		if l.from == from && l.to == to && netKey(l.edge) == netKey(e) {
			return l
		}
	}
	l := &leg{edge: e, from: from, to: to, last: last}
	s.clusters[c].legs = append(s.clusters[c].legs, l)
	return l
}

func (s *stack) standsAt(at spot, side layout.Side) bool {
	p := s.clusters[at.cluster].items[at.item].place
	return p == atTop && side == layout.Top || p == atBottom && side == layout.Bottom
}

func (s *stack) pass(k passKey) int {
	i, ok := s.passes[k]
	if !ok {
		p := atTop
		if k.side == layout.Bottom {
			p = atBottom
		}
		i = s.clusters[k.cluster].add(box{w: passWidth}, p)
		s.passes[k] = i
	}
	return i
}

// lay lays out the models from top to bottom, each with its upper edge in the
// order of what is above, then the bands.
func (s *stack) lay() {
	var bands [][]int
	for i, c := range s.clusters {
		s.hints(i)
		c.lay()
		n := len(bands)
		if n > 0 && s.clusters[bands[n-1][0]].band == c.band {
			first := s.clusters[bands[n-1][len(bands[n-1])-1]]
			if x := first.x + first.w + clusterGap; x+c.w <= maxBand {
				c.x = x // for the hints of those below
				bands[n-1] = append(bands[n-1], i)
				continue
			}
		}
		bands = append(bands, []int{i})
	}
	plan := layout.Plan{Layers: bands, Gap: clusterGap}
	for _, c := range s.clusters {
		plan.Items = append(plan.Items, layout.Item{W: c.w, H: c.h})
	}
	s.nets(&plan)
	s.done = layout.Layout(plan)
	for i, c := range s.clusters {
		c.x, c.y = s.done.Items[i].X, s.done.Items[i].Y
	}
	s.w, s.h = max(s.done.W, minStack), s.done.H
}

// hints order the upper edge of a model by where its lines come from.
func (s *stack) hints(i int) {
	for _, r := range s.routes {
		here, there := r.from, r.to
		if here.cluster != i {
			here, there = r.to, r.from
		}
		if r.from.cluster == r.to.cluster || here.cluster != i || there.cluster >= i {
			continue
		}
		c := s.clusters[there.cluster]
		at := c.done.Items[there.item]
		s.clusters[i].items[here.item].hint = c.x + at.X + at.W/2
	}
}

// nets joins the models: pins where lines leave and enter.
func (s *stack) nets(plan *layout.Plan) {
	type key struct {
		at   spot
		side layout.Side
		net  string
		root bool
	}
	pins := map[key]int{} // index among the pins of the spot
	count := map[spot]int{}
	enter := func(k key) {
		if _, ok := pins[k]; !ok {
			pins[k] = count[k.at]
			count[k.at]++
		}
	}
	crossing := slices.DeleteFunc(slices.Clone(s.routes), func(r *route) bool { return r.home == r.goal })
	rootKey := func(r *route) key { return key{r.to, r.into, netKey(r.edge), true} }
	leafKey := func(r *route) key { return key{r.from, r.up, netKey(r.edge), false} }
	for _, r := range crossing {
		enter(rootKey(r))
		enter(leafKey(r))
	}
	at := func(k key) layout.Pin {
		p := s.clusters[k.at.cluster].done.Items[k.at.item]
		share := p.W / (count[k.at] + 1)
		out := layout.Pin{Item: k.at.cluster, Side: k.side, At: clusterPad + p.X + (pins[k]+1)*share}
		if s.clusters[k.at.cluster].items[k.at.item].node != nil {
			out.Slack = max(0, share/min(2, count[k.at])-pillH/2)
		}
		return out
	}
	nets := map[key]int{}
	leaves := map[[2]key]int{}
	for _, r := range crossing {
		root, leaf := rootKey(r), leafKey(r)
		n, ok := nets[root]
		if !ok {
			n = len(plan.Nets)
			nets[root] = n
			plan.Nets = append(plan.Nets, layout.Net{Root: at(root)})
		}
		r.net = n
		if i, ok := leaves[[2]key{root, leaf}]; ok {
			r.leaf = i
			continue
		}
		r.leaf = len(plan.Nets[n].Leaves)
		leaves[[2]key{root, leaf}] = r.leaf
		plan.Nets[n].Leaves = append(plan.Nets[n].Leaves, at(leaf))
	}
}

// points returns the whole way of an edge.
func (s *stack) points(r *route) []layout.Point {
	if r.net < 0 {
		return s.clusters[r.goal].line(r.last)
	}
	var points []layout.Point
	between := s.done.Lines[r.net][r.leaf]
	if r.first != nil {
		points = s.clusters[r.home].line(r.first)
	} else {
		points = []layout.Point{s.rim(r.from, r.up, between[0].X)}
	}
	points = append(points, between...)
	if r.last != nil {
		points = append(points, s.clusters[r.goal].line(r.last)...)
	} else {
		points = append(points, s.rim(r.to, r.into, between[len(between)-1].X))
	}
	return layout.Simplified(points)
}

// rim is where a line meets a SAAS or an offer from outside the model.
func (s *stack) rim(at spot, side layout.Side, x int) layout.Point {
	p := s.clusters[at.cluster].at(at.item)
	if side == layout.Bottom {
		return layout.Point{X: x, Y: p.Y + p.H}
	}
	return layout.Point{X: x, Y: p.Y}
}

// order lists routes so that what matters most is drawn last, on top.
func (s *stack) order() []*route {
	out := slices.Clone(s.routes)
	weight := func(r *route) int {
		w := slices.Index([]graph.EdgeKind{graph.MeshEdge, graph.Storage, graph.Relation, graph.Ingress, graph.VPN}, r.edge.Kind)
		if len(r.edge.Marks) > 0 {
			w += 10
		}
		return w
	}
	slices.SortStableFunc(out, func(a, b *route) int { return cmp.Compare(weight(a), weight(b)) })
	return out
}
