package topology

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWaypointUses(t *testing.T) {
	named := func(name string) []Fact { return []Fact{{Key: labelUseWaypoint, Value: name, At: "label"}} }
	elsewhere := func(name, namespace string) []Fact {
		return append(named(name), Fact{Key: labelUseWaypointNamespace, Value: namespace})
	}
	use := func(object, name, namespace, found string) WaypointUse {
		return WaypointUse{Home: "core", Object: object, At: "label", Name: name, Namespace: namespace, Found: found}
	}
	for _, c := range []struct {
		name  string
		stack Stack
		want  []WaypointUse
	}{
		{
			"a namespace, to a waypoint that is there",
			Stack{Namespaces: []Namespace{{Name: "core", Labels: named("w")}}},
			[]WaypointUse{use("Namespace core", "w", "core", "yes")},
		},
		{
			"a Service, to one that is not there",
			Stack{Services: []Service{{Name: "radarr", Namespace: "core", Labels: named("x")}}},
			[]WaypointUse{use("Service core/radarr", "x", "core", "no")},
		},
		{
			"a Gateway that is no waypoint",
			Stack{Services: []Service{{Name: "radarr", Namespace: "core", Labels: named("arr-gateway")}}},
			[]WaypointUse{use("Service core/radarr", "arr-gateway", "core", "no")},
		},
		{
			"pods, to one in a namespace that was not read",
			Stack{Applications: []Application{{Namespace: "core", Workloads: []Workload{{Kind: "StatefulSet", Name: "radarr", Namespace: "core", Labels: elsewhere("w", "mesh")}}}}},
			[]WaypointUse{use("StatefulSet core/radarr", "w", "mesh", "")},
		},
		{
			"what opts out, and what says nothing",
			Stack{
				Namespaces: []Namespace{{Name: "core", Labels: named("none")}},
				Services:   []Service{{Name: "radarr", Namespace: "core", Labels: named("")}, {Name: "sonarr", Namespace: "core"}},
			},
			[]WaypointUse{},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.stack.Evidence = []EvidenceOf{{Kind: "kube.gateways", Model: "core"}, {Kind: "kube.services", Model: "mesh"}}
			c.stack.Gateways = []Gateway{{Namespace: "core", Name: "w", Waypoint: true}, {Namespace: "core", Name: "arr-gateway"}}
			require.Equal(t, c.want, c.stack.waypointUses())
		})
	}
}
