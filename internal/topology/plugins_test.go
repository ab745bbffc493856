package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func daemonSet(namespace, name, container, image string) snapshot.Workload {
	return snapshot.Workload{
		Kind: "DaemonSet", Meta: snapshot.Meta{Namespace: namespace, Name: name},
		Template: snapshot.PodSpec{Containers: []snapshot.Container{{Name: container, Image: image}}},
	}
}

func TestEveryPluginHasItsSource(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range plugins() {
		require.False(t, seen[p.Name], p.Name)
		seen[p.Name] = true
		require.Regexp(t, `^https://`, p.Source, p.Name)
		require.NotEmpty(t, p.Containers, p.Name)
		require.NotEmpty(t, p.Namespaces, p.Name)
		require.Contains(t, []string{answerYes, answerNo, answerUnknown}, p.Enforces, p.Name)
		if p.Since != "" {
			require.Regexp(t, dated, p.Since)
		}
	}
}

func TestNetworkPlugin(t *testing.T) {
	proxy := daemonSet("kube-system", "kube-proxy", "kube-proxy", "kube-proxy:v1.32.0")
	flannel := daemonSet("kube-flannel", "kube-flannel-ds", "kube-flannel", "flannel:v0.26.7")
	canal := daemonSet("kube-system", "canal", "calico-node", "node:v3.29.3")
	canal.Template.Containers = append([]snapshot.Container{{Name: "kube-flannel"}}, canal.Template.Containers...)
	kindnet := func(image string) snapshot.Workload { return daemonSet("kube-system", "kindnet", "kindnet-cni", image) }
	node := func(version, args string) snapshot.Node {
		n := snapshot.Node{Meta: snapshot.Meta{Name: "a"}, Version: version}
		if args != "" {
			n.Annotations = kv(k3sArgs, args)
		}
		return n
	}
	system := []snapshot.Namespace{{Meta: snapshot.Meta{Name: "kube-system"}}}
	for name, tt := range map[string]struct {
		workloads  []snapshot.Workload
		pods       []snapshot.Pod
		nodes      []snapshot.Node
		namespaces []snapshot.Namespace
		coverage   []snapshot.Coverage
		plugin     string
		enforces   string
	}{
		"none":                        {workloads: []snapshot.Workload{proxy}},
		"Calico":                      {workloads: []snapshot.Workload{proxy, daemonSet("calico-system", "calico-node", "calico-node", "x")}, plugin: "Calico", enforces: answerYes},
		"Cilium":                      {workloads: []snapshot.Workload{daemonSet("kube-system", "cilium", "cilium-agent", "x")}, plugin: "Cilium", enforces: answerYes},
		"a name that is a lure":       {workloads: []snapshot.Workload{daemonSet("shop", "calico-node", "calico-node", "x")}},
		"a container of a Deployment": {workloads: []snapshot.Workload{{Kind: "Deployment", Meta: snapshot.Meta{Namespace: "kube-system"}, Template: canal.Template}}},
		"pods alone":                  {pods: []snapshot.Pod{{Meta: snapshot.Meta{Namespace: "kube-system", Name: "calico-node-x"}, Spec: canal.Template}}, plugin: "Calico", enforces: answerYes},
		"Flannel":                     {workloads: []snapshot.Workload{proxy, flannel}, plugin: "Flannel", enforces: answerNo},
		"Flannel, kube-system unread": {workloads: []snapshot.Workload{flannel}, plugin: "Flannel"},
		"Flannel, kube-system covered": {
			workloads: []snapshot.Workload{flannel}, coverage: []snapshot.Coverage{{Evidence: snapshot.KubeSystem}}, plugin: "Flannel", enforces: answerNo,
		},
		"Flannel with Calico beside it":   {workloads: []snapshot.Workload{flannel, canal}, plugin: "Calico", enforces: answerYes},
		"Flannel and a policy controller": {workloads: []snapshot.Workload{flannel, daemonSet("kube-system", "x", "kube-network-policies", "x")}, plugin: "kube-network-policies", enforces: answerYes},
		"Weave with its controller": {
			workloads: []snapshot.Workload{{Kind: "DaemonSet", Meta: snapshot.Meta{Namespace: "kube-system"}, Template: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "weave"}, {Name: "weave-npc"}}}}},
			plugin:    "Weave Net", enforces: answerYes,
		},
		"Weave without":                     {workloads: []snapshot.Workload{daemonSet("kube-system", "weave-net", "weave", "x")}, plugin: "Weave Net without its policy controller", enforces: answerNo},
		"kindnet, old":                      {workloads: []snapshot.Workload{kindnet("docker.io/kindest/kindnetd:v20240513-cd2ac642")}, plugin: "kindnet", enforces: answerNo},
		"kindnet, new":                      {workloads: []snapshot.Workload{kindnet("docker.io/kindest/kindnetd:v20241007-36f62932")}, plugin: "kindnet", enforces: answerYes},
		"kindnet of no date":                {workloads: []snapshot.Workload{kindnet("registry:5000/kindnetd")}, plugin: "kindnet"},
		"a plugin whose switch is not seen": {workloads: []snapshot.Workload{daemonSet("kube-system", "aws-node", "aws-node", "x")}, plugin: "Amazon VPC CNI"},
		"K3s":                               {nodes: []snapshot.Node{node("v1.32.4+k3s1", `["server"]`)}, plugin: "K3s", enforces: answerYes},
		"K3s, an agent alone":               {nodes: []snapshot.Node{node("v1.32.4+k3s1", `["agent"]`)}, plugin: "K3s"},
		"K3s of which nothing is said":      {nodes: []snapshot.Node{node("v1.32.4+k3s1", "")}, plugin: "K3s"},
		"K3s, an agent and a server":        {nodes: []snapshot.Node{node("v1.32.4+k3s1", `["agent"]`), node("v1.32.4+k3s1", `["server"]`)}, plugin: "K3s", enforces: answerYes},
		"K3s without its controller":        {nodes: []snapshot.Node{node("v1.32.4+k3s1", `["server","--disable-network-policy"]`)}, workloads: []snapshot.Workload{proxy}, namespaces: system, plugin: "K3s", enforces: answerNo},
		"K3s, another plugin unseen":        {nodes: []snapshot.Node{node("v1.32.4+k3s1", `["server","--disable-network-policy"]`)}, workloads: []snapshot.Workload{proxy}, plugin: "K3s"},
		"K3s with Calico in its place":      {nodes: []snapshot.Node{node("v1.32.4+k3s1", `["server","--disable-network-policy"]`)}, workloads: []snapshot.Workload{canal}, namespaces: system, plugin: "Calico", enforces: answerYes},
		"a namespace of Calico's unread": {
			nodes: []snapshot.Node{node("v1.32.4+k3s1", `["server","--disable-network-policy"]`)}, workloads: []snapshot.Workload{proxy},
			namespaces: append([]snapshot.Namespace{{Meta: snapshot.Meta{Name: "calico-system"}}}, system...), plugin: "K3s",
		},
		"all that holds plugins was read": {
			nodes:    []snapshot.Node{node("v1.32.4+k3s1", `["server","--disable-network-policy"]`)},
			coverage: []snapshot.Coverage{{Evidence: snapshot.KubeSystem}}, plugin: "K3s", enforces: answerNo,
		},
		"other nodes": {nodes: []snapshot.Node{node("v1.32.4", "")}},
	} {
		t.Run(name, func(t *testing.T) {
			got := networkPlugin(&snapshot.Snapshot{Workloads: tt.workloads, Pods: tt.pods, Nodes: tt.nodes, Namespaces: tt.namespaces, Coverage: tt.coverage})
			require.Equal(t, tt.plugin, got.Name)
			require.Equal(t, tt.enforces, got.Enforces)
			require.Equal(t, tt.plugin != "", got.Fact != "")
		})
	}
}

func TestImageTag(t *testing.T) {
	for image, want := range map[string]string{
		"a/b:v1": "v1", "a:5000/b": "", "a:5000/b:v2@sha256:00": "v2", "b@sha256:00": "", "": "", "b:": "",
	} {
		require.Equal(t, want, imageTag(image), image)
	}
}
