package jujuserver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// Fault is what goes wrong with a connection.
type Fault struct {
	Kind string // empty where nothing does
	// After is how many bytes of the controller's answers pass before.
	After int
}

// The kinds of fault.
const (
	Refuse  = "refuse"  // the connection is closed at once
	Reset   = "reset"   // and without a word
	Hang    = "hang"    // it is accepted and never answered
	Cut     = "cut"     // the answers end, in the middle of a frame as may be
	Abort   = "abort"   // the connection is reset then
	Stall   = "stall"   // nothing comes any more
	Slow    = "slow"    // bytes come in drops
	Garbage = "garbage" // what comes is no websocket
	Busy    = "busy"    // 429 instead of a websocket
	Broken  = "broken"  // 500 instead of a websocket
	Page    = "page"    // a page of a web server that is no controller
	Silent  = "silent"  // TLS works, the websocket never opens
)

// Kinds lists them.
func Kinds() []string {
	return []string{Refuse, Reset, Hang, Cut, Abort, Stall, Slow, Garbage, Busy, Broken, Page, Silent}
}

// Proxy stands between a test and a controller. It has a certificate of its own,
// so that it can break what is within TLS, too.
type Proxy struct {
	listener net.Listener
	ca       string
	backend  *Controller
	pool     *x509.CertPool
	config   *tls.Config
	// fault chooses what goes wrong with the n-th connection, from 0.
	fault  func(n int) Fault
	passed func(connection, bytes int)

	wait sync.WaitGroup
	done chan struct{}
	once sync.Once
}

// NewProxy starts a proxy before a controller. It chooses what goes wrong with the
// n-th connection, from 0; passed, where there is one, is told of each piece of an
// answer.
func NewProxy(c *Controller, fault func(n int) Fault, passed func(connection, bytes int)) (*Proxy, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	p := &Proxy{listener: listener, backend: c, fault: fault, passed: passed, done: make(chan struct{}), pool: x509.NewCertPool()}
	if !p.pool.AppendCertsFromPEM([]byte(c.CACert)) {
		return nil, errors.Join(errors.New("starting a proxy: the controller's CA certificate is none"), listener.Close())
	}
	if p.ca, p.config, err = certificate(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting a proxy: %w", err), listener.Close())
	}
	p.wait.Go(p.accept)
	return p, nil
}

// Address is where the proxy is reached.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// CACert is the certificate of the CA that signed the proxy's own.
func (p *Proxy) CACert() string { return p.ca }

// certificate makes a certificate of a Juju API server, and the CA that signed it.
func certificate() (string, *tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test"}, DNSNames: []string{"juju-apiserver"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return "", nil, err
	}
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return ca, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, nil
}

// Close ends the proxy and all its connections.
func (p *Proxy) Close() {
	p.once.Do(func() {
		close(p.done)
		_ = p.listener.Close() // it was open until now
	})
	p.wait.Wait()
}

func (p *Proxy) accept() {
	for n := 0; ; n++ {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wait.Go(func() { p.serve(conn, n) })
	}
}

func (p *Proxy) serve(conn net.Conn, n int) {
	defer conn.Close()
	stopped := make(chan struct{})
	defer close(stopped)
	p.wait.Go(func() {
		select {
		case <-p.done:
			conn.Close()
		case <-stopped:
		}
	})
	f := p.fault(n)
	switch f.Kind {
	case Refuse:
		return
	case Reset:
		unlinger(conn)
		return
	case Hang:
		_, _ = io.Copy(io.Discard, conn) // until the other side gives up
		return
	}
	client := tls.Server(conn, p.config)
	if client.Handshake() != nil {
		return
	}
	switch f.Kind {
	case Busy:
		answer(client, "429 Too Many Requests", "application/json", `{"error":"try again","error-code":"try again"}`)
		return
	case Broken:
		answer(client, "500 Internal Server Error", "text/plain", "it broke")
		return
	case Page:
		answer(client, "200 OK", "text/html", "<html><body>Welcome</body></html>")
		return
	case Silent:
		_, _ = io.Copy(io.Discard, client)
		return
	}
	server, err := tls.Dial("tcp", p.backend.Address, &tls.Config{RootCAs: p.pool, ServerName: "juju-apiserver"})
	if err != nil {
		return
	}
	defer server.Close()
	p.wait.Go(func() {
		_, _ = io.Copy(server, client)
		server.Close()
	})
	p.answers(client, server, conn, n, f)
}

// answer reads a request and answers it without a controller.
func answer(conn net.Conn, status, kind, body string) {
	_, _ = conn.Read(make([]byte, 4096))
	fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, kind, len(body), body)
}

// answers passes what the controller sends on, until the fault.
func (p *Proxy) answers(client *tls.Conn, server io.Reader, raw net.Conn, n int, f Fault) {
	passed := 0
	buffer := make([]byte, 4096)
	for {
		size := len(buffer)
		if f.Kind != "" && f.Kind != Slow && f.After-passed < size {
			size = f.After - passed
		}
		if f.Kind == Slow && passed >= f.After {
			size = 16
			select {
			case <-p.done:
				return
			case <-time.After(time.Millisecond):
			}
		}
		if size > 0 {
			got, err := server.Read(buffer[:size])
			if got > 0 {
				if _, err := client.Write(buffer[:got]); err != nil {
					return
				}
				passed += got
				if p.passed != nil {
					p.passed(n, passed)
				}
			}
			if err != nil {
				client.Close()
				return
			}
			continue
		}
		switch f.Kind {
		case Cut:
			client.Close()
		case Abort:
			unlinger(raw)
			raw.Close()
		case Stall:
			for {
				if _, err := server.Read(buffer); err != nil {
					break
				}
				select {
				case <-p.done:
					return
				default:
				}
			}
			<-p.done
		case Garbage:
			_, _ = client.Write([]byte(strings.Repeat("\xff", 64)))
			client.Close()
		}
		return
	}
}

// unlinger has a connection end with a reset.
func unlinger(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // else it ends as others do, which is a fault too
	}
}
