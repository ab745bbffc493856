package topology

import (
	"fmt"

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
