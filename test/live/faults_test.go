package live

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/cli"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

const (
	// auditRuns is how many audits are made under faults.
	auditRuns = 500
	// auditTimeout is the time limit of each, and auditGrace what a busy machine
	// takes to judge what was read until then.
	auditTimeout = 3 * time.Second
	auditGrace   = 40 * time.Second
)

// TestFaults audits a deployment with findings through proxies before both servers,
// with which much goes wrong. An audit never panics, never goes on past its time
// limit, and passes nothing that it did not read.
//
// CHARMARR_LINT_FAULTS sets how many audits; the number of one seeds what happens
// to it.
func TestFaults(t *testing.T) {
	runs := auditRuns
	if text := os.Getenv("CHARMARR_LINT_FAULTS"); text != "" {
		var err error
		runs, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	// Faults that show in Juju, in Kubernetes, or in both.
	d, _, err := deployment.Apply(deployment.Clean(), "core-not-enrolled", "core-label-removed", "client-label-none",
		"gateway-workload-label", "gateway-mesh-configmap")
	require.NoError(t, err)
	w := start(t, d)
	truth := truth{needs: needsOf(t)}
	code, whole, stderr, read := w.audit(t, func(int) jujuserver.Fault { return jujuserver.Fault{} }, controlplane.Failing(0, 0), time.Minute)
	require.Equal(t, 1, code, stderr)
	require.Empty(t, whole.Gaps)
	require.NotEmpty(t, passed(whole))
	truth.report, truth.read = whole, contentsOf(t, read)

	var lock sync.Mutex
	complete, partly, nothing, judged := 0, 0, 0, 0
	t.Run("audits", func(t *testing.T) {
		for i := range runs {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				r := w.faulty(t, uint64(i), truth)
				lock.Lock()
				defer lock.Unlock()
				switch {
				case len(r.Gaps) == 0:
					complete++
				case len(r.Stacks) > 0:
					partly++
					judged += len(passed(r))
				default:
					nothing++
				}
			})
		}
	})
	t.Logf("%d audits: %d complete, %d of a part (%d rules passed in them), %d of nothing", runs, complete, partly, judged, nothing)
	// Faults are of use only where they meet audits at every stage.
	require.Positive(t, complete)
	require.Positive(t, partly)
	require.Positive(t, judged)
	require.Positive(t, nothing)
}

// truth is what an audit without faults comes to, and what it read.
type truth struct {
	report report
	read   contents
	needs  map[string][][]string // of each rule
}

// faulty audits with faults by the seed, and holds what comes out to the truth.
func (w *world) faulty(t *testing.T, seed uint64, truth truth) report {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 2))
	// Of the connections to Juju and of the requests to Kubernetes; one of the two
	// is well in many runs.
	ofJuju, ofKube := random.Float64(), []float64{0, 0.01, 0.05, 0.2, 0.9}[seed%5]
	if seed%4 == 0 {
		ofJuju = 0
	}
	limit := auditTimeout
	if ofJuju == 0 && ofKube == 0 {
		limit = time.Minute // nothing goes wrong, and a busy machine is slow
	}
	kinds := jujuserver.Kinds()
	var lock sync.Mutex
	start := time.Now()
	code, r, stderr, read := w.audit(t, func(int) jujuserver.Fault {
		lock.Lock()
		defer lock.Unlock()
		if random.Float64() > ofJuju*ofJuju {
			return jujuserver.Fault{}
		}
		return jujuserver.Fault{Kind: kinds[random.IntN(len(kinds))], After: random.IntN(20_000)}
	}, controlplane.Failing(seed, ofKube), limit)
	require.Less(t, time.Since(start), limit+auditGrace, "it ends soon after its time limit")

	// What passed is decided and passes in truth, stack by stack.
	passes := passed(truth.report)
	for key := range passed(r) {
		require.True(t, passes[key], "%s passes, which does not in truth; gaps: %v", key, r.Gaps)
	}
	// What was not read is told, and keeps rules from passing, also those that pass
	// in truth.
	seen := contentsOf(t, read)
	for key := range passed(r) {
		_, rule, _ := strings.Cut(key, " ")
		require.True(t, restsOn(truth.needs[rule], truth.read, seen), "%s passes on what was not read; gaps: %v", rule, r.Gaps)
	}
	if len(r.Gaps) == 0 {
		require.Equal(t, truth.report.wheres(), r.wheres())
		require.Equal(t, passes, passed(r))
		require.Equal(t, 1, code)
		return r
	}
	for _, g := range r.Gaps {
		require.NotEmpty(t, g.Source)
		require.NotEmpty(t, g.What)
		require.NotEmpty(t, g.Reason)
	}
	violated := slices.ContainsFunc(r.Findings, func(f found) bool { return f.Verdict == "violated" && f.Level == "error" })
	require.Equal(t, map[bool]int{true: 1, false: 3}[violated], code, "%v\n%s", r.Gaps, stderr)
	require.NotContains(t, stderr, "goroutine ")
	return r
}

// passed are the rules that were decided and found nothing, by stack.
func passed(r report) map[string]bool {
	out := map[string]bool{}
	for _, d := range r.Decided {
		for _, rule := range d.Rules {
			if !slices.ContainsFunc(r.Findings, func(f found) bool { return f.Rule == rule && f.Stack == d.Stack }) {
				out[d.Stack+" "+rule] = true
			}
		}
	}
	return out
}

// audit runs an audit in this process, through a proxy before each server.
func (w *world) audit(t *testing.T, fault func(int) jujuserver.Fault, meddle controlplane.Meddle, limit time.Duration) (int, report, string, snapshot.Snapshot) {
	t.Helper()
	before, err := jujuserver.NewProxy(w.juju, fault, nil)
	require.NoError(t, err)
	defer before.Close()
	proxy, err := plane.Proxy(meddle)
	require.NoError(t, err)
	defer proxy.Close()
	defer proxy.CloseClientConnections()
	s := newSession(t, "JUJU_CONTROLLER_ADDRESSES="+before.Address(), "JUJU_CA_CERT="+before.CACert(),
		"JUJU_USERNAME=admin", "JUJU_PASSWORD="+w.juju.Users["admin"], "KUBECONFIG="+kubeconfig(t, &rest.Config{Host: proxy.URL}))
	var stdout, stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- cli.Main([]string{"audit", "-f", "json", "--timeout", fmt.Sprint(limit), "--save", filepath.Join(s.folder, "saved.json")}, strings.NewReader(""), &stdout, &stderr, s.env)
	}()
	select {
	case code := <-done:
		require.Contains(t, []int{0, 1, 3}, code, stderr.String())
		return code, parsed(t, stdout.String()), stderr.String(), saved(t, s)
	case <-time.After(limit + auditGrace):
		t.Fatalf("an audit goes on past its time limit of %v", limit)
		return 0, report{}, "", snapshot.Snapshot{}
	}
}
