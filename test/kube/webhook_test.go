package kube

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// ownNamespace is where the webhook would run, were it a pod.
const ownNamespace = "charmarr-lint"

// door is a webhook that the API server asks, and a client that hears its
// warnings.
type door struct {
	folder, address, status string
	client                  dynamic.Interface
	end                     func() // ends the webhook and waits for it
	log                     *lockedBuffer

	lock     sync.Mutex
	warnings []string
}

type lockedBuffer struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.String()
}

// HandleWarningHeader keeps a warning of the API server.
func (d *door) HandleWarningHeader(_ int, _, text string) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.warnings = append(d.warnings, text)
}

// said returns what was warned of since it was asked last.
func (d *door) said() string {
	d.lock.Lock()
	defer d.lock.Unlock()
	out := strings.Join(d.warnings, "\n")
	d.warnings = nil
	return out
}

type watchedCluster struct{ *kube.Watcher }

func (w watchedCluster) Observe() (webhook.Observed, bool) {
	o, ok := w.Watcher.Observe()
	return webhook.Observed(o), ok
}

// freeAddress is an address that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// certify writes a certificate that is its own authority, and its key.
func certify(t testing.TB, folder, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "tls.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "tls.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
}

// open starts a webhook in front of the API server, and registers it.
func open(t testing.TB, c *rest.Config, change func(*webhook.Options)) *door {
	t.Helper()
	d := launch(t, c, change)
	require.Eventually(t, func() bool { return d.get("/readyz") == "ok\n" }, 30*time.Second, 50*time.Millisecond, "%s", d.log)
	d.client = d.listening(t)
	d.register(t, false)
	return d
}

// launch starts a webhook that reads the cluster as who a configuration is of.
func launch(t testing.TB, c *rest.Config, change func(*webhook.Options)) *door {
	t.Helper()
	d := &door{folder: t.TempDir(), address: freeAddress(t), status: freeAddress(t), log: &lockedBuffer{}}
	certify(t, d.folder, "webhook")
	watcher, err := kube.NewWatcher(options(t, c))
	require.NoError(t, err)
	o := webhook.Options{
		Listen: d.address, Status: d.status,
		Certificate: filepath.Join(d.folder, "tls.crt"), Key: filepath.Join(d.folder, "tls.key"),
		Cluster: watchedCluster{watcher}, ClusterBudget: 5 * time.Minute, Drain: 200 * time.Millisecond,
		Setup: func() (lint.Options, error) {
			return lint.Options{Config: config.Default(), Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}, nil
		},
		Files: func(config.Config) []string { return nil },
		Log:   d.log, Now: time.Now,
	}
	if change != nil {
		change(&o)
	}
	server, err := webhook.New(t.Context(), o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	d.end = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	t.Cleanup(d.end)
	return d
}

// listening is a client that hears warnings.
func (d *door) listening(t testing.TB) dynamic.Interface {
	t.Helper()
	mine := rest.CopyConfig(plane.Config)
	mine.WarningHandler = d
	client, err := dynamic.NewForConfig(mine)
	require.NoError(t, err)
	return client
}

// register tells the API server of the webhook, whose certificate is signed by one
// of the bundle.
func (d *door) register(t testing.TB, fail bool, before ...byte) {
	t.Helper()
	ca, err := os.ReadFile(filepath.Join(d.folder, "tls.crt"))
	require.NoError(t, err)
	text := webhook.Configuration(webhook.Registration{
		Name: "charmarr-lint", Namespace: ownNamespace, URL: "https://" + d.address + webhook.Path,
		CABundle: base64.StdEncoding.EncodeToString(append(before, ca...)), Fail: fail,
	})
	registrations := d.of("admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "")
	require.NoError(t, plane.Apply(t.Context(), text))
	next, err := yaml.ToJSON(text)
	require.NoError(t, err)
	_, err = registrations.Patch(t.Context(), "charmarr-lint", types.MergePatchType, next, metav1.PatchOptions{})
	require.NoError(t, err)
}

// rotate gives the webhook another certificate, as cert-manager would: the API
// server knows the new authority first.
func (d *door) rotate(t *testing.T) {
	t.Helper()
	before, err := os.ReadFile(filepath.Join(d.folder, "tls.crt"))
	require.NoError(t, err)
	fresh := t.TempDir()
	certify(t, fresh, "another")
	after, err := os.ReadFile(filepath.Join(fresh, "tls.crt"))
	require.NoError(t, err)
	d.register(t, true, append(before, after...)...)
	time.Sleep(time.Second)
	for _, name := range []string{"tls.key", "tls.crt"} {
		require.NoError(t, os.Rename(filepath.Join(fresh, name), filepath.Join(d.folder, name)))
		time.Sleep(100 * time.Millisecond)
	}
	require.Eventually(t, func() bool { return strings.Contains(d.log.String(), "the certificate has changed") }, 20*time.Second, 50*time.Millisecond)
	d.register(t, true)
}

// get asks the webhook how it is doing.
func (d *door) get(path string) string {
	resp, err := http.Get("http://" + d.status + path)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (d *door) of(resource, namespace string) dynamic.ResourceInterface {
	group, version, plural := "", "v1", resource
	if parts := strings.Split(resource, "/"); len(parts) == 3 {
		group, version, plural = parts[0], parts[1], parts[2]
	}
	r := d.client.Resource(schema.GroupVersionResource{Group: group, Version: version, Resource: plural})
	if namespace == "" {
		return r
	}
	return r.Namespace(namespace)
}

// object reads an object from what JSON or YAML says in a test.
func object(t testing.TB, format string, args ...any) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	require.NoError(t, o.UnmarshalJSON(fmt.Appendf(nil, format, args...)))
	return o
}

func containsAll(text string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}
