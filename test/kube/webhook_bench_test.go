package kube

import (
	"flag"
	"runtime"
	"runtime/debug"
	"slices"
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

// requests is how many are sent of each kind in each turn, and how many of the mix.
var requests = flag.Int("requests", 200, "requests of each kind in each turn of a benchmark")

// only, where it is set, is the one kind of request, or the one way, that is measured.
var only = flag.String("only", "", "measure this alone: \"pod label\", mix, directly")

func chosen(all []*deck) []*deck {
	return slices.DeleteFunc(slices.Clone(all), func(x *deck) bool { return *only != "" && x.name != *only })
}

// turns is how often a webhook that does nothing and this one are measured, one after the
// other.
const turns = 2

// BenchmarkAdmission sends requests through the API server, one after the other, to a
// webhook that does nothing and to this one in turns: each kind of the mix, and the mix.
//
//	make bench-webhook
//
// Processor time is this process': the client and the webhook, not the API server. What
// is added is the difference.
func BenchmarkAdmission(b *testing.B) {
	beside(b, func(b *testing.B, s site, nothing *idle, d *door) []*deck {
		all := decks(s.mix(b, d))
		for range turns {
			asked(b, &nothing.door, false)
			for _, x := range all {
				x.before.burst(b, behind(b, "nothing", &nothing.door), x.requests, *requests)
			}
			asked(b, d, true)
			for _, x := range all {
				x.after.burst(b, behind(b, "charmarr-lint", d), x.requests, *requests)
			}
		}
		return all
	})
}

// BenchmarkReview asks a webhook that does nothing and this one directly, over HTTPS,
// what the API server asks of the same requests.
func BenchmarkReview(b *testing.B) {
	beside(b, func(b *testing.B, s site, nothing *idle, d *door) []*deck {
		kinds := s.mix(b, d)
		questions, client := nothing.questions(b, kinds), caller(b, &nothing.door, d)
		all := decks(kinds)
		for _, x := range all {
			for range turns {
				x.before.burst(b, directly("nothing", &nothing.door, client, questions), x.requests, *requests)
				x.after.burst(b, directly("charmarr-lint", d, client, questions), x.requests, *requests)
			}
		}
		return all
	})
}

// rate is how many requests a second there are where they come whether or not those
// before were answered.
const rate = 500

// BenchmarkRate sends the mix at 500 requests a second, directly and through the API
// server: -requests 5000 are ten seconds of it a turn.
func BenchmarkRate(b *testing.B) {
	beside(b, func(b *testing.B, s site, nothing *idle, d *door) []*deck {
		kinds := s.mix(b, d)
		questions, client := nothing.questions(b, kinds), caller(b, &nothing.door, d)
		ways := []*deck{{name: "directly", requests: dealt(kinds)}, {name: "through the API server", requests: dealt(kinds)}}
		for _, x := range chosen(ways) {
			for range turns {
				before, after := directly("nothing", &nothing.door, client, questions), directly("charmarr-lint", d, client, questions)
				if x == ways[1] {
					before, after = behind(b, "nothing", &nothing.door), behind(b, "charmarr-lint", d)
					asked(b, &nothing.door, false)
				}
				x.before.stream(b, before, x.requests, *requests, rate)
				if x == ways[1] {
					asked(b, d, true)
				}
				x.after.stream(b, after, x.requests, *requests, rate)
			}
		}
		return chosen(ways)
	})
}

// beside measures a webhook that does nothing and this one, at each site.
func beside(b *testing.B, run func(*testing.B, site, *idle, *door) []*deck) {
	b.Helper()
	for _, s := range sites() {
		b.Run(s.name, func(b *testing.B) {
			asDeployed(b)
			deployFolder(b, s.files(b), true)
			nothing, d := lazy(b), open(b, plane.Config, nil)
			d.client = quiet(b)
			report(b, run(b, s, nothing, d))
		})
	}
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
		require.Eventually(b, func() bool { _, ok := w.Observe(); return ok }, 5*time.Minute, 10*time.Millisecond)
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

// deck is requests that are sent in turns, and what they took.
type deck struct {
	name          string
	requests      []demand
	before, after tally
}

// decks are one of each kind of request, and one of the mix.
func decks(kinds []demand) []*deck {
	var out []*deck
	for _, l := range kinds {
		out = append(out, &deck{name: l.name, requests: []demand{l}})
	}
	return chosen(append(out, &deck{name: "mix", requests: dealt(kinds)}))
}

// report tells what this webhook adds to one that does nothing.
func report(b *testing.B, all []*deck) {
	b.Helper()
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	for _, x := range all {
		b.Run(x.name, func(b *testing.B) {
			nothing, ours := x.before, x.after
			if ours.cpu > 0 {
				each := func(c tally) float64 { return ms(c.cpu) / float64(c.n) }
				b.ReportMetric(each(ours)-each(nothing), "added-cpu-ms")
				b.ReportMetric(each(nothing), "nothing-cpu-ms")
			}
			b.ReportMetric(ms(nothing.at(50)), "nothing-p50-ms")
			b.ReportMetric(ms(nothing.at(99)), "nothing-p99-ms")
			b.ReportMetric(ms(ours.at(50)), "p50-ms")
			b.ReportMetric(ms(ours.at(99)), "p99-ms")
			b.ReportMetric(ms(ours.at(99)-nothing.at(99))/ms(nothing.at(99)), "added/nothing-p99")
			b.ReportMetric(0, "ns/op") // which would be of the report
		})
	}
}
