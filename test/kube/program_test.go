package kube

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is the built program.
type program struct{ path string }

func build(t testing.TB) program {
	t.Helper()
	p := program{filepath.Join(t.TempDir(), "charmarr-lint")}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join("..", ".."), "-o", p.path, "./cmd/charmarr-lint")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return p
}

// process is a replica that runs as a process of its own.
type process struct {
	*replica

	kill func() // as when its node dies
}

// run starts a replica as deploy/ starts it, but for addresses and for how often it
// proves itself.
func (f *fleet) run(t testing.TB, p program) *process {
	t.Helper()
	log := &lockedBuffer{}
	r := &process{replica: &replica{address: freeAddress(t), status: freeAddress(t), log: log.String}}
	cmd := exec.Command(p.path, "webhook", "--certificate-secret="+ownSecret, "--own-namespace="+ownNamespace,
		"--fail-closed", "--proof-interval=500ms", "--drain=1500ms", "--no-juju",
		"--kubeconfig", options(t, f.account).Kubeconfig[0], "--listen", r.address, "--status-listen", r.status)
	cmd.Dir, cmd.Stderr, cmd.Stdout = t.TempDir(), log, log
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	gone := sync.OnceFunc(func() {
		<-ended
		f.service.forget(r.replica)
	})
	r.end = sync.OnceFunc(func() {
		assert.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		select {
		case err := <-ended:
			assert.NoError(t, err, "%s", log)
			ended <- nil
		case <-time.After(30 * time.Second):
			t.Errorf("it does not end: %s", log)
		}
		gone()
	})
	r.kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		gone()
	})
	t.Cleanup(r.kill)
	f.service.add(r.replica)
	return r
}
