// Package kube tests the reading of clusters against a real API server.
package kube

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

// plane is the API server of all tests; each wipes what it wrote.
var plane *controlplane.ControlPlane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(m, func(c *controlplane.ControlPlane) { plane = c }))
}

const testdata = "../../testdata"

// deploy puts a deployment of testdata into the API server.
func deploy(t testing.TB, deployment string, crds bool) {
	t.Helper()
	deployFolder(t, filepath.Join(testdata, deployment, "kube"), crds)
}

// deployFolder does so with the objects of a folder.
func deployFolder(t testing.TB, folder string, crds bool) {
	t.Helper()
	ctx := t.Context()
	t.Cleanup(func() {
		require.NoError(t, plane.Wipe(context.WithoutCancel(ctx))) // the test's own is over
	})
	if crds {
		require.NoError(t, plane.InstallCRDs(ctx))
	}
	require.NoError(t, plane.ApplyFolder(ctx, folder))
}

// options are those of a reading by whom a configuration is of.
func options(t testing.TB, c *rest.Config) kube.Options {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{"test": {Server: c.Host, CertificateAuthorityData: c.CAData}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{"test": {
			ClientCertificateData: c.CertData, ClientKeyData: c.KeyData, Token: c.BearerToken,
		}},
		Contexts:       map[string]*clientcmdapi.Context{"test": {Cluster: "test", AuthInfo: "test"}},
		CurrentContext: "test",
	}, path))
	return kube.Options{Kubeconfig: []string{path}}
}

func read(t testing.TB, o kube.Options) snapshot.Snapshot {
	t.Helper()
	s, err := kube.New(o).Collect(t.Context())
	require.NoError(t, err)
	var recorded bytes.Buffer
	require.NoError(t, snapshot.Encode(&recorded, s))
	again, err := snapshot.Decode(&recorded)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(s.Pods, again.Pods), "a recorded snapshot is the same")
	return s
}

// judge judges a snapshot together with files.
func judge(t testing.TB, s snapshot.Snapshot, paths ...string) finding.Report {
	t.Helper()
	report, err := lint.Run(t.Context(), lint.Options{
		Collect: func(ctx context.Context) (snapshot.Snapshot, error) {
			files, err := file.Collector{Paths: paths}.Collect(ctx)
			return snapshot.Merge(files, s), err
		},
		Config: config.Default(),
		Today:  time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	return report
}

// found is what makes a finding the same wherever it was read.
type found struct {
	Rule, Level, Verdict, State, Stack, Way, Message, Fingerprint string
	Subject                                                       finding.Subject
	Evidence                                                      []string
}

// findings are those of a report.
func findings(r finding.Report) []found {
	out := []found{}
	for _, f := range r.Findings {
		x := found{
			Rule: string(f.Rule), Level: string(f.Level), Verdict: string(f.Verdict), State: f.State, Stack: f.Stack,
			Way: f.Way, Message: f.Message, Fingerprint: f.Fingerprint, Subject: f.Subject,
		}
		for _, e := range f.Evidence {
			x.Evidence = append(x.Evidence, e.Object+": "+e.Fact)
		}
		slices.Sort(x.Evidence) // from files it is in the order of lines
		x.Evidence = slices.Compact(x.Evidence)
		out = append(out, x)
	}
	return out
}

// TestSameFindingsAsFromFiles holds what is found in a cluster to what is found
// in its dump, alone and together with Juju's files.
func TestSameFindingsAsFromFiles(t *testing.T) {
	for _, deployment := range []string{"clean", "broken"} {
		t.Run(deployment, func(t *testing.T) {
			deploy(t, deployment, true)
			live := read(t, options(t, plane.Config))
			require.Empty(t, live.Gaps)
			dump, juju := filepath.Join(testdata, deployment, "kube"), filepath.Join(testdata, deployment, "juju")
			for name, with := range map[string][]string{"alone": nil, "with Juju's": {juju}} {
				t.Run(name, func(t *testing.T) {
					ofFiles := judge(t, snapshot.Snapshot{}, append(slices.Clone(with), dump)...)
					ofCluster := judge(t, live, with...)
					require.Empty(t, cmp.Diff(findings(ofFiles), findings(ofCluster)))
					require.Empty(t, ofCluster.Gaps)
					require.Empty(t, ofCluster.Unknown)
					require.LessOrEqual(t, len(ofCluster.NotEvaluated), len(ofFiles.NotEvaluated), "a cluster shows what is not there, too")
					if deployment == "broken" {
						require.NotEmpty(t, ofCluster.Findings)
					}
				})
			}
		})
	}
}
