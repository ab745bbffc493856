package topology

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// operators are the spellings of a selector's expressions in the Kubernetes
// API, and what Kubernetes' library calls them.
var operators = map[string]selection.Operator{
	"In":           selection.In,
	"NotIn":        selection.NotIn,
	"Exists":       selection.Exists,
	"DoesNotExist": selection.DoesNotExist,
}

// selector makes Kubernetes' own selector of an observed one. The empty
// selector matches everything, as in a NetworkPolicy's podSelector. (Package
// labels is used directly: the converter in apis/meta/v1 would triple what the
// program links.)
func selector(s snapshot.Selector) (labels.Selector, error) {
	out := labels.NewSelector()
	for _, f := range s.MatchLabels {
		r, err := labels.NewRequirement(f.Key, selection.Equals, []string{f.Value})
		if err != nil {
			return nil, fmt.Errorf("reading matchLabels %s: %w", f.Key, err)
		}
		out = out.Add(*r)
	}
	for _, e := range s.MatchExpressions {
		op, ok := operators[e.Operator]
		if !ok {
			return nil, fmt.Errorf("reading matchExpressions %s: operator %q is none of In, NotIn, Exists, DoesNotExist", e.Key, e.Operator)
		}
		r, err := labels.NewRequirement(e.Key, op, e.Values)
		if err != nil {
			return nil, fmt.Errorf("reading matchExpressions %s: %w", e.Key, err)
		}
		out = out.Add(*r)
	}
	return out, nil
}

// labelled are observed labels as selectors look at them, without a map of them.
// Of a label that is there twice the later one counts, as in YAML.
type labelled []snapshot.Fact

// Lookup returns the value of a label, and whether it is there.
func (l labelled) Lookup(label string) (string, bool) {
	for _, f := range slices.Backward(l) {
		if f.Key == label {
			return f.Value, true
		}
	}
	return "", false
}

// Has tells whether a label is there.
func (l labelled) Has(label string) bool {
	_, ok := l.Lookup(label)
	return ok
}

// Get returns the value of a label, "" where it is not there.
func (l labelled) Get(label string) string {
	value, _ := l.Lookup(label)
	return value
}

// bearsAll tells whether labels are as a Service's selector wants them.
func bearsAll(l labels.Labels, want []snapshot.Fact) bool {
	for _, f := range want {
		if value, ok := l.Lookup(f.Key); !ok || value != labelled(want).Get(f.Key) {
			return false
		}
	}
	return true
}
