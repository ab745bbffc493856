package juju_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// canary is part of every secret in the estates of module server.
const canary = "canary-0d3adb33f"

// controller is a running Juju controller.
type controller struct {
	Name    string `json:"name"`
	UUID    string `json:"uuid"`
	Address string `json:"address"`
	CACert  string `json:"ca_cert"`
	// Users are passwords by user; each has a client store.
	Users map[string]string `json:"users"`
	// Models are UUIDs by name.
	Models map[string]string `json:"models"`

	folder  string
	process *exec.Cmd
	input   io.Closer
	log     *bytes.Buffer
	ended   chan struct{}
}

// programs are Juju's own, which .ci/juju builds.
func programs(t testing.TB) string {
	folder := os.Getenv("CHARMARR_LINT_JUJU")
	require.NotEmpty(t, folder, "CHARMARR_LINT_JUJU names no folder with a controller and a client: run `make test-juju`")
	return folder
}

// start starts a controller of its own for a test, with an estate of module server.
func start(t testing.TB, name, estate string, other *controller) *controller {
	t.Helper()
	c, err := launch(programs(t), t.TempDir(), name, estate, other)
	require.NoError(t, err)
	t.Cleanup(c.stop)
	return c
}

// launch starts a controller and waits until it is up. It ends when its
// standard input does, so that it does not outlive this process.
func launch(programs, folder, name, estate string, other *controller) (*controller, error) {
	request, err := json.Marshal(map[string]any{
		"folder": folder, "name": name, "estate": estate, "other": other,
	})
	if err != nil {
		return nil, err
	}
	c := &controller{folder: folder, log: new(bytes.Buffer), ended: make(chan struct{})}
	c.process = exec.Command(filepath.Join(programs, "controller"), "-test.run", "^TestServe$", "-test.timeout", "30m")
	c.process.Dir = folder
	c.process.Env = []string{"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	c.process.Stdout, c.process.Stderr = c.log, c.log
	input, err := c.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.input = input
	if err := c.process.Start(); err != nil {
		return nil, fmt.Errorf("starting a controller: %w", err)
	}
	go func() {
		c.process.Wait()
		close(c.ended)
	}()
	if _, err := input.Write(append(request, '\n')); err != nil {
		c.stop()
		return nil, fmt.Errorf("telling the controller what to serve: %w", err)
	}
	for range 1200 {
		text, err := os.ReadFile(filepath.Join(folder, "ready.json"))
		if err == nil {
			return c, json.Unmarshal(text, c)
		}
		select {
		case <-c.ended:
			return nil, fmt.Errorf("the controller ended before it was up:\n%s", tail(c.log.String()))
		case <-time.After(100 * time.Millisecond):
		}
	}
	c.stop()
	return nil, fmt.Errorf("the controller is not up after two minutes:\n%s", tail(c.log.String()))
}

// stop ends the controller, and waits until it has ended.
func (c *controller) stop() {
	c.input.Close()
	select {
	case <-c.ended:
	case <-time.After(30 * time.Second):
		c.kill()
	}
}

// kill ends the controller at once, as a crash does.
func (c *controller) kill() {
	c.process.Process.Kill()
	<-c.ended
}

// store is the client store of a user, a copy that the test may change.
func (c *controller) store(t testing.TB, user string) string {
	t.Helper()
	require.Contains(t, c.Users, user)
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join(c.folder, user))))
	return folder
}

func tail(text string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
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
	programs := programs(t)
	shared.once.Do(func() {
		if shared.folder, shared.err = os.MkdirTemp("", "charmarr-lint-juju-"); shared.err != nil {
			return
		}
		shared.controller, shared.err = launch(programs, shared.folder, "home", "media", nil)
	})
	require.NoError(t, shared.err)
	return shared.controller
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.controller != nil {
		shared.stop()
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
	cmd := exec.Command(filepath.Join(programs(t), "juju"), args...)
	cmd.Env = []string{"JUJU_DATA=" + store, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(input)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Run(), "juju %s\n%s", strings.Join(args, " "), errs.String())
	return out.String()
}
