// Package istiocni reads the settings of istio-cni that are YAML inside a
// ConfigMap's text.
package istiocni

import (
	"fmt"

	"github.com/charmarr/charmarr-lint/internal/collect/selector"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	// ConfigMap is the name of istio-cni's ConfigMap.
	ConfigMap = "istio-cni-config"
	// SelectorsKey is the entry that lists which pods ambient captures.
	SelectorsKey = "AMBIENT_ENABLEMENT_SELECTOR"
)

// Selectors reads the entry SelectorsKey. The text stands inside another text,
// so that all its facts have the place of the entry. The error says what is
// wrong with the text; selectors before it are returned.
func Selectors(text string, at snapshot.Pos) ([]snapshot.EnablementSelector, error) {
	var selectors []snapshot.EnablementSelector
	var failed error
	err := syntax.Parse(text, func(doc *syntax.Document) bool {
		if doc.Err != nil {
			failed = doc.Err
			return false
		}
		for _, s := range doc.Root.List() {
			selectors = append(selectors, snapshot.EnablementSelector{
				Pod:       within(s.Get("podSelector"), at),
				Namespace: within(s.Get("namespaceSelector"), at),
			})
		}
		if problems := doc.Problems(); len(problems) > 0 {
			p := problems[0]
			failed = &syntax.Error{Line: p.Line, Column: p.Column, Reason: p.Reason}
		}
		return failed == nil
	})
	if err != nil {
		failed = err
	}
	if failed != nil {
		return selectors, fmt.Errorf("reading %s, which holds YAML: %w", SelectorsKey, failed)
	}
	return selectors, nil
}

// within reads a selector and gives all its facts one place.
func within(n *syntax.Node, at snapshot.Pos) snapshot.Selector {
	s := selector.Read(n)
	for i := range s.MatchLabels {
		s.MatchLabels[i].At = at
	}
	return s
}
