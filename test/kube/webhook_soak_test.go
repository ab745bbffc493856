package kube

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// held is what a process holds.
type held struct {
	after                       time.Duration
	heap                        uint64
	goroutines, files, requests int
}

func (h held) String() string {
	return fmt.Sprintf("%8s %7d requests, heap %6.1f MB, %4d goroutines, %4d files", h.after.Round(time.Second), h.requests, float64(h.heap)/1e6, h.goroutines, h.files)
}

func holds(t *testing.T) held {
	t.Helper()
	runtime.GC()
	runtime.GC() // what finalizers let go
	files, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return held{heap: heap(), goroutines: runtime.NumGoroutine(), files: len(files)}
}

// TestNothingGrows sends the mix through the API server at a hundred requests a second,
// and changes the deployment once a second, so that what is known of the cluster is made
// anew. What the process holds is looked at in between, with the client in it. It takes
// as long as CHARMARR_LINT_SOAK says, and three seconds unless that says otherwise, which
// is enough to look at every part of it once.
//
//	CHARMARR_LINT_SOAK=20m .ci/kube -run TestNothingGrows -v -timeout 40m .
func TestNothingGrows(t *testing.T) {
	lasts := 3 * time.Second
	if text := os.Getenv("CHARMARR_LINT_SOAK"); text != "" {
		var err error
		lasts, err = time.ParseDuration(text)
		require.NoError(t, err, "CHARMARR_LINT_SOAK is a time, as 20m")
	}
	s := sites()[1]
	deployFolder(t, s.files(t), true)
	d := open(t, plane.Config, nil)
	d.client = quiet(t)
	kinds := s.mix(t, d)
	requests := dealt(kinds)
	asked(t, d, true)
	const looks, perSecond = 12, 100
	labels := d.of("pods", core)
	var seen []held
	began := time.Now()
	sent := 0
	for i := range looks {
		for until := began.Add(lasts * time.Duration(i+1) / looks); time.Now().Before(until); {
			var tick tally
			n := min(perSecond, max(1, int(time.Until(until).Seconds()*perSecond)))
			tick.stream(t, behind(t, "charmarr-lint", d), requests, n, perSecond)
			sent += n
			_, err := labels.Patch(t.Context(), "prowlarr-0", types.MergePatchType, fmt.Appendf(nil, `{"metadata":{"labels":{"soak":"%d"}}}`, sent), metav1.PatchOptions{})
			require.NoError(t, err)
		}
		now := holds(t)
		now.after, now.requests = time.Since(began), sent
		seen = append(seen, now)
		t.Log(now)
	}
	require.Contains(t, d.get("/metrics"), "charmarr_lint_webhook_failed_decisions_total 0\n")
	// The first quarter fills caches and pools. What the rest of them holds at its end is
	// held to what it held at its beginning.
	third := func(from int, of func(held) int) int {
		var values []int
		for _, h := range seen[from : from+3] {
			values = append(values, of(h))
		}
		slices.Sort(values)
		return values[1]
	}
	for name, x := range map[string]struct {
		of     func(held) int
		spread int // what comes and goes
	}{
		"heap":       {func(h held) int { return int(h.heap) }, 4 << 20},
		"goroutines": {func(h held) int { return h.goroutines }, 20},
		"files":      {func(h held) int { return h.files }, 10},
	} {
		first, last := third(3, x.of), third(looks-3, x.of)
		require.LessOrEqual(t, last, first+first/20+x.spread, "%s grows", name)
	}
}
