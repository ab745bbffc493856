package graph

import (
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// Longest texts in a Graph, in characters: as much as somebody reads. A name
// of Juju or Kubernetes has at most 253.
const (
	maxName     = 300
	maxSentence = 2000
	maxFacts    = 40 // of one thing
)

// cleaner makes every text of a graph plain and bounds it.
type cleaner struct{}

func (cleaner) name(s *string) { *s = Short(plain.Line(*s), maxName) }

func (cleaner) sentence(s *string) { *s = Short(plain.Sentence(*s), maxSentence) }

func (c cleaner) names(list []string) {
	for i := range list {
		c.name(&list[i])
	}
}

func (c cleaner) facts(list *[]string) {
	if len(*list) > maxFacts {
		*list = append((*list)[:maxFacts:maxFacts], "and more")
	}
	for i := range *list {
		c.sentence(&(*list)[i])
	}
}

func (c cleaner) marks(list []Mark) {
	for i := range list {
		c.name(&list[i].Rule)
		c.name(&list[i].Level)
	}
}

func (c cleaner) graph(g *Graph) {
	c.name(&g.Profile)
	for i := range g.Stacks {
		c.stack(&g.Stacks[i])
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		for _, s := range []*string{&f.Rule, &f.Level, &f.Stack, &f.State, &f.Place} {
			c.name(s)
		}
		for _, s := range []*string{&f.Subject, &f.Message, &f.Reason} {
			c.sentence(s)
		}
	}
	for i := range g.Undecided {
		u := &g.Undecided[i]
		c.sentence(&u.What)
		c.names(u.Rules)
		c.names(u.Stacks)
	}
	for i := range g.Gaps {
		c.sentence(&g.Gaps[i])
	}
}

func (c cleaner) stack(s *Stack) {
	c.name(&s.Name)
	for i := range s.Clusters {
		m := &s.Clusters[i]
		c.name(&m.Name)
		c.name(&m.Part)
		c.sentence(&m.Basis)
		c.facts(&m.Facts)
		c.marks(m.Marks)
		for j := range m.Nodes {
			n := &m.Nodes[j]
			for _, text := range []*string{&n.Name, &n.Role, &n.Group, &n.State, &n.VPN, &n.Mesh.State} {
				c.name(text)
			}
			c.facts(&n.Facts)
			c.marks(n.Marks)
		}
	}
	for i := range s.Edges {
		e := &s.Edges[i]
		c.names(e.Interfaces)
		c.facts(&e.Facts)
		c.marks(e.Marks)
	}
}
