// Package selector reads label selectors as Kubernetes writes them.
package selector

import (
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Read reads a selector; one that is not there is empty.
func Read(n *syntax.Node) snapshot.Selector {
	s := snapshot.Selector{MatchLabels: n.Get("matchLabels").Facts()}
	for _, e := range n.Get("matchExpressions").List() {
		s.MatchExpressions = append(s.MatchExpressions, snapshot.Requirement{
			Key: e.Get("key").Text(), Operator: e.Get("operator").Text(), Values: e.Get("values").Texts(),
		})
	}
	return s
}
