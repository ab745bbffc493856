package graph

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// Longest texts in a Graph, in characters: as much as somebody reads. A name
// of Juju or Kubernetes has at most 253.
const (
	maxName     = 300
	maxSentence = 2000
	maxFacts    = 40 // of one thing
)

// clean makes every text of a graph plain and bounds it.
func clean(g *Graph) {
	names(&g.Profile)
	for i := range g.Stacks {
		cleanStack(&g.Stacks[i])
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		titles(&f.Rule)
		names(&f.Level, &f.Stack, &f.State, &f.Place, &f.Short)
		sentences(&f.Subject, &f.Message, &f.Reason)
	}
	for i := range g.Undecided {
		u := &g.Undecided[i]
		sentences(&u.What)
		list(u.Rules)
		list(u.Stacks)
	}
	for i := range g.Gaps {
		sentences(&g.Gaps[i])
	}
}

func cleanStack(s *Stack) {
	titles(&s.Name)
	for i := range s.Clusters {
		c := &s.Clusters[i]
		titles(&c.Name)
		names(&c.Part)
		sentences(&c.Basis)
		facts(&c.Facts)
		marks(c.Marks)
		for j := range c.Nodes {
			n := &c.Nodes[j]
			titles(&n.Name)
			names(&n.Role, &n.Group, &n.State, &n.Mesh.State, &n.VPN)
			facts(&n.Facts)
			marks(n.Marks)
		}
	}
	for i := range s.Edges {
		e := &s.Edges[i]
		list(e.Interfaces)
		facts(&e.Facts)
		marks(e.Marks)
	}
}

// titles are names that must be seen: one of blanks alone is written in quotes.
func titles(texts ...*string) {
	for _, s := range texts {
		if names(s); strings.TrimSpace(*s) == "" {
			*s = `"` + *s + `"`
		}
	}
}

func names(texts ...*string) {
	for _, s := range texts {
		*s = Short(plain.Line(*s), maxName)
	}
}

func sentences(texts ...*string) {
	for _, s := range texts {
		*s = Short(plain.Sentence(*s), maxSentence)
	}
}

func list(texts []string) {
	for i := range texts {
		names(&texts[i])
	}
}

func facts(texts *[]string) {
	if len(*texts) > maxFacts {
		*texts = append((*texts)[:maxFacts:maxFacts], "and more")
	}
	for i := range *texts {
		sentences(&(*texts)[i])
	}
}

func marks(of []Mark) {
	for i := range of {
		titles(&of[i].Rule)
		names(&of[i].Level)
	}
}
