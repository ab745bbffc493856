package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestRefuses(t *testing.T) {
	o, said := options(t, clean(t))
	s := start(t, o)
	code, a, _ := s.ask(t, labelledRequest("42"))
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "42", a.UID)
	require.False(t, a.Allowed)
	require.Equal(t, http.StatusForbidden, a.Status.Code)
	require.Contains(t, a.Status.Message, "charmarr-lint: mesh/gateway-not-enrolled: Namespace \"gluetun\" is labelled istio.io/dataplane-mode=ambient")
	require.Contains(t, a.Status.Message, "To mend it: kubectl label namespace gluetun istio.io/dataplane-mode-")
	require.Contains(t, a.Status.Message, `To accept it: send it with the annotation charmarr-lint.io/waive: "mesh/gateway-not-enrolled; REASON; YYYY-MM-DD".`)
	require.Contains(t, a.AuditAnnotations["denied"], "mesh/gateway-not-enrolled ")
	require.Contains(t, a.AuditAnnotations, "cluster-age")
	require.Contains(t, said.String(), `"msg":"refused"`)

	code, text := s.get(t, "/metrics")
	require.Equal(t, http.StatusOK, code)
	for _, line := range []string{
		`charmarr_lint_webhook_requests_total{kind="Namespace",operation="UPDATE",allowed="false",dry_run="false"} 1`,
		`charmarr_lint_webhook_verdicts_total{rule="mesh/gateway-not-enrolled",outcome="denied",dry_run="false"} 1`,
		`charmarr_lint_webhook_snapshot_age_seconds{of="cluster"} `, `charmarr_lint_webhook_request_duration_seconds_bucket{le="+Inf"} 1`,
		"charmarr_lint_webhook_cached_objects 1", "charmarr_lint_webhook_ready 1", "charmarr_lint_webhook_certificate_expiry_timestamp_seconds ",
	} {
		require.Contains(t, text, "\n"+line)
	}
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "ok", "/report/json": `"schema": "charmarr-lint/report/v1"`, "/report/sarif": `"version": "2.1.0"`, "/report/html": "<!doctype html>", "/report/text": "passed",
	} {
		code, text := s.get(t, path)
		require.Equal(t, http.StatusOK, code, path)
		require.Contains(t, strings.ToLower(text), strings.ToLower(want), path)
	}
	code, _ = s.get(t, "/report/pdf")
	require.Equal(t, http.StatusNotFound, code)
	require.NoError(t, s.end())
}

// TestOldFacts refuses nothing on what is too old, and says so.
func TestOldFacts(t *testing.T) {
	c := clean(t)
	o, _ := options(t, c)
	s := start(t, o)
	c.lock.Lock()
	c.current = time.Now().Add(-2 * time.Minute)
	c.lock.Unlock()
	s.facts.changed()
	require.Eventually(t, func() bool {
		_, a, _ := s.ask(t, labelledRequest("1"))
		return a.Allowed && hasWarning(a, "what is known of the cluster is 2m0s old") && hasWarning(a, "mesh/gateway-not-enrolled")
	}, 10*time.Second, 20*time.Millisecond)
	_, text := s.get(t, "/metrics")
	require.Contains(t, text, "charmarr_lint_webhook_snapshot_age_seconds{of=\"cluster\"} 12")

	// What is wrong now is not known either: rules are unknown, none has passed.
	require.Eventually(t, func() bool {
		_, text = s.get(t, "/metrics")
		return strings.Contains(text, `charmarr_lint_webhook_unknown_rules{rule="mesh/gateway-not-enrolled",stack="`)
	}, 10*time.Second, 20*time.Millisecond)
	_, text = s.get(t, "/report/text")
	require.Contains(t, text, "reading the cluster")
	c.lock.Lock()
	c.current = time.Now()
	c.lock.Unlock()
	s.facts.changed()
	require.Eventually(t, func() bool {
		_, a, _ := s.ask(t, labelledRequest("1"))
		_, text = s.get(t, "/metrics")
		return !a.Allowed && !strings.Contains(text, `unknown_rules{rule="mesh/gateway-not-enrolled"`)
	}, 10*time.Second, 20*time.Millisecond)
}

// TestJujuIsAway says of rules that need Juju that they are unknown, and refuses by
// the others.
func TestJujuIsAway(t *testing.T) {
	o, said := options(t, clean(t))
	o.Juju = func(context.Context) (snapshot.Snapshot, error) {
		return snapshot.Snapshot{}, errors.New("no route to host")
	}
	s := start(t, o)
	_, a, _ := s.ask(t, labelledRequest("1"))
	require.False(t, a.Allowed)
	require.True(t, hasWarning(a, "what is known of Juju is"), "%v", a.Warnings)
	require.Contains(t, a.AuditAnnotations, "juju-age")
	require.NotEmpty(t, s.facts.last.Load().standing.Report.Gaps)
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "no route to host") }, 5*time.Second, 10*time.Millisecond)
}

// TestReload takes in a configuration that loads, and stays with it where the next
// does not.
func TestReload(t *testing.T) {
	o, write, said := configured(t)
	s := start(t, o)
	allowed := func() bool {
		_, a, _ := s.ask(t, labelledRequest("1"))
		return a.Allowed
	}
	require.False(t, allowed())
	write("version: 1\nrules:\n  mesh/gateway-not-enrolled: {admission: warn}\n")
	require.Eventually(t, allowed, 20*time.Second, 50*time.Millisecond)
	write("version: 1\nrules:\n  mesh/gateway-not-enrolled: {admission: maybe}\n")
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "those before stay") }, 20*time.Second, 50*time.Millisecond)
	require.True(t, allowed())
	_, text := s.get(t, "/metrics")
	require.Contains(t, text, `charmarr_lint_webhook_reloads_total{ok="false"} 1`)
	require.Contains(t, text, `charmarr_lint_webhook_reloads_total{ok="true"} 1`)
}

// configured has options with a configuration of files, and what writes them as the
// kubelet does: a file is never there in half.
func configured(t *testing.T) (o Options, write func(text string), said *log) {
	t.Helper()
	file := filepath.Join(t.TempDir(), config.FileName)
	write = func(text string) {
		next := filepath.Join(t.TempDir(), "next")
		require.NoError(t, os.WriteFile(next, []byte(text), 0o600))
		require.NoError(t, os.Rename(next, file))
	}
	write("version: 1\n")
	o, said = options(t, clean(t))
	o.Setup = func() (lint.Options, error) {
		c, err := config.Load(file)
		return lint.Options{Config: c}, err
	}
	o.Files = func(c config.Config) []string { return append([]string{file}, c.Policies...) }
	return o, write, said
}

// TestReloadWhileLoading changes a file while it is loaded, when the program starts and
// when it loads it again: that is seen.
func TestReloadWhileLoading(t *testing.T) {
	for _, reading := range []int{1, 2, 3, 4} {
		t.Run(strconv.Itoa(reading), func(t *testing.T) {
			o, write, said := configured(t)
			readings, setup := 0, o.Setup
			o.Setup = func() (lint.Options, error) {
				next, err := setup()
				if readings++; readings == reading {
					write("version: 1\nrules:\n  mesh/gateway-not-enrolled: {admission: warn}\n")
				}
				return next, err
			}
			s := start(t, o)
			if reading > 2 {
				write("version: 1 # again\n")
			}
			require.Eventually(t, func() bool {
				_, a, _ := s.ask(t, labelledRequest("1"))
				return a.Allowed
			}, 20*time.Second, 50*time.Millisecond, "%s", said)
		})
	}
}

// TestReloadWhatIsMended looks at the files of a configuration that did not load.
func TestReloadWhatIsMended(t *testing.T) {
	o, write, said := configured(t)
	s := start(t, o)
	policies := t.TempDir()
	rego := filepath.Join(policies, "a.rego")
	require.NoError(t, os.WriteFile(rego, []byte("package"), 0o600))
	write("version: 1\npolicies: [" + policies + "]\nrules:\n  mesh/gateway-not-enrolled: {admission: warn}\n")
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "those before stay") }, 20*time.Second, 50*time.Millisecond)
	require.NoError(t, os.WriteFile(rego, []byte(`# METADATA
# title: Nothing is asked
# description: For a test.
# schemas:
#   - input: schema.stack
# custom:
#   id: own/mild
#   level: note
#   needs: [["kube.workloads"]]
#   subjects: [application]
#   states: [effective]
package rules.own.mild

violations contains v if {
	some app in input.applications
	app.name == "nobody"
	v := {"subject": app.subject, "message": "It is there.", "at": app.at, "state": app.state, "evidence": []}
}
`), 0o600))
	require.Eventually(t, func() bool {
		_, a, _ := s.ask(t, labelledRequest("1"))
		return a.Allowed
	}, 20*time.Second, 50*time.Millisecond, "%s", said)
}

// TestEnd answers what comes before everybody knows that it ends.
func TestEnd(t *testing.T) {
	o, _ := options(t, clean(t))
	o.Drain = time.Second
	s := start(t, o)
	ended := make(chan error, 1)
	go func() { ended <- s.end() }()
	require.Eventually(t, func() bool { return s.Ready() != nil }, 5*time.Second, time.Millisecond)
	code, _ := s.get(t, "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, code)
	_, a, _ := s.ask(t, labelledRequest("1"))
	require.False(t, a.Allowed)
	require.NoError(t, <-ended)
}

func TestCertificates(t *testing.T) {
	dir := t.TempDir()
	certify(t, dir)
	cert, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	c, err := newCertificates(cert, key, "")
	require.NoError(t, err)
	before := c.pair.Certificate[0]
	changed, err := c.load()
	require.NoError(t, err)
	require.False(t, changed)

	require.NoError(t, os.WriteFile(key, []byte("half"), 0o600))
	_, err = c.load()
	require.ErrorContains(t, err, "reading the certificate")
	require.Equal(t, before, c.pair.Certificate[0], "what does not load changes nothing")
	certify(t, dir)
	changed, err = c.load()
	require.NoError(t, err)
	require.True(t, changed)
	require.NotEqual(t, before, c.pair.Certificate[0])

	_, err = newCertificates(filepath.Join(dir, "none.crt"), key, "")
	require.ErrorContains(t, err, "none.crt")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ca.crt"), nil, 0o600))
	_, err = newCertificates(cert, key, filepath.Join(dir, "ca.crt"))
	require.ErrorContains(t, err, "holds none")
}

// TestClientCertificate answers nobody who has none, where one is wanted.
func TestClientCertificate(t *testing.T) {
	o, _ := options(t, clean(t))
	o.ClientCA = o.Certificate
	s := start(t, o)
	_, err := s.client.Post(s.address, "application/json", bytes.NewReader(labelledRequest("1")))
	require.Error(t, err)
}

// BenchmarkReview measures a question from its bytes to its answer.
func BenchmarkReview(b *testing.B) {
	o, _ := options(b, clean(b))
	s, err := New(b.Context(), o)
	require.NoError(b, err)
	s.facts.judge(b.Context())
	body := labelledRequest("1")
	same := bytes.ReplaceAll(body, []byte(`"istio.io/dataplane-mode":"ambient",`), nil)
	for name, text := range map[string][]byte{"refused": body, "unchanged": same} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				q, err := decodeQuestion(string(text))
				require.NoError(b, err)
				a := s.answer(b.Context(), q)
				require.Equal(b, name == "unchanged", a.Allowed, fmt.Sprint(a.Warnings))
			}
		})
	}
}
