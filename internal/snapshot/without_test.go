package snapshot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestWithoutTakesAwayWhatAPlanDoes(t *testing.T) {
	app := func(name string, options ...string) snapshot.Application {
		a := snapshot.Application{Name: name}
		for _, o := range options {
			a.Config = append(a.Config, snapshot.Fact{Key: o, Value: "x"})
		}
		return a
	}
	relation := func(a, b string) snapshot.Relation {
		return snapshot.Relation{A: snapshot.RelationEnd{Application: a, Endpoint: "e"}, B: snapshot.RelationEnd{Application: b, Endpoint: "f"}}
	}
	of := func(m snapshot.Model, policies ...string) snapshot.Snapshot {
		m.Name = "core"
		s := snapshot.Snapshot{Models: []snapshot.Model{m}}
		for _, p := range policies {
			s.NetworkPolicies = append(s.NetworkPolicies, snapshot.NetworkPolicy{Meta: snapshot.Meta{Name: p, Namespace: "core"}})
		}
		return s
	}
	live := of(snapshot.Model{
		Applications: []snapshot.Application{app("a", "x", "y"), app("b"), app("by-hand")},
		Relations:    []snapshot.Relation{relation("a", "b"), {A: relation("a", "b").B, B: relation("a", "b").A}, relation("a", "by-hand")},
		Offers:       []snapshot.Offer{{Name: "o"}, {Name: "p"}},
	}, "gone", "stays", "of-others")
	before := of(snapshot.Model{
		Applications: []snapshot.Application{app("a", "x", "y"), app("b")}, Relations: []snapshot.Relation{relation("a", "b")}, Offers: []snapshot.Offer{{Name: "o"}},
	}, "gone", "stays")
	after := of(snapshot.Model{Applications: []snapshot.Application{app("a", "x")}}, "stays")

	got := snapshot.Without(live, before, after)
	m := got.Models[0]
	require.Equal(t, []snapshot.Application{app("a", "x"), app("by-hand")}, m.Applications)
	require.Equal(t, []snapshot.Relation{relation("a", "by-hand")}, m.Relations)
	require.Equal(t, []snapshot.Offer{{Name: "p"}}, m.Offers)
	require.Len(t, got.NetworkPolicies, 2)
	require.Len(t, live.Models[0].Applications, 3, "what is given stays as it is")
	require.Len(t, live.Models[0].Applications[0].Config, 2)
	require.Equal(t, live, snapshot.Without(live, snapshot.Snapshot{}, after))
}

// A whole model that a plan removes has nothing of the plan's left.
func TestWithoutAWholeModel(t *testing.T) {
	live := snapshot.Snapshot{Models: []snapshot.Model{{Name: "core", UUID: "u", Applications: []snapshot.Application{{Name: "a"}}}}}
	before := snapshot.Snapshot{Models: []snapshot.Model{{UUID: "u", Applications: []snapshot.Application{{Name: "a"}}}}}
	require.Empty(t, snapshot.Without(live, before, snapshot.Snapshot{}).Models[0].Applications)
}
