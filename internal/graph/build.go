package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Of returns the picture of stacks with what a report found about them.
func Of(stacks []topology.Stack, r finding.Report) Graph {
	d := digest.Of(r)
	g := Graph{
		Profile: r.Profile, Totals: digest.Totals(r.Summary), Asked: len(r.Rules),
		Incomplete: r.Incomplete(),
	}
	for i, f := range r.Findings {
		g.Findings = append(g.Findings, findingOf(i+1, f, d))
	}
	ordered := slices.Clone(stacks)
	slices.SortStableFunc(ordered, func(a, b topology.Stack) int { return cmp.Compare(a.Name, b.Name) })
	for i := range ordered {
		b := newBuilder(&ordered[i], strconv.Itoa(i))
		b.draw()
		b.mark(r.Findings, g.Findings)
		s := b.finished()
		s.Totals, s.Verdicts = inWords(d, ordered[i].Name)
		g.Stacks = append(g.Stacks, s)
	}
	number(&g)
	for _, u := range d.Unknown {
		g.Undecided = append(g.Undecided, undecidedOf(finding.Unknown, u))
	}
	for _, u := range d.NotEvaluated {
		g.Undecided = append(g.Undecided, undecidedOf(finding.NotEvaluated, u))
	}
	for _, p := range r.Gaps {
		g.Gaps = append(g.Gaps, digest.Place(p.Source, p.Line, p.Column)+": "+p.What+": "+p.Reason)
	}
	clean(&g)
	return g
}

func findingOf(number int, f finding.Finding, d digest.Digest) Finding {
	out := Finding{
		Number: number, Rule: string(f.Rule), Level: string(f.Level), Waived: f.Verdict == finding.Waived,
		Stack: f.Stack, State: f.State, Subject: digest.Label(f.Subject), Message: f.Message,
		Place: digest.Place(f.Location.File, f.Location.Line, f.Location.Column),
		Short: d.Short(f),
		URL:   digest.DocURL(d.Rule(f.Rule)),
	}
	if f.Waiver != nil {
		out.Reason = "accepted until " + f.Waiver.Expires + ": " + f.Waiver.Reason
	}
	return out
}

func undecidedOf(v finding.Verdict, m digest.Missing) Undecided {
	out := Undecided{Verdict: string(v), What: m.What, Stacks: m.Stacks}
	for _, id := range m.Rules {
		out.Rules = append(out.Rules, string(id))
	}
	return out
}

// inWords counts findings and verdicts of a stack.
func inWords(d digest.Digest, stack string) (totals, verdicts string) {
	i := slices.IndexFunc(d.Stacks, func(s digest.Stack) bool { return s.Listed && s.Name == stack })
	if i < 0 {
		return digest.Totals(finding.Summary{}), "no rule was asked"
	}
	var sum finding.Summary
	for _, g := range d.Stacks[i].Groups {
		for _, f := range g.Findings {
			switch f.Level {
			case rule.Error:
				sum.Error++
			case rule.Warning:
				sum.Warning++
			case rule.Note:
				sum.Note++
			}
		}
	}
	for _, f := range d.Waived {
		if f.Stack == stack {
			sum.Waived++
		}
	}
	var parts []string
	for _, v := range []struct {
		verdict finding.Verdict
		words   string
	}{{finding.Violated, "violated"}, {finding.Pass, "passed"}, {finding.Waived, "waived"}, {finding.Unknown, "unknown"}, {finding.NotEvaluated, "not evaluated"}} {
		if n := d.Stacks[i].Count(v.verdict); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.words))
		}
	}
	if len(parts) == 0 {
		return digest.Totals(sum), "no rule was asked"
	}
	return digest.Totals(sum), "rules: " + strings.Join(parts, ", ")
}

// number gives everything its id. Ids are short and say nothing, so that no
// format has to escape them, and follow the order of the picture.
func number(g *Graph) {
	final := map[string]string{}
	nodes, edges, clusters := 0, 0, 0
	for i := range g.Stacks {
		s := &g.Stacks[i]
		prefix := s.ID
		s.ID = fmt.Sprintf("s%d", i+1)
		for j := range s.Clusters {
			c := &s.Clusters[j]
			clusters++
			final[prefix+c.ID] = fmt.Sprintf("m%d", clusters)
			c.ID = final[prefix+c.ID]
			for k := range c.Nodes {
				nodes++
				final[prefix+c.Nodes[k].ID] = fmt.Sprintf("n%d", nodes)
				c.Nodes[k].ID = final[prefix+c.Nodes[k].ID]
			}
		}
		for j := range s.Edges {
			e := &s.Edges[j]
			edges++
			final[prefix+e.ID] = fmt.Sprintf("e%d", edges)
			e.ID, e.From, e.To = final[prefix+e.ID], final[prefix+e.From], final[prefix+e.To]
		}
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		for j := range f.On {
			f.On[j] = final[f.On[j]]
		}
		slices.Sort(f.On)
		f.On = slices.Compact(f.On)
	}
}
