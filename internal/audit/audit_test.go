package audit

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

// lines is a log.
type lines struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

func auditor(s *server) (*Auditor, *lines) {
	log := &lines{}
	return New(Options{Server: s.client(), Interval: time.Minute, Namespace: "lint", Identity: "one", Log: log, Now: time.Now}), log
}

func broken() Latest { return Latest{Report: reporttest.Named("broken"), Snapshot: among()} }

const (
	open  = "openreports.io"
	older = "wgpolicyk8s.io"
)

func TestWrite(t *testing.T) {
	s := newServer(t, open)
	a, log := auditor(s)
	require.NoError(t, a.write(t.Context(), broken()))
	all := s.paths()
	require.Contains(t, all, "openreports.io/v1alpha1/clusterreports/charmarr-lint")
	require.Greater(t, len(all), 2)
	require.Equal(t, map[string]int{"create": len(all)}, s.writes())

	t.Run("the same is not written again", func(t *testing.T) {
		require.NoError(t, a.write(t.Context(), broken()))
		require.Empty(t, s.writes())
	})
	t.Run("what differs is replaced", func(t *testing.T) {
		l := broken()
		i := slices.IndexFunc(l.Report.Findings, func(f finding.Finding) bool { return f.Verdict == finding.Violated })
		l.Report.Findings[i].Message = "Something else."
		require.NoError(t, a.write(t.Context(), l))
		require.Equal(t, map[string]int{"update": 1}, s.writes())
		require.NoError(t, a.write(t.Context(), broken()))
		require.Equal(t, map[string]int{"update": 1}, s.writes())
	})
	t.Run("what somebody changed is replaced", func(t *testing.T) {
		s.with(func() {
			o := s.objects["openreports.io/v1alpha1/clusterreports/charmarr-lint"]
			o["results"] = []any{}
		})
		require.NoError(t, a.write(t.Context(), broken()))
		require.Equal(t, map[string]int{"update": 1}, s.writes())
	})
	t.Run("others' are left alone, and so is one of the name", func(t *testing.T) {
		foreign := map[string]any{"metadata": map[string]any{"name": "charmarr-lint", "labels": map[string]any{managedLabel: tool, installationLabel: "another"}}}
		s.with(func() {
			s.put("openreports.io/v1alpha1/namespaces/others/reports/charmarr-lint", foreign)
			s.put("openreports.io/v1alpha1/clusterreports/charmarr-lint", map[string]any{"metadata": map[string]any{"name": "charmarr-lint"}})
		})
		err := a.write(t.Context(), broken())
		require.ErrorContains(t, err, "making ClusterReport charmarr-lint: there is one of that name without the labels of this installation")
		require.Empty(t, s.writesBut("create"))
		s.with(func() { delete(s.objects, "openreports.io/v1alpha1/clusterreports/charmarr-lint") })
		require.NoError(t, a.write(t.Context(), broken()))
		s.writes()
	})
	t.Run("without findings there is the cluster's alone", func(t *testing.T) {
		require.NoError(t, a.write(t.Context(), Latest{Report: reporttest.Named("clean"), Snapshot: among()}))
		require.Equal(t, []string{"openreports.io/v1alpha1/clusterreports/charmarr-lint", "openreports.io/v1alpha1/namespaces/others/reports/charmarr-lint"}, s.paths())
		require.Equal(t, map[string]int{"update": 1, "delete": len(all) - 1}, s.writes())
	})
	require.Equal(t, 1, strings.Count(log.String(), "reports are written"))
}

// writesBut are the requests that changed something, but for those of a verb.
func (s *server) writesBut(verb string) map[string]int {
	out := s.writes()
	delete(out, verb)
	return out
}

// TestKinds goes through clusters in which the kinds are installed one after the
// other, and removed again.
func TestKinds(t *testing.T) {
	s := newServer(t)
	a, log := auditor(s)
	for range 3 {
		require.NoError(t, a.write(t.Context(), broken()))
	}
	require.Empty(t, s.paths())
	require.Equal(t, 1, strings.Count(log.String(), "neither the kinds of openreports.io nor those of wgpolicyk8s.io"))

	s.with(func() { s.installed[older] = true })
	require.NoError(t, a.write(t.Context(), broken()))
	require.Contains(t, s.paths(), "wgpolicyk8s.io/v1alpha2/clusterpolicyreports/charmarr-lint")
	before := len(s.paths())

	s.with(func() { s.installed[open] = true })
	require.NoError(t, a.write(t.Context(), broken()))
	require.Len(t, s.paths(), before)
	for _, path := range s.paths() {
		require.True(t, strings.HasPrefix(path, open), "%s: the better kind takes the place of the other", path)
	}

	s.with(func() { s.installed = map[string]bool{} })
	require.NoError(t, a.write(t.Context(), broken()))
	require.Equal(t, 2, strings.Count(log.String(), "neither the kinds"))
}

// TestInTheWay has what is done refused.
func TestInTheWay(t *testing.T) {
	for _, c := range []struct {
		name   string
		refuse func(method, path string) (int, string)
		want   string // empty is no error
		others bool   // the other objects are written
	}{
		{"a namespace is on its way out", func(method, path string) (int, string) {
			if method == http.MethodPost && strings.Contains(path, "charmarr-downloads") {
				return 403, `{"kind":"Status","reason":"Forbidden","message":"it is being terminated","details":{"causes":[{"reason":"NamespaceTerminating"}]}}`
			}
			return 0, ""
		}, "", true},
		{"a namespace is gone", func(method, path string) (int, string) {
			if method == http.MethodPost && strings.Contains(path, "charmarr-downloads") {
				return 404, `{"kind":"Status","reason":"NotFound","message":"namespaces \"charmarr-downloads\" not found"}`
			}
			return 0, ""
		}, "", true},
		{"a right is missing", func(method, path string) (int, string) {
			if method == http.MethodPost && strings.Contains(path, "charmarr-downloads") {
				return 403, forbidden("reports")
			}
			return 0, ""
		}, "making Report charmarr-downloads/charmarr-lint: it is forbidden: reports is forbidden", true},
		{"nothing may be listed", func(method, path string) (int, string) {
			if method == http.MethodGet && strings.HasSuffix(path, "reports") {
				return 403, forbidden("reports")
			}
			return 0, ""
		}, "listing reports.openreports.io: it is forbidden: reports is forbidden: User \"nobody\" cannot do that: deploy/reports has every rule", false},
		{"the server fails", func(string, string) (int, string) { return 500, `no JSON` }, "asking whether openreports.io/v1alpha1 is installed: the API server answered 500 Internal Server Error", false},
		{"an answer is no JSON", func(string, string) (int, string) { return 200, `"a"` }, "the API server's answer is not the JSON that was asked for", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, open)
			s.refuse = c.refuse
			a, _ := auditor(s)
			err := a.write(t.Context(), broken())
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
			require.Equal(t, c.others, slices.Contains(s.paths(), "openreports.io/v1alpha1/clusterreports/charmarr-lint"))
		})
	}
}

// TestBusy asks a server again that is busy for a moment.
func TestBusy(t *testing.T) {
	s := newServer(t, open)
	busy := 1
	s.refuse = func(string, string) (int, string) {
		if busy--; busy >= 0 {
			return http.StatusTooManyRequests, `{"kind":"Status","reason":"TooManyRequests","message":"storage is (re)initializing"}`
		}
		return 0, ""
	}
	a, log := auditor(s)
	require.NoError(t, a.write(t.Context(), broken()))
	require.NotEmpty(t, s.paths())
	require.NotContains(t, log.String(), "ERROR")
}

// TestManyPages lists more objects than a page has.
func TestManyPages(t *testing.T) {
	s := newServer(t, open)
	a, _ := auditor(s)
	s.with(func() {
		for _, n := range strings.Split(strings.Repeat("n,", 2*page+5), ",")[:2*page+5] {
			name := n + strings.Repeat("x", len(s.objects))
			s.put("openreports.io/v1alpha1/namespaces/"+name+"/reports/charmarr-lint", map[string]any{"metadata": map[string]any{
				"name": "charmarr-lint", "namespace": name, "labels": map[string]any{managedLabel: tool, installationLabel: "lint"},
			}})
		}
	})
	require.NoError(t, a.write(t.Context(), Latest{Report: reporttest.Named("clean"), Snapshot: among()}))
	require.Equal(t, map[string]int{"create": 1, "delete": 2*page + 5}, s.writes())
}

// TestRun runs an auditor as the webhook does: it leads, writes, looks again where
// writing failed, and says how it is going.
func TestRun(t *testing.T) {
	s := newServer(t, open)
	s.down = true
	a, log := auditor(s)
	a.election.retry, a.soon = 5*time.Millisecond, 5*time.Millisecond
	ctx, end := context.WithCancel(t.Context())
	defer end()
	ended := make(chan struct{})
	known := make(chan Latest, 1)
	go func() {
		defer close(ended)
		var last *Latest
		a.Run(ctx, func() (Latest, bool) {
			select {
			case l := <-known:
				last = &l
			default:
			}
			if last == nil {
				return Latest{}, false
			}
			return *last, true
		})
	}()
	eventually := func(what string, is func() bool) {
		t.Helper()
		require.Eventually(t, is, 10*time.Second, time.Millisecond, "%s\n%s", what, log)
	}
	eventually("it says why it does not lead", func() bool { return strings.Contains(log.String(), "choosing who writes reports") })
	require.Contains(t, told(a), "charmarr_lint_audit_leader 0\n")
	s.with(func() { s.down = false })
	eventually("it leads", func() bool { return strings.Contains(told(a), "charmarr_lint_audit_leader 1\n") })
	require.Empty(t, s.paths(), "nothing is known yet")

	s.with(func() { s.refuse = func(string, string) (int, string) { return 500, `{}` } })
	known <- broken()
	eventually("it says why it cannot write", func() bool { return strings.Contains(log.String(), `"writing reports","error"`) })
	s.with(func() { s.refuse = func(string, string) (int, string) { return 0, "" } })
	eventually("it has written", func() bool { return strings.Contains(told(a), "last_success_timestamp_seconds 1") })
	text := told(a)
	require.Contains(t, text, `charmarr_lint_audit_reports{group="openreports.io"}`)
	require.NotContains(t, text, `report_writes_total{what="created"} 0`)
	require.NotContains(t, text, "failures_total 0\n")
	require.Regexp(t, `charmarr_lint_audit_results\{result="fail"\} [1-9]`, text)

	end()
	<-ended
	require.Contains(t, told(a), "charmarr_lint_audit_leader 0\n")
	require.NotContains(t, told(a), "charmarr_lint_audit_results")
	var l lease
	require.NoError(t, s.client().Do(t.Context(), apiserver.Request{Method: http.MethodGet, Path: a.election.path(leaseName)}, &l))
	require.Empty(t, l.Spec.Holder, "another can lead at once")
}

func told(a *Auditor) string {
	var out strings.Builder
	a.WriteMetrics(&out)
	return out.String()
}
