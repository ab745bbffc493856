// Package jujuserver starts Juju controllers to test against: the program that
// module test/juju/server is built into, each a process of its own.
//
// A controller has an estate: one that the program knows by name, or a deployment
// that is handed over. It can be reached from this machine alone, and it ends when
// this process does. The program itself is built by .ci/juju.
package jujuserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// Variable is the environment variable that says where the programs are.
const Variable = "CHARMARR_LINT_JUJU"

// Request says what a controller is to serve.
type Request struct {
	// Name is the controller's.
	Name string `json:"name"`
	// Estate is one that the program knows: media, edge; or declared.
	Estate string `json:"estate"`
	// Declared are the models of estate declared.
	Declared *deployment.Declared `json:"declared,omitempty"`
	// Other is the controller whose offers an edge consumes.
	Other *Controller `json:"other,omitempty"`
}

// Controller is a running controller.
type Controller struct {
	Name    string `json:"name"`
	UUID    string `json:"uuid"`
	Address string `json:"address"`
	CACert  string `json:"ca_cert"`
	// Users are passwords by user; each has a client store in Folder.
	Users map[string]string `json:"users"`
	// Models are UUIDs by name.
	Models map[string]string `json:"models"`

	Folder  string `json:"-"`
	process *exec.Cmd
	input   io.Closer
	log     *bytes.Buffer
	ended   chan struct{}
}

// Programs is the folder of Juju's own programs: controller and juju.
func Programs() (string, error) {
	folder := os.Getenv(Variable)
	if folder == "" {
		return "", errors.New(Variable + " names no folder with a controller and a client: run `make test-juju` or `make test-live`")
	}
	return folder, nil
}

// Start starts a controller that keeps its files in a folder, and waits until it
// is up. It ends when its standard input does, so that it does not outlive this
// process.
func Start(folder string, r Request) (*Controller, error) {
	programs, err := Programs()
	if err != nil {
		return nil, err
	}
	request, err := json.Marshal(struct {
		Request

		Folder string `json:"folder"`
	}{r, folder})
	if err != nil {
		return nil, err
	}
	c := &Controller{Folder: folder, log: new(bytes.Buffer), ended: make(chan struct{})}
	c.process = exec.Command(filepath.Join(programs, "controller"), "-test.run", "^TestServe$", "-test.timeout", "30m")
	c.process.Dir = folder
	c.process.Env = environment(folder)
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
		_ = c.process.Wait() // the log says how it ended
		close(c.ended)
	}()
	if _, err := input.Write(append(request, '\n')); err != nil {
		c.Stop()
		return nil, fmt.Errorf("telling the controller what to serve: %w", err)
	}
	if err := c.waitUntilReady(); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// environment is this process's, without what tells Juju of another controller.
func environment(home string) []string {
	var out []string
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "JUJU_") && !strings.HasPrefix(setting, "HOME=") {
			out = append(out, setting)
		}
	}
	return append(out, "HOME="+home)
}

func (c *Controller) waitUntilReady() error {
	for range 1200 {
		text, err := os.ReadFile(filepath.Join(c.Folder, "ready.json"))
		if err == nil {
			return json.Unmarshal(text, c)
		}
		select {
		case <-c.ended:
			return fmt.Errorf("the controller ended before it was up:\n%s", tail(c.log.String()))
		case <-time.After(100 * time.Millisecond):
		}
	}
	c.Kill()
	return fmt.Errorf("the controller is not up after two minutes:\n%s", tail(c.log.String()))
}

// Stop ends the controller, and waits until it has ended.
func (c *Controller) Stop() {
	_ = c.input.Close() // it is closed or was
	select {
	case <-c.ended:
	case <-time.After(30 * time.Second):
		c.Kill()
	}
}

// Kill ends the controller at once, as a crash does.
func (c *Controller) Kill() {
	_ = c.process.Process.Kill() // it has ended or does now
	<-c.ended
}

// Store is the client store of a user, as the controller wrote it.
func (c *Controller) Store(user string) string { return filepath.Join(c.Folder, user) }

// tail is the end of a log, without what tells only that all goes its way.
func tail(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.Contains(line, "DEBUG") || strings.Contains(line, "INFO") || strings.Contains(line, "TRACE")
	})
	return strings.Join(lines[max(0, len(lines)-60):], "\n")
}
