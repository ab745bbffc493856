// Package istio asks Istio itself what ambient captures, and holds the project's
// answer to it. It is a module of its own, so that Istio stays out of the
// product's.
package istio

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"istio.io/istio/cni/pkg/util"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// absent is the value of a label or an annotation that is not there.
const absent = "\x00"

// choices are the values that each fact takes.
type choices []struct {
	key    string
	values []string
}

// namespaceLabels, podLabels and annotations are what enrolment reads, and what
// it must not.
func namespaceLabels() choices {
	return choices{
		{"istio.io/dataplane-mode", []string{absent, "ambient", "none", "Ambient", ""}},
		{"istio-injection", []string{absent, "enabled"}},
		{"istio.io/rev", []string{absent, "default"}},
		{"istio.io/use-waypoint", []string{absent, "waypoint"}},
	}
}

func podLabels() choices {
	return choices{
		{"istio.io/dataplane-mode", []string{absent, "ambient", "none", "None", "", "sidecar"}},
		{"sidecar.istio.io/inject", []string{absent, "true", "false"}},
	}
}

func annotations() choices {
	return choices{
		{"sidecar.istio.io/status", []string{absent, "", "{}"}},
		{"ambient.istio.io/redirection", []string{absent, "enabled", "disabled"}},
	}
}

// all returns every combination of the choices.
func (c choices) all() []map[string]string {
	out := []map[string]string{{}}
	for _, choice := range c {
		var next []map[string]string
		for _, before := range out {
			for _, value := range choice.values {
				with := maps.Clone(before)
				if value != absent {
					with[choice.key] = value
				}
				next = append(next, with)
			}
		}
		out = next
	}
	return out
}

// selectors are texts of AMBIENT_ENABLEMENT_SELECTOR: that of Istio's chart and
// some that an operator may write.
func selectors() map[string]string {
	return map[string]string{
		"chart": `
- podSelector:
    matchLabels: {istio.io/dataplane-mode: ambient}
- podSelector:
    matchExpressions: [{key: istio.io/dataplane-mode, operator: NotIn, values: [none]}]
  namespaceSelector:
    matchLabels: {istio.io/dataplane-mode: ambient}
`,
		"all pods":            `[{}]`,
		"none":                `[{podSelector: {matchLabels: {a: b}}}]`,
		"namespaces alone":    `[{namespaceSelector: {matchLabels: {istio.io/dataplane-mode: ambient}}}]`,
		"pods alone":          `[{podSelector: {matchLabels: {istio.io/dataplane-mode: ambient}}}]`,
		"expressions":         `[{podSelector: {matchExpressions: [{key: sidecar.istio.io/inject, operator: DoesNotExist}, {key: istio.io/dataplane-mode, operator: In, values: [ambient, ""]}]}, namespaceSelector: {matchExpressions: [{key: istio.io/rev, operator: Exists}]}}]`,
		"several":             `[{podSelector: {matchLabels: {sidecar.istio.io/inject: "false"}}}, {namespaceSelector: {matchLabels: {istio.io/use-waypoint: waypoint}}}]`,
		"not in, and present": `[{podSelector: {matchExpressions: [{key: istio.io/dataplane-mode, operator: NotIn, values: [none, sidecar]}, {key: istio.io/dataplane-mode, operator: Exists}]}}]`,
	}
}

// oracle is Istio's own answer.
func oracle(t *testing.T, text string) func(pod *corev1.Pod, namespace map[string]string) bool {
	t.Helper()
	var list []util.EnablementSelector
	require.NoError(t, yaml.Unmarshal([]byte(text), &list))
	compiled, err := util.NewCompiledEnablementSelectors(list)
	require.NoError(t, err)
	return compiled.Matches
}

// settings returns what the project reads of istio-cni's ConfigMap.
func settings(t *testing.T, text string) []snapshot.EnablementSelector {
	t.Helper()
	object := map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "istio-cni-config", "namespace": "istio-system"},
		"data": map[string]string{"AMBIENT_ENABLED": "true", "AMBIENT_ENABLEMENT_SELECTOR": text},
	}
	var s snapshot.Snapshot
	doc := new(syntax.Values).Document(object)
	manifest.Read(doc.Root, &s)
	require.Empty(t, doc.Problems())
	return s.ConfigMaps[0].Enablement
}

func facts(values map[string]string) []snapshot.Fact {
	var out []snapshot.Fact
	for k, v := range values {
		out = append(out, snapshot.Fact{Key: k, Value: v})
	}
	return out
}

// TestEnrolmentAgreesWithIstio asks both about every combination of labels,
// annotations, hostNetwork and enablement selectors.
func TestEnrolmentAgreesWithIstio(t *testing.T) {
	total := 0
	for name, text := range selectors() {
		asked, captured := 0, 0
		t.Run(name, func(t *testing.T) {
			istio := oracle(t, text)
			cni := topology.CNIOf(&snapshot.ConfigMap{
				Data:       []snapshot.Fact{{Key: "AMBIENT_ENABLED", Value: "true"}, {Key: "AMBIENT_ENABLEMENT_SELECTOR", Value: text}},
				Enablement: settings(t, text),
			})
			for _, ns := range namespaceLabels().all() {
				for _, pod := range podLabels().all() {
					for _, ann := range annotations().all() {
						for _, host := range []bool{false, true} {
							want := istio(&corev1.Pod{
								ObjectMeta: metav1.ObjectMeta{Labels: pod, Annotations: ann}, Spec: corev1.PodSpec{HostNetwork: host},
							}, ns)
							got := topology.Enrol(cni,
								topology.NamespaceFacts{Name: "gluetun", Known: true, Labels: facts(ns)},
								topology.PodFacts{Labels: facts(pod), Annotations: facts(ann), HostNetwork: host, Phase: "Running"})
							require.Equal(t, map[bool]string{true: "yes", false: "no"}[want], got.Captured,
								"namespace %v, pod %v, annotations %v, hostNetwork %v: %s (%s)", ns, pod, ann, host, got.Fact, got.Way)
							asked++
							if want {
								captured++
							}
						}
					}
				}
			}
			require.Less(t, captured, asked)
			if name != "none" {
				require.Positive(t, captured)
			}
		})
		total += asked
	}
	require.Greater(t, total, 2000)
	t.Log(total, "combinations asked about")
}

// TestExcludedNamespacesAgreeWithIstio reads EXCLUDE_NAMESPACES as istio-cni does.
func TestExcludedNamespacesAgreeWithIstio(t *testing.T) {
	for _, text := range []string{"", ",", "kube-system", "kube-system,istio-system", " kube-system , istio-system ,", "a b", "a\nb", "\t,a,,b\n"} {
		got := topology.CNIOf(&snapshot.ConfigMap{Data: []snapshot.Fact{{Key: "EXCLUDE_NAMESPACES", Value: text}}}).Excluded
		require.ElementsMatch(t, util.SplitExcludeNamespaces(text), got, "%q", text)
		require.NotNil(t, got, "%q", text)
	}
}
