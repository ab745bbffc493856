package audit

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// metrics counts what is done, in the text format that Prometheus reads.
type metrics struct {
	lock     sync.Mutex
	leading  bool
	writes   map[string]int
	failures int
	last     time.Time // when all was last known to be written
	group    string
	results  summary
	objects  int
	leftOut  int
}

func (m *metrics) leads(yes bool) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.leading = yes
	if !yes { // what is there is the business of who leads now
		m.group, m.results, m.objects, m.leftOut = "", summary{}, 0, 0
	}
}

func (m *metrics) did(what string) {
	if what == "" {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.writes == nil {
		m.writes = map[string]int{}
	}
	m.writes[what]++
}

// written is how many writes there were.
func (m *metrics) written() (n int) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for _, count := range m.writes {
		n += count
	}
	return n
}

func (m *metrics) failed() {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.failures++
}

func (m *metrics) wrote(now time.Time) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.last = now
}

// holds takes in what is written in the cluster now.
func (m *metrics) holds(group string, all []object) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.group, m.results, m.objects, m.leftOut = group, summary{}, len(all), 0
	for _, o := range all {
		m.results.Pass += o.Summary.Pass
		m.results.Fail += o.Summary.Fail
		m.results.Warn += o.Summary.Warn
		m.results.Error += o.Summary.Error
		m.results.Skip += o.Summary.Skip
		if n, err := strconv.Atoi(o.Metadata.Annotations[leftOutKey]); err == nil {
			m.leftOut += n
		}
	}
}

func (m *metrics) write(out *strings.Builder) {
	m.lock.Lock()
	defer m.lock.Unlock()
	head := func(kind, name, help string) {
		fmt.Fprintf(out, "# HELP charmarr_lint_audit_%s %s\n# TYPE charmarr_lint_audit_%s %s\n", name, help, name, kind)
	}
	series := func(name, labels string, value float64) {
		fmt.Fprintf(out, "charmarr_lint_audit_%s%s %s\n", name, labels, strconv.FormatFloat(value, 'g', -1, 64))
	}
	head("gauge", "leader", "Whether this replica writes reports into the cluster.")
	series("leader", "", number(m.leading))
	head("counter", "report_writes_total", "Report objects that were written.")
	for _, what := range []string{"created", "deleted", "updated"} {
		series("report_writes_total", `{what="`+what+`"}`, float64(m.writes[what]))
	}
	head("counter", "failures_total", "Times that reports could not be brought up to date.")
	series("failures_total", "", float64(m.failures))
	if !m.last.IsZero() {
		head("gauge", "last_success_timestamp_seconds", "When all reports were last up to date.")
		series("last_success_timestamp_seconds", "", float64(m.last.Unix()))
	}
	if m.leading {
		head("gauge", "reports", "Report objects in the cluster, by the group of their kinds; none where no kind is installed.")
		if m.group != "" {
			series("reports", `{group="`+m.group+`"}`, float64(m.objects))
		}
		head("gauge", "results", "Results in report objects, by how they came out, with those that had no room.")
		for _, r := range []struct {
			name  outcome
			count int
		}{{wrong, m.results.Error}, {fail, m.results.Fail}, {pass, m.results.Pass}, {skip, m.results.Skip}, {warn, m.results.Warn}} {
			series("results", `{result="`+string(r.name)+`"}`, float64(r.count))
		}
		head("gauge", "left_out_results", "Results for which report objects had no room.")
		series("left_out_results", "", float64(m.leftOut))
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
