package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func read(t *testing.T, text string) (snapshot.Snapshot, []snapshot.Evidence, []string) {
	t.Helper()
	var s snapshot.Snapshot
	var evidence []snapshot.Evidence
	var reasons []string
	require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
		require.Nil(t, d.Err)
		require.True(t, manifest.Recognise(d.Root))
		evidence = append(evidence, manifest.Read(d.Root, &s)...)
		for _, p := range d.Problems() {
			reasons = append(reasons, p.Reason)
		}
		return true
	}))
	return s, evidence, reasons
}

func TestEvidence(t *testing.T) {
	require.Equal(t, []snapshot.Evidence{snapshot.KubeWorkloads}, manifest.Evidence("Deployment"))
	require.Equal(t, []snapshot.Evidence{snapshot.KubePods}, manifest.Evidence("PodList"))
	require.Empty(t, manifest.Evidence("Secret"))
	require.Len(t, manifest.Evidence("List"), 14)
}

func TestVersionsAndGroups(t *testing.T) {
	for text, want := range map[string]struct {
		recorded int
		reason   string
	}{
		"{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: x}}":                          {1, ""},
		"{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: x}}":              {0, "Deployment of extensions/v1beta1 is not read, want apps/v1: convert it"},
		"{apiVersion: v1, kind: Deployment, metadata: {name: x}}":                              {0, "Deployment of v1 is not read, want apps/v1: convert it"},
		"{apiVersion: extensions/v1beta1, kind: NetworkPolicy, metadata: {name: x}}":           {0, "NetworkPolicy of extensions/v1beta1 is not read, want networking.k8s.io/v1: convert it"},
		"{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: x}}":             {0, ""},
		"{apiVersion: v2, kind: Pod, metadata: {name: x}}":                                     {0, "Pod of v2 is not read, want v1: convert it"},
		"{apiVersion: gateway.networking.k8s.io/v1beta1, kind: Gateway, metadata: {name: x}}":  {1, ""},
		"{apiVersion: gateway.networking.k8s.io/v1alpha2, kind: Gateway, metadata: {name: x}}": {0, "Gateway of gateway.networking.k8s.io/v1alpha2 is not read, want gateway.networking.k8s.io/v1 or gateway.networking.k8s.io/v1beta1: convert it"},
		"{apiVersion: v1, kind: List, items: {a: b}}":                                          {0, "items is a mapping, want a list"},
		"{apiVersion: v1, kind: List, items: [x, {kind: Pod}]}":                                {0, "an item of the List has no kind"},
		"{apiVersion: apps/v1, kind: StatefulSetList, items: [{metadata: {name: x}}]}":         {1, ""},
	} {
		s, evidence, reasons := read(t, text)
		require.Equal(t, want.recorded, len(s.Workloads)+len(s.Pods)+len(s.Gateways)+len(s.NetworkPolicies)+len(s.Services), text)
		if want.reason == "" {
			require.Empty(t, reasons, text)
			continue
		}
		require.Contains(t, reasons, want.reason, text)
		require.NotEmpty(t, evidence, text)
	}
}

func TestOwnerIsTheController(t *testing.T) {
	s, _, _ := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: x, ownerReferences: [
		{kind: Node, name: n, controller: true}, {kind: ReplicaSet, name: a}, {kind: StatefulSet, name: b, controller: true}]}}`)
	require.Equal(t, "b", s.Pods[0].Owner)
}

func TestEnvironment(t *testing.T) {
	s, _, _ := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, env: [
		{name: gateway, valueFrom: {configMapKeyRef: {name: x}}}, {name: other, value: x}]}]}}`)
	require.Equal(t, []snapshot.Fact{{Key: "gateway", At: s.Pods[0].Spec.Containers[0].Env[0].At}}, s.Pods[0].Spec.Containers[0].Env)
}

func TestGeneratedNames(t *testing.T) {
	s, _, reasons := read(t, "{apiVersion: v1, kind: Pod, metadata: {generateName: gluetun-, labels: {a: b}}}")
	require.Empty(t, reasons)
	require.Equal(t, "gluetun-", s.Pods[0].Name)
	require.True(t, s.Pods[0].At.Known())
	_, _, reasons = read(t, "{apiVersion: v1, kind: Pod, metadata: {labels: {a: b}}}")
	require.Equal(t, []string{"the Pod has no metadata.name"}, reasons)
}

func TestSelectorsThatCannotBeReadAreNotHalfRead(t *testing.T) {
	s, _, reasons := read(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-cni-config}, data: {AMBIENT_ENABLEMENT_SELECTOR: "[{podSelector: {matchLabels: {a: b}}}, {podSelector: [x]}]"}}`)
	require.Len(t, reasons, 1)
	require.Empty(t, s.ConfigMaps[0].Enablement)
	require.NotEmpty(t, s.ConfigMaps[0].Data)
}

func TestListsInLists(t *testing.T) {
	s, evidence, reasons := read(t, `{apiVersion: v1, kind: List, items: [
		{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}}]},
		{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Namespace, metadata: {name: b}}]}]}]}`)
	require.Empty(t, reasons)
	require.Equal(t, "a", s.Pods[0].Name)
	require.Equal(t, "b", s.Namespaces[0].Name)
	require.Equal(t, []snapshot.Evidence{snapshot.KubePods, snapshot.KubeNamespaces}, evidence)
}
