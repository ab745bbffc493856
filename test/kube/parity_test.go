package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	reportjson "github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/kube/parity"
)

// toldInReports is what the report objects in the cluster say.
func (d *door) toldInReports(t *testing.T, resources ...string) []string {
	t.Helper()
	var all []unstructured.Unstructured
	for _, o := range d.written(t, resources...) {
		all = append(all, *o)
	}
	out, err := parity.Written(all)
	require.NoError(t, err)
	return out
}

// judged judges a snapshot under the default configuration.
func judged(t *testing.T, s snapshot.Snapshot, complete ...snapshot.Evidence) finding.Report {
	t.Helper()
	c := config.Default()
	c.Complete = complete
	r, err := lint.Run(t.Context(), lint.Options{
		Collect: func(context.Context) (snapshot.Snapshot, error) { return s, nil }, Config: c, Today: time.Now(),
	})
	require.NoError(t, err)
	return r
}

// checked judges files, as check does.
func checked(t *testing.T, path string, complete ...snapshot.Evidence) finding.Report {
	t.Helper()
	s, err := file.Collector{Paths: []string{path}}.Collect(t.Context())
	require.NoError(t, err)
	return judged(t, s, complete...)
}

// everything is what a configuration says of a dump that has all there is: of what
// kubectl finds none of, it prints nothing.
func everything() []snapshot.Evidence {
	return slices.DeleteFunc(slices.Clone(snapshot.AllEvidence), func(e snapshot.Evidence) bool { return e.OfJuju() })
}

// dumped are the kinds that a dump has, as the README says to print them.
func dumped() (models, system, cluster []string) {
	return []string{
			sets, "apps/v1/deployments", "pods", "services", "configmaps", policies, "networking.k8s.io/v1/ingresses", "persistentvolumeclaims",
			"gateway.networking.k8s.io/v1/gateways", "gateway.networking.k8s.io/v1/httproutes", "security.istio.io/v1/authorizationpolicies",
		}, []string{"apps/v1/daemonsets", "services", "configmaps"},
		[]string{"namespaces", "nodes", "persistentvolumes"}
}

// dump writes what kubectl prints of the cluster into a folder.
func (d *door) dump(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	write := func(file, resource, namespace string) {
		list, err := d.of(resource, namespace).List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		text, err := json.Marshal(list)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, strings.ReplaceAll(file+"."+resource, "/", "-")+".json"), text, 0o600))
	}
	models, system, cluster := dumped()
	spaces, err := d.of("namespaces", "").List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for _, n := range spaces.Items {
		if juju := n.GetLabels(); juju["model.juju.is/name"] == "" && juju["app.kubernetes.io/managed-by"] != "juju" {
			continue
		}
		for _, r := range models {
			write(n.GetName(), r, n.GetName())
		}
	}
	for _, r := range system {
		write("kube-system", r, "kube-system")
	}
	for _, r := range []string{"apps/v1/daemonsets", "apps/v1/deployments"} {
		write("istio-system", r, "istio-system")
	}
	for _, r := range cluster {
		write("cluster", r, "")
	}
	return folder
}

// agree holds to one another what is said of the cluster as it is now: by check, of
// what kubectl prints of it and of a recorded snapshot, by audit, by the standing
// audit over HTTP and in report objects.
func (d *door) agree(t *testing.T, o kube.Options, dumps bool) finding.Report {
	t.Helper()
	snap := read(t, o)
	live := judged(t, snap)
	want, wanted := parity.Verdicts(live), parity.Outcomes(live)

	saved := filepath.Join(t.TempDir(), "saved.json")
	var recorded bytes.Buffer
	require.NoError(t, snapshot.Encode(&recorded, snap))
	require.NoError(t, os.WriteFile(saved, recorded.Bytes(), 0o600))
	require.Empty(t, cmp.Diff(want, parity.Verdicts(checked(t, saved))), "check of what audit saved")
	if dumps {
		require.Empty(t, cmp.Diff(want, parity.Verdicts(checked(t, d.dump(t), everything()...))), "check of what kubectl prints")
	}
	var overHTTP, inReports string
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		standing, err := reportjson.Read([]byte(d.get("/report/json")))
		require.NoError(t, err)
		overHTTP = cmp.Diff(want, parity.Verdicts(standing))
		inReports = cmp.Diff(wanted, d.toldInReports(t, openReports, openCluster))
		if overHTTP == "" && inReports == "" {
			break
		}
	}
	require.Empty(t, overHTTP, "the standing audit over HTTP")
	require.Empty(t, inReports, "the reports in the cluster")
	t.Logf("%d findings, %d rules passed, %d unknown, %d not evaluated", len(live.Findings), live.Summary.Passed, len(live.Unknown), len(live.NotEvaluated))
	return live
}

// TestParity goes through states of a cluster, of which all that can be asked have to
// say the same.
func TestParity(t *testing.T) {
	ambient := `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`
	for _, c := range []struct {
		deployment string
		gateway    string // its namespace
	}{{"clean", "gluetun"}, {"broken", "gluetun-ch"}} {
		t.Run(c.deployment, func(t *testing.T) {
			deploy(t, c.deployment, true)
			require.NoError(t, plane.InstallReports(t.Context(), "openreports.io"))
			login := standingAccount(t)
			d := stand(t, login, "one", 200*time.Millisecond)
			o := options(t, login)
			patch := func(resource, namespace, name, patch string) {
				_, err := d.of(resource, namespace).Patch(t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
				require.NoError(t, err)
			}
			at := d.agree(t, o, true)
			require.Equal(t, c.deployment == "broken", len(at.Findings) > 5)

			patch("namespaces", "", c.gateway, ambient)
			meshed := d.agree(t, o, true)
			require.True(t, slices.ContainsFunc(meshed.Findings, func(f finding.Finding) bool { return f.Rule == "mesh/gateway-not-enrolled" }))

			require.NoError(t, plane.Apply(t.Context(), []byte(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: wide, namespace: charmarr-downloads}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
`)))
			wide := d.agree(t, o, true)
			require.NotEmpty(t, cmp.Diff(parity.Verdicts(meshed), parity.Verdicts(wide)))

			patch("namespaces", "", c.gateway, `{"metadata":{"annotations":{"charmarr-lint.io/waive":"mesh/gateway-not-enrolled; a test; 2099-01-31"}}}`)
			waived := d.agree(t, o, true)
			require.Greater(t, waived.Summary.Waived, wide.Summary.Waived)

			list, err := d.of(policies, "charmarr-downloads").List(t.Context(), metav1.ListOptions{})
			require.NoError(t, err)
			for _, p := range list.Items {
				require.NoError(t, d.of(policies, "charmarr-downloads").Delete(t.Context(), p.GetName(), metav1.DeleteOptions{}))
			}
			patch("namespaces", "", c.gateway, `{"metadata":{"annotations":{"charmarr-lint.io/waive":null},"labels":{"istio.io/dataplane-mode":null}}}`)
			d.agree(t, o, true)
		})
	}
}

// TestParityWhereRightsAreMissing has an account that may not read network policies:
// what cannot be told, nobody tells.
func TestParityWhereRightsAreMissing(t *testing.T) {
	deploy(t, "broken", true)
	require.NoError(t, plane.InstallReports(t.Context(), "openreports.io"))
	login := standingAccount(t)
	client, err := dynamic.NewForConfig(plane.Config)
	require.NoError(t, err)
	role := (&door{client: client}).of("rbac.authorization.k8s.io/v1/clusterroles", "")
	watch, err := role.Get(t.Context(), "charmarr-lint-webhook", metav1.GetOptions{})
	require.NoError(t, err)
	rules, _ := watch.Object["rules"].([]any)
	watch.Object["rules"] = slices.DeleteFunc(rules, func(r any) bool {
		groups, _ := r.(map[string]any)["apiGroups"].([]any)
		return slices.Contains(groups, any("networking.k8s.io"))
	})
	_, err = role.Update(t.Context(), watch, metav1.UpdateOptions{})
	require.NoError(t, err)
	time.Sleep(time.Second) // the API server takes a moment to know

	d := stand(t, login, "one", 200*time.Millisecond)
	r := d.agree(t, options(t, login), false)
	require.NotEmpty(t, r.Unknown)
}
