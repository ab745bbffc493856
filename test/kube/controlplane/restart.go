package controlplane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
)

// Restart kills the API server as a crash would, leaves it away for a while, and
// starts it again as it was, on the same address. It returns once that is ready.
func (c *ControlPlane) Restart(ctx context.Context, away time.Duration) error {
	pid, args, err := c.apiServer(ctx)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("killing the API server: %w", err)
	}
	for {
		if _, _, err := c.apiServer(ctx); err != nil {
			break // it is gone
		}
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(away)
	server := exec.Command(args[0], args[1:]...)
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := server.Start(); err != nil {
		return fmt.Errorf("starting the API server again: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait() // how it ends is of no interest
		close(ended)
	}()
	c.again = append(c.again, func() error {
		err := server.Process.Signal(syscall.SIGTERM)
		if errors.Is(err, os.ErrProcessDone) {
			return nil // it was restarted once more
		}
		select {
		case <-ended:
		case <-time.After(time.Minute):
			err = errors.Join(err, errors.New("the API server does not end"))
		}
		return err
	})
	transport, err := rest.TransportFor(c.Config)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
	return eventually(ctx, func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.Config.Host, "/")+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			err = errors.New("the API server is not ready: " + resp.Status)
		}
		return errors.Join(err, resp.Body.Close())
	})
}

// apiServer finds the process, by the folder that is among its arguments.
func (c *ControlPlane) apiServer(ctx context.Context) (pid int, args []string, err error) {
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-eo", "pid=,args=").Output()
	if err != nil {
		return 0, nil, fmt.Errorf("finding the API server: %w", err)
	}
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) > 2 && filepath.Base(words[1]) == "kube-apiserver" && strings.Contains(lines.Text(), c.dir) {
			pid, err := strconv.Atoi(words[0])
			return pid, words[1:], err
		}
	}
	return 0, nil, errors.Join(lines.Err(), errors.New("finding the API server: it does not run"))
}
