package manifest

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/selector"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func readNetworkPolicy(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	policy := snapshot.NetworkPolicy{
		Meta:        readMeta(n),
		PodSelector: selector.Read(spec.Get("podSelector")), SelectorAt: spec.Get("podSelector").KeyPos(),
		PolicyTypes: spec.Get("policyTypes").Texts(), TypesAt: spec.Get("policyTypes").KeyPos(),
	}
	// The API server fills the types in where they are not said, so that a
	// cluster always says them: Ingress, and Egress where there are rules for it.
	if len(policy.PolicyTypes) == 0 {
		policy.PolicyTypes = []string{"Ingress"}
		if spec.Get("egress").Len() > 0 {
			policy.PolicyTypes = append(policy.PolicyTypes, "Egress")
		}
	}
	for _, r := range spec.Get("egress").List() {
		policy.Egress = append(policy.Egress, readNetworkRule(r))
	}
	s.NetworkPolicies = append(s.NetworkPolicies, policy)
}

func readNetworkRule(n *syntax.Node) snapshot.NetworkRule {
	rule := snapshot.NetworkRule{At: n.Pos()}
	for _, p := range n.Get("to").List() {
		block, pods, namespaces := p.Get("ipBlock"), p.Get("podSelector"), p.Get("namespaceSelector")
		peer := snapshot.NetworkPeer{
			CIDR: block.Get("cidr").Text(), Except: block.Get("except").Texts(),
			HasPodSelector: pods != nil, PodSelector: selector.Read(pods),
			HasNamespaceSelector: namespaces != nil, NamespaceSelector: selector.Read(namespaces),
			At: block.Get("cidr").Pos(),
		}
		if !peer.At.Known() {
			peer.At = p.Pos()
		}
		rule.Peers = append(rule.Peers, peer)
	}
	for _, p := range n.Get("ports").List() {
		port := snapshot.NetworkPort{Protocol: p.Get("protocol").Text(), Port: p.Get("port").Text(), EndPort: p.Get("endPort").Int(0)}
		if port.Protocol == "" {
			port.Protocol = "TCP"
		}
		rule.Ports = append(rule.Ports, port)
	}
	return rule
}

// isForeignPolicy tells whether an object is a network policy of another API
// than Kubernetes' own.
func isForeignPolicy(apiVersion, kind string) bool {
	group, _, _ := strings.Cut(apiVersion, "/")
	switch group {
	case "projectcalico.org", "crd.projectcalico.org":
		return kind == "NetworkPolicy" || kind == "GlobalNetworkPolicy"
	case "cilium.io":
		return kind == "CiliumNetworkPolicy" || kind == "CiliumClusterwideNetworkPolicy"
	case "policy.networking.k8s.io":
		return kind == "AdminNetworkPolicy" || kind == "BaselineAdminNetworkPolicy" || kind == "ClusterNetworkPolicy"
	}
	return false
}

func readAuthorizationPolicy(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	policy := snapshot.AuthorizationPolicy{
		Meta: readMeta(n), Action: spec.Get("action").Text(),
		HasSelector: spec.Get("selector") != nil, Selector: selector.Read(spec.Get("selector")),
	}
	if policy.Action == "" {
		policy.Action = "ALLOW"
	}
	targets := spec.Get("targetRefs").List()
	if one := spec.Get("targetRef"); one != nil {
		targets = append(slices.Clone(targets), one)
	}
	for _, t := range targets {
		policy.Targets = append(policy.Targets, snapshot.TargetRef{Kind: t.Get("kind").Text(), Name: t.Get("name").Text(), At: t.Get("name").Pos()})
	}
	for _, r := range spec.Get("rules").List() {
		policy.Rules = append(policy.Rules, readAuthorizationRule(r))
	}
	s.AuthorizationPolicies = append(s.AuthorizationPolicies, policy)
}

func readAuthorizationRule(n *syntax.Node) snapshot.AuthorizationRule {
	rule := snapshot.AuthorizationRule{At: n.Pos(), Conditional: n.Get("when").Len() > 0}
	for _, f := range n.Get("from").List() {
		for key, value := range f.Get("source").Entries() {
			switch key.Text() {
			case "principals":
				rule.Principals = append(rule.Principals, unkeyed("", value)...)
			case "namespaces":
				rule.Namespaces = append(rule.Namespaces, value.Texts()...)
			case "ipBlocks", "remoteIpBlocks":
				rule.IPBlocks = append(rule.IPBlocks, unkeyed(key.Text(), value)...)
			default:
				rule.OtherSource = true
			}
		}
	}
	for _, t := range n.Get("to").List() {
		for key, value := range t.Get("operation").Entries() {
			if key.Text() == "ports" {
				rule.Ports = append(rule.Ports, value.Texts()...)
			} else {
				rule.Conditional = true
			}
		}
	}
	return rule
}

// unkeyed makes facts of the scalars of a list.
func unkeyed(key string, list *syntax.Node) []snapshot.Fact {
	var facts []snapshot.Fact
	for _, item := range list.List() {
		facts = append(facts, snapshot.Fact{Key: key, Value: item.Text(), At: item.Pos()})
	}
	return facts
}
