package topology

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func kv(pairs ...string) []snapshot.Fact {
	var out []snapshot.Fact
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, snapshot.Fact{Key: pairs[i], Value: pairs[i+1], At: snapshot.Pos{0, int32(i + 1), 1, 2}})
	}
	return out
}

func TestEnrol(t *testing.T) {
	on := CNI{Known: true, Ambient: snapshot.Yes}
	ambientNS := NamespaceFacts{Name: "gluetun", Known: true, Labels: kv(labelDataplaneMode, "ambient")}
	plainNS := NamespaceFacts{Name: "gluetun", Known: true}
	tests := []struct {
		name     string
		cni      CNI
		ns       NamespaceFacts
		pod      PodFacts
		captured string
		way      string
	}{
		{"namespace label", on, ambientNS, PodFacts{}, "yes", wayNamespaceLabel},
		{"no label", on, plainNS, PodFacts{}, "no", wayNoLabel},
		{"pod label, plain namespace", on, plainNS, PodFacts{Labels: kv(labelDataplaneMode, "ambient")}, "yes", wayPodLabel},
		{"pod label none beats the namespace", on, ambientNS, PodFacts{Labels: kv(labelDataplaneMode, "none")}, "no", wayNoneLabel},
		{"empty pod label does not opt out", on, ambientNS, PodFacts{Labels: kv(labelDataplaneMode, "")}, "yes", wayNamespaceLabel},
		{"another pod label value does not opt out", on, ambientNS, PodFacts{Labels: kv(labelDataplaneMode, "sidecar")}, "yes", wayNamespaceLabel},
		{"values are case-sensitive", on, NamespaceFacts{Name: "x", Known: true, Labels: kv(labelDataplaneMode, "Ambient")}, PodFacts{Labels: kv(labelDataplaneMode, "AMBIENT")}, "no", wayNoLabel},
		{"host network", on, ambientNS, PodFacts{HostNetwork: true, Labels: kv(labelDataplaneMode, "ambient")}, "no", wayHostNetwork},
		{"sidecar annotation with an empty value", on, ambientNS, PodFacts{Annotations: kv(annSidecarStatus, "")}, "no", waySidecar},
		{"excluded by default", on, NamespaceFacts{Name: "kube-system", Known: true, Labels: kv(labelDataplaneMode, "ambient")}, PodFacts{}, "no", wayExcludedNamespace},
		{"excluded by configuration", CNI{Ambient: snapshot.Yes, Excluded: []string{"gluetun"}}, ambientNS, PodFacts{}, "no", wayExcludedNamespace},
		{"configuration replaces the default exclusion", CNI{Ambient: snapshot.Yes, Excluded: []string{"other"}}, NamespaceFacts{Name: "kube-system", Known: true, Labels: kv(labelDataplaneMode, "ambient")}, PodFacts{}, "yes", wayNamespaceLabel},
		{"ambient off", CNI{Known: true, Ambient: snapshot.No}, ambientNS, PodFacts{Labels: kv(labelDataplaneMode, "ambient")}, "no", wayAmbientOff},
		{"redirection=disabled is ignored", on, ambientNS, PodFacts{Annotations: kv(annRedirection, "disabled")}, "yes", wayNamespaceLabel},
		{"use-waypoint plays no part", on, NamespaceFacts{Name: "x", Known: true, Labels: kv("istio.io/use-waypoint", "w")}, PodFacts{}, "no", wayNoLabel},
		{"namespace not read", on, NamespaceFacts{Name: "x"}, PodFacts{}, "", ""},
		{"namespace not read, pod label decides", on, NamespaceFacts{Name: "x"}, PodFacts{Labels: kv(labelDataplaneMode, "ambient")}, "yes", wayPodLabel},
		{"namespace not read, none decides", on, NamespaceFacts{Name: "x"}, PodFacts{Labels: kv(labelDataplaneMode, "none")}, "no", wayNoneLabel},
		{"a finished pod", on, ambientNS, PodFacts{Phase: "Succeeded"}, "no", wayFinished},
		{"a template that will get a sidecar", on, NamespaceFacts{Name: "x", Known: true, Labels: kv(labelInjection, "enabled", labelDataplaneMode, "ambient")}, PodFacts{Template: true}, "no", waySidecar},
		{"a running pod without sidecar in such a namespace", on, NamespaceFacts{Name: "x", Known: true, Labels: kv(labelInjection, "enabled", labelDataplaneMode, "ambient")}, PodFacts{}, "yes", wayNamespaceLabel},
		{"own selector matches", CNI{Ambient: snapshot.Yes, Selectors: []EnablementSelector{{Pod: mustSelector("mesh=on"), Namespace: labels.Everything()}}}, plainNS, PodFacts{Labels: kv("mesh", "on")}, "yes", wayCustomSelector},
		{"own selector replaces the labels", CNI{Ambient: snapshot.Yes, Selectors: []EnablementSelector{{Pod: mustSelector("mesh=on"), Namespace: labels.Everything()}}}, ambientNS, PodFacts{Labels: kv(labelDataplaneMode, "ambient")}, "no", wayNoLabel},
		{"own selector on an unread namespace", CNI{Ambient: snapshot.Yes, Selectors: []EnablementSelector{{Pod: labels.Everything(), Namespace: mustSelector("mesh=on")}}}, NamespaceFacts{Name: "x"}, PodFacts{}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Enrol(tt.cni, tt.ns, tt.pod)
			require.Equal(t, tt.captured, got.Captured, got.Fact)
			require.Equal(t, tt.way, got.Way)
			require.NotEmpty(t, got.Fact)
			require.Empty(t, got.Assumed)
		})
	}
}

func mustSelector(s string) labels.Selector {
	sel, err := labels.Parse(s)
	if err != nil {
		panic(err)
	}
	return sel
}

func TestEnrolNamesTheDecidingFact(t *testing.T) {
	ns := NamespaceFacts{Name: "gluetun", Known: true, Labels: []snapshot.Fact{{Key: labelDataplaneMode, Value: "ambient", At: snapshot.Pos{2, 7, 5, 40}}}}
	got := Enrol(CNI{}, ns, PodFacts{At: snapshot.Pos{2, 20, 3, 9}})
	require.Equal(t, "2:7:5:40", got.At)
	require.Equal(t, "label istio.io/dataplane-mode=ambient on namespace gluetun", got.Fact)
	require.Len(t, got.Assumed, 1, "nothing is known of istio-cni, and the answer says so")
}

func TestPredictSidecar(t *testing.T) {
	ns := func(pairs ...string) NamespaceFacts {
		return NamespaceFacts{Name: "x", Known: true, Labels: kv(pairs...)}
	}
	tests := []struct {
		name string
		ns   NamespaceFacts
		pod  PodFacts
		want bool
	}{
		{"injection enabled", ns(labelInjection, "enabled"), PodFacts{}, true},
		{"injection disabled", ns(labelInjection, "disabled"), PodFacts{Labels: kv(labelInject, "true")}, false},
		{"revision", ns(labelRevision, "1-29"), PodFacts{}, true},
		{"istio-injection beats the revision", ns(labelInjection, "disabled", labelRevision, "1-29"), PodFacts{}, false},
		{"opted out by label", ns(labelInjection, "enabled"), PodFacts{Labels: kv(labelInject, "false")}, false},
		{"opted out by annotation", ns(labelInjection, "enabled"), PodFacts{Annotations: kv(labelInject, "false")}, false},
		{"the label beats the annotation", ns(labelInjection, "enabled"), PodFacts{Labels: kv(labelInject, "true"), Annotations: kv(labelInject, "false")}, true},
		{"opted in by label", ns(), PodFacts{Labels: kv(labelInject, "true")}, true},
		{"an annotation alone does not opt in", ns(), PodFacts{Annotations: kv(labelInject, "true")}, false},
		{"pod revision", ns(), PodFacts{Labels: kv(labelRevision, "canary")}, true},
		{"host network", ns(labelInjection, "enabled"), PodFacts{HostNetwork: true}, false},
		{"kube-system", NamespaceFacts{Name: "kube-system", Known: true, Labels: kv(labelInjection, "enabled")}, PodFacts{}, false},
		{"nothing", ns(), PodFacts{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := predictSidecar(tt.ns, tt.pod)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestParseAt(t *testing.T) {
	p := snapshot.Pos{3, 12, 5, 40}
	got, ok := ParseAt(place(p))
	require.True(t, ok)
	require.Equal(t, p, got)
	require.Empty(t, place(snapshot.Pos{3, 0, 0, 0}))
	for _, bad := range []string{"", "1", "1:2:3", "1:2:3:4:5", "a:b:c:d", "-1:2:3:4", "1:0:0:0", "1:2:3:99999999999"} {
		_, ok := ParseAt(bad)
		require.False(t, ok, bad)
	}
}

func TestOwnSelectors(t *testing.T) {
	ambient := snapshot.Selector{MatchLabels: kv(labelDataplaneMode, "ambient")}
	standard := []snapshot.EnablementSelector{
		{Pod: ambient},
		{Pod: snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: labelDataplaneMode, Operator: "NotIn", Values: []string{"none"}}}}, Namespace: ambient},
	}
	for name, in := range map[string][]snapshot.EnablementSelector{
		"none": nil,
		"the chart's default decides by labels, which Enrol names": standard,
		"in the other order": {standard[1], standard[0]},
	} {
		own, err := ownSelectors(in)
		require.NoError(t, err, name)
		require.Nil(t, own, name)
	}
	own, err := ownSelectors(standard[:1])
	require.NoError(t, err)
	require.Len(t, own, 1)
	require.Equal(t, "istio.io/dataplane-mode=ambient", own[0].Pod.String())
	like := snapshot.EnablementSelector{Pod: snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: "x", Operator: "Like"}}}}
	own, err = ownSelectors([]snapshot.EnablementSelector{like, standard[0]})
	require.ErrorContains(t, err, "Like")
	require.Len(t, own, 1, "what can be read still counts")
}

func TestEnrolWithSettingsThatCannotBeRead(t *testing.T) {
	text := func(data ...string) CNI {
		return CNIOf(&snapshot.ConfigMap{Data: kv(append(data, cniAmbient, "true")...)})
	}
	broken := text(cniSelectors, "- podSelector: [")
	ambient := NamespaceFacts{Name: "x", Known: true, Labels: kv(labelDataplaneMode, "ambient")}
	plain := NamespaceFacts{Name: "x", Known: true}
	got := Enrol(broken, ambient, PodFacts{})
	require.Equal(t, "yes", got.Captured, "the default labels still count for a yes")
	require.Len(t, got.Assumed, 1)
	got = Enrol(broken, plain, PodFacts{})
	require.Empty(t, got.Captured, "and never for a no")
	require.Contains(t, got.Fact, cniSelectors)
	got = Enrol(broken, ambient, PodFacts{Labels: kv(labelDataplaneMode, "none")})
	require.Empty(t, got.Captured)
	require.Equal(t, "no", Enrol(text(cniSelectors, "[]"), plain, PodFacts{}).Captured)
}

func TestCNIReadsBoolsAsIstioDoes(t *testing.T) {
	for value, want := range map[string]snapshot.Tri{
		"true": snapshot.Yes, "True": snapshot.Yes, "1": snapshot.Yes, "false": snapshot.No, "FALSE": snapshot.No, "0": snapshot.No,
		"": snapshot.Unsaid, "yes": snapshot.Unsaid, "enabled": snapshot.Unsaid,
	} {
		require.Equal(t, want, CNIOf(&snapshot.ConfigMap{Data: kv(cniAmbient, value)}).Ambient, value)
	}
}

func TestCNIOfSeveralNamespaces(t *testing.T) {
	cm := func(namespace, ambient string) snapshot.ConfigMap {
		return snapshot.ConfigMap{Meta: snapshot.Meta{Name: configMapCNI, Namespace: namespace}, Data: kv(cniAmbient, ambient)}
	}
	read := func(list ...snapshot.ConfigMap) *estate {
		e := &estate{snap: snapshot.Snapshot{ConfigMaps: list}}
		e.readCNI()
		return e
	}
	require.Equal(t, snapshot.Unsaid, read().cni.Ambient)
	like := cm("istio-system", "true")
	like.Enablement = []snapshot.EnablementSelector{{Pod: snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: "x", Operator: "Like"}}}}}
	require.Len(t, read(like).gaps, 1, "a selector that Kubernetes would refuse")
	require.Equal(t, snapshot.No, read(cm("istio-system", "true"), cm("istio-system", "false")).cni.Ambient, "the later file counts")
	same := read(cm("istio-system", "false"), cm("backup", "false"))
	require.Equal(t, snapshot.No, same.cni.Ambient)
	require.Empty(t, same.gaps)
	apart := read(cm("istio-system", "true"), cm("backup", "false"))
	require.Equal(t, CNI{}, apart.cni, "neither is believed")
	require.Len(t, apart.gaps, 1)
	require.Contains(t, apart.gaps[0].Reason, "istio-system and backup")
}

func TestEnrolSidecar(t *testing.T) {
	injecting := NamespaceFacts{Name: "x", Known: true, Labels: kv(labelInjection, "enabled")}
	status := kv(annSidecarStatus, "{}")
	for name, tt := range map[string]struct {
		pod  PodFacts
		want string
	}{
		"a template that will get one":                       {PodFacts{Template: true}, "yes"},
		"a template that istioctl kube-inject gave one":      {PodFacts{Template: true, Annotations: append(status, kv(labelInject, "false")...)}, "yes"},
		"a pod that has one":                                 {PodFacts{Annotations: status}, "yes"},
		"a pod that was made before the namespace's label":   {PodFacts{}, "no"},
		"a template that opts out":                           {PodFacts{Template: true, Labels: kv(labelInject, "false")}, "no"},
		"a pod whose template would get one and it has none": {PodFacts{Labels: kv(labelInject, "true")}, "no"},
	} {
		got := Enrol(CNI{Ambient: snapshot.Yes}, injecting, tt.pod)
		require.Equal(t, tt.want, got.Sidecar, name)
		require.Equal(t, tt.want == "yes", got.SidecarFact != "", name)
	}
}

func TestEnrolPointsToTheSettingThatExcludes(t *testing.T) {
	cni := CNIOf(&snapshot.ConfigMap{Data: []snapshot.Fact{
		{Key: cniAmbient, Value: "true", At: snapshot.Pos{0, 3, 3, 9}},
		{Key: cniExcluded, Value: "kube-system,gluetun", At: snapshot.Pos{0, 4, 3, 9}},
	}})
	ns := NamespaceFacts{Name: "gluetun", Known: true, Labels: kv(labelDataplaneMode, "ambient")}
	require.Equal(t, "0:4:3:9", Enrol(cni, ns, PodFacts{At: snapshot.Pos{0, 1, 1, 2}}).At)
	ns.Name = defaultExcluded
	require.Equal(t, "0:1:1:2", Enrol(CNI{}, ns, PodFacts{At: snapshot.Pos{0, 1, 1, 2}}).At, "the default stands in no file")
}
