package live

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/charmarr/charmarr-lint/internal/finding"
	reportjson "github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/kube/parity"
)

// standing is the program as it audits again and again.
type standing struct {
	address string
	log     *lockedLog
}

type lockedLog struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

// stand starts it; it ends as a pod is told to.
func (s *session) stand(t *testing.T) *standing {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	out := &standing{address: l.Addr().String(), log: &lockedLog{}}
	require.NoError(t, l.Close())
	cmd := s.command(context.WithoutCancel(t.Context()), "webhook", "--listen", "none", "--status-listen", out.address,
		"--audit-interval", "300ms", "--own-namespace", "default", "--juju-interval", "1s")
	cmd.Stdout, cmd.Stderr = out.log, out.log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, cmd.Wait(), "%s", out.log)
	})
	require.Eventually(t, func() bool { return out.get("/readyz") == "ok\n" }, time.Minute, 50*time.Millisecond, "%s", out.log)
	return out
}

func (s *standing) get(path string) string {
	resp, err := http.Get("http://" + s.address + path)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestStandingParity runs the program as users do, over a controller and a cluster at
// once: audit, check of what it saved, the standing audit over HTTP and its reports in
// the cluster say the same, verdict by verdict, at first and after each change.
func TestStandingParity(t *testing.T) {
	for _, broken := range []bool{false, true} {
		t.Run(map[bool]string{false: "clean", true: "broken"}[broken], func(t *testing.T) {
			d := base()
			if broken {
				var err error
				d, _, err = deployment.Apply(d, possible()...)
				require.NoError(t, err)
			}
			w := start(t, d)
			require.NoError(t, plane.InstallReports(t.Context(), "openreports.io"))
			client, err := dynamic.NewForConfig(plane.Config)
			require.NoError(t, err)
			s := w.session(t)
			running := s.stand(t)
			of := func(group, version, resource string) dynamic.NamespaceableResourceInterface {
				return client.Resource(schema.GroupVersionResource{Group: group, Version: version, Resource: resource})
			}
			agree := func(what string) finding.Report {
				t.Helper()
				saved := filepath.Join(t.TempDir(), "saved.json")
				live := read(t, s.run(t, "audit", "-f", "json", "--save", saved))
				want := parity.Verdicts(live)
				require.Empty(t, cmp.Diff(want, parity.Verdicts(read(t, s.run(t, "check", "-f", "json", saved)))), "check of what audit saved, %s", what)
				overHTTP, inReports := "", ""
				for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
					standing, err := reportjson.Read([]byte(running.get("/report/json")))
					require.NoError(t, err)
					overHTTP = cmp.Diff(want, parity.Verdicts(standing))
					var all []unstructured.Unstructured
					for _, resource := range []string{"reports", "clusterreports"} {
						list, err := of("openreports.io", "v1alpha1", resource).List(t.Context(), metav1.ListOptions{})
						require.NoError(t, err)
						all = append(all, list.Items...)
					}
					written, err := parity.Written(all)
					require.NoError(t, err)
					if inReports = cmp.Diff(parity.Outcomes(live), written); overHTTP == "" && inReports == "" {
						break
					}
				}
				require.Empty(t, overHTTP, "the standing audit over HTTP, %s", what)
				require.Empty(t, inReports, "the reports in the cluster, %s", what)
				t.Logf("%s: %+v", what, live.Summary)
				return live
			}
			require.Equal(t, broken, agree("at first").Summary.Error > 0)
			patch := func(text string) {
				_, err := of("", "v1", "namespaces").Patch(t.Context(), d.Gateway, types.MergePatchType, []byte(text), metav1.PatchOptions{})
				require.NoError(t, err)
			}
			patch(`{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`)
			require.NotZero(t, agree("with the gateway's namespace in the mesh").Summary.Error)
			patch(`{"metadata":{"labels":{"istio.io/dataplane-mode":null}}}`)
			require.Equal(t, broken, agree("with it out again").Summary.Error > 0)
			require.NotContains(t, running.log.String(), `"level":"ERROR"`)
		})
	}
}

func read(t *testing.T, got result) finding.Report {
	t.Helper()
	r, err := reportjson.Read([]byte(got.stdout))
	require.NoError(t, err, got.stderr)
	return r
}
