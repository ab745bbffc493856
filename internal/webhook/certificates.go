package webhook

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificates are the server's, as files have them now, or as the webhook has made
// them itself.
type certificates struct {
	certFile, keyFile string // empty where it makes them itself
	clientFile        string

	lock    sync.RWMutex
	pair    tls.Certificate
	clients *x509.CertPool // nil where callers need no certificate
	loaded  bool
	read    [3][]byte // what the files held
}

func newCertificates(cert, key, clientCA string) (*certificates, error) {
	c := &certificates{certFile: cert, keyFile: key, clientFile: clientCA}
	if _, err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// load reads the files; changed is whether they hold something else than before.
// What does not load changes nothing: while two files are replaced, one may be
// there before the other. Of no certificates nothing changes.
func (c *certificates) load() (changed bool, err error) {
	if c == nil {
		return false, nil
	}
	var read [3][]byte
	for i, name := range []string{c.certFile, c.keyFile, c.clientFile} {
		if name == "" {
			continue
		}
		if read[i], err = os.ReadFile(name); err != nil {
			return false, fmt.Errorf("reading the certificate: %w", err)
		}
	}
	c.lock.RLock()
	same := c.loaded
	for i := range read {
		same = same && bytes.Equal(read[i], c.read[i])
	}
	pair := c.pair
	c.lock.RUnlock()
	if same {
		return false, nil
	}
	if c.certFile != "" {
		if pair, err = tls.X509KeyPair(read[0], read[1]); err != nil {
			return false, fmt.Errorf("reading the certificate %s with the key %s: %w", c.certFile, c.keyFile, err)
		}
	}
	var clients *x509.CertPool
	if c.clientFile != "" {
		clients = x509.NewCertPool()
		if !clients.AppendCertsFromPEM(read[2]) {
			return false, fmt.Errorf("reading the certificates of callers: %s holds none", c.clientFile)
		}
	}
	c.lock.Lock()
	c.pair, c.clients, c.read, c.loaded = pair, clients, read, true
	c.lock.Unlock()
	return true, nil
}

// answer has connections made with a pair from now on; changed is whether it is
// another than before.
func (c *certificates) answer(pair tls.Certificate) (changed bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	changed = c.pair.Leaf == nil || !c.pair.Leaf.Equal(pair.Leaf)
	c.pair = pair
	return changed
}

// expires is when the certificate does; zero where there is none.
func (c *certificates) expires() time.Time {
	c.lock.RLock()
	defer c.lock.RUnlock()
	if c.pair.Leaf == nil {
		return time.Time{}
	}
	return c.pair.Leaf.NotAfter
}

// config is how connections are made. A connection that is there keeps its
// certificate; each new one has that of now.
func (c *certificates) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2", "http/1.1"},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			c.lock.RLock()
			defer c.lock.RUnlock()
			if c.pair.Leaf == nil {
				return nil, errors.New("there is no certificate")
			}
			now := &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}, Certificates: []tls.Certificate{c.pair}}
			if c.clients != nil {
				now.ClientAuth, now.ClientCAs = tls.RequireAndVerifyClientCert, c.clients
			}
			return now, nil
		},
	}
}
