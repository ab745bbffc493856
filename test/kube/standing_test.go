package kube

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/audit"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

const (
	openReports   = "openreports.io/v1alpha1/reports"
	openCluster   = "openreports.io/v1alpha1/clusterreports"
	policyReports = "wgpolicyk8s.io/v1alpha2/policyreports"
	policyCluster = "wgpolicyk8s.io/v1alpha2/clusterpolicyreports"
)

// standingAccount applies what deploy/ has for the standing audit, and returns how its
// account logs in.
func standingAccount(t testing.TB) *rest.Config {
	t.Helper()
	for _, name := range []string{"base/namespace.yaml", "base/clusterrole.yaml", "base/account.yaml", "reports/rbac.yaml", "reports/lease.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", filepath.FromSlash(name)))
		require.NoError(t, err)
		require.NoError(t, plane.Apply(t.Context(), text), name)
	}
	return account(t)
}

// stand starts a replica of the standing audit, as `webhook --listen none
// --audit-interval` does.
func stand(t testing.TB, c *rest.Config, name string, interval time.Duration) *door {
	t.Helper()
	d := &door{status: freeAddress(t), log: &lockedBuffer{}}
	o := options(t, c)
	watcher, err := kube.NewWatcher(o)
	require.NoError(t, err)
	address, client, err := o.Reach()
	require.NoError(t, err)
	auditor := audit.New(audit.Options{
		Server: apiserver.Client{Base: address, HTTP: client}, Interval: interval, Namespace: ownNamespace, Identity: name, Log: d.log, Now: time.Now,
	})
	server, err := webhook.New(t.Context(), webhook.Options{
		Status: d.status, Cluster: watchedCluster{watcher}, ClusterBudget: 5 * time.Minute,
		Setup: func() (lint.Options, error) { return lint.Options{Config: config.Default(), Today: time.Now()}, nil },
		Files: func(config.Config) []string { return nil }, Log: d.log, Now: time.Now,
		Beside: []webhook.Beside{{
			Run: func(ctx context.Context, latest func() *lint.Standing) {
				auditor.Run(ctx, func() (audit.Latest, bool) {
					l := latest()
					if l == nil {
						return audit.Latest{}, false
					}
					return audit.Latest{Report: l.Report, Snapshot: l.Snapshot}, true
				})
			},
			Metrics: auditor.WriteMetrics,
		}},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	d.end = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	t.Cleanup(d.end)
	require.Eventually(t, func() bool { return d.get("/readyz") == "ok\n" }, time.Minute, 50*time.Millisecond, "%s", d.log)
	if d.client, err = dynamic.NewForConfig(plane.Config); err != nil {
		require.NoError(t, err)
	}
	return d
}

// written lists the report objects there are, by "namespace/name" or "name".
func (d *door) written(t testing.TB, resources ...string) map[string]*unstructured.Unstructured {
	t.Helper()
	out := map[string]*unstructured.Unstructured{}
	for _, r := range resources {
		list, err := d.of(r, "").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		for _, o := range list.Items {
			out[strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")] = &o
		}
	}
	return out
}

func (d *door) leads() bool {
	return strings.Contains(d.get("/metrics"), "charmarr_lint_audit_leader 1\n")
}

// TestStandingAudit runs two replicas with the rights of deploy/ and no other, over a
// broken deployment: one leads and writes, as soon as there is a kind to write; the
// other takes over; what is stale goes, what is others' stays.
func TestStandingAudit(t *testing.T) {
	deploy(t, "broken", true)
	require.NoError(t, plane.Apply(t.Context(), []byte(`
{apiVersion: v1, kind: Secret, metadata: {name: wireguard, namespace: gluetun-ch}, stringData: {private-key: canary-of-the-secret}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: leaky, namespace: gluetun-ch}, spec: {selector: {matchLabels: {app: leaky}}, template: {
  metadata: {labels: {app: leaky}}, spec: {hostNetwork: true, containers: [{name: leaky, image: "gluetun:latest", env: [{name: VPN_PASSWORD, value: canary-of-the-secret}]}]}}}}
`)))
	login := standingAccount(t)
	first := stand(t, login, "first", 200*time.Millisecond)
	eventually := func(what string, is func() bool) {
		t.Helper()
		require.Eventually(t, is, time.Minute, 50*time.Millisecond, "%s\n%s", what, first.log)
	}
	eventually("it leads", first.leads)
	eventually("it says that there is no kind to write", func() bool { return strings.Contains(first.log.String(), "neither the kinds of openreports.io") })

	require.NoError(t, plane.InstallReports(t.Context(), "wgpolicyk8s.io"))
	eventually("PolicyReports are written", func() bool {
		return strings.Contains(first.get("/metrics"), `charmarr_lint_audit_reports{group="wgpolicyk8s.io"}`)
	})
	policy := first.written(t, policyReports, policyCluster)
	require.Contains(t, policy, "charmarr-lint")
	require.Contains(t, policy, "gluetun-ch/charmarr-lint")

	require.NoError(t, plane.InstallReports(t.Context(), "openreports.io"))
	eventually("OpenReports take their place", func() bool {
		return strings.Contains(first.get("/metrics"), `charmarr_lint_audit_reports{group="openreports.io"}`) &&
			len(first.written(t, policyReports, policyCluster)) == 0
	})
	open := first.written(t, openReports, openCluster)
	require.Len(t, open, len(policy))
	ambient := slices.ContainsFunc(results(t, open["gluetun-ch/charmarr-lint"]), func(r map[string]any) bool {
		return r["policy"] == "mesh/gateway-not-enrolled" && r["result"] == "fail" && r["severity"] == "high" &&
			strings.Contains(r["message"].(string), "is labelled istio.io/dataplane-mode=ambient")
	})
	require.True(t, ambient)
	for name, o := range open {
		text, err := o.MarshalJSON()
		require.NoError(t, err)
		require.NotContains(t, string(text), "canary", name)
	}

	t.Run("nothing is written where nothing has changed", func(t *testing.T) {
		before := open["charmarr-lint"].GetResourceVersion()
		time.Sleep(time.Second)
		require.Equal(t, before, first.written(t, openCluster)["charmarr-lint"].GetResourceVersion())
	})

	second := stand(t, login, "second", 200*time.Millisecond)
	t.Run("to apply its manifests again takes the Lease from nobody", func(t *testing.T) {
		before, _ := first.lease(t)
		require.Equal(t, "first", before["holderIdentity"])
		first.applyLease(t)
		time.Sleep(time.Second)
		after, _ := first.lease(t)
		require.Equal(t, "first", after["holderIdentity"])
		require.Equal(t, before["leaseTransitions"], after["leaseTransitions"])
		require.Equal(t, before["acquireTime"], after["acquireTime"])
	})
	t.Run("every replica tells the same over HTTP, and one leads", func(t *testing.T) {
		time.Sleep(time.Second)
		require.True(t, first.leads())
		require.False(t, second.leads())
		for _, format := range []string{"json", "sarif", "html", "text"} {
			require.Equal(t, first.get("/report/"+format), second.get("/report/"+format))
			require.Contains(t, second.get("/report/"+format), "mesh/gateway-not-enrolled", format)
		}
	})
	first.end()
	require.Eventually(t, second.leads, time.Minute, 50*time.Millisecond, "%s", second.log)

	t.Run("what is mended goes, and what is others' stays", func(t *testing.T) {
		require.NoError(t, plane.Apply(t.Context(), fmt.Appendf(nil, `
{apiVersion: openreports.io/v1alpha1, kind: Report, metadata: {name: another, namespace: gluetun-ch, labels: {app.kubernetes.io/managed-by: kyverno}}, results: [{policy: a}]}
---
{apiVersion: openreports.io/v1alpha1, kind: Report, metadata: {name: charmarr-lint, namespace: %s, labels: {app.kubernetes.io/managed-by: charmarr-lint, charmarr-lint.io/installation: %s}}, results: [{policy: a}]}
`, ownNamespace, ownNamespace)))
		require.Eventually(t, func() bool {
			_, stale := second.written(t, openReports)[ownNamespace+"/charmarr-lint"]
			return !stale
		}, time.Minute, 50*time.Millisecond)
		require.Contains(t, second.written(t, openReports), "gluetun-ch/another")
		_, err := second.of("namespaces", "").Patch(t.Context(), "gluetun-ch", types.MergePatchType, []byte(`{"metadata":{"labels":{"istio.io/dataplane-mode":null}}}`), metav1.PatchOptions{})
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			return !slices.ContainsFunc(results(t, second.written(t, openReports)["gluetun-ch/charmarr-lint"]), func(r map[string]any) bool {
				return r["policy"] == "mesh/gateway-not-enrolled" && strings.Contains(r["message"].(string), `Namespace "gluetun-ch" is labelled`)
			})
		}, time.Minute, 50*time.Millisecond)
	})
	require.NotContains(t, first.log.String()+second.log.String(), "forbidden")

	t.Run("what is left is gone when it is deleted", func(t *testing.T) {
		// The manifests are deleted while it still runs: the Lease does not come back.
		require.NoError(t, second.of("coordination.k8s.io/v1/leases", ownNamespace).Delete(t.Context(), "charmarr-lint", metav1.DeleteOptions{}))
		require.Eventually(t, func() bool {
			return strings.Contains(second.log.String(), "reading Lease charmarr-lint/charmarr-lint: there is none, and to make it is forbidden")
		}, time.Minute, 50*time.Millisecond, "%s", second.log)
		second.end()
		_, there := second.lease(t)
		require.False(t, there)
		// The reports stay, and go by their label.
		reports := second.written(t, openReports, openCluster)
		require.Greater(t, len(reports), 2)
		for _, r := range []string{openReports, openCluster} {
			list, err := second.of(r, "").List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=charmarr-lint"})
			require.NoError(t, err)
			for _, o := range list.Items {
				require.NoError(t, second.of(r, o.GetNamespace()).Delete(t.Context(), o.GetName(), metav1.DeleteOptions{}))
			}
		}
		reports = second.written(t, openReports, openCluster)
		require.Len(t, reports, 1)
		require.Contains(t, reports, "gluetun-ch/another")
	})
}

// lease is what the Lease says of who leads; false where there is none.
func (d *door) lease(t *testing.T) (spec map[string]any, there bool) {
	t.Helper()
	o, err := d.of("coordination.k8s.io/v1/leases", ownNamespace).Get(t.Context(), "charmarr-lint", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, false
	}
	require.NoError(t, err)
	spec, _ = o.Object["spec"].(map[string]any)
	return spec, true
}

// applyLease applies the manifest of the Lease, as `kubectl apply` does by itself and as
// it has the API server do it.
func (d *door) applyLease(t *testing.T) {
	t.Helper()
	leases := d.of("coordination.k8s.io/v1/leases", ownNamespace)
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "reports", "lease.yaml"))
	require.NoError(t, err)
	manifest, err := yaml.ToJSON(text)
	require.NoError(t, err)
	known, err := strategicpatch.NewPatchMetaFromStruct(&coordinationv1.Lease{})
	require.NoError(t, err)
	for range 20 { // it is renewed all the time
		current, err := leases.Get(t.Context(), "charmarr-lint", metav1.GetOptions{})
		require.NoError(t, err)
		now, err := current.MarshalJSON()
		require.NoError(t, err)
		for _, before := range [][]byte{nil, manifest} { // it was made by the program, or applied
			patch, err := strategicpatch.CreateThreeWayMergePatch(before, manifest, now, known, true)
			require.NoError(t, err)
			require.NotContains(t, string(patch), "spec")
			_, err = leases.Patch(t.Context(), "charmarr-lint", types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: "kubectl-client-side-apply"})
			require.NoError(t, err)
		}
		for _, force := range []bool{false, true} {
			_, err = leases.Patch(t.Context(), "charmarr-lint", types.ApplyPatchType, manifest, metav1.PatchOptions{FieldManager: "kubectl", Force: &force})
			require.NoError(t, err)
		}
	}
}

// TestLargestReport has more found in a namespace than a report has room for: the API
// server takes what there is room for.
func TestLargestReport(t *testing.T) {
	deploy(t, "clean", true)
	require.NoError(t, plane.InstallReports(t.Context(), "openreports.io"))
	standingAccount(t)
	r := finding.Report{}
	for i := range 3000 {
		r.Findings = append(r.Findings, finding.Finding{
			Rule: "mesh/gateway-not-enrolled", Level: rule.Error, Verdict: finding.Violated, Message: strings.Repeat("é", 2000),
			Subject: finding.Subject{Kind: "pod", Namespace: "gluetun", Name: fmt.Sprint("pod-", i)}, Remediation: []string{strings.Repeat("x", 2000)},
		})
	}
	among := snapshot.Snapshot{Namespaces: []snapshot.Namespace{{Meta: snapshot.Meta{Name: "gluetun"}}}}
	address, client, err := options(t, plane.Config).Reach()
	require.NoError(t, err)
	log := &lockedBuffer{}
	auditor := audit.New(audit.Options{Server: apiserver.Client{Base: address, HTTP: client}, Interval: time.Second, Namespace: ownNamespace, Log: log, Now: time.Now})
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		auditor.Run(ctx, func() (audit.Latest, bool) { return audit.Latest{Report: r, Snapshot: among}, true })
	}()
	defer func() { end(); <-ended }()
	reader, err := dynamic.NewForConfig(plane.Config)
	require.NoError(t, err)
	d := &door{client: reader}
	require.Eventually(t, func() bool { return d.written(t, openReports)["gluetun/charmarr-lint"] != nil }, time.Minute, 50*time.Millisecond, "%s", log)
	o := d.written(t, openReports)["gluetun/charmarr-lint"]
	text, err := o.MarshalJSON()
	require.NoError(t, err)
	t.Logf("%d results in %d bytes, %s left out", len(results(t, o)), len(text), o.GetAnnotations()["charmarr-lint.io/left-out"])
	require.Greater(t, len(text), 900<<10)
	require.NotEmpty(t, o.GetAnnotations()["charmarr-lint.io/left-out"])
	failed, _, err := unstructured.NestedInt64(o.Object, "summary", "fail")
	require.NoError(t, err)
	require.EqualValues(t, 3000, failed)
	before := o.GetResourceVersion()
	time.Sleep(3 * time.Second)
	require.Equal(t, before, d.written(t, openReports)["gluetun/charmarr-lint"].GetResourceVersion(), "it is written once")
}

// results are those of a report object; none where there is no object.
func results(t testing.TB, o *unstructured.Unstructured) []map[string]any {
	t.Helper()
	if o == nil {
		return nil
	}
	list, _, err := unstructured.NestedSlice(o.Object, "results")
	require.NoError(t, err)
	var out []map[string]any
	for _, r := range list {
		out = append(out, r.(map[string]any))
	}
	return out
}
