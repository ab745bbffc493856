package kube

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
)

// asDeployed collects garbage as the manifests have it.
func asDeployed(b *testing.B) {
	b.Helper()
	before := debug.SetGCPercent(400)
	b.Cleanup(func() { debug.SetGCPercent(before) })
}

// BenchmarkAdmission sends requests through the API server, one after the other, to a
// webhook that does nothing and to this one in turns: each kind of the mix, and the mix.
//
//	make bench-webhook
//
// Processor time is this process': the client and the webhook, not the API server. What
// is added is the difference.
func BenchmarkAdmission(b *testing.B) {
	asDeployed(b)
	deploy(b, "clean", true)
	nothing, d := lazy(b), open(b, plane.Config, nil)
	d.client = quiet(b)
	const turns = 2
	kinds := mix(b, d)
	for _, x := range append(singles(kinds), deck{"mix", dealt(kinds)}) {
		b.Run(x.name, func(b *testing.B) {
			var before, after tally
			n := rounded(b.N, turns)
			for range turns {
				asked(b, &nothing.door, false)
				before.burst(b, through(b, "nothing", &nothing.door), x.requests, n)
				asked(b, d, true)
				after.burst(b, through(b, "charmarr-lint", d), x.requests, n)
			}
			compare(b, before, after)
		})
	}
}

// BenchmarkReview asks a webhook that does nothing and this one directly, over HTTPS,
// what the API server asks of the same requests.
func BenchmarkReview(b *testing.B) {
	asDeployed(b)
	deploy(b, "clean", true)
	nothing := lazy(b)
	d := open(b, plane.Config, nil)
	kinds := mix(b, d)
	questions := nothing.questions(b, kinds)
	client := caller(b, &nothing.door, d)
	const turns = 4
	for _, x := range append(singles(kinds), deck{"mix", dealt(kinds)}) {
		b.Run(x.name, func(b *testing.B) {
			var before, after tally
			n := rounded(b.N, turns)
			for range turns {
				before.burst(b, directly("nothing", &nothing.door, client, questions), x.requests, n)
				after.burst(b, directly("charmarr-lint", d, client, questions), x.requests, n)
			}
			compare(b, before, after)
		})
	}
}

// rate is how many requests a second there are where they come whether or not those
// before were answered.
const rate = 500

// BenchmarkRate sends the mix at 500 requests a second, through the API server and
// directly. The iterations are requests: 10000 of them are 20 seconds of each.
func BenchmarkRate(b *testing.B) {
	asDeployed(b)
	deploy(b, "clean", true)
	nothing, d := lazy(b), open(b, plane.Config, nil)
	d.client = quiet(b)
	kinds := mix(b, d)
	requests := dealt(kinds)
	b.Run("directly", func(b *testing.B) {
		questions := nothing.questions(b, kinds)
		client := caller(b, &nothing.door, d)
		var before, after tally
		for range 2 {
			before.stream(b, directly("nothing", &nothing.door, client, questions), requests, rounded(b.N, 2), rate)
			after.stream(b, directly("charmarr-lint", d, client, questions), requests, rounded(b.N, 2), rate)
		}
		compare(b, before, after)
	})
	b.Run("through the API server", func(b *testing.B) {
		var before, after tally
		for range 2 {
			asked(b, &nothing.door, false)
			before.stream(b, through(b, "nothing", &nothing.door), requests, rounded(b.N, 2), rate)
			asked(b, d, true)
			after.stream(b, through(b, "charmarr-lint", d), requests, rounded(b.N, 2), rate)
		}
		compare(b, before, after)
	})
}

// BenchmarkCache watches 10,000 pods of nine kilobytes, and tells what is kept of them.
func BenchmarkCache(b *testing.B) {
	manyPods(b)
	for b.Loop() {
		b.StopTimer()
		runtime.GC()
		before := heap()
		w, err := kube.NewWatcher(options(b, plane.Config))
		require.NoError(b, err)
		b.StartTimer()
		stop := run(b, w)
		require.Eventually(b, func() bool { _, ok := w.Observe(); return ok }, time.Minute, 10*time.Millisecond)
		b.StopTimer()
		seen, _ := w.Observe()
		require.GreaterOrEqual(b, seen.Objects, benchPods)
		require.Len(b, seen.Snapshot.Pods, benchPods)
		seen.Snapshot.Pods = nil
		runtime.GC()
		b.ReportMetric(float64(heap()-before)/1e6, "kept-MB")
		runtime.KeepAlive(w)
		stop()
		b.StartTimer()
	}
}

// deck is requests that are sent in turns.
type deck struct {
	name     string
	requests []load
}

// singles are decks of one kind of request each.
func singles(kinds []load) []deck {
	var out []deck
	for _, l := range kinds {
		out = append(out, deck{l.name, []load{l}})
	}
	return out
}

// rounded is how many requests of each turn make n in all.
func rounded(n, turns int) int { return max((n+turns-1)/turns, 1) }

// compare reports what a webhook adds to one that does nothing.
func compare(b *testing.B, nothing, ours tally) {
	b.Helper()
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	if ours.cpu > 0 {
		added := float64(ours.cpu)/float64(ours.n) - float64(nothing.cpu)/float64(nothing.n)
		b.ReportMetric(added/1e6, "added-cpu-ms/op")
		b.ReportMetric(float64(nothing.cpu)/float64(nothing.n)/1e6, "nothing-cpu-ms/op")
	}
	b.ReportMetric(ms(nothing.at(50)), "nothing-p50-ms")
	b.ReportMetric(ms(nothing.at(99)), "nothing-p99-ms")
	b.ReportMetric(ms(ours.at(50)), "p50-ms")
	b.ReportMetric(ms(ours.at(99)), "p99-ms")
	b.ReportMetric(float64(ours.at(99)-nothing.at(99))/float64(nothing.at(99)), "added-p99/nothing-p99")
	b.ReportMetric(0, "ns/op")
}
