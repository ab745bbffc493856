package topology

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// live is what is read of two controllers and of the cluster of one of them. Both
// have models of the same names.
func live() snapshot.Snapshot {
	s := snapshot.Snapshot{Sources: []snapshot.Source{
		{Kind: snapshot.JujuController, Name: "home"}, {Kind: snapshot.JujuController, Name: "edge"}, {Kind: snapshot.KubeCluster, Name: "here"},
	}}
	for i, controller := range []string{"home", "edge"} {
		for name, app := range map[string]snapshot.Application{
			"charmarr-core": {Name: "radarr", Charm: "radarr-k8s"}, "charmarr-downloads": {Name: "qbittorrent", Charm: "qbittorrent-k8s"},
		} {
			s.Models = append(s.Models, snapshot.Model{
				Name: name, Controller: controller, UUID: name + " of " + controller, State: snapshot.Declared, At: snapshot.Pos{int32(i)},
				Evidence:     []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations},
				Applications: []snapshot.Application{app},
			})
		}
	}
	for _, name := range []string{"charmarr-core", "charmarr-downloads"} {
		at := snapshot.Meta{Name: name, Labels: kv("model.juju.is/name", name, "model.juju.is/id", name+" of home"), At: snapshot.Pos{2}}
		s.Namespaces = append(s.Namespaces, snapshot.Namespace{Meta: at})
		s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeWorkloads, Namespace: name}, snapshot.Coverage{Evidence: snapshot.KubePods, Namespace: name})
	}
	// Its labels do not say of which controller it is.
	s.Workloads = []snapshot.Workload{{
		Kind: "StatefulSet", Meta: snapshot.Meta{Name: "radarr", Namespace: "charmarr-core", Labels: kv("app.kubernetes.io/name", "radarr", "app.kubernetes.io/managed-by", "juju"), At: snapshot.Pos{2}},
	}}
	s.Nodes = []snapshot.Node{{Meta: snapshot.Meta{Name: "n1", At: snapshot.Pos{2}}, Version: "v1.32.9", PodCIDRs: []string{"10.1.0.0/24"}}}
	s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeNamespaces}, snapshot.Coverage{Evidence: snapshot.KubeNodes}, snapshot.Coverage{Evidence: snapshot.KubeSystem})
	return s
}

// kubeEvidence are the kinds of Kubernetes evidence that a stack has of any model.
func kubeEvidence(s Stack) []string {
	var out []string
	for _, e := range s.Evidence {
		if strings.HasPrefix(e.Kind, "kube.") && !slices.Contains(out, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}

func byController(t *testing.T, r Result) map[string]Stack {
	t.Helper()
	out := map[string]Stack{}
	for _, s := range r.Stacks {
		for _, m := range s.Models {
			require.Equal(t, s.Models[0].Controller, m.Controller, "a stack is of one controller")
		}
		out[s.Models[0].Controller] = s
	}
	return out
}

// TestAStackOfAnotherCluster: what was read of a cluster is not taken for that of
// another one, whatever the models there are called, and the report says that
// nothing is known of that.
func TestAStackOfAnotherCluster(t *testing.T) {
	r := Resolve(live(), adr006())
	stacks := byController(t, r)
	require.Len(t, stacks, 2)
	home, edge := stacks["home"], stacks["edge"]
	require.Len(t, home.Cluster.Nodes, 1)
	require.Subset(t, kubeEvidence(home), []string{"kube.namespaces", "kube.workloads", "kube.pods", "kube.nodes", "kube.system"})
	radarr := func(s Stack) Application {
		return s.Applications[slices.IndexFunc(s.Applications, func(a Application) bool { return a.Name == "radarr" })]
	}
	require.Len(t, radarr(home).Workloads, 1)
	require.Empty(t, edge.Cluster.Nodes)
	require.Empty(t, kubeEvidence(edge))
	require.Empty(t, edge.Namespaces)
	require.Empty(t, radarr(edge).Workloads)
	require.Equal(t, []snapshot.Gap{{
		Source: "here", What: "finding the namespaces of stack " + edge.Name,
		Reason: "the cluster has none of them (edge:charmarr-core, edge:charmarr-downloads), so it runs on another one, and nothing is known of it but what Juju says: " +
			"choose the context of its cluster and audit it by itself, by --controller or --model",
		Evidence: []snapshot.Evidence{snapshot.KubeNamespaces},
	}}, r.Gaps)
}

func TestStacksOfOneCluster(t *testing.T) {
	t.Run("two controllers", func(t *testing.T) {
		s := live()
		for i := range s.Models {
			if m := &s.Models[i]; m.Controller == "edge" {
				m.Name = strings.Replace(m.Name, "charmarr", "edge", 1)
				s.Namespaces = append(s.Namespaces, snapshot.Namespace{Meta: snapshot.Meta{Name: m.Name, Labels: kv("model.juju.is/name", m.Name, "model.juju.is/id", m.UUID), At: snapshot.Pos{2}}})
			}
		}
		r := Resolve(s, adr006())
		require.Empty(t, r.Gaps)
		for _, st := range r.Stacks {
			require.Len(t, st.Cluster.Nodes, 1, st.Name)
		}
	})
	t.Run("a namespace is gone", func(t *testing.T) {
		s := live()
		s.Models = slices.DeleteFunc(s.Models, func(m snapshot.Model) bool { return m.Controller == "edge" })
		s.Namespaces = s.Namespaces[:1]
		r := Resolve(s, adr006())
		require.Empty(t, r.Gaps)
		require.Len(t, r.Stacks[0].Cluster.Nodes, 1)
	})
	t.Run("namespaces not read in whole", func(t *testing.T) {
		s := live()
		s.Coverage = slices.DeleteFunc(s.Coverage, func(c snapshot.Coverage) bool { return c.Evidence == snapshot.KubeNamespaces })
		require.Empty(t, Resolve(s, adr006()).Gaps, "the source's own gap tells")
	})
	t.Run("planned", func(t *testing.T) {
		s := live()
		for i := range s.Models {
			if s.Models[i].Controller == "edge" {
				s.Models[i].State = snapshot.Planned
			}
		}
		require.Empty(t, Resolve(s, adr006()).Gaps)
	})
}

// TestTwoClusters: snapshots of two clusters that are checked together are told
// apart by their namespaces; what has none is of either.
func TestTwoClusters(t *testing.T) {
	s := live()
	s.Sources = append(s.Sources, snapshot.Source{Kind: snapshot.KubeCluster, Name: "there"})
	s.Nodes = append(s.Nodes, snapshot.Node{Meta: snapshot.Meta{Name: "n9", At: snapshot.Pos{3}}})
	r := Resolve(s, adr006())
	require.Len(t, r.Gaps, 1)
	require.Equal(t, "telling apart the clusters here, there", r.Gaps[0].What)
	require.Equal(t, []snapshot.Evidence{snapshot.KubeNodes, snapshot.KubeVolumes, snapshot.KubeSystem}, r.Gaps[0].Evidence)
	for _, st := range r.Stacks {
		require.Empty(t, st.Cluster.Nodes)
		require.NotContains(t, kubeEvidence(st), "kube.nodes")
		require.NotContains(t, kubeEvidence(st), "kube.system")
	}
	require.Len(t, s.Nodes, 2, "the snapshot stays as it is")

	s.Sources[3].Name = "here" // the same cluster on another day
	require.Empty(t, slices.DeleteFunc(Resolve(s, adr006()).Gaps, func(g snapshot.Gap) bool { return strings.HasPrefix(g.What, "finding") }))
}

// TestControlPlaneOfTheClusterThatWasRead: beside models of another cluster, what
// runs Istio in this one is still told.
func TestControlPlaneOfTheClusterThatWasRead(t *testing.T) {
	s := live()
	istio := istiod("istiod", "istio-system")
	istio.At = snapshot.Pos{2}
	s.Workloads = append(s.Workloads, istio)
	stacks := byController(t, Resolve(s, adr006()))
	require.Len(t, stacks["home"].ControlPlanes, 1)
	require.Empty(t, stacks["edge"].ControlPlanes)
}
