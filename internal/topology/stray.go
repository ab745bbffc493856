package topology

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// stray is a workload or a pod in a model's namespace that runs no application
// of the model: somebody put it there past Juju, or Juju has forgotten it.
type stray struct {
	kind   string
	meta   *snapshot.Meta
	labels []snapshot.Fact // of its pods
	istio  bool            // it is a part of Istio's own
	spec   *snapshot.PodSpec
}

// stray keeps a workload of no application, unless it is known to belong there:
// Juju's own, or one that Istio made for a Gateway.
func (m *model) stray(kind string, meta *snapshot.Meta, podLabels []snapshot.Fact, spec *snapshot.PodSpec) {
	if belongs(meta.Labels) || belongs(podLabels) {
		return
	}
	m.strays = append(m.strays, stray{kind, meta, podLabels, isIstios(meta.Labels) || isIstios(podLabels), spec})
}

// strayPod keeps a pod of no application. One that a workload owns is told of by
// that workload.
func (m *model) strayPod(p *snapshot.Pod) {
	if p.Owner != "" || isJujuPod(p) || p.Phase == "Succeeded" || p.Phase == "Failed" {
		return
	}
	m.stray("Pod", &p.Meta, p.Labels, &p.Spec)
}

// belongs tells whether labels are of what Juju runs for itself or of a pod that
// Istio made for a Gateway.
func belongs(labels []snapshot.Fact) bool {
	for _, key := range []string{labelOperatorName, labelGatewayName} {
		if _, ok := snapshot.Lookup(labels, key); ok {
			return true
		}
	}
	return isManaged(labels)
}

// isIstios tells whether labels are of Istio's control plane, its CNI agent or
// ztunnel: the charm istio-k8s puts them into its own model. The first label is
// that of Istio's charts since 1.24, the others are older.
func isIstios(labels []snapshot.Fact) bool {
	return slices.ContainsFunc(labels, func(f snapshot.Fact) bool {
		switch f.Key {
		case "app.kubernetes.io/part-of":
			return f.Value == "istio"
		case "app":
			return f.Value == "istiod" || f.Value == "ztunnel"
		case "k8s-app":
			return f.Value == "istio-cni-node"
		}
		return false
	})
}

// labelGatewayName is on what Istio makes for a Gateway.
const labelGatewayName = "gateway.networking.k8s.io/gateway-name"
