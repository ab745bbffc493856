// Package forward reaches a service within a Kubernetes cluster through the
// cluster's API server, as `kubectl port-forward` does.
//
// A Juju controller that was bootstrapped on Kubernetes is usually reached like
// this: Juju writes the API server's address and the token of a service account
// that may do nothing else into its client store. A Tunnel is one forwarding to
// one pod of the service; each Dial makes one connection through it. Nothing
// listens on this machine.
package forward

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// Kind is the kind of proxy that Juju calls this.
const Kind = "kubernetes-port-forward"

// Service is a service to reach, and who asks for it.
type Service struct {
	Kind      string // what Juju calls the proxy
	APIServer string // https://HOST:PORT
	CACert    string // in PEM; empty are those that the system trusts
	Token     string
	Namespace string
	Name      string
	Port      string // of the pod
}

// Host is HOST:PORT that stands for the service's end of a tunnel.
func (s Service) Host() string { return net.JoinHostPort("127.0.0.1", s.Port) }

// Proxy tells which proxy to connect to the API server through; nil is none.
type Proxy func(*http.Request) (*url.URL, error)

// maxAnswer bounds what is read of an answer of the API server: a service, or
// the pods of one.
const maxAnswer = 16 << 20

// Tunnel is a forwarding to one pod.
type Tunnel struct {
	service Service
	conn    httpstream.Connection
	next    atomic.Int64
}

// Open finds a pod of the service and forwards to it until life ends. The
// second context bounds the opening.
func Open(life, ctx context.Context, s Service, proxy Proxy) (*Tunnel, error) {
	tunnel, err := open(life, ctx, s, proxy)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, fmt.Errorf("forwarding to service %s in namespace %s through the Kubernetes API server %s: %w", s.Name, s.Namespace, s.APIServer, err)
	}
	return tunnel, nil
}

func open(life, ctx context.Context, s Service, proxy Proxy) (*Tunnel, error) {
	if s.Kind != Kind {
		return nil, fmt.Errorf("a proxy of kind %q is unknown to this version", s.Kind)
	}
	if port, err := strconv.ParseUint(s.Port, 10, 16); err != nil || port == 0 {
		return nil, fmt.Errorf("remote-port %q is no port", s.Port)
	}
	base, err := url.Parse(s.APIServer)
	if err != nil || base.Scheme != "https" || base.Host == "" {
		return nil, errors.New("api-host is no https:// address")
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.CACert != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(s.CACert)) {
			return nil, errors.New("its ca-cert is no certificate in PEM")
		}
	}
	var opened connections
	context.AfterFunc(life, opened.close)
	defer context.AfterFunc(ctx, opened.close)() // an API server that hangs holds nobody up
	transport := &http.Transport{
		TLSClientConfig: config, Proxy: proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			opened.add(conn)
			return conn, err
		},
	}
	defer transport.CloseIdleConnections()
	asker := client{service: s, base: base, http: &http.Client{Transport: transport}}
	pod, err := asker.pod(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := asker.upgrade(ctx, pod)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(life, func() { conn.Close() })
	return &Tunnel{service: s, conn: conn}, nil
}

// connections are the network connections of a tunnel.
type connections struct {
	lock sync.Mutex
	list []net.Conn
}

func (c *connections) add(conn net.Conn) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if conn != nil {
		c.list = append(c.list, conn)
	}
}

func (c *connections) close() {
	c.lock.Lock()
	defer c.lock.Unlock()
	for _, conn := range c.list {
		conn.Close()
	}
}

// client asks the API server.
type client struct {
	service Service
	base    *url.URL
	http    *http.Client
}

// get reads an object below the service's namespace.
func (c client) get(ctx context.Context, what string, query url.Values, into any) error {
	u := c.base.JoinPath("api", "v1", "namespaces", c.service.Namespace, what)
	u.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	request.Header.Set("Authorization", "Bearer "+c.service.Token)
	response, err := c.http.Do(request)
	if err != nil {
		if at, ok := errors.AsType[*url.Error](err); ok {
			err = at.Err // the address is said already
		}
		return fmt.Errorf("reading %s: %w", what, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("reading %s: it answered %s", what, response.Status)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(into); err != nil {
		return fmt.Errorf("reading %s: the answer is no JSON: %w", what, err)
	}
	return nil
}

// pod finds a running pod of the service, a ready one if there is any.
func (c client) pod(ctx context.Context) (string, error) {
	var service struct {
		Spec struct{ Selector map[string]string }
	}
	if err := c.get(ctx, "services/"+c.service.Name, nil, &service); err != nil {
		return "", err
	}
	if len(service.Spec.Selector) == 0 {
		return "", errors.New("the service selects no pods")
	}
	var selector []string
	for k, v := range service.Spec.Selector {
		selector = append(selector, k+"="+v)
	}
	slices.Sort(selector)
	var pods struct {
		Items []struct {
			Metadata struct {
				Name              string
				DeletionTimestamp string
			}
			Status struct {
				Phase      string
				Conditions []struct{ Type, Status string }
			}
		}
	}
	if err := c.get(ctx, "pods", url.Values{"labelSelector": {strings.Join(selector, ",")}}, &pods); err != nil {
		return "", err
	}
	running := ""
	for _, p := range pods.Items {
		if p.Status.Phase != "Running" || p.Metadata.DeletionTimestamp != "" {
			continue
		}
		for _, condition := range p.Status.Conditions {
			if condition.Type == "Ready" && condition.Status == "True" {
				return p.Metadata.Name, nil
			}
		}
		running = p.Metadata.Name
	}
	if running == "" {
		return "", fmt.Errorf("none of its %d pods is running", len(pods.Items))
	}
	return running, nil
}

// upgrade asks for a forwarding to a pod.
func (c client) upgrade(ctx context.Context, pod string) (httpstream.Connection, error) {
	what := "asking to forward to pod " + pod
	upgrader, err := spdy.NewRoundTripperWithConfig(spdy.RoundTripperConfig{UpgradeTransport: c.http.Transport})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	u := c.base.JoinPath("api", "v1", "namespaces", c.service.Namespace, "pods", pod, "portforward")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	request.Header.Set("Authorization", "Bearer "+c.service.Token)
	request.Header.Set(httpstream.HeaderProtocolVersion, "portforward.k8s.io")
	response, err := upgrader.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	conn, err := upgrader.NewConnection(response)
	if err != nil {
		return nil, fmt.Errorf("%s: it answered %s: %w", what, response.Status, err)
	}
	return conn, nil
}

// Dial makes a connection to the service; it takes the shape of a net.Dialer's
// DialContext and goes to the service whatever the address.
func (t *Tunnel) Dial(context.Context, string, string) (net.Conn, error) {
	header := http.Header{"port": {t.service.Port}, "requestID": {strconv.FormatInt(t.next.Add(1), 10)}}
	stream := func(kind string) (httpstream.Stream, error) {
		h := http.Header{}
		for k, v := range header {
			h.Set(k, v[0])
		}
		h.Set("streamType", kind)
		return t.conn.CreateStream(h)
	}
	failures, err := stream("error")
	if err != nil {
		return nil, fmt.Errorf("opening a stream to service %s: %w", t.service.Name, err)
	}
	failures.Close() // nothing is sent on it
	data, err := stream("data")
	if err != nil {
		return nil, fmt.Errorf("opening a stream to service %s: %w", t.service.Name, err)
	}
	near, far := net.Pipe() // which keeps deadlines, as a stream does not
	through := &connection{Conn: near}
	told := make(chan struct{})
	go func() {
		defer close(told)
		said, _ := io.ReadAll(io.LimitReader(failures, 1024)) // as much as there is
		if len(said) > 0 {
			through.failed.Store(new(string(said)))
			data.Reset() //nolint:errcheck // the connection is given up
		}
	}()
	// The streams end in any order; what the error stream says comes first.
	end := func() {
		select {
		case <-told:
		case <-time.After(time.Second):
		}
		far.Close()
	}
	go func() {
		io.Copy(far, data) //nolint:errcheck // the end of either side ends the connection
		end()
	}()
	go func() {
		io.Copy(data, far) //nolint:errcheck // as above
		data.Close()
		end()
		t.conn.RemoveStreams(failures, data)
	}()
	return through, nil
}

// connection is a connection through a tunnel.
type connection struct {
	net.Conn
	failed atomic.Pointer[string]
}

// Read reads; where the cluster could not reach the pod, the error says so.
func (c *connection) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.explained(err)
}

// Write writes; its error says the same.
func (c *connection) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.explained(err)
}

func (c *connection) explained(err error) error {
	if said := c.failed.Load(); err != nil && said != nil {
		return fmt.Errorf("the cluster could not forward: %s", *said)
	}
	return err
}
