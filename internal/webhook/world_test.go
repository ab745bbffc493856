package webhook

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// still is a cluster in which nothing happens unless a test says so.
type still struct {
	lock    sync.Mutex
	seen    Observed
	current time.Time
	changed func()
}

func (c *still) Run(ctx context.Context, changed func()) {
	c.lock.Lock()
	c.changed = changed
	c.lock.Unlock()
	<-ctx.Done()
}

func (c *still) Observe() (Observed, bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.seen, c.seen.Objects > 0
}

func (c *still) Current() time.Time {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.current
}

// clean is the clean deployment of testdata, read in whole just now.
func clean(t testing.TB) *still {
	t.Helper()
	read, err := file.Collector{Paths: []string{filepath.Join("..", "..", "testdata", "clean", "kube")}}.Collect(t.Context())
	require.NoError(t, err)
	for _, e := range snapshot.AllEvidence {
		for _, n := range read.Namespaces {
			if strings.HasPrefix(string(e), "kube.") && !e.OfCluster() {
				read.Coverage = append(read.Coverage, snapshot.Coverage{Evidence: e, Namespace: n.Name})
			}
		}
	}
	return &still{seen: Observed{Snapshot: read, Objects: 1}, current: time.Now()}
}

// log is what a server writes down.
type log struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

// options are those of a server in front of a cluster.
func options(t testing.TB, c Cluster) (Options, *log) {
	t.Helper()
	out := &log{}
	dir := t.TempDir()
	certify(t, dir)
	return Options{
		Certificate: filepath.Join(dir, "tls.crt"), Key: filepath.Join(dir, "tls.key"),
		Cluster: c, ClusterBudget: time.Minute, JujuEvery: time.Hour, JujuBudget: time.Hour, Drain: time.Millisecond,
		Setup: func() (lint.Options, error) {
			return lint.Options{Config: config.Default(), Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}, nil
		},
		Files: func(config.Config) []string { return nil },
		Log:   out, Now: time.Now,
	}, out
}

// certify writes a certificate that is its own authority, and its key.
func certify(t testing.TB, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: der}, "tls.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".new"), pem.EncodeToMemory(block), 0o600))
		require.NoError(t, os.Rename(filepath.Join(dir, name+".new"), filepath.Join(dir, name)))
	}
}

// running is a server that answers.
type running struct {
	*Server

	address, status string
	client          *http.Client
	end             func() error
}

// start starts a server and waits until it can judge.
func start(t testing.TB, o Options) *running {
	t.Helper()
	return startWith(t, o, func(*Server) {})
}

// startWith is start on a server that is changed first.
func startWith(t testing.TB, o Options, change func(*Server)) *running {
	t.Helper()
	s, err := New(t.Context(), o)
	require.NoError(t, err)
	s.look = 20 * time.Millisecond
	change(s)
	certificates, err := newCertificates(o.Certificate, o.Key, o.ClientCA)
	require.NoError(t, err)
	secure, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx, certificates, secure, plain) }()
	r := &running{Server: s, address: "https://" + secure.Addr().String() + Path, status: "http://" + plain.Addr().String()}
	r.end = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = r.end() })
	ca, err := os.ReadFile(o.Certificate)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	r.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 8}, Timeout: 20 * time.Second}
	t.Cleanup(r.client.CloseIdleConnections)
	require.Eventually(t, func() bool { return s.Ready() == nil }, 20*time.Second, 10*time.Millisecond)
	return r
}

// object is an object of a cluster as the API server would send it: its metadata
// alone, which is enough for a namespace.
func namespace(labels map[string]string) json.RawMessage {
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "gluetun", "labels": labels},
	})
	if err != nil {
		panic(err) // texts alone
	}
	return text
}

// labelled asks whether the gateway's namespace may be labelled for the mesh.
func labelledRequest(uid string) []byte {
	juju := map[string]string{"app.kubernetes.io/managed-by": "juju", "kubernetes.io/metadata.name": "gluetun", "model.juju.is/name": "gluetun"}
	mesh := map[string]string{"istio.io/dataplane-mode": "ambient"}
	maps.Copy(mesh, juju)
	text, err := json.Marshal(map[string]any{"apiVersion": apiVersion, "kind": reviewKind, "request": map[string]any{
		"uid": uid, "kind": map[string]string{"group": "", "version": "v1", "kind": "Namespace"},
		"resource": map[string]string{"group": "", "version": "v1", "resource": "namespaces"},
		"name":     "gluetun", "namespace": "gluetun", "operation": "UPDATE", "object": namespace(mesh), "oldObject": namespace(juju),
	}})
	if err != nil {
		panic(err) // texts alone
	}
	return text
}

// ask sends a review.
func (r *running) ask(t testing.TB, body []byte) (code int, a answer, text string) {
	t.Helper()
	resp, err := r.client.Post(r.address, "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	defer resp.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(resp.Body)
	require.NoError(t, err)
	if resp.StatusCode == http.StatusOK {
		var in review
		require.NoError(t, json.Unmarshal(out.Bytes(), &in))
		require.Equal(t, []string{apiVersion, reviewKind}, []string{in.APIVersion, in.Kind})
		a = *in.Response
	}
	return resp.StatusCode, a, out.String()
}

// get asks the other address.
func (r *running) get(t testing.TB, path string) (int, string) {
	t.Helper()
	resp, err := http.Get(r.status + path)
	require.NoError(t, err)
	defer resp.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, out.String()
}

func hasWarning(a answer, part string) bool {
	return slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, part) })
}
