package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Models returns a smaller picture: one node for each model, with all that was
// found in it, and the lines between models.
func (g Graph) Models() Graph {
	out := g
	out.Stacks = make([]Stack, len(g.Stacks))
	into := map[string]string{} // id of what was there: of what stands for it now
	for i, s := range g.Stacks {
		out.Stacks[i] = s.models(into)
	}
	out.Findings = slices.Clone(g.Findings)
	for i := range out.Findings {
		f := &out.Findings[i]
		f.On = slices.Clone(f.On)
		for j, id := range f.On {
			f.On[j] = cmp.Or(into[id], id)
		}
		slices.Sort(f.On)
		f.On = slices.Compact(f.On)
	}
	return out
}

func (s Stack) models(into map[string]string) Stack {
	out := s
	out.Clusters, out.Edges = nil, nil
	home := map[string]int{} // node: cluster
	for i, c := range s.Clusters {
		for _, n := range c.Nodes {
			home[n.ID] = i
			into[n.ID] = standIn(c)
		}
	}
	within := map[int][]Mark{} // by cluster: marks of the lines in it
	type way struct {
		from, to    string
		kind        EdgeKind
		unknown, up bool
	}
	at := map[way]int{}
	for _, e := range s.Edges {
		w := way{into[e.From], into[e.To], e.Kind, e.Unknown, e.Up}
		if w.from == w.to {
			into[e.ID] = w.from
			within[home[e.From]] = append(within[home[e.From]], e.Marks...)
			continue
		}
		i, ok := at[w]
		if !ok {
			i = len(out.Edges)
			at[w] = i
			out.Edges = append(out.Edges, Edge{ID: e.ID, From: w.from, To: w.to, Kind: w.kind, Unknown: w.unknown, Up: w.up})
		}
		into[e.ID] = out.Edges[i].ID
		out.Edges[i].Marks = merged(append(out.Edges[i].Marks, e.Marks...))
	}
	for i, c := range s.Clusters {
		marks := append(slices.Clone(c.Marks), within[i]...)
		for _, n := range c.Nodes {
			marks = append(marks, n.Marks...)
		}
		c.Nodes, c.Marks = []Node{{ID: standIn(c), Kind: Application, Name: inIt(c)}}, merged(marks)
		out.Clusters = append(out.Clusters, c)
	}
	return out
}

// standIn is the id of the node that stands for a model.
func standIn(c Cluster) string { return c.ID + "x" }

// inIt counts what is in a model.
func inIt(c Cluster) string {
	applications := 0
	for _, n := range c.Nodes {
		if n.Kind == Application && n.Absent == "" {
			applications++
		}
	}
	if applications == 1 {
		return "1 application"
	}
	return fmt.Sprintf("%d applications", applications)
}

// merged puts marks of the same rule and level together.
func merged(marks []Mark) []Mark {
	var out []Mark
	for _, m := range marks {
		i := slices.IndexFunc(out, func(o Mark) bool { return o.Rule == m.Rule && o.Level == m.Level && o.Waived == m.Waived })
		if i < 0 {
			m.Findings = slices.Clone(m.Findings)
			out = append(out, m)
			continue
		}
		out[i].Findings = append(out[i].Findings, m.Findings...)
	}
	for i := range out {
		slices.Sort(out[i].Findings)
		out[i].Findings = slices.Compact(out[i].Findings)
	}
	slices.SortFunc(out, func(x, y Mark) int {
		return cmp.Or(cmp.Compare(grave(y), grave(x)), strings.Compare(x.Rule, y.Rule))
	})
	return out
}
