package topology

import (
	"fmt"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Labels that name a waypoint (istio.io/api/label); noWaypoint stands for none.
const (
	labelUseWaypoint          = "istio.io/use-waypoint"
	labelUseWaypointNamespace = "istio.io/use-waypoint-namespace"
	noWaypoint                = "none"
)

// WaypointUse is a namespace, a Service or a workload whose label names the waypoint
// that its callers go through.
type WaypointUse struct {
	// Home is the namespace of what bears the label, Object what that is: "Namespace
	// core", "Service core/radarr".
	Home   string `json:"home"`
	Object string `json:"object"`
	At     string `json:"at"` // of the label
	// Name and Namespace are the waypoint's, Found whether it is there: yes, no, or ""
	// where the Gateways of that namespace were not read.
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Found     string `json:"found"`
}

// waypointUses lists what names a waypoint in a stack that is otherwise written.
func (s *Stack) waypointUses() []WaypointUse {
	out := []WaypointUse{}
	add := func(home, object string, labels []Fact) {
		name, at := lookupFact(labels, labelUseWaypoint)
		if name == "" || name == noWaypoint {
			return
		}
		use := WaypointUse{Home: home, Object: object, At: at, Name: name, Namespace: home}
		for _, l := range labels {
			if l.Key == labelUseWaypointNamespace {
				use.Namespace = l.Value
			}
		}
		use.Found = s.findsWaypoint(use.Namespace, use.Name)
		out = append(out, use)
	}
	for i := range s.Namespaces {
		add(s.Namespaces[i].Name, "Namespace "+s.Namespaces[i].Name, s.Namespaces[i].Labels)
	}
	for i := range s.Services {
		add(s.Services[i].Namespace, fmt.Sprintf("Service %s/%s", s.Services[i].Namespace, s.Services[i].Name), s.Services[i].Labels)
	}
	for i := range s.Applications {
		for _, w := range s.Applications[i].Workloads {
			add(s.Applications[i].Namespace, fmt.Sprintf("%s %s/%s", w.Kind, w.Namespace, w.Name), w.Labels)
		}
	}
	return out
}

func lookupFact(facts []Fact, key string) (value, at string) {
	for i := range facts {
		if facts[i].Key == key {
			return facts[i].Value, facts[i].At
		}
	}
	return "", ""
}

func (s *Stack) findsWaypoint(namespace, name string) string {
	for i := range s.Gateways {
		if g := &s.Gateways[i]; g.Waypoint && g.Namespace == namespace && g.Name == name {
			return answerYes
		}
	}
	for _, e := range s.Evidence {
		if e.Kind == string(snapshot.KubeGateways) && e.Model == namespace {
			return answerNo
		}
	}
	return answerUnknown
}
