package topology

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	interfaceMesh = "service_mesh"
	// interfaceCrossMesh goes beside a relation between models, so that the mesh
	// lets it through.
	interfaceCrossMesh = "cross_model_mesh"
	optionModelOnMesh  = "model-on-mesh"
	wayMeshRelation    = "mesh-relation"
	wayModelOnMesh     = "model-on-mesh"
	wayNoRelation      = "no-relation"
	wayBeacon          = "waypoint-of-its-own"
)

// namespaceFacts are the facts of a model's namespace that Enrol reads.
func (m *model) namespaceFacts() NamespaceFacts {
	if m.namespace == nil {
		return NamespaceFacts{Name: m.name}
	}
	return NamespaceFacts{Name: m.name, Known: true, Labels: m.namespace.Labels}
}

// workloadMesh answers for the pods that a workload makes.
func (e *estate) workloadMesh(m *model, w *snapshot.Workload) Enrolment {
	at := w.Template.At
	if !at.Known() {
		at = w.At
	}
	return Enrol(e.cni, m.namespaceFacts(), PodFacts{
		Labels: w.Template.Labels, Annotations: w.Template.Annotations,
		HostNetwork: w.Template.HostNetwork, Template: true, At: at,
	})
}

// podMesh answers for a pod.
func (e *estate) podMesh(m *model, p *snapshot.Pod) Enrolment {
	return Enrol(e.cni, m.namespaceFacts(), PodFacts{
		Labels: p.Labels, Annotations: p.Annotations,
		HostNetwork: p.Spec.HostNetwork, Phase: p.Phase, At: p.At,
	})
}

// declaredMesh predicts from Juju alone whether an application will be
// captured.
//
// A relation to the beacon writes the labels of an application whose charm acts
// on it, and the VPN gateway's does not: for it the relation is inert.
func (e *estate) declaredMesh(a *app) Enrolment {
	m := a.model
	out := Enrolment{State: string(a.state), Sidecar: answerNo, At: place(a.at()), Assumed: []string{}}
	answer := func(captured, way, fact string, at snapshot.Pos) Enrolment {
		out.Captured, out.Way, out.Fact = captured, way, fact
		if at.Known() {
			out.At = place(at)
		}
		return out
	}
	if a.role == RoleBeacon {
		return answer(answerYes, wayBeacon, "a beacon enrols itself", a.at())
	}
	if a.role != RoleVPNGateway {
		for _, r := range m.relations {
			if r.iface != interfaceMesh {
				continue
			}
			if beacon := r.peerOfRole(a, RoleBeacon); beacon != nil {
				out.State = string(r.state)
				return answer(answerYes, wayMeshRelation, "relation "+r.label(), r.at)
			}
		}
	}
	open := ""
	for _, b := range m.beacons {
		f, said := snapshot.Lookup(b.config, optionModelOnMesh)
		switch {
		case said && strings.EqualFold(f.Value, "true"): // Juju takes True as well
			return answer(answerYes, wayModelOnMesh, fmt.Sprintf("option %s=true of %s", optionModelOnMesh, b.name), f.At)
		case !said && !b.hasConfig:
			open = b.name
		}
	}
	switch {
	case !m.evidence[snapshot.JujuApplications]:
		return answer(answerUnknown, "", "Juju's facts about model "+m.name+" were not read", a.at())
	case open != "":
		return answer(answerUnknown, "", fmt.Sprintf("option %s of %s was not read", optionModelOnMesh, open), a.at())
	case !m.evidence[snapshot.JujuRelations]:
		return answer(answerUnknown, "", "the relations of model "+m.name+" were not read", a.at())
	}
	return answer(answerNo, wayNoRelation, fmt.Sprintf("%s is not related to a beacon in model %s", a.name, m.name), a.at())
}

// namespaceMesh answers for the pods that an application will have, where its
// namespace was read and no workload of it: they are taken to carry no label of
// their own that opts them out.
func (e *estate) namespaceMesh(a *app) Enrolment {
	out := Enrol(e.cni, a.model.namespaceFacts(), PodFacts{Template: true, At: a.at()})
	out.Assumed = append(out.Assumed, "the pods of "+a.name+" carry no mesh labels of their own (neither they nor their workload were read)")
	return out
}

// bestMesh chooses the answer closest to reality: live pods, the workload, the
// namespace alone, the prediction from Juju. Where pods disagree, the one that is contrary to what
// the role wants decides, so that no fault hides behind a good replica.
func bestMesh(role string, pods []Pod, workloads []Workload, namespace, declared Enrolment) Enrolment {
	contrary := answerNo
	if role == RoleVPNGateway {
		contrary = answerYes
	}
	var best *Enrolment
	consider := func(x *Enrolment) {
		if x.Captured == answerUnknown || x.Way == wayFinished {
			return
		}
		if best == nil || (best.Captured != contrary && x.Captured == contrary) {
			best = x
		}
	}
	for i := range pods {
		p := &pods[i]
		live := p.Mesh
		if (p.Redirection == redirectionEnabled || p.Redirection == redirectionPending) && live.Captured != answerYes && live.Way != wayFinished {
			live.Captured, live.Way, live.At = answerYes, wayRedirection, p.RedirectionAt
			live.Fact = "annotation " + annRedirection + "=" + p.Redirection + " on pod " + p.Name
		}
		consider(&live)
	}
	if best == nil {
		for i := range workloads {
			consider(&workloads[i].Mesh)
		}
	}
	switch {
	case best != nil:
		return *best
	case len(workloads) > 0 && declared.Captured == answerUnknown:
		return workloads[0].Mesh
	case len(workloads) > 0:
		return declared
	case namespace.Captured == answerYes:
		return namespace
	case namespace.Captured == answerNo && declared.Way == wayModelOnMesh:
		// The option would have labelled the namespace, and it is not labelled.
		return namespace
	}
	return declared
}

// meshLabels reads the labels that a mesh library keeps for an application in
// the ConfigMap juju-service-mesh-<application>-labels: a JSON object under the
// entry "labels" (istio_beacon_k8s' service_mesh.py). The error is about an
// entry that is no such object.
func meshLabels(c *snapshot.ConfigMap) ([]Fact, error) {
	out := []Fact{}
	f, ok := snapshot.Lookup(c.Data, "labels")
	if !ok || strings.TrimSpace(f.Value) == "" {
		return out, nil
	}
	var decoded map[string]any
	if err := json.Unmarshal([]byte(f.Value), &decoded); err != nil {
		return out, fmt.Errorf("its entry labels is no JSON object of labels: %w", err)
	}
	for _, k := range slices.Sorted(maps.Keys(decoded)) {
		out = append(out, Fact{Key: k, Value: fmt.Sprint(decoded[k]), At: place(f.At)})
	}
	return out, nil
}

// keptLabels is what meshLabels returns.
type keptLabels struct {
	labels []Fact
	err    error
}

// meshLabels are the labels in a ConfigMap of the model, read once.
func (m *model) meshLabels(c *snapshot.ConfigMap) ([]Fact, error) {
	out, ok := m.kept[c]
	if !ok {
		if out.labels, out.err = meshLabels(c); m.kept == nil {
			m.kept = map[*snapshot.ConfigMap]keptLabels{}
		}
		m.kept[c] = out
	}
	return out.labels, out.err
}

// isMeshLabels tells whether a ConfigMap is one that a mesh library keeps.
func isMeshLabels(name string) bool {
	return strings.HasPrefix(name, "juju-service-mesh-") && strings.HasSuffix(name, "-labels")
}

// readMeshLabels reports labels of a mesh library that cannot be read.
func (e *estate) readMeshLabels(m *model, c *snapshot.ConfigMap) {
	if !isMeshLabels(c.Name) {
		return
	}
	if _, err := m.meshLabels(c); err != nil {
		f, _ := snapshot.Lookup(c.Data, "labels")
		e.gaps = append(e.gaps, snapshot.Gap{
			Source: e.sourceName(f.At), Line: f.At.Line(), Column: f.At.Column(),
			What: "reading ConfigMap " + c.Name, Reason: err.Error(),
			Evidence: []snapshot.Evidence{snapshot.KubeConfigMaps},
		})
	}
}
