package juju_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/jujuserver"
)

// controller is a running Juju controller.
type controller struct{ *jujuserver.Controller }

// start starts a controller of its own for a test, with an estate of module server.
func start(t testing.TB, name, estate string, other *controller) *controller {
	t.Helper()
	c, err := launch(t.TempDir(), name, estate, other)
	require.NoError(t, err)
	t.Cleanup(c.Stop)
	return c
}

func launch(folder, name, estate string, other *controller) (*controller, error) {
	request := jujuserver.Request{Name: name, Estate: estate}
	if other != nil {
		request.Other = other.Controller
	}
	c, err := jujuserver.Start(folder, request)
	return &controller{c}, err
}

// store is the client store of a user, a copy that the test may change.
func (c *controller) store(t testing.TB, user string) string {
	t.Helper()
	require.Contains(t, c.Users, user)
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(c.Store(user))))
	return folder
}

// shared is the controller of the estate "media" that most tests read.
var shared struct {
	once   sync.Once
	folder string
	*controller
	err error
}

// media returns the shared controller.
func media(t testing.TB) *controller {
	t.Helper()
	shared.once.Do(func() {
		if shared.folder, shared.err = os.MkdirTemp("", "charmarr-lint-juju-"); shared.err != nil {
			return
		}
		shared.controller, shared.err = launch(shared.folder, "home", "media", nil)
	})
	require.NoError(t, shared.err)
	return shared.controller
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.controller != nil && shared.Controller != nil {
		shared.Stop()
	}
	if shared.folder != "" {
		os.RemoveAll(shared.folder)
	}
	os.Exit(code)
}

// juju runs Juju's own client on a copy of a store.
func (c *controller) juju(t testing.TB, user string, args ...string) string {
	t.Helper()
	return jujuIn(t, c.store(t, user), "", args...)
}

// jujuIn runs Juju's own client with a store and an input.
func jujuIn(t testing.TB, store, input string, args ...string) string {
	t.Helper()
	programs, err := jujuserver.Programs()
	require.NoError(t, err)
	cmd := exec.Command(filepath.Join(programs, "juju"), args...)
	cmd.Env = []string{"JUJU_DATA=" + store, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(input)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Run(), "juju %s\n%s", strings.Join(args, " "), errs.String())
	return out.String()
}
