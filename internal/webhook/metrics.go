package webhook

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmarr/charmarr-lint/internal/admission"
)

// metrics counts what is done. They are written in the text format that Prometheus
// reads (version 0.0.4): a library for that would cost every run of the program a
// millisecond at its start.
type metrics struct {
	lock      sync.Mutex
	requests  map[labels]uint64
	verdicts  map[labels]uint64
	asked     map[labels]uint64
	malforms  uint64
	failures  uint64
	reloads   map[labels]uint64
	latency   histogram
	judging   histogram
	last      *known
	findings  map[labels]uint64
	undecided map[labels]uint64

	certificate func() time.Time
	authority   atomic.Int64 // when that of the webhook's own making expires; zero where it makes none
	more        []func(*exposition)
}

// labels are names and values of labels, as they are written.
type labels string

func labelled(pairs ...string) labels {
	var words []string
	for i := 0; i < len(pairs); i += 2 {
		words = append(words, pairs[i]+"="+strconv.Quote(strings.ToValidUTF8(pairs[i+1], "?")))
	}
	return labels("{" + strings.Join(words, ",") + "}")
}

// histogram counts durations by buckets.
type histogram struct {
	counts []uint64
	sum    float64
	total  uint64
}

// buckets are the upper bounds of durations, in seconds: a request that changes
// nothing takes some 0.0005, one that does some 0.01, and the API server waits 10.
func buckets() []float64 {
	return []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

func (h *histogram) add(d time.Duration) {
	bounds := buckets()
	if h.counts == nil {
		h.counts = make([]uint64, len(bounds))
	}
	seconds := d.Seconds()
	for i, bound := range bounds {
		if seconds <= bound {
			h.counts[i]++
		}
	}
	h.sum += seconds
	h.total++
}

func newMetrics() *metrics {
	return &metrics{
		requests: map[labels]uint64{}, verdicts: map[labels]uint64{}, asked: map[labels]uint64{}, reloads: map[labels]uint64{},
		certificate: func() time.Time { return time.Time{} },
	}
}

func (m *metrics) answered(q *question, allowed bool, took time.Duration) {
	kind, operation := "other", "other"
	if admission.Concerned(q.Request) { // what others send must not make ever more series
		kind, operation = q.Kind, string(q.Operation)
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.requests[labelled("kind", kind, "operation", operation, "allowed", strconv.FormatBool(allowed), "dry_run", strconv.FormatBool(q.DryRun))]++
	m.latency.add(took)
}

func (m *metrics) decided(a admission.Answer, dryRun bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.asked[labelled("rules", strconv.FormatBool(a.Asked))]++
	for _, v := range a.Verdicts {
		m.verdicts[labelled("rule", string(v.Rule), "outcome", string(v.Outcome), "dry_run", strconv.FormatBool(dryRun))]++
	}
}

func (m *metrics) malformed() { m.count(&m.malforms) }
func (m *metrics) failed()    { m.count(&m.failures) }

func (m *metrics) count(n *uint64) {
	m.lock.Lock()
	defer m.lock.Unlock()
	*n++
}

func (m *metrics) reloaded(ok bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.reloads[labelled("ok", strconv.FormatBool(ok))]++
}

// judged takes in what was found in what is there.
func (m *metrics) judged(k *known, took time.Duration) {
	findings, undecided := map[labels]uint64{}, map[labels]uint64{}
	for _, f := range k.standing.Report.Findings {
		findings[labelled("rule", string(f.Rule), "level", string(f.Level), "verdict", string(f.Verdict), "stack", f.Stack)]++
	}
	for _, u := range k.standing.Report.Unknown {
		undecided[labelled("rule", string(u.Rule), "stack", u.Stack)]++
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.judging.add(took)
	m.last, m.findings, m.undecided = k, findings, undecided
}

// write writes all metrics.
func (m *metrics) write(out io.Writer, o Options, ready bool) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	w := &exposition{}
	w.counters("requests_total", "Requests that were answered.", m.requests)
	w.counters("decisions_total", "Decisions, by whether rules had to be asked.", m.asked)
	w.counters("verdicts_total", "What rules had to say of requests.", m.verdicts)
	w.single("counter", "malformed_requests_total", "Requests that were no AdmissionReview.", float64(m.malforms))
	w.single("counter", "failed_decisions_total", "Requests that passed because they could not be judged.", float64(m.failures))
	w.counters("reloads_total", "Reloads of the configuration and the policies.", m.reloads)
	w.histogram("request_duration_seconds", "Time from a request to its answer.", m.latency)
	w.histogram("audit_duration_seconds", "Time to judge what is there.", m.judging)
	w.single("gauge", "ready", "Whether requests can be judged.", number(ready))
	if expires := m.certificate(); !expires.IsZero() {
		w.single("gauge", "certificate_expiry_timestamp_seconds", "When the certificate expires.", float64(expires.Unix()))
	}
	if expires := m.authority.Load(); expires != 0 {
		w.single("gauge", "authority_expiry_timestamp_seconds", "When the authority that the webhook has made expires.", float64(expires))
	}
	for _, more := range m.more {
		more(w)
	}
	if m.last != nil {
		ages := map[labels]float64{}
		for _, a := range m.last.view(o).Ages {
			ages[labelled("of", a.Of)] = a.Age.Seconds()
		}
		w.gauges("snapshot_age_seconds", "Age of what is known.", ages)
		w.single("gauge", "cached_objects", "Objects of the cluster that are kept.", float64(m.last.observed.Objects))
		w.single("gauge", "broken_watches", "Kinds of objects that are not read now.", float64(m.last.observed.Broken))
		w.gauges("findings", "Findings in what is there.", floats(m.findings))
		w.gauges("unknown_rules", "Rules that cannot be decided for want of facts.", floats(m.undecided))
	}
	_, err := io.WriteString(out, w.text.String())
	return err
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func floats(in map[labels]uint64) map[labels]float64 {
	out := make(map[labels]float64, len(in))
	for k, v := range in {
		out[k] = float64(v)
	}
	return out
}

// exposition is metrics in the text format.
type exposition struct{ text strings.Builder }

const prefix = "charmarr_lint_webhook_"

func (e *exposition) head(kind, name, help string) {
	fmt.Fprintf(&e.text, "# HELP %s%s %s\n# TYPE %s%s %s\n", prefix, name, help, prefix, name, kind)
}

func (e *exposition) series(name string, l labels, value float64) {
	fmt.Fprintf(&e.text, "%s%s%s %s\n", prefix, name, l, strconv.FormatFloat(value, 'g', -1, 64))
}

func (e *exposition) single(kind, name, help string, value float64) {
	e.head(kind, name, help)
	e.series(name, "", value)
}

func (e *exposition) counters(name, help string, values map[labels]uint64) {
	e.many("counter", name, help, floats(values))
}

func (e *exposition) gauges(name, help string, values map[labels]float64) {
	e.many("gauge", name, help, values)
}

func (e *exposition) many(kind, name, help string, values map[labels]float64) {
	e.head(kind, name, help)
	for _, l := range slices.SortedFunc(maps.Keys(values), cmp.Compare[labels]) {
		e.series(name, l, values[l])
	}
}

func (e *exposition) histogram(name, help string, h histogram) {
	e.head("histogram", name, help)
	for i, bound := range buckets() {
		n := uint64(0)
		if h.counts != nil {
			n = h.counts[i]
		}
		e.series(name+"_bucket", labelled("le", strconv.FormatFloat(bound, 'g', -1, 64)), float64(n))
	}
	e.series(name+"_bucket", labelled("le", "+Inf"), float64(h.total))
	e.series(name+"_sum", "", h.sum)
	e.series(name+"_count", "", float64(h.total))
}
