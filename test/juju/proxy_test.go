package juju_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
)

// fault is what goes wrong with a connection.
type fault struct {
	kind string
	// after is how many bytes of the controller's answers pass before.
	after int
}

// The kinds of fault.
const (
	none    = ""
	refuse  = "refuse"  // the connection is closed at once
	reset   = "reset"   // and without a word
	hang    = "hang"    // it is accepted and never answered
	cut     = "cut"     // the answers end, in the middle of a frame as may be
	abort   = "abort"   // the connection is reset then
	stall   = "stall"   // nothing comes any more
	slow    = "slow"    // what comes comes in drops
	garbage = "garbage" // what comes is no websocket
	busy    = "busy"    // 429 instead of a websocket
	broken  = "broken"  // 500 instead of a websocket
	page    = "page"    // a page of a web server that is no controller
	silent  = "silent"  // TLS works, the websocket never opens
)

var kinds = []string{refuse, reset, hang, cut, abort, stall, slow, garbage, busy, broken, page, silent}

// proxy stands between a test and a controller. It has a certificate of its own,
// so that it can break what is within TLS, too.
type proxy struct {
	listener net.Listener
	ca       string
	backend  *controller
	pool     *x509.CertPool
	config   *tls.Config
	// fault chooses what goes wrong with the n-th connection, from 0.
	fault func(n int) fault
	// passed is told of each piece of an answer.
	passed func(connection, bytes int)

	wait sync.WaitGroup
	done chan struct{}
	once sync.Once
}

// newProxy starts a proxy before a controller.
func newProxy(t testing.TB, c *controller, f func(n int) fault) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener, backend: c, fault: f, passed: func(int, int) {}, done: make(chan struct{}), pool: x509.NewCertPool()}
	require.True(t, p.pool.AppendCertsFromPEM([]byte(c.CACert)))
	p.ca, p.config = certificate(t)
	p.wait.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// login is how to reach the controller through the proxy.
func (p *proxy) login(user string) *juju.Login {
	return &juju.Login{
		Name: "home", Addresses: []string{p.listener.Addr().String()}, CACert: p.ca, Username: user, Password: p.backend.Users[user],
	}
}

// certificate makes a certificate of a Juju API server, and the CA that signed it.
var certificate = func() func(testing.TB) (string, *tls.Config) {
	var lock sync.Mutex
	var ca string
	var config *tls.Config
	return func(t testing.TB) (string, *tls.Config) {
		lock.Lock()
		defer lock.Unlock()
		if config != nil {
			return ca, config
		}
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test"}, DNSNames: []string{"juju-apiserver"},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		require.NoError(t, err)
		ca = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		return ca, config
	}
}()

func (p *proxy) close() {
	p.once.Do(func() {
		close(p.done)
		p.listener.Close()
	})
	p.wait.Wait()
}

func (p *proxy) accept() {
	for n := 0; ; n++ {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wait.Go(func() { p.serve(conn, n) })
	}
}

func (p *proxy) serve(conn net.Conn, n int) {
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
	switch f.kind {
	case refuse:
		return
	case reset:
		conn.(*net.TCPConn).SetLinger(0)
		return
	case hang:
		io.Copy(io.Discard, conn) // until the other side gives up
		return
	}
	client := tls.Server(conn, p.config)
	if client.Handshake() != nil {
		return
	}
	switch f.kind {
	case busy:
		answer(client, "429 Too Many Requests", "application/json", `{"error":"try again","error-code":"try again"}`)
		return
	case broken:
		answer(client, "500 Internal Server Error", "text/plain", "it broke")
		return
	case page:
		answer(client, "200 OK", "text/html", "<html><body>Welcome</body></html>")
		return
	case silent:
		io.Copy(io.Discard, client)
		return
	}
	server, err := tls.Dial("tcp", p.backend.Address, &tls.Config{RootCAs: p.pool, ServerName: "juju-apiserver"})
	if err != nil {
		return
	}
	defer server.Close()
	p.wait.Go(func() {
		io.Copy(server, client)
		server.Close()
	})
	p.answers(client, server, conn, n, f)
}

// answer reads a request and answers it without a controller.
func answer(conn net.Conn, status, kind, body string) {
	conn.Read(make([]byte, 4096))
	fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, kind, len(body), body)
}

// answers passes what the controller sends on, until the fault.
func (p *proxy) answers(client *tls.Conn, server io.Reader, raw net.Conn, n int, f fault) {
	passed := 0
	buffer := make([]byte, 4096)
	for {
		size := len(buffer)
		if f.kind != none && f.kind != slow && f.after-passed < size {
			size = f.after - passed
		}
		if f.kind == slow && passed >= f.after {
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
				p.passed(n, passed)
			}
			if err != nil {
				client.Close()
				return
			}
			continue
		}
		switch f.kind {
		case cut:
			client.Close()
		case abort:
			raw.(*net.TCPConn).SetLinger(0)
			raw.Close()
		case stall:
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
		case garbage:
			client.Write([]byte(strings.Repeat("\xff", 64)))
			client.Close()
		}
		return
	}
}
