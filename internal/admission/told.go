package admission

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// asTold puts the pod that its controller was told to make in the place of what
// was there before. A controller makes pods anew whenever a node is drained or a
// process dies: what its template says was decided when the template was written,
// and a refusal now would only keep an application down. What a pod has beyond its
// template, by whatever changed it on the way, is what its creation brings.
func (c *change) asTold(s snapshot.Snapshot) {
	pod := c.object.Pods[0]
	if pod.Owner == "" {
		return
	}
	at := slices.IndexFunc(s.Workloads, func(w snapshot.Workload) bool { return w.Namespace == pod.Namespace && controls(w, pod) })
	if at < 0 {
		c.orphan = true
		return
	}
	c.old.Pods = []snapshot.Pod{made(s.Workloads[at], pod)}
}

// controls tells whether a pod is one of a workload's. Those of a Deployment are
// made by a ReplicaSet, whose name ends in the hash of the template.
func controls(w snapshot.Workload, pod snapshot.Pod) bool {
	if w.Kind == "Deployment" {
		hash, ok := snapshot.Lookup(pod.Labels, "pod-template-hash")
		return ok && pod.Owner == w.Name+"-"+hash.Value
	}
	return pod.Owner == w.Name
}

// controllerLabels are the labels that controllers add to those of a template.
var controllerLabels = []string{
	"apps.kubernetes.io/pod-index", "controller-revision-hash", "pod-template-generation", "pod-template-hash",
	"statefulset.kubernetes.io/pod-name",
}

// jujuAnnotations are those that Juju adds to the pods of a model.
var jujuAnnotations = []string{"unit.juju.is/id"}

// added are the facts of a template with those of a pod that are always added.
func added(template, pod []snapshot.Fact, always []string) []snapshot.Fact {
	out := slices.Clone(template)
	for _, f := range pod {
		if _, said := snapshot.Lookup(template, f.Key); !said && slices.Contains(always, f.Key) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b snapshot.Fact) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// made is a pod as the template of its workload has it. What the template leaves
// open is as the pod has it.
func made(w snapshot.Workload, pod snapshot.Pod) snapshot.Pod {
	told := pod
	told.Spec = w.Template
	told.Spec.Labels, told.Spec.Annotations, told.Spec.At = nil, nil, pod.Spec.At
	told.Annotations = added(w.Template.Annotations, pod.Annotations, jujuAnnotations)
	told.Labels = added(w.Template.Labels, pod.Labels, controllerLabels)
	told.Spec.ServiceAccount = cmp.Or(told.Spec.ServiceAccount, pod.Spec.ServiceAccount)
	told.Spec.Volumes = nil
	for _, v := range pod.Spec.Volumes { // in the pod's order
		claimed := v.Kind == snapshot.VolumeClaim && slices.ContainsFunc(w.Claims, func(t snapshot.ClaimTemplate) bool { return t.Name == v.Name })
		if claimed || slices.Contains(w.Template.Volumes, v) {
			told.Spec.Volumes = append(told.Spec.Volumes, v)
		}
	}
	for _, v := range w.Template.Volumes {
		if !slices.Contains(told.Spec.Volumes, v) {
			told.Spec.Volumes = append(told.Spec.Volumes, v)
		}
	}
	return told
}
