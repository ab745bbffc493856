package kube

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

// TestFaults reads a cluster through a proxy that makes requests fail, again and
// again: a reading never panics, never goes on past its time limit, and says of
// nothing that it was read in whole which was not.
//
// CHARMARR_LINT_FAULTS sets how many readings; the first is repeated by its
// number, which seeds what happens to each request.
func TestFaults(t *testing.T) {
	deploy(t, "broken", true)
	runs := 100
	if text := os.Getenv("CHARMARR_LINT_FAULTS"); text != "" {
		var err error
		runs, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	whole := read(t, options(t, plane.Config))
	require.Empty(t, whole.Gaps)
	report := judge(t, whole)

	var lock sync.Mutex
	failed, complete, empty := 0, 0, 0
	t.Run("readings", func(t *testing.T) {
		for i := range runs {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				s := faulty(t, uint64(i))
				requireNothingMadeUp(t, whole, s)
				if i%10 == 0 {
					requireFewerPasses(t, report, judge(t, s))
				}
				lock.Lock()
				defer lock.Unlock()
				switch {
				case len(s.Gaps) == 0:
					complete++
				case len(s.Pods) == 0:
					empty++
				default:
					failed++
				}
			})
		}
	})
	t.Logf("%d readings: %d complete, %d with gaps, %d of nothing", runs, complete, failed, empty)
	require.Positive(t, failed, "faults do something")
}

// faulty reads through a proxy with faults.
func faulty(t *testing.T, seed uint64) snapshot.Snapshot {
	t.Helper()
	const limit = 2 * time.Second
	o := through(t, controlplane.Failing(seed, []float64{0.01, 0.05, 0.2, 0.5, 0.9}[seed%5]))
	o.TimeLimit, o.RequestLimit = limit, 300*time.Millisecond
	start := time.Now()
	s, err := kube.New(o).Collect(t.Context())
	require.NoError(t, err)
	require.Less(t, time.Since(start), limit+20*time.Second, "it ends soon after its time limit, on a busy machine too")
	return s
}

// requireNothingMadeUp demands that a reading says only what is there, that what
// it says to have read in whole it has, and that all else is a gap.
func requireNothingMadeUp(t *testing.T, whole, s snapshot.Snapshot) {
	t.Helper()
	all, seen := contents(t, whole), contents(t, s)
	for place, objects := range seen {
		for object := range objects {
			require.True(t, all[place][object], "%v was made up", object)
		}
	}
	for _, c := range s.Coverage {
		require.Contains(t, whole.Coverage, c)
		require.Equal(t, all[c], seen[c], "%v is said to be read in whole", c)
	}
	for _, c := range whole.Coverage {
		if slices.Contains(s.Coverage, c) {
			continue
		}
		require.True(t, slices.ContainsFunc(s.Gaps, func(g snapshot.Gap) bool {
			return len(g.Evidence) == 0 || slices.Contains(g.Evidence, c.Evidence) || slices.Contains(g.Evidence, snapshot.KubeNamespaces)
		}), "%v was not read, and no gap tells", c)
	}
	for _, g := range s.Gaps {
		require.NotEmpty(t, g.What)
		require.NotEmpty(t, g.Reason)
	}
}

// contents divides what a snapshot holds by evidence and namespace.
func contents(t *testing.T, s snapshot.Snapshot) map[snapshot.Coverage]map[string]bool {
	t.Helper()
	out := map[snapshot.Coverage]map[string]bool{}
	add := func(e snapshot.Evidence, namespace string, object any) {
		if e.OfCluster() {
			namespace = ""
		}
		text, err := json.Marshal(object)
		require.NoError(t, err)
		place := snapshot.Coverage{Evidence: e, Namespace: namespace}
		if out[place] == nil {
			out[place] = map[string]bool{}
		}
		out[place][string(text)] = true
	}
	for _, o := range s.Namespaces {
		add(snapshot.KubeNamespaces, o.Name, o)
		add(snapshot.KubeNamespaces, "", o)
	}
	// What is no model's tells of the cluster.
	of := func(e snapshot.Evidence, namespace string) snapshot.Evidence {
		if slices.Contains([]string{"kube-system", "istio-system"}, namespace) {
			return snapshot.KubeSystem
		}
		return e
	}
	for _, o := range s.Workloads {
		add(of(snapshot.KubeWorkloads, o.Namespace), o.Namespace, o)
	}
	for _, o := range s.Pods {
		add(snapshot.KubePods, o.Namespace, o)
	}
	for _, o := range s.Services {
		add(of(snapshot.KubeServices, o.Namespace), o.Namespace, o)
	}
	for _, o := range s.ConfigMaps {
		add(snapshot.KubeConfigMaps, o.Namespace, o)
	}
	for _, o := range s.NetworkPolicies {
		add(snapshot.KubeNetworkPolicies, o.Namespace, o)
	}
	for _, o := range s.Gateways {
		add(snapshot.KubeGateways, o.Namespace, o)
	}
	for _, o := range s.Routes {
		add(snapshot.KubeRoutes, o.Namespace, o)
	}
	for _, o := range s.Ingresses {
		add(snapshot.KubeIngresses, o.Namespace, o)
	}
	for _, o := range s.AuthorizationPolicies {
		add(snapshot.KubeAuthorizationPolicies, o.Namespace, o)
	}
	for _, o := range s.PersistentVolumeClaims {
		add(snapshot.KubeClaims, o.Namespace, o)
	}
	for _, o := range s.PersistentVolumes {
		add(snapshot.KubeVolumes, "", o)
	}
	for _, o := range s.Nodes {
		add(snapshot.KubeNodes, "", o)
	}
	return out
}

// requireFewerPasses demands that no rule passes on what was not read.
func requireFewerPasses(t *testing.T, whole, r finding.Report) {
	t.Helper()
	passed := func(r finding.Report) map[string]int {
		out := map[string]int{}
		for _, d := range r.Decided {
			violated := map[string]bool{}
			for _, f := range r.Findings {
				if f.Stack == d.Stack {
					violated[string(f.Rule)] = true
				}
			}
			for _, id := range d.Rules {
				if !violated[string(id)] {
					out[string(id)]++
				}
			}
		}
		return out
	}
	all := passed(whole)
	for id, times := range passed(r) {
		require.LessOrEqual(t, times, all[id], "%s passes: %s", id, strings.Join(gapsOf(r), "\n"))
	}
}

func gapsOf(r finding.Report) []string {
	var out []string
	for _, g := range r.Gaps {
		out = append(out, fmt.Sprint(g))
	}
	return out
}
