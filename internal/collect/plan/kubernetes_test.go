package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKubernetes(t *testing.T) {
	metadata := func(name string, labels object) []object {
		return []object{{"name": name, "namespace": "ns", "labels": labels, "annotations": nil}}
	}
	computed := object{"id": true, "metadata": []object{{"uid": true, "resource_version": true}}}
	p := read(t, document([]object{
		change("kubernetes_namespace.a", object{"metadata": []object{{"name": "a", "labels": object{"istio.io/dataplane-mode": "ambient"}}}}, computed),
		change("kubernetes_namespace_v1.b", object{"metadata": []object{{"name": "b"}}}, computed),
		change("kubernetes_labels.b", object{"api_version": "v1", "kind": "Namespace", "metadata": []object{{"name": "b"}}, "labels": object{"x": "y"}}, nil),
		change("kubernetes_network_policy.p", object{"metadata": metadata("p", nil), "spec": []object{{
			"pod_selector": []object{{"match_labels": object{"app_name": "q"}}}, "policy_types": []string{"Egress"}, "ingress": []object{},
			"egress": []object{{"ports": []object{{"port": "53", "protocol": "UDP"}}, "to": []object{{"ip_block": []object{{"cidr": "10.0.0.0/8", "except": []string{"10.1.0.0/16"}}}, "namespace_selector": []object{}, "pod_selector": []object{}}}}},
		}}}, computed),
		change("kubernetes_network_policy.open", object{"metadata": metadata("open", nil), "spec": []object{{}}}, object{"spec": []object{{"egress": true}}}),
		change("kubernetes_manifest.gw", object{"manifest": object{
			"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": object{"name": "gw", "namespace": "ns"}, "spec": object{"gatewayClassName": "istio"},
		}}, object{"object": true}),
		change("kubectl_manifest.c", object{"yaml_body": "apiVersion: v1\nkind: Namespace\nmetadata: {name: c}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2}\n"}, nil),
		change("helm_release.h", object{"manifest": `{"namespace/v1/d": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "d"}}}`}, nil),
	}, nil))
	s := p.After
	var names []string
	for _, n := range s.Namespaces {
		names = append(names, n.Name)
		require.True(t, n.At.Known())
	}
	require.Equal(t, []string{"a", "b", "c", "d"}, names)
	require.Equal(t, "ambient", s.Namespaces[0].Labels[0].Value)
	require.Equal(t, "x", s.Namespaces[1].Labels[0].Key)
	require.Len(t, s.NetworkPolicies, 1)
	policy := s.NetworkPolicies[0]
	require.Equal(t, "app_name", policy.PodSelector.MatchLabels[0].Key)
	require.Equal(t, []string{"Egress"}, policy.PolicyTypes)
	require.Equal(t, "10.0.0.0/8", policy.Egress[0].Peers[0].CIDR)
	require.Equal(t, []string{"10.1.0.0/16"}, policy.Egress[0].Peers[0].Except)
	require.False(t, policy.Egress[0].Peers[0].HasNamespaceSelector)
	require.Equal(t, "53", policy.Egress[0].Ports[0].Port)
	require.Equal(t, "istio", s.Gateways[0].Class)
	require.Equal(t, "gap reading spec of kubernetes_network_policy.open: "+later, told(s))
}

func TestLabelsOfANamespaceOfOthers(t *testing.T) {
	p := read(t, document([]object{
		change("kubernetes_labels.b", object{"api_version": "v1", "kind": "Namespace", "metadata": []object{{"name": "b"}}, "labels": object{"x": "y"}}, nil),
	}, nil))
	require.Len(t, p.After.Namespaces, 1)
	require.True(t, p.After.Namespaces[0].Patch)
	require.Empty(t, p.After.Gaps)
}
