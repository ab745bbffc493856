package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

var (
	// plane is the API server of all tests; each wipes what it wrote.
	plane *controlplane.ControlPlane
	// binary is the program, built from this checkout.
	binary string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	folder, err := os.MkdirTemp("", "charmarr-lint-live-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "charmarr-lint")
	build := exec.Command("go", "build", "-o", binary, "./cmd/charmarr-lint")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building charmarr-lint: %v\n%s", err, out)
		return 1
	}
	return controlplane.Main(m, func(c *controlplane.ControlPlane) { plane = c })
}

// world is a deployment that is up, in a controller and in the API server.
type world struct {
	*deployment.Deployment

	juju *jujuserver.Controller
	// kubeconfig reaches the API server with every right.
	kubeconfig string
}

// start puts a deployment into a controller of its own and into the API server.
func start(t testing.TB, d *deployment.Deployment) *world {
	t.Helper()
	declared, err := d.Declared()
	require.NoError(t, err)
	return startWith(t, d, declared)
}

// startWith is start, with what the controller holds handed over, and the cluster
// without what is in some namespaces.
func startWith(t testing.TB, d *deployment.Deployment, declared deployment.Declared, without ...string) *world {
	t.Helper()
	ctx := t.Context()
	folder := t.TempDir()
	require.NoError(t, d.Write(folder, deployment.Kube))
	for _, namespace := range without {
		require.NoError(t, os.Remove(filepath.Join(folder, "kube", namespace+".yaml")))
	}
	// Both are made at once, and removed at once.
	var c *jujuserver.Controller
	var failed error
	home := t.TempDir()
	up := make(chan struct{})
	go func() {
		defer close(up)
		c, failed = jujuserver.Start(home, jujuserver.Request{Name: d.Controller, Estate: "declared", Declared: &declared})
	}()
	t.Cleanup(func() {
		down := make(chan struct{})
		go func() {
			defer close(down)
			if <-up; c != nil {
				c.Stop()
			}
		}()
		err := plane.Wipe(context.WithoutCancel(ctx)) // the test's own is over
		<-down
		require.NoError(t, err)
	})
	require.NoError(t, plane.InstallCRDs(ctx))
	require.NoError(t, plane.ApplyFolder(ctx, filepath.Join(folder, "kube")))
	<-up
	require.NoError(t, failed)
	return &world{Deployment: d, juju: c, kubeconfig: kubeconfig(t, plane.Config)}
}

// kubeconfig writes the file by which somebody reaches an API server.
func kubeconfig(t testing.TB, c *rest.Config) string {
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
	return path
}

// session is a folder in which the program runs, and its environment.
type session struct {
	folder string
	env    []string
}

// session returns one that reaches the controller by its client store and the API
// server by the kubeconfig.
func (w *world) session(t testing.TB) *session {
	t.Helper()
	return newSession(t, "JUJU_DATA="+w.juju.Store("admin"), "KUBECONFIG="+w.kubeconfig)
}

// newSession returns one that knows of no controller and no cluster but by env.
func newSession(t testing.TB, env ...string) *session {
	t.Helper()
	home := t.TempDir()
	return &session{t.TempDir(), append([]string{"HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "PATH=" + os.Getenv("PATH")}, env...)}
}

// result is what a run of the program came to.
type result struct {
	code           int
	stdout, stderr string
}

// command prepares a run.
func (s *session) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir, cmd.Env = s.folder, s.env
	cmd.WaitDelay = time.Second
	return cmd
}

// run runs the program to its end.
func (s *session) run(t testing.TB, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := s.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	require.NoError(t, ctx.Err(), "charmarr-lint %s does not end\n%s", strings.Join(args, " "), stderr.String())
	require.NotContains(t, stderr.String(), "goroutine ", "it panics")
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// report is what the tests read of a JSON report.
type report struct {
	Stacks []struct {
		Name               string
		Models, Namespaces []string
	}
	Summary  map[string]int
	Findings []found
	Decided  []struct {
		Stack string
		Rules []string
	}
	Unknown      []struct{ Rule, Stack string }
	NotEvaluated []struct {
		Rule  string
		Needs []string
	} `json:"not_evaluated"`
	Gaps []struct{ Source, What, Reason string }
}

type found struct {
	Rule, Level, Verdict, Way, State, Stack, Message, Standing, Fingerprint string

	Subject  deployment.Subject
	Evidence []struct{ Fact, Object string }
}

// where is what a finding is about.
type where struct {
	rule, way string
	subject   deployment.Subject
}

func (f found) where() where { return where{f.Rule, f.Way, f.Subject} }

func parsed(t testing.TB, text string) report {
	t.Helper()
	var r report
	require.NoError(t, json.Unmarshal([]byte(text), &r), text)
	return r
}

// of are the findings of a rule.
func (r report) of(rule string) []found {
	var out []found
	for _, f := range r.Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

func (r report) wheres() []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprint(f.where()))
	}
	return out
}
