package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func gluetunPod(name string, annotations, labels []snapshot.Fact) snapshot.Pod {
	return snapshot.Pod{
		Meta: snapshot.Meta{Name: name, Namespace: "gluetun", Labels: labels, Annotations: annotations},
		Spec: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "gluetun"}}},
	}
}

func TestPodsAloneMakeAModelWhereJujuMadeThem(t *testing.T) {
	named := kv(labelName, "gluetun", labelDataplaneMode, "ambient")
	for name, tt := range map[string]struct {
		pod    snapshot.Pod
		stacks int
	}{
		"Juju's annotation":        {gluetunPod("gluetun-0", kv("model.juju.is/id", "1"), named), 1},
		"its version alone":        {gluetunPod("gluetun-0", kv("juju.is/version", "3.6.9"), named), 1},
		"the label of old models":  {gluetunPod("gluetun-0", nil, kv(labelOldApp, "gluetun")), 1},
		"somebody else's":          {gluetunPod("gluetun-0", kv("kompose.cmd", "kompose convert"), named), 0},
		"a domain that ends alike": {gluetunPod("gluetun-0", kv("notjuju.is/id", "1"), named), 0},
	} {
		got := Resolve(snapshot.Snapshot{Pods: []snapshot.Pod{tt.pod}}, adr006())
		require.Len(t, got.Stacks, tt.stacks, name)
		if tt.stacks == 1 {
			require.Equal(t, RoleVPNGateway, got.Stacks[0].Applications[0].Role, name)
		}
	}
}

func TestNamespaceOfTwoClustersIsAGap(t *testing.T) {
	b := &builder{}
	b.source("east.yaml")
	b.source("west.yaml")
	namespace := func(id string) snapshot.Namespace {
		return snapshot.Namespace{Meta: snapshot.Meta{Name: "gluetun", Labels: kv(labelManagedBy, "juju", labelModelID, id), At: b.at()}}
	}
	b.s.Namespaces = []snapshot.Namespace{namespace("1"), namespace("2")}
	require.Empty(t, Resolve(b.s, adr006()).Gaps, "a namespace with nothing of Charmarr's")
	b.s.Workloads = []snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "gluetun", Namespace: "gluetun", Labels: kv(labelManagedBy, "juju", labelName, "gluetun")}, Template: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "gluetun"}}}}}
	got := Resolve(b.s, adr006())
	require.Len(t, got.Gaps, 1)
	require.Contains(t, got.Gaps[0].Reason, "it is of model 2, and in east.yaml the namespace is that of model 1")
	require.Empty(t, got.Gaps[0].Evidence, "what is in the namespace may be either's")

	b.s.Namespaces = []snapshot.Namespace{namespace("1"), namespace("1")}
	require.Empty(t, Resolve(b.s, adr006()).Gaps, "an older and a newer file of one")

	b.s.Pods = []snapshot.Pod{
		gluetunPod("gluetun-0", kv(labelModelID, "1"), kv(labelName, "gluetun")),
		gluetunPod("gluetun-0", kv(labelModelID, "2"), kv(labelName, "gluetun")),
		gluetunPod("gluetun-1", kv(labelModelID, "3"), kv(labelName, "gluetun")),
	}
	got = Resolve(b.s, adr006())
	require.Len(t, got.Gaps, 1, "one a namespace")
	require.Equal(t, "placing Pod gluetun-0 in namespace gluetun", got.Gaps[0].What)
}

func TestPodsWithoutANameOfTheirOwnStayApart(t *testing.T) {
	juju := kv("model.juju.is/id", "1")
	s := snapshot.Snapshot{Pods: []snapshot.Pod{
		gluetunPod("gluetun-", juju, kv(labelName, "gluetun", labelDataplaneMode, "ambient")),
		gluetunPod("gluetun-", juju, kv(labelName, "gluetun")),
		gluetunPod("gluetun-0", juju, kv(labelName, "gluetun", labelDataplaneMode, "ambient")),
		gluetunPod("gluetun-0", juju, kv(labelName, "gluetun")),
	}}
	require.Len(t, Resolve(s, adr006()).Stacks[0].Applications[0].Pods, 3)
}

func TestMeshLabels(t *testing.T) {
	for name, tt := range map[string]struct {
		data   []snapshot.Fact
		labels int
		gaps   int
	}{
		"labels":                       {kv("labels", `{"istio.io/dataplane-mode":"ambient","x":"y"}`), 2, 0},
		"values that are no text":      {kv("labels", `{"istio.io/dataplane-mode":true}`), 1, 0},
		"an empty object":              {kv("labels", "{}"), 0, 0},
		"an empty text":                {kv("labels", " "), 0, 0},
		"no such entry":                {kv("other", "{broken"), 0, 0},
		"no JSON":                      {kv("labels", "{broken"), 0, 1},
		"JSON that is no object":       {kv("labels", `["istio.io/dataplane-mode"]`), 0, 1},
		"YAML, which nothing would do": {kv("labels", "istio.io/dataplane-mode: ambient"), 0, 1},
	} {
		s := snapshot.Snapshot{
			Pods:       []snapshot.Pod{gluetunPod("gluetun-0", kv("model.juju.is/id", "1"), kv(labelName, "gluetun"))},
			ConfigMaps: []snapshot.ConfigMap{{Meta: snapshot.Meta{Name: "juju-service-mesh-gluetun-labels", Namespace: "gluetun"}, Data: tt.data}},
		}
		got := Resolve(s, adr006())
		require.Len(t, got.Gaps, tt.gaps, name)
		require.Len(t, got.Stacks[0].ConfigMaps[0].MeshLabels, tt.labels, name)
	}
}
