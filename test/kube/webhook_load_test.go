package kube

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/webhook"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// demand is one kind of request of a mix.
type demand struct {
	name string
	// share is how many of a hundred requests are of it.
	share   int
	refused bool
	make    func(i int) try
}

// site is a deployment as the mix needs it, which changes radarr in it.
type site struct {
	name, other string                  // other is another application in core
	files       func(testing.TB) string // makes the folder of its objects
}

// sites are a deployment as small as it gets, and one that has everything.
func sites() []site {
	return []site{
		{
			name: "small", other: "storage",
			files: func(t testing.TB) string {
				t.Helper()
				files, err := deployment.Small().Files(deployment.Kube)
				require.NoError(t, err)
				folder := t.TempDir()
				for name, text := range files {
					require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(name)), text, 0o600))
				}
				return folder
			},
		},
		{
			name: "clean", other: "sonarr",
			files: func(testing.TB) string { return filepath.Join(testdata, "clean", "kube") },
		},
	}
}

// mix is what reaches the webhook where a Charmarr deployment runs: mostly what
// controllers and charms write again as it is, pods as their templates make them, some
// labels, and few changes of what rules read. All are dry runs.
func (s site) mix(t testing.TB, d *door) []demand {
	t.Helper()
	const route = "radarr-radarr-httproute-http-80-arr-gateway"
	same := func(x try) func(int) try { return func(int) try { return x } }
	// again writes an object as it is, as charms do at each update-status.
	again := func(resource, namespace, name string) func(int) try {
		return same(merged(resource, namespace, name, `{}`))
	}
	return []demand{
		{name: "StatefulSet again", share: 25, make: again(sets, core, "radarr")},
		{name: "pod as told", share: 15, make: same(remade(t, d, core, "radarr-0"))},
		{name: "pod again", share: 10, make: again("pods", core, s.other+"-0")},
		{name: "Service again", share: 10, make: again("services", core, "radarr")},
		{name: "NetworkPolicy again", share: 10, make: again(policies, downloads, killSwitch)},
		{name: "HTTPRoute again", share: 5, make: again(routes, core, route)},
		{name: "AuthorizationPolicy again", share: 5, make: again(permits, core, "radarr-arr-gateway-charmarr-core-l4")},
		{name: "ConfigMap again", share: 3, make: again("configmaps", downloads, "qbittorrent-gateway-client-config")},
		{name: "Service annotation", share: 5, make: func(i int) try {
			return merged("services", core, s.other, `{"metadata":{"annotations":{"written":"%d"}}}`, i)
		}},
		{name: "pod label", share: 5, make: func(i int) try {
			return merged("pods", core, s.other+"-0", `{"metadata":{"labels":{"a":"%d"}}}`, i)
		}},
		{name: "image", share: 3, make: func(i int) try {
			return changed(sets, core, "radarr", `{"spec":{"template":{"spec":{"containers":[{"name":"radarr","image":"ghcr.io/a/radarr:%d"}]}}}}`, i)
		}},
		{name: "scale", share: 2, make: func(i int) try { return scaled(core, "radarr", i%2) }},
		{name: "NetworkPolicy", share: 1, make: func(i int) try {
			return merged(policies, downloads, killSwitch, `{"spec":{"egress":[{"to":[{"ipBlock":{"cidr":"10.%d.0.0/16"}}]}]}}`, i%200)
		}},
		{name: "refused label", share: 1, refused: true, make: same(merged("namespaces", "", "gluetun", `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`))},
	}
}

// remade takes a pod away, and returns the request by which its controller makes it anew.
func remade(t testing.TB, d *door, namespace, name string) try {
	t.Helper()
	pods := d.of("pods", namespace)
	o, err := pods.Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	now := int64(0)
	require.NoError(t, pods.Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: &now}))
	for _, field := range [][]string{
		{"metadata", "resourceVersion"}, {"metadata", "uid"}, {"metadata", "creationTimestamp"}, {"metadata", "managedFields"}, {"status"},
		{"spec", "nodeName"}, {"metadata", "annotations", "ambient.istio.io/redirection"}, // which others write later
	} {
		unstructured.RemoveNestedField(o.Object, field...)
	}
	text, err := json.Marshal(o)
	require.NoError(t, err)
	return try{resource: "pods", namespace: namespace, object: string(text)}
}

// dealt is a hundred requests of a mix, in an order that is always the same.
func dealt(all []demand) []demand {
	var out []demand
	for _, l := range all {
		for range l.share {
			out = append(out, l)
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// spent is the processor time of this process.
func spent(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// idle is a webhook that lets all pass, and keeps the last question.
type idle struct {
	door
	question atomic.Pointer[[]byte]
}

func lazy(t testing.TB) *idle {
	t.Helper()
	d := &idle{door: door{folder: t.TempDir(), address: freeAddress(t)}}
	certify(t, d.folder, "idle")
	server := &http.Server{Addr: d.address, ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var in struct {
			Request struct{ UID string }
		}
		if err != nil || json.Unmarshal(body, &in) != nil {
			http.Error(w, "no review", http.StatusBadRequest)
			return
		}
		d.question.Store(&body)
		fmt.Fprintf(w, `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":%q,"allowed":true}}`, in.Request.UID)
	})}
	go func() {
		_ = server.ListenAndServeTLS(filepath.Join(d.folder, "tls.crt"), filepath.Join(d.folder, "tls.key"))
	}()
	t.Cleanup(func() { _ = server.Close() })
	d.client = quiet(t)
	return d
}

// quiet is a client that keeps no warnings.
func quiet(t testing.TB) dynamic.Interface {
	t.Helper()
	mine := rest.CopyConfig(plane.Config)
	mine.WarningHandler = rest.NoWarnings{}
	client, err := dynamic.NewForConfig(mine)
	require.NoError(t, err)
	return client
}

// questions are what the API server asks of each kind of request.
func (d *idle) questions(t testing.TB, all []demand) map[string][]byte {
	t.Helper()
	d.register(t, false)
	out := map[string][]byte{}
	for _, l := range all {
		d.question.Store(nil)
		require.Eventually(t, func() bool {
			require.NoError(t, d.send(t, l.make(0)), l.name)
			return d.question.Load() != nil
		}, 20*time.Second, 20*time.Millisecond, "the API server asks about %s", l.name)
		out[l.name] = *d.question.Load()
	}
	return out
}

// caller asks webhooks directly.
func caller(t testing.TB, doors ...*door) *http.Client {
	t.Helper()
	trusted := x509.NewCertPool()
	for _, d := range doors {
		text, err := os.ReadFile(filepath.Join(d.folder, "tls.crt"))
		require.NoError(t, err)
		require.True(t, trusted.AppendCertsFromPEM(text))
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 256}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

// ask asks a webhook, and returns whether it lets pass.
func (d *door) ask(client *http.Client, question []byte) (bool, error) {
	resp, err := client.Post("https://"+d.address+webhook.Path, "application/json", bytes.NewReader(question))
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	var out struct{ Response struct{ Allowed bool } }
	return out.Response.Allowed, json.NewDecoder(resp.Body).Decode(&out)
}

// way is a way for requests to a webhook: through the API server, or directly.
type way struct {
	who string
	// to sends a request, the i-th.
	to func(l demand, i int) error
}

func behind(t testing.TB, who string, d *door) way {
	return way{who, func(l demand, i int) error {
		err := d.send(t, l.make(i))
		if l.refused && who != "nothing" && apierrors.IsForbidden(err) {
			return nil
		}
		return err
	}}
}

func directly(who string, d *door, client *http.Client, questions map[string][]byte) way {
	return way{who, func(l demand, _ int) error {
		allowed, err := d.ask(client, questions[l.name])
		if err == nil && allowed == (l.refused && who != "nothing") {
			err = fmt.Errorf("%s: allowed %t", l.name, allowed)
		}
		return err
	}}
}

// tally is what requests took.
type tally struct {
	cpu  time.Duration
	took []time.Duration
	n    int
}

func (c *tally) at(share int) time.Duration {
	slices.Sort(c.took)
	return c.took[min(len(c.took)*share/100, len(c.took)-1)]
}

// burst sends n requests, one after the other.
func (c *tally) burst(t testing.TB, w way, requests []demand, n int) {
	t.Helper()
	runtime.GC()
	before := spent(t)
	for i := range n {
		began := time.Now()
		require.NoError(t, w.to(requests[i%len(requests)], i))
		c.took = append(c.took, time.Since(began))
	}
	c.cpu += spent(t) - before
	c.n += n
}

// stream sends n requests at a rate, whether or not those before were answered. What a
// request took counts from when it was to be sent.
func (c *tally) stream(t testing.TB, w way, requests []demand, n, rate int) {
	t.Helper()
	runtime.GC()
	took, failed := make([]time.Duration, n), make([]error, n)
	var all sync.WaitGroup
	began := time.Now()
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		all.Go(func() {
			failed[i] = w.to(requests[i%len(requests)], i)
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
	c.took = append(c.took, took...)
	c.n += n
}

// asked waits until the API server asks a webhook, and no other.
func asked(t testing.TB, d *door, refuses bool) {
	t.Helper()
	d.register(t, false)
	bad := demand{make: func(int) try {
		return merged("namespaces", "", "gluetun", `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`)
	}}
	require.Eventually(t, func() bool { return apierrors.IsForbidden(d.send(t, bad.make(0))) == refuses }, 20*time.Second, 50*time.Millisecond)
	time.Sleep(time.Second) // connections of before are idle
}
