package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

// through is a session that reaches the API server through a proxy.
func (w *world) through(t testing.TB, meddle controlplane.Meddle) *session {
	t.Helper()
	proxy, err := plane.Proxy(meddle)
	require.NoError(t, err)
	t.Cleanup(proxy.Close)
	return newSession(t, "JUJU_DATA="+w.juju.Store("admin"), "KUBECONFIG="+kubeconfig(t, &rest.Config{Host: proxy.URL}))
}

// TestInterrupt interrupts an audit while the cluster does not answer, as Ctrl-C
// does: what was read is judged and reported, and the run is incomplete.
func TestInterrupt(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*deployment.Deployment)
		code   int
	}{
		"nothing found so far": {func(*deployment.Deployment) {}, 3},
		"a finding so far": {func(d *deployment.Deployment) {
			d.Deploy(d.Core, "qbittorrent", "qbittorrent-k8s", nil) // Juju alone shows that it is misplaced
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := deployment.Clean()
			c.change(d)
			w := start(t, d)
			hangs := make(chan struct{})
			var once sync.Once
			s := w.through(t, func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
				if strings.HasSuffix(r.URL.Path, "/pods") {
					once.Do(func() { close(hangs) })
					<-r.Context().Done()
					return
				}
				next.ServeHTTP(rw, r)
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := s.command(ctx, "audit", "-f", "json", "--timeout", "10m", "--save", "partly.json")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			require.NoError(t, cmd.Start())
			select {
			case <-hangs:
			case <-ctx.Done():
				require.NoError(t, ctx.Err(), "nothing asks for pods: %s", stderr.String())
			}
			time.Sleep(5 * time.Second) // Juju is read in a second or two
			require.NoError(t, cmd.Process.Signal(os.Interrupt))
			_ = cmd.Wait() // its code is looked at below
			require.NoError(t, ctx.Err(), "an interrupt does not end it")
			require.Equal(t, c.code, cmd.ProcessState.ExitCode(), stderr.String())

			r := parsed(t, stdout.String())
			require.Equal(t, c.code == 1, len(r.Findings) > 0, r.wheres())
			require.Equal(t, d.Model(d.Core).Name, r.Stacks[0].Models[0], "Juju was read")
			require.Contains(t, fmt.Sprint(r.Gaps), "it was interrupted")
			require.NotEmpty(t, r.Unknown)
			require.Contains(t, stderr.String(), "interrupted")
			again := s.run(t, "check", "-f", "json", "partly.json")
			require.Equal(t, stdout.String(), again.stdout)
		})
	}
}

// TestProgress looks at both outputs of a run at a terminal: how far it has come
// is told on standard error and nowhere else, and is gone at the end.
func TestProgress(t *testing.T) {
	w := start(t, deployment.Clean())
	slow := func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		time.Sleep(300 * time.Millisecond)
		next.ServeHTTP(rw, r)
	}
	for _, quiet := range []bool{false, true} {
		s := w.through(t, slow)
		args := []string{"audit"}
		if quiet {
			args = append(args, "-q")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := s.command(ctx, args...)
		terminal, other := openTerminal(t)
		var stdout bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, other
		require.NoError(t, cmd.Start())
		require.NoError(t, other.Close())
		shown, err := io.ReadAll(terminal)
		if err != nil {
			require.ErrorIs(t, err, syscall.EIO) // how the end of a terminal is told
		}
		require.NoError(t, cmd.Wait(), "%s%s", stdout.String(), shown)
		require.NotContains(t, stdout.String(), "reading ")
		require.NotContains(t, stdout.String(), "\x1b")
		require.Contains(t, stdout.String(), "No findings")
		if quiet {
			require.Empty(t, string(shown))
			continue
		}
		require.Contains(t, string(shown), "models: ")
		require.Regexp(t, `namespaces: \d+ of \d+`, string(shown))
		require.True(t, strings.HasSuffix(string(shown), "\r\x1b[K"), "%q", shown)
	}
}

// openTerminal opens both sides of a terminal.
func openTerminal(t testing.TB) (terminal, other *os.File) {
	t.Helper()
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { terminal.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(terminal.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	other, err = os.OpenFile(filepath.Join("/dev/pts", fmt.Sprint(n)), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	return terminal, other
}
