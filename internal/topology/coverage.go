package topology

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// systemNamespace is where the cluster runs its network plugin and its DNS.
const systemNamespace = "kube-system"

// cover takes in what sources say they read in whole, and what the cluster's own
// objects tell: of those each model has the same evidence.
func (e *estate) cover() {
	ofCluster := map[snapshot.Evidence]bool{
		snapshot.KubeNodes:   len(e.snap.Nodes) > 0,
		snapshot.KubeVolumes: len(e.snap.PersistentVolumes) > 0,
		snapshot.KubeSystem: slices.ContainsFunc(e.snap.Workloads, func(w snapshot.Workload) bool {
			return w.Namespace == systemNamespace && w.Kind == "DaemonSet"
		}),
	}
	for _, c := range e.snap.Coverage {
		switch {
		case c.Evidence.OfCluster():
			ofCluster[c.Evidence] = true
		case c.Evidence == snapshot.KubeWorkloads && c.Namespace == systemNamespace:
			ofCluster[snapshot.KubeSystem] = true
		}
		for _, m := range e.models {
			if c.Namespace == "" || c.Namespace == m.name && !e.namesakeHas(m) {
				m.covered[c.Evidence], m.evidence[c.Evidence] = true, true
			}
		}
	}
	for evidence, known := range ofCluster {
		if !known {
			continue
		}
		for _, m := range e.models {
			m.evidence[evidence] = true
		}
	}
	// The options of applications that nobody counted are not all that there are.
	for _, m := range e.models {
		if !m.evidence[snapshot.JujuApplications] {
			delete(m.evidence, snapshot.JujuConfig)
		}
	}
}

// namesakeHas tells whether the namespace of a model's name is that of another
// model, of another controller and cluster: what was read of it is not the model's.
func (e *estate) namesakeHas(m *model) bool {
	list := e.byName[m.name]
	return len(list) > 1 && m.namespace == nil && slices.ContainsFunc(list, func(x *model) bool { return x.namespace != nil })
}
