package topology

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Labels and annotations that decide mesh enrolment.
const (
	labelDataplaneMode   = "istio.io/dataplane-mode"
	labelInjection       = "istio-injection"
	labelRevision        = "istio.io/rev"
	labelInject          = "sidecar.istio.io/inject"
	annSidecarStatus     = "sidecar.istio.io/status"
	annRedirection       = "ambient.istio.io/redirection"
	modeAmbient          = "ambient"
	modeNone             = "none"
	defaultExcluded      = "kube-system"
	redirectionEnabled   = "enabled"
	redirectionPending   = "pending"
	answerYes, answerNo  = "yes", "no"
	answerUnknown        = ""
	stateEffective       = string(snapshot.Effective)
	wayNamespaceLabel    = "namespace-label"
	wayPodLabel          = "pod-label"
	wayNoneLabel         = "none-label"
	wayNoLabel           = "no-label"
	wayHostNetwork       = "host-network"
	waySidecar           = "sidecar"
	wayExcludedNamespace = "excluded-namespace"
	wayAmbientOff        = "ambient-off"
	wayCustomSelector    = "custom-selector"
	wayRedirection       = "redirection"
	wayFinished          = "finished"
)

// neverInjected are the namespaces in which istiod's injector does nothing.
var neverInjected = []string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}

// CNI is what is known of istio-cni's settings. The zero value means that
// nothing is known: the defaults of the ambient profile are assumed, and the
// answer says so.
type CNI struct {
	Known    bool
	Ambient  snapshot.Tri
	Excluded []string // excludeNamespaces; nil where it is not said
	// ExcludedAt is where Excluded is said.
	ExcludedAt snapshot.Pos
	Selectors  []EnablementSelector
	// Unread says why the selectors are not all known; "" where they are. The
	// default ones are then taken for a yes, and never for a no.
	Unread string
	At     snapshot.Pos
}

// EnablementSelector captures the pods that match both selectors.
type EnablementSelector struct {
	Pod, Namespace labels.Selector
}

// PodFacts are the facts of a pod, or of the template it will be made from,
// that decide its enrolment.
type PodFacts struct {
	Labels      []snapshot.Fact
	Annotations []snapshot.Fact
	HostNetwork bool
	// Template says that the pod does not exist yet: whether a sidecar will be
	// injected has to be predicted.
	Template bool
	Phase    string
	At       snapshot.Pos
}

// NamespaceFacts are the labels of the pod's namespace. Known is false where
// the namespace object was not read.
type NamespaceFacts struct {
	Name   string
	Known  bool
	Labels []snapshot.Fact
}

// Enrol answers whether Istio ambient captures a pod, by which fact, and what
// had to be assumed. It is the project's one place for that question.
//
// Source: Istio's cni/pkg/util/enablement_selector.go and
// cni/pkg/nodeagent/informers.go; the first step that answers wins. Label
// values are case-sensitive. istio.io/use-waypoint, istioctl's own test and
// redirection=disabled play no part.
func Enrol(cni CNI, ns NamespaceFacts, pod PodFacts) Enrolment {
	e := Enrolment{State: stateEffective, Sidecar: answerNo, At: place(pod.At), Assumed: []string{}}
	has, hasSidecar := snapshot.Lookup(pod.Annotations, annSidecarStatus)
	predicted, sidecar := predictSidecar(ns, pod)
	switch {
	case hasSidecar:
		e.Sidecar, e.SidecarFact, e.SidecarAt = answerYes, "annotation "+annSidecarStatus+" is present", place(has.At)
	case pod.Template && sidecar:
		e.Sidecar, e.SidecarFact, e.SidecarAt = answerYes, describe(predicted), place(predicted.At)
	}
	where := "the pod"
	if pod.Template {
		where = "the pod template"
	}
	decide := func(captured, way, fact string, at snapshot.Pos) Enrolment {
		e.Captured, e.Way, e.Fact = captured, way, fact
		if at.Known() {
			e.At = place(at)
		}
		return e
	}

	// Succeeded and Failed pods have no traffic left to capture.
	if pod.Phase == "Succeeded" || pod.Phase == "Failed" {
		return decide(answerNo, wayFinished, "the pod is "+pod.Phase, pod.At)
	}
	// 1. Ambient is on.
	if cni.Ambient == snapshot.No {
		return decide(answerNo, wayAmbientOff, "istio-cni has ambient off", cni.At)
	}
	if cni.Ambient == snapshot.Unsaid {
		e.Assumed = append(e.Assumed, "ambient is on in istio-cni (its settings were not read)")
	}
	// 2. The namespace is not excluded.
	excluded := cni.Excluded
	if excluded == nil {
		excluded = []string{defaultExcluded}
	}
	if slices.Contains(excluded, ns.Name) {
		return decide(answerNo, wayExcludedNamespace, "istio-cni excludes namespace "+ns.Name, cni.ExcludedAt)
	}
	// 3. Pods of the host's network are left alone.
	if pod.HostNetwork {
		return decide(answerNo, wayHostNetwork, "hostNetwork: true", pod.At)
	}
	// 4. A pod with a sidecar is left alone, whatever the annotation's value.
	if hasSidecar {
		return decide(answerNo, waySidecar, e.SidecarFact, has.At)
	}
	if pod.Template && sidecar {
		return decide(answerNo, waySidecar, "a sidecar will be injected: "+describe(predicted), predicted.At)
	}
	// 5. The enablement selectors.
	if len(cni.Selectors) > 0 {
		answer := byCustomSelectors(cni, ns, pod, decide)
		if cni.Unread == "" || answer.Captured == answerYes {
			return answer
		}
	}
	if cni.Unread != "" {
		e.Assumed = append(e.Assumed, "istio-cni selects by its default labels ("+cni.Unread+")")
	}
	mode, hasMode := snapshot.Lookup(pod.Labels, labelDataplaneMode)
	if hasMode && mode.Value == modeAmbient {
		return decide(answerYes, wayPodLabel, "label "+describe(mode)+" on "+where, mode.At)
	}
	if hasMode && mode.Value == modeNone {
		if cni.Unread != "" {
			return decide(answerUnknown, "", cni.Unread, cni.At)
		}
		return decide(answerNo, wayNoneLabel, "label "+describe(mode)+" on "+where, mode.At)
	}
	if !ns.Known {
		return decide(answerUnknown, "", "the labels of namespace "+ns.Name+" were not read", pod.At)
	}
	if l, ok := snapshot.Lookup(ns.Labels, labelDataplaneMode); ok && l.Value == modeAmbient {
		return decide(answerYes, wayNamespaceLabel, "label "+describe(l)+" on namespace "+ns.Name, l.At)
	}
	if cni.Unread != "" {
		return decide(answerUnknown, "", cni.Unread, cni.At)
	}
	// 6. Nothing enrols it.
	return decide(answerNo, wayNoLabel, "neither the pod nor namespace "+ns.Name+" has label "+labelDataplaneMode+"="+modeAmbient, pod.At)
}

// byCustomSelectors answers step 5 where istio-cni's selectors were changed
// (possible since Istio 1.27).
func byCustomSelectors(cni CNI, ns NamespaceFacts, pod PodFacts, decide func(captured, way, fact string, at snapshot.Pos) Enrolment) Enrolment {
	podLabels, nsLabels := labelled(pod.Labels), labelled(ns.Labels)
	open := false
	for _, s := range cni.Selectors {
		if !s.Pod.Matches(podLabels) {
			continue
		}
		if !ns.Known && !s.Namespace.Empty() {
			open = true
			continue
		}
		if s.Namespace.Matches(nsLabels) {
			return decide(answerYes, wayCustomSelector, "its enablement selector matches "+selectedBy("pods", s.Pod)+" in "+selectedBy("namespaces", s.Namespace), cni.At)
		}
	}
	if open {
		return decide(answerUnknown, "", "the labels of namespace "+ns.Name+" were not read", pod.At)
	}
	return decide(answerNo, wayNoLabel, "none of istio-cni's own enablement selectors matches", pod.At)
}

// selectedBy words what a selector selects.
func selectedBy(what string, s labels.Selector) string {
	if s.Empty() {
		return "all " + what
	}
	return what + " with " + s.String()
}

// predictSidecar tells whether istiod's injector adds a sidecar to a pod made
// now, and the fact that decides it. Of a pod that runs it says nothing: that
// one has a sidecar if its annotation says so.
func predictSidecar(ns NamespaceFacts, pod PodFacts) (snapshot.Fact, bool) {
	if pod.HostNetwork || slices.Contains(neverInjected, ns.Name) {
		return snapshot.Fact{}, false
	}
	inject, said := snapshot.Lookup(pod.Labels, labelInject)
	if !said {
		inject, said = snapshot.Lookup(pod.Annotations, labelInject) // the label beats the annotation
	}
	if said && inject.Value == "false" {
		return inject, false
	}
	injection, hasInjection := snapshot.Lookup(ns.Labels, labelInjection)
	rev, hasRev := snapshot.Lookup(ns.Labels, labelRevision)
	switch {
	case hasInjection:
		return injection, injection.Value == "enabled"
	case hasRev:
		return rev, rev.Value != ""
	}
	if podRev, ok := snapshot.Lookup(pod.Labels, labelRevision); ok {
		return podRev, podRev.Value != ""
	}
	if l, ok := snapshot.Lookup(pod.Labels, labelInject); ok && l.Value == "true" {
		return l, true
	}
	return snapshot.Fact{}, false
}

func describe(f snapshot.Fact) string {
	return f.Key + "=" + f.Value
}
