package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func nodesOf(versions ...string) []Node {
	var out []Node
	for _, v := range versions {
		out = append(out, Node{Name: "node " + v, Version: v, At: "at " + v})
	}
	return out
}

func TestPlatformFits(t *testing.T) {
	for _, tt := range []struct {
		platform string
		nodes    []Node
		want     string
	}{
		{"k3s", nodesOf("v1.31.5+k3s1"), "yes"},
		{"k3d", nodesOf("v1.31.5+k3s1"), "yes"},
		{"microk8s", nodesOf("v1.31.5+k3s1"), "no"},
		{"", nodesOf("v1.31.5+k3s1"), "no"},
		{"gke", nodesOf("v1.30.5-gke.1014001"), "yes"},
		{"", nodesOf("v1.30.5-gke.1014001"), "yes"},
		{"microk8s", nodesOf("v1.30.5-gke.1014001"), "no"},
		{"", nodesOf("v1.30.4-eks-a737599"), "yes"},
		{"microk8s", nodesOf("v1.30.4-eks-a737599"), "no"},
		{"microk8s", nodesOf("v1.30.4+rke2r1"), "no"},
		{"", nodesOf("v1.30.4+k0s"), "yes"},
		{"microk8s", nodesOf("v1.32.9"), "yes"},
		{"minikube", nodesOf("v1.32.9"), "yes"},
		{"", nodesOf("v1.32.9"), "yes"},
		{"openshift", nodesOf("v1.29.6+aba1e8d"), "yes"},
		{"k3s", nodesOf("v1.32.9"), "no"},
		{"gke", nodesOf("v1.32.9", "v1.32.8"), "no"},
		{"microk8s", nodesOf("v1.32.9", "v1.31.5+k3s1"), ""},
		{"microk8s", nodesOf("v1.31.5+k3s1", "v1.31.5+rke2r1"), "no"},
		{"microk8s", nodesOf("v1.32.9", ""), ""},
		{"microk8s", nil, ""},
	} {
		require.Equal(t, tt.want, platformFits(tt.platform, tt.nodes), "%s on %v", tt.platform, tt.nodes)
	}
}

func TestDistributionOf(t *testing.T) {
	require.Equal(t, Distribution{Name: "K3s", Platforms: []string{"k3s", "k3d"}, Fact: "node node v1.31.5+k3s1 runs kubelet v1.31.5+k3s1", At: "at v1.31.5+k3s1"},
		distributionOf(nodesOf("v1.31.5+k3s1", "v1.31.6+k3s1")))
	unknown := Distribution{Platforms: []string{}}
	for _, nodes := range [][]Node{nil, nodesOf("v1.32.9"), nodesOf("v1.31.5+k3s1", "v1.32.9"), nodesOf("v1.32.9", "v1.31.5+k3s1"), nodesOf("v1.31.5+k3s1", "v1.31.5+rke2r1")} {
		require.Equal(t, unknown, distributionOf(nodes))
	}
}

// plane makes a control plane in a model of its own, with options if its options
// were read, and its agent on the nodes if that has a folder.
func plane(version string, options []snapshot.Fact, read bool, folder string) snapshot.Snapshot {
	b := &builder{}
	b.source("core.json")
	b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
	m := b.status("istio-system", map[string]string{"istio": "istio-k8s"})
	m.Applications[0].Config = options
	if read {
		m.Evidence = append(m.Evidence, snapshot.JujuConfig)
	}
	b.s.Nodes = []snapshot.Node{{Meta: snapshot.Meta{Name: "a", At: b.at()}, Version: version}}
	if folder != "" {
		b.s.Workloads = []snapshot.Workload{{
			Kind: "DaemonSet", Meta: snapshot.Meta{Name: cniAgent, Namespace: "istio-system", At: b.at()},
			Template: snapshot.PodSpec{Volumes: []snapshot.Volume{
				{Name: "cni-net-dir", Kind: snapshot.VolumeHostPath, Source: "/var/lib/rancher/k3s/agent/etc/cni/net.d", At: b.at()},
				{Name: volumeCNIBin, Kind: snapshot.VolumeHostPath, Source: folder, At: b.at()},
			}},
		}}
	}
	return b.s
}

func TestControlPlaneFits(t *testing.T) {
	const k3s = "v1.31.5+k3s1"
	for name, tt := range map[string]struct {
		snap        snapshot.Snapshot
		fits, state string
	}{
		"option not read":              {plane(k3s, nil, false, ""), "", ""},
		"default":                      {plane(k3s, nil, true, ""), "no", "declared"},
		"default on plain nodes":       {plane("v1.32.9", nil, true, ""), "yes", "declared"},
		"option":                       {plane(k3s, kv(optionPlatform, "k3s"), true, ""), "yes", "declared"},
		"folders by hand":              {plane(k3s, kv(optionPlatform, "microk8s", optionCNIBinDir, "/x"), true, ""), "", ""},
		"agent":                        {plane(k3s, nil, false, "/var/snap/microk8s/current/opt/cni/bin"), "no", "effective"},
		"agent before option":          {plane(k3s, nil, true, "/var/lib/rancher/k3s/data/current/bin/"), "yes", "effective"},
		"agent in the usual folder":    {plane("v1.32.9", nil, false, "/opt/cni/bin"), "yes", "effective"},
		"usual folder decides nothing": {plane(k3s, nil, false, "/opt/cni/bin"), "", ""},
		"nor against an option":        {plane(k3s, kv(optionPlatform, "k3s"), true, "/opt/cni/bin"), "yes", "declared"},
	} {
		got := Resolve(tt.snap, adr006()).Stacks[0].ControlPlanes
		require.Len(t, got, 1, name)
		require.Equal(t, []string{tt.fits, tt.state}, []string{got[0].Fits, got[0].ToldState}, name)
		require.True(t, got[0].Charm)
		require.Equal(t, tt.state != "", got[0].Told != "" && got[0].ToldAt != "", name)
	}
}

func istiod(name, namespace string) snapshot.Workload {
	return snapshot.Workload{Kind: "Deployment", Meta: snapshot.Meta{Name: name, Namespace: namespace}, Template: snapshot.PodSpec{Labels: kv("app", "istiod")}}
}

func TestControlPlanes(t *testing.T) {
	with := func(s snapshot.Snapshot, w ...snapshot.Workload) snapshot.Snapshot {
		s.Workloads = append(s.Workloads, w...)
		return s
	}
	charmed := plane("v1.32.9", nil, true, "")
	removed := plane("v1.32.9", nil, true, "")
	removed.Models[1].Applications[0].Life = "dying"
	clouds := plane("v1.31.5+k3s1", nil, true, "")
	clouds.Models[0].Cloud, clouds.Models[1].Cloud = "home", "office"
	for name, tt := range map[string]struct {
		snap snapshot.Snapshot
		want []string
	}{
		"charm":                    {charmed, []string{"istio-system/istio"}},
		"charm with what it made":  {with(charmed, istiod("istiod", "istio-system")), []string{"istio-system/istio"}},
		"charm and another":        {with(charmed, istiod("istiod", "mesh")), []string{"istio-system/istio", "mesh/istiod"}},
		"no charm":                 {with(removed, istiod("istiod-1-29", "mesh"), istiod("istiod-1-28", "mesh")), []string{"mesh/istiod-1-28"}},
		"being removed":            {removed, []string{}},
		"in another cloud":         {clouds, []string{}},
		"no more than a handful":   {with(removed, istiod("i", "a"), istiod("i", "b"), istiod("i", "c"), istiod("i", "d"), istiod("i", "e")), []string{"a/i", "b/i", "c/i", "d/i"}},
		"somewhere, of two clouds": {with(clouds, istiod("istiod", "mesh")), []string{}},
		"in a stack's own model":   {with(removed, istiod("istiod", "charmarr-core")), []string{"charmarr-core/istiod"}},
		"an application named so":  {with(removed, snapshot.Workload{Kind: "Deployment", Meta: snapshot.Meta{Name: "istiod", Namespace: "mesh"}}), []string{}},
	} {
		got := []string{}
		for _, p := range Resolve(tt.snap, adr006()).Stacks[0].ControlPlanes {
			got = append(got, p.Model+"/"+p.Name)
		}
		require.Equal(t, tt.want, got, name)
	}
}
