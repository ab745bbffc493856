package topology

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// scenario is one combination of the facts that decide enrolment, as words; ""
// means that the fact is not there. "”" stands for an empty value.
type scenario struct {
	ambient   string // istio-cni's setting: on, off, or not known
	namespace string
	excluded  string // istio-cni's list: "" is the default, "none" an empty one
	nsMode    string
	injection string
	nsRev     string
	podMode   string
	inject    string // label
	injectAnn string
	podRev    string
	status    string // sidecar annotation
	host      bool
	template  bool
	phase     string
}

// model answers from the rule in words alone: it asks for each obstacle on its
// own, and the pod is captured if somebody wants it and nothing is in the way.
// It shares nothing with Enrol: no order of steps, no lookups, no selectors.
func (s scenario) model() (captured, sidecar bool) {
	wanted := s.podMode == "ambient" || s.podMode != "none" && s.nsMode == "ambient"

	mayInject := !s.host && !map[string]bool{
		"kube-system": true, "kube-public": true, "kube-node-lease": true, "local-path-storage": true,
	}[s.namespace]
	choice := s.inject // the label beats the annotation
	if choice == "" {
		choice = s.injectAnn
	}
	reasons := []bool{
		s.injection == "enabled",
		s.injection == "" && s.nsRev == "1-29",
		s.injection == "" && s.nsRev == "" && s.inject == "true" && s.podRev == "",
		s.injection == "" && s.nsRev == "" && s.podRev == "1-29",
	}
	injected := false
	for _, r := range reasons {
		injected = injected || r
	}
	injected = injected && mayInject && choice != "false"
	sidecar = s.status != "" || s.template && injected

	excluded := map[string]map[string]bool{
		"": {"kube-system": true}, "none": {}, "gluetun": {"gluetun": true},
	}[s.excluded]
	obstacles := s.ambient == "off" || excluded[s.namespace] || s.host || sidecar ||
		s.phase == "Succeeded" || s.phase == "Failed"
	return wanted && !obstacles, sidecar
}

// facts turns the words into what Enrol takes.
func (s scenario) facts() (CNI, NamespaceFacts, PodFacts) {
	cni := CNI{Ambient: map[string]snapshot.Tri{"on": snapshot.Yes, "off": snapshot.No}[s.ambient]}
	switch s.excluded {
	case "none":
		cni.Excluded = []string{}
	case "gluetun":
		cni.Excluded = []string{"gluetun"}
	}
	ns := NamespaceFacts{Name: s.namespace, Known: true, Labels: kv("kubernetes.io/metadata.name", s.namespace, "istio.io/use-waypoint", "w")}
	pod := PodFacts{
		Labels: kv("app.kubernetes.io/name", "gluetun"), Annotations: kv("ambient.istio.io/redirection", "disabled"),
		HostNetwork: s.host, Template: s.template, Phase: s.phase,
	}
	add := func(list *[]snapshot.Fact, key, value string) {
		switch value {
		case "":
		case "''":
			*list = append(*list, snapshot.Fact{Key: key})
		default:
			*list = append(*list, snapshot.Fact{Key: key, Value: value})
		}
	}
	add(&ns.Labels, "istio.io/dataplane-mode", s.nsMode)
	add(&ns.Labels, "istio-injection", s.injection)
	add(&ns.Labels, "istio.io/rev", s.nsRev)
	add(&pod.Labels, "istio.io/dataplane-mode", s.podMode)
	add(&pod.Labels, "sidecar.istio.io/inject", s.inject)
	add(&pod.Labels, "istio.io/rev", s.podRev)
	add(&pod.Annotations, "sidecar.istio.io/inject", s.injectAnn)
	add(&pod.Annotations, "sidecar.istio.io/status", s.status)
	return cni, ns, pod
}

// axis is one fact of a scenario and the values it takes.
type axis struct {
	name   string
	values []string
	set    func(*scenario, string)
}

func axes() []axis {
	return []axis{
		{"ambient", []string{"on", "off", ""}, func(s *scenario, v string) { s.ambient = v }},
		{"namespace", []string{"gluetun", "kube-system", "kube-public", "local-path-storage", "media"}, func(s *scenario, v string) { s.namespace = v }},
		{"excluded", []string{"", "none", "gluetun"}, func(s *scenario, v string) { s.excluded = v }},
		{"namespace's mode", []string{"", "ambient", "none", "Ambient", "''"}, func(s *scenario, v string) { s.nsMode = v }},
		{"istio-injection", []string{"", "enabled", "disabled", "''"}, func(s *scenario, v string) { s.injection = v }},
		{"namespace's revision", []string{"", "1-29", "''"}, func(s *scenario, v string) { s.nsRev = v }},
		{"pod's mode", []string{"", "ambient", "none", "None", "''"}, func(s *scenario, v string) { s.podMode = v }},
		{"inject label", []string{"", "true", "false"}, func(s *scenario, v string) { s.inject = v }},
		{"inject annotation", []string{"", "true", "false"}, func(s *scenario, v string) { s.injectAnn = v }},
		{"pod's revision", []string{"", "1-29", "''"}, func(s *scenario, v string) { s.podRev = v }},
		{"status annotation", []string{"", "{}", "''"}, func(s *scenario, v string) { s.status = v }},
		{"hostNetwork", []string{"", "true"}, func(s *scenario, v string) { s.host = v != "" }},
		{"template or phase", []string{"template", "Running", "Pending", "Succeeded", "Failed", "Unknown", ""}, func(s *scenario, v string) {
			s.template, s.phase = v == "template", v
			if s.template {
				s.phase = ""
			}
		}},
	}
}

func requireModel(t *testing.T, s scenario) {
	t.Helper()
	captured, sidecar := s.model()
	got := Enrol(s.facts())
	word := map[bool]string{true: "yes", false: "no"}
	if got.Captured != word[captured] || got.Sidecar != word[sidecar] {
		require.FailNow(t, fmt.Sprintf("%+v\nEnrol: captured %q (%s: %s), sidecar %q (%s)\nmodel: captured %v, sidecar %v",
			s, got.Captured, got.Way, got.Fact, got.Sidecar, got.SidecarFact, captured, sidecar))
	}
	require.NotEmpty(t, got.Fact)
}

// TestEnrolAgreesWithTheModel compares Enrol with the model over every
// combination of any three facts (the others at each of a few backgrounds):
// some 26,000 of the 15 million that there are.
func TestEnrolAgreesWithTheModel(t *testing.T) {
	all := axes()
	plain := scenario{ambient: "on", namespace: "gluetun", template: true}
	backgrounds := map[string]scenario{
		"a template":                       plain,
		"a pod":                            {ambient: "on", namespace: "gluetun", phase: "Running"},
		"a template in an ambient one":     {ambient: "on", namespace: "gluetun", template: true, nsMode: "ambient"},
		"a pod in an ambient namespace":    {ambient: "on", namespace: "gluetun", phase: "Running", nsMode: "ambient"},
		"both labels":                      {ambient: "on", namespace: "gluetun", template: true, nsMode: "ambient", injection: "enabled"},
		"a labelled pod":                   {ambient: "on", namespace: "gluetun", phase: "Running", podMode: "ambient"},
		"a labelled template, own sidecar": {ambient: "on", namespace: "gluetun", template: true, podMode: "ambient", inject: "true"},
	}
	seen := map[scenario]bool{}
	for _, background := range backgrounds {
		for i := range all {
			for j := i + 1; j < len(all); j++ {
				for k := j + 1; k < len(all); k++ {
					for _, a := range all[i].values {
						for _, b := range all[j].values {
							for _, c := range all[k].values {
								s := background
								all[i].set(&s, a)
								all[j].set(&s, b)
								all[k].set(&s, c)
								if !seen[s] {
									seen[s] = true
									requireModel(t, s)
								}
							}
						}
					}
				}
			}
		}
	}
	require.Greater(t, len(seen), 20_000)
	t.Logf("%d combinations", len(seen))
}

// TestEnrolUnknownNamespace: where the namespace was not read, the answer is
// unknown unless it would be the same whatever the namespace says.
func TestEnrolUnknownNamespace(t *testing.T) {
	for _, podMode := range []string{"", "ambient", "none", "None"} {
		for _, host := range []bool{false, true} {
			for _, status := range []string{"", "{}"} {
				for _, phase := range []string{"Running", "Succeeded"} {
					base := scenario{ambient: "on", namespace: "gluetun", podMode: podMode, host: host, status: status, phase: phase}
					cni, ns, pod := base.facts()
					ns.Known, ns.Labels = false, nil
					answers := map[bool]bool{}
					for _, nsMode := range []string{"", "ambient"} {
						s := base
						s.nsMode = nsMode
						captured, _ := s.model()
						answers[captured] = true
					}
					want := ""
					switch {
					case len(answers) == 1 && answers[true]:
						want = "yes"
					case len(answers) == 1:
						want = "no"
					}
					require.Equal(t, want, Enrol(cni, ns, pod).Captured, "%+v", base)
				}
			}
		}
	}
}
