package controlplane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
)

// Peer is a further API server of the cluster: on the same etcd, with the same
// certificates, tokens and settings, at an address of its own.
type Peer struct {
	// Config reaches it with every right.
	Config *rest.Config

	args   []string
	server *server
}

// Peer starts a further API server. It returns once that is ready; whoever started it
// ends it.
func (c *ControlPlane) Peer(ctx context.Context) (*Peer, error) {
	port, err := portOf(c.Config)
	if err != nil {
		return nil, err
	}
	_, args, err := c.apiServer(ctx, port)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("finding a port for another API server: %w", err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, fmt.Errorf("finding a port for another API server: %w", err)
	}
	p := &Peer{Config: rest.CopyConfig(c.Config), args: slices.Clone(args)}
	p.Config.Host = "https://" + address
	own, err := portOf(p.Config)
	if err != nil {
		return nil, err
	}
	p.args[slices.Index(p.args, portFlag+port)] = portFlag + own
	return p, p.Start(ctx)
}

// Start starts it again that was killed.
func (p *Peer) Start(ctx context.Context) error {
	var err error
	if p.server, err = launch(p.args); err != nil {
		return err
	}
	if err := ready(ctx, p.Config); err != nil {
		return errors.Join(err, p.End())
	}
	return nil
}

// Kill ends it as a crash would.
func (p *Peer) Kill() error { return p.server.signal(syscall.SIGKILL) }

// End ends it as an administrator would.
func (p *Peer) End() error { return p.server.end() }

// server is an API server that envtest knows nothing of.
type server struct {
	command *exec.Cmd
	ended   chan struct{}
}

func launch(args []string) (*server, error) {
	s := &server{command: exec.Command(args[0], args[1:]...), ended: make(chan struct{})}
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("starting an API server: %w", err)
	}
	go func() {
		_ = s.command.Wait() // how it ends is of no interest
		close(s.ended)
	}()
	return s, nil
}

func (s *server) end() error { return s.signal(syscall.SIGTERM) }

// signal sends a signal by which it ends, and waits for its end.
func (s *server) signal(by syscall.Signal) error {
	select {
	case <-s.ended: // its number may be another's
		return nil
	default:
	}
	if err := s.command.Process.Signal(by); err != nil {
		return fmt.Errorf("ending an API server: %w", err)
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(time.Minute):
		return errors.New("ending an API server: it does not end")
	}
}

// ready waits until an API server is.
func ready(ctx context.Context, config *rest.Config) error {
	transport, err := rest.TransportFor(config)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
	return eventually(ctx, func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(config.Host, "/")+"/readyz", nil)
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

const portFlag = "--secure-port="

// portOf is the port by which an API server is reached.
func portOf(config *rest.Config) (string, error) {
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(base.Host)
	return port, err
}

// apiServer finds the process of the API server at a port, by the folder that is among
// its arguments.
func (c *ControlPlane) apiServer(ctx context.Context, port string) (pid int, args []string, err error) {
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-eo", "pid=,args=").Output()
	if err != nil {
		return 0, nil, fmt.Errorf("finding the API server: %w", err)
	}
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) > 2 && filepath.Base(words[1]) == "kube-apiserver" && strings.Contains(lines.Text(), c.dir) && slices.Contains(words, portFlag+port) {
			pid, err := strconv.Atoi(words[0])
			return pid, words[1:], err
		}
	}
	return 0, nil, errors.Join(lines.Err(), errors.New("finding the API server: it does not run"))
}
