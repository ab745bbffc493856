package manifest

import (
	"github.com/charmarr/charmarr-lint/internal/collect/selector"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func readNetworkPolicy(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	policy := snapshot.NetworkPolicy{
		Meta:        readMeta(n),
		PodSelector: selector.Read(spec.Get("podSelector")),
		PolicyTypes: spec.Get("policyTypes").Texts(),
	}
	// The API server fills the types in where they are not said, so that a
	// cluster always says them: Ingress, and Egress where there are rules for it.
	if len(policy.PolicyTypes) == 0 {
		policy.PolicyTypes = []string{"Ingress"}
		if spec.Get("egress").Len() > 0 {
			policy.PolicyTypes = append(policy.PolicyTypes, "Egress")
		}
	}
	s.NetworkPolicies = append(s.NetworkPolicies, policy)
}

func readGateway(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	gateway := snapshot.Gateway{Meta: readMeta(n), Class: spec.Get("gatewayClassName").Text()}
	for _, l := range spec.Get("listeners").List() {
		gateway.Listeners = append(gateway.Listeners, snapshot.Listener{
			Name: l.Get("name").Text(), Port: l.Get("port").Int(0), Protocol: l.Get("protocol").Text(),
		})
	}
	s.Gateways = append(s.Gateways, gateway)
}

func readRoute(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	route := snapshot.Route{Meta: readMeta(n)}
	for _, p := range spec.Get("parentRefs").List() {
		if refersTo(p, "Gateway") {
			route.Parents = append(route.Parents, readRef(p))
		}
	}
	for _, rule := range spec.Get("rules").List() {
		for _, b := range rule.Get("backendRefs").List() {
			if refersTo(b, "Service") {
				route.Backends = append(route.Backends, readRef(b))
			}
		}
	}
	s.Routes = append(s.Routes, route)
}

// refersTo tells whether a reference is to a kind, which is what it is to when
// it does not say a kind.
func refersTo(ref *syntax.Node, kind string) bool {
	said := ref.Get("kind").Text()
	return said == "" || said == kind
}

func readRef(ref *syntax.Node) snapshot.RouteRef {
	name := ref.Get("name")
	return snapshot.RouteRef{
		Name: name.Text(), Namespace: ref.Get("namespace").Text(), Section: ref.Get("sectionName").Text(), At: name.Pos(),
	}
}
