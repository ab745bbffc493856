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
	require.Len(t, manifest.Evidence("List"), 8)
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
