package snapshot

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHoldsIsReplacedByItself holds Holds to what it says: to put a part into the
// place of what is there changes nothing.
func TestHoldsIsReplacedByItself(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	name := func() string { return string(rune('a' + r.IntN(4))) }
	some := func(most int) Snapshot {
		var s Snapshot
		for range r.IntN(most + 1) {
			meta := Meta{Namespace: name(), Name: name(), Labels: []Fact{{Key: "x", Value: name()}}}
			switch r.IntN(3) {
			case 0:
				s.Pods = append(s.Pods, Pod{Meta: meta, Node: name()})
			case 1:
				s.Workloads = append(s.Workloads, Workload{Kind: name(), Meta: meta})
			case 2:
				s.ForeignPolicies = append(s.ForeignPolicies, ForeignPolicy{APIVersion: name(), Kind: name(), Meta: meta})
			}
		}
		return s
	}
	held := 0
	for range 20000 {
		s, part := some(12), some(2)
		if len(s.Pods) > 0 && r.IntN(2) == 0 {
			part = Snapshot{Pods: s.Pods[:1]}
		}
		want := SameObjects(s, Replace(s, Snapshot{}, part))
		require.Equal(t, want, Holds(s, part), "%v in %v", part, s)
		if want && len(part.Pods)+len(part.Workloads) > 0 {
			held++
		}
	}
	require.NotZero(t, held)
}
