package evaluate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

func need(word string) rule.Need {
	word, optional := strings.CutSuffix(word, "?")
	evidence, part, _ := strings.Cut(word, "@")
	return rule.Need{Evidence: evidence, Part: part, Optional: optional}
}

func alternatives(sets ...[]string) [][]rule.Need {
	var out [][]rule.Need
	for _, set := range sets {
		var needs []rule.Need
		for _, word := range set {
			needs = append(needs, need(word))
		}
		out = append(out, needs)
	}
	return out
}

// threeModels is a stack of core, dl and vpn (in namespace vpn-ns) with the
// evidence given as kind@model.
func threeModels(evidence ...topology.EvidenceOf) topology.Stack {
	return topology.Stack{
		Profile: topology.Expectation{Layout: "three-models"},
		Models: []topology.Model{
			{Name: "core", Part: "core"},
			{Name: "dl", Part: "downloads"},
			{Name: "vpn", Namespace: "vpn-ns", Part: "gateway"},
		},
		Evidence: evidence,
	}
}

func of(kind snapshot.Evidence, models ...string) []topology.EvidenceOf {
	var out []topology.EvidenceOf
	for _, m := range models {
		out = append(out, topology.EvidenceOf{Kind: string(kind), Model: m})
	}
	return out
}

func TestDecide(t *testing.T) {
	everyApp := of(snapshot.JujuApplications, "core", "dl", "vpn")
	tests := map[string]struct {
		needs     [][]rule.Need
		stack     topology.Stack
		touched   touch
		violated  bool
		undecided []string
		want      finding.Verdict
		missing   []string
	}{
		"one part, read": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: threeModels(of(snapshot.JujuApplications, "core")...),
			want:  finding.Pass,
		},
		"one part, another read": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: threeModels(of(snapshot.JujuApplications, "dl")...),
			want:  finding.NotEvaluated, missing: []string{"juju.applications of model core"},
		},
		"optional, not there": {
			needs: alternatives([]string{"juju.applications@core", "kube.ingresses?"}),
			stack: threeModels(of(snapshot.JujuApplications, "core")...),
			want:  finding.Pass,
		},
		"optional, asked for and not read": {
			needs:   alternatives([]string{"juju.applications@core", "kube.ingresses?"}),
			stack:   threeModels(of(snapshot.JujuApplications, "core")...),
			touched: touch{evidence: []snapshot.Evidence{snapshot.KubeIngresses}},
			want:    finding.Unknown, missing: []string{"kube.ingresses (a source that may hold it could not be read in whole)"},
		},
		"violated on nothing": {
			needs: alternatives([]string{"juju.applications@core"}), stack: threeModels(),
			violated: true, touched: touch{all: true}, undecided: []string{"juju.units: x"}, want: finding.Violated,
		},
		"all models, all read": {
			needs: alternatives([]string{"juju.applications"}), stack: threeModels(everyApp...), want: finding.Pass,
		},
		"all models, one not read": {
			needs: alternatives([]string{"juju.applications"}),
			stack: threeModels(of(snapshot.JujuApplications, "core", "vpn")...),
			want:  finding.NotEvaluated, missing: []string{"juju.applications of model dl"},
		},
		"all models, a part absent": {
			needs: alternatives([]string{"juju.applications"}),
			stack: func() topology.Stack {
				s := threeModels(everyApp...)
				s.Models = s.Models[:2]
				return s
			}(),
			want: finding.NotEvaluated, missing: []string{"juju.applications of a model that plays the part gateway (no model plays it)"},
		},
		"all models, one only referred to": {
			needs: alternatives([]string{"juju.applications"}),
			stack: func() topology.Stack {
				s := threeModels(everyApp...)
				s.Unread = []topology.Reference{{Model: "elsewhere", By: "SAAS vpn"}}
				return s
			}(),
			want: finding.NotEvaluated, missing: []string{"juju.applications of model elsewhere, which SAAS vpn refers to"},
		},
		"one part, a model only referred to": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: func() topology.Stack {
				s := threeModels(everyApp...)
				s.Unread = []topology.Reference{{Model: "elsewhere", By: "SAAS vpn"}}
				return s
			}(),
			want: finding.Pass,
		},
		"all models, one that plays no part not read": {
			needs: alternatives([]string{"juju.applications"}),
			stack: func() topology.Stack {
				s := threeModels(everyApp...)
				s.Models = append(s.Models, topology.Model{Name: "cos"})
				return s
			}(),
			want: finding.NotEvaluated, missing: []string{"juju.applications of model cos"},
		},
		"no model plays the part": {
			needs: alternatives([]string{"juju.applications@gateway"}),
			stack: func() topology.Stack {
				s := threeModels(everyApp...)
				s.Models = s.Models[:2]
				return s
			}(),
			want: finding.NotEvaluated, missing: []string{"juju.applications of a model that plays the part gateway (no model plays it)"},
		},
		"a gateway in core is asked for too": {
			needs: alternatives([]string{"juju.config@gateway"}),
			stack: func() topology.Stack {
				s := threeModels(of(snapshot.JujuConfig, "vpn")...)
				s.Models[0].HasGateway = true
				return s
			}(),
			want: finding.NotEvaluated, missing: []string{"juju.config of model core"},
		},
		"Kubernetes evidence under the namespace": {
			needs: alternatives([]string{"kube.pods@gateway"}),
			stack: threeModels(of(snapshot.KubePods, "vpn-ns")...), want: finding.Pass,
		},
		"Juju evidence is by model": {
			needs: alternatives([]string{"juju.config@gateway"}),
			stack: threeModels(of(snapshot.JujuConfig, "vpn-ns")...),
			want:  finding.NotEvaluated, missing: []string{"juju.config of model vpn"},
		},
		"single model stands for every part": {
			needs: alternatives([]string{"juju.applications@core", "juju.applications@gateway", "juju.applications"}),
			stack: topology.Stack{Profile: topology.Expectation{Layout: "single-model"},
				Models: []topology.Model{{Name: "media", Part: "single"}}, Evidence: of(snapshot.JujuApplications, "media")},
			want: finding.Pass,
		},
		"single model absent": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: topology.Stack{Profile: topology.Expectation{Layout: "single-model"},
				Models: []topology.Model{{Name: "cos"}}, Evidence: of(snapshot.JujuApplications, "cos")},
			want: finding.NotEvaluated, missing: []string{"juju.applications of a model with Charmarr in it (there is none)"},
		},
		"second alternative is met": {
			needs: alternatives([]string{"kube.pods@core"}, []string{"juju.applications@core", "juju.config@core"}),
			stack: threeModels(slices.Concat(of(snapshot.JujuApplications, "core"), of(snapshot.JujuConfig, "core"))...),
			want:  finding.Pass,
		},
		"the nearest alternative is named": {
			needs: alternatives([]string{"kube.pods@core", "kube.namespaces@core"}, []string{"juju.applications@core", "juju.config@core"}),
			stack: threeModels(of(snapshot.JujuApplications, "core")...),
			want:  finding.NotEvaluated, missing: []string{"juju.config of model core"},
		},
		"a gap touches the only alternative": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: threeModels(everyApp...), touched: touch{evidence: []snapshot.Evidence{snapshot.JujuApplications}},
			want: finding.Unknown, missing: []string{"juju.applications (a source that may hold it could not be read in whole)"},
		},
		"a gap that could be anything": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: threeModels(everyApp...), touched: touch{all: true},
			want: finding.Unknown, missing: []string{"juju.applications (a source that may hold it could not be read in whole)"},
		},
		"a gap elsewhere, evidence missing": {
			needs: alternatives([]string{"juju.applications@core"}),
			stack: threeModels(), touched: touch{evidence: []snapshot.Evidence{snapshot.KubePods}},
			want: finding.NotEvaluated, missing: []string{"juju.applications of model core"},
		},
		"a gap touches one alternative, the other is met": {
			needs: alternatives([]string{"kube.pods@core"}, []string{"juju.applications@core"}),
			stack: threeModels(everyApp...), touched: touch{evidence: []snapshot.Evidence{snapshot.KubePods}},
			want: finding.Unknown, missing: []string{
				"kube.pods of model core", "kube.pods (a source that may hold it could not be read in whole)",
			},
		},
		"a gap elsewhere, one of two alternatives is met": {
			needs: alternatives([]string{"kube.pods@core"}, []string{"juju.applications@core"}),
			stack: threeModels(everyApp...), touched: touch{evidence: []snapshot.Evidence{snapshot.KubeNodes}}, want: finding.Pass,
		},
		"a gap touches the farther alternative": {
			needs: alternatives([]string{"juju.config@core"}, []string{"kube.pods@core", "kube.namespaces@core"}),
			stack: threeModels(), touched: touch{evidence: []snapshot.Evidence{snapshot.KubePods}},
			want: finding.Unknown, missing: []string{
				"kube.pods, kube.namespaces of model core",
				"kube.pods (a source that may hold it could not be read in whole)",
			},
		},
		"undecided, all read": {
			needs: alternatives([]string{"juju.applications@core"}), stack: threeModels(everyApp...),
			undecided: []string{"juju.config@core: x", "juju.config@core: x"},
			want:      finding.NotEvaluated, missing: []string{"juju.config@core: x"},
		},
		"undecided, a gap": {
			needs: alternatives([]string{"juju.applications@core"}), stack: threeModels(everyApp...),
			touched: touch{all: true}, undecided: []string{"juju.config@core: x"},
			want: finding.Unknown, missing: []string{
				"juju.applications (a source that may hold it could not be read in whole)", "juju.config@core: x"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, missing := newKnown(&tt.stack).decide(tt.needs, tt.touched, tt.violated, tt.undecided)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.missing, missing)
		})
	}
}

// Whatever the needs, reading less, reading with more gaps or leaving more
// undecided never makes a pass of what was none.
func TestLessEvidenceNeverPasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(n int) int { return rng.IntN(n) }
	kinds := snapshot.AllEvidence[:6]
	models := []string{"core", "dl", "vpn", "vpn-ns"}
	passes := 0
	for round := range 20000 {
		s := threeModels()
		if pick(4) == 0 {
			s.Profile.Layout = "single-model"
			s.Models[0].Part = "single"
		}
		s.Models[pick(3)].HasGateway = pick(2) == 0
		for _, k := range kinds {
			for _, m := range models {
				if pick(5) > 0 {
					s.Evidence = append(s.Evidence, of(k, m)...)
				}
			}
		}
		var needs [][]rule.Need
		for range 1 + pick(3) {
			var set []rule.Need
			for range 1 + pick(3) {
				set = append(set, rule.Need{Evidence: string(kinds[pick(len(kinds))]), Part: parts()[pick(4)]})
			}
			needs = append(needs, set)
		}
		var gaps touch
		if pick(3) == 0 {
			gaps.evidence = append(gaps.evidence, kinds[pick(len(kinds))])
		}
		before, _ := newKnown(&s).decide(needs, gaps, false, nil)

		less, more, undecided := s, gaps, []string(nil)
		switch pick(4) {
		case 0:
			less.Evidence = slices.Clone(s.Evidence)
			for range 1 + pick(5) {
				if n := len(less.Evidence); n > 0 {
					less.Evidence = slices.Delete(less.Evidence, pick(n), n)
				}
			}
		case 1:
			more.evidence = append(slices.Clone(gaps.evidence), kinds[pick(len(kinds))])
		case 2:
			undecided = []string{"juju.config: x"}
		case 3:
			less.Unread = []topology.Reference{{Model: "elsewhere", By: "SAAS vpn"}}
		}
		after, missing := newKnown(&less).decide(needs, more, false, undecided)
		if before == finding.Pass {
			passes++
		}
		require.False(t, after == finding.Pass && before != finding.Pass, "round %d: %v became a pass", round, before)
		require.Equal(t, after == finding.Pass, len(missing) == 0, fmt.Sprint("round ", round, ": what is no pass says what is missing"))
	}
	require.NotZero(t, passes)
}
