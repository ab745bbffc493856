package admission

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// bench judges in whole what a court judges by what changed.
type bench struct {
	judge *lint.Judge
	modes map[rule.ID]rule.Admission
}

func newBench(t *testing.T, c court) bench {
	t.Helper()
	judge, err := lint.NewJudge(t.Context(), lint.Options{Config: config.Default(), Today: today})
	require.NoError(t, err)
	return bench{judge, c.modes}
}

// whole judges a snapshot, and gathers what is refused for.
func (b bench) whole(t *testing.T, s snapshot.Snapshot) (finding.Report, map[key]finding.Finding) {
	t.Helper()
	report, err := b.judge.Judge(t.Context(), s)
	require.NoError(t, err)
	out := map[key]finding.Finding{}
	for _, f := range report.Findings {
		if b.modes[f.Rule] == rule.Deny && f.Level == rule.Error && f.Verdict == finding.Violated {
			out[keyOf(f)] = f
		}
	}
	return report, out
}

// worse is what was not there before, and what has grown.
func (c change) worse(was, is map[key]finding.Finding) (brought, grown []finding.Finding) {
	for k, f := range is {
		switch old, there := was[k]; {
		case there && c.grown(old, f):
			grown = append(grown, f)
		case !there:
			brought = append(brought, f)
		}
	}
	return brought, grown
}

// TestRandomRequests walks from a deployment with some faults to one with others,
// one request after the other, in any order. What is decided is held to two whole
// judgements: what leaves all faults that are refused as they were, or takes some
// away, passes; what brings one to the object that it changes is refused.
func TestRandomRequests(t *testing.T) {
	c := newCourt(t, config.Default())
	judge := newBench(t, c)
	var faults, refusable []deployment.Fault
	for _, f := range deployment.Faults() {
		faults = append(faults, f)
		if c.modes[rule.ID(f.Rule)] == rule.Deny {
			refusable = append(refusable, f)
		}
	}
	some := func(r *rand.Rand) map[string][]byte {
		d := deployment.Clean()
		for range r.IntN(4) {
			f := faults[r.IntN(len(faults))]
			if r.IntN(2) == 0 {
				f = refusable[r.IntN(len(refusable))]
			}
			if more, _, err := deployment.Apply(d, f.Name); err == nil {
				d = more
			}
		}
		return objects(t, d)
	}
	refused := 0
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 6))
		from, to := some(r), some(r)
		v := c.view(t, from)
		_, was := judge.whole(t, v.Standing.Snapshot)
		path := steps(from, to)
		r.Shuffle(len(path), func(i, j int) { path[i], path[j] = path[j], path[i] })
		for _, s := range path[:min(len(path), 12)] {
			req := request(t, s.old, s.object)
			a, err := c.Decide(t.Context(), v, req)
			require.NoError(t, err)
			v = c.next(t, v, s)
			_, is := judge.whole(t, v.Standing.Snapshot)
			ch := change{request: req}
			brought, grown := ch.worse(was, is)
			own := slices.ContainsFunc(brought, ch.about)
			inherited := req.Kind == "Pod" && req.Operation == Create
			if !a.Allowed {
				refused++
				require.NotEmptyf(t, append(brought, grown...), "seed %d, %s: refused, and nothing is worse: %s", seed, s, a.Message)
			}
			if own && !inherited && Concerned(req) {
				require.Falsef(t, a.Allowed, "seed %d, %s: brings %v and passes", seed, s, brought)
			}
			was = is
		}
	}
	require.NotZero(t, refused, "some requests bring a fault")
}
