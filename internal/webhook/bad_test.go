package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/patience"
)

func TestBadRequests(t *testing.T) {
	o, said := options(t, clean(t))
	s := start(t, o)
	whole := labelledRequest("7")
	for name, x := range map[string]struct {
		body []byte
		code int
		says string
	}{
		"truncated":       {whole[:len(whole)/2], 400, "is no JSON of its kind"},
		"empty":           {nil, 400, "is no JSON of its kind"},
		"huge":            {bytes.Repeat([]byte(" "), maxBody+1), 413, "has more than 20 MiB"},
		"other version":   {bytes.Replace(whole, []byte("admission.k8s.io/v1"), []byte("admission.k8s.io/v1beta1"), 1), 400, `not a "AdmissionReview" of "admission.k8s.io/v1beta1"`},
		"another kind":    {bytes.Replace(whole, []byte("AdmissionReview"), []byte("TokenReview"), 1), 400, "want an AdmissionReview"},
		"a uid of digits": {bytes.Replace(whole, []byte(`"uid":"7"`), []byte(`"uid":7`), 1), 400, "is no JSON of its kind"},
		"a list":          {[]byte(`[{"apiVersion":"admission.k8s.io/v1"}]`), 400, "is no JSON of its kind"},
		"two of them":     {append(bytes.Clone(whole), whole...), 400, "is no JSON of its kind"},
		"no text":         {[]byte("\xff\xfe\x00\x01"), 400, "is no JSON of its kind"},
		"packed":          {packed(t, whole), 400, "is no JSON of its kind"},
		"bottomless":      {bytes.Repeat([]byte(`{"request":`), 1<<16), 400, "is no JSON of its kind"},
		"no uid":          {bytes.Replace(whole, []byte(`"uid":"7"`), []byte(`"uid":""`), 1), 400, "no request with a uid"},
		"no request":      {[]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`), 400, "no request with a uid"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, text := s.ask(t, x.body)
			require.Equal(t, x.code, code)
			require.Contains(t, text, x.says)
		})
	}
	for name, x := range map[string]struct{ old, now, warns string }{
		"unknown kind":         {`"kind":"Namespace","version"`, `"kind":"Widget","version"`, ""},
		"object is a list":     {`"object":{`, `"object":[1],"was":{`, "was not judged"},
		"object is a text":     {`"object":{`, `"object":"x","was":{`, "was not judged"},
		"metadata is a number": {`"metadata":{`, `"metadata":7,"was":{`, "was not judged"},
		"object is deep":       {`"object":{`, `"object":{"spec":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `,`, ""},
		"labels are a list":    {`"labels":{`, `"labels":["a"],"was":{`, "was not judged"},
	} {
		t.Run(name, func(t *testing.T) {
			body := bytes.ReplaceAll(whole, []byte(x.old), []byte(x.now))
			require.NotEqual(t, string(whole), string(body))
			code, a, text := s.ask(t, body)
			require.Equal(t, http.StatusOK, code, text)
			require.Equal(t, "7", a.UID)
			require.True(t, a.Allowed)
			if x.warns != "" {
				require.True(t, hasWarning(a, x.warns), "%v", a.Warnings)
			}
		})
	}
	resp, err := s.client.Get(s.address)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
	resp, err = s.client.Post(s.address, "text/plain", bytes.NewReader(whole))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusUnsupportedMediaType, resp.StatusCode)
	require.NotContains(t, said.String(), "panic")
}

// TestRandomBodies sends 10,000 bodies that are nearly a question.
func TestRandomBodies(t *testing.T) {
	o, said := options(t, clean(t))
	s := start(t, o)
	r := rand.New(rand.NewPCG(1, 2))
	// Nearly all that can be read changes nothing, so that much is read.
	whole := bytes.ReplaceAll(labelledRequest("random"), []byte(`"istio.io/dataplane-mode":"ambient",`), nil)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 10_000 {
		body := bytes.Clone(whole)
		for range 1 + r.IntN(4) {
			at := r.IntN(len(body))
			switch r.IntN(3) {
			case 0:
				body[at] = byte(r.IntN(256))
			case 1:
				body = append(body[:at], body[at+r.IntN(len(body)-at):]...)
			default:
				body = append(body[:at:at], append([]byte(`{"a":[1,null]}`), body[at:]...)...)
			}
			if len(body) == 0 {
				break
			}
		}
		if i%20 == 0 { // some of them all the way, and noise
			code, _, text := s.ask(t, body)
			require.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, code, text)
			noise := make([]byte, r.IntN(1<<12))
			for at := range noise {
				noise[at] = byte(r.IntN(256))
			}
			code, _, _ = s.ask(t, noise)
			require.Equal(t, http.StatusBadRequest, code)
		}
		q, err := decodeQuestion(string(body))
		if err != nil {
			bad := new(refused)
			require.ErrorAs(t, err, &bad)
			continue
		}
		a := s.answer(t.Context(), q)
		require.Equal(t, q.UID, a.UID, "body %d", i)
	}
	var after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(32<<20), "nothing of them is kept")
	require.NotContains(t, said.String(), "panic")
}

func FuzzReview(f *testing.F) {
	f.Add(labelledRequest("1"))
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"Pod","version":"v1"},"operation":"CREATE","namespace":"gluetun","object":{"metadata":{"name":"a","ownerReferences":[{"kind":"StatefulSet","name":"gluetun","controller":true}]},"spec":{}}}}`))
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"group":"autoscaling","kind":"Scale","version":"v1"},"resource":{"resource":"statefulsets"},"subResource":"scale","operation":"UPDATE","namespace":"charmarr-core","name":"radarr","object":{"spec":{"replicas":-1}}}}`))
	f.Add([]byte(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"Namespace","version":"v1"},"operation":"UPDATE","namespace":"charmarr-lint-proof","name":"charmarr-lint-proof","dryRun":true,"object":{"metadata":{"name":"charmarr-lint-proof","labels":{"istio.io/dataplane-mode":"ambient"},"annotations":{"charmarr-lint.io/proof":"x"}}},"oldObject":{"metadata":{"name":"charmarr-lint-proof"}}}}`))
	o, _ := options(f, clean(f))
	s, err := New(f.Context(), o)
	require.NoError(f, err)
	s.facts.judge(f.Context())
	require.NotNil(f, s.facts.last.Load())
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := decodeQuestion(string(body))
		if err != nil {
			return
		}
		a := s.answer(t.Context(), q)
		require.Equal(t, q.UID, a.UID)
		require.False(t, hasWarning(*a, "the webhook failed"), "%s", body)
	})
}

// TestSlowSenders lets connections say nothing, half a question, or a byte now and
// then: others are answered all the while, and who is too slow is let go.
func TestSlowSenders(t *testing.T) {
	o, _ := options(t, clean(t))
	const patient = 2 * time.Second
	s := startWith(t, o, func(s *Server) { s.patient = patient })
	address := strings.TrimSuffix(strings.TrimPrefix(s.address, "https://"), Path)
	var slow []net.Conn
	for range 20 {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		slow = append(slow, c)
	}
	transport, ok := s.client.Transport.(*http.Transport)
	require.True(t, ok)
	for i := range 40 {
		c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS13})
		require.NoError(t, err)
		slow = append(slow, c)
		text := "POST " + Path + " HTTP/1.1\r\nHost: a\r\n"
		if i%2 == 0 {
			text += "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
		}
		_, err = c.Write([]byte(text))
		require.NoError(t, err)
		go func() { // a byte now and then
			for {
				if _, err := c.Write([]byte(" ")); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
	}
	began := time.Now()
	for time.Since(began) < patient {
		code, a, _ := s.ask(t, labelledRequest("1"))
		require.Equal(t, http.StatusOK, code)
		require.False(t, a.Allowed)
	}
	for _, c := range slow {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
		_, err := io.Copy(io.Discard, c) // until it is let go
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "it is kept")
		_ = c.Close()
	}
	require.Eventually(t, func() bool { return s.held.Load() == 0 }, 5*time.Second, 10*time.Millisecond)
	require.NoError(t, s.end())
}

// TestManyHugeBodies sends more at once than is held: what is too much is refused
// with a code, and memory stays bounded.
func TestManyHugeBodies(t *testing.T) {
	o, said := options(t, clean(t))
	s := start(t, o)
	whole := labelledRequest("1")
	huge := append(bytes.Clone(whole[:len(whole)-1]), append(bytes.Repeat([]byte(" "), maxBody-len(whole)-1), '}')...)
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before, most := stats.HeapAlloc, uint64(0)
	sampled := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(sampled)
		for patience.Wait(ctx, 5*time.Millisecond) {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}()
	codes := make(chan int, 200)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			for range 2 {
				resp, err := s.client.Post(s.address, "application/json", bytes.NewReader(huge))
				if err != nil {
					codes <- 0 // it was told no before it had sent all
					continue
				}
				codes <- resp.StatusCode
				_ = resp.Body.Close()
			}
		})
	}
	all.Wait()
	cancel()
	<-sampled
	close(codes)
	counted := map[int]int{}
	for code := range codes {
		require.Contains(t, []int{0, http.StatusOK, http.StatusServiceUnavailable}, code)
		counted[code]++
	}
	require.NotZero(t, counted[http.StatusOK])
	require.Less(t, int64(most)-int64(before), int64(8*maxHeld), "codes %v", counted)
	t.Logf("codes %v, at most %d MiB more", counted, (int64(most)-int64(before))>>20)
	require.Zero(t, s.held.Load())
	code, a, _ := s.ask(t, whole)
	require.Equal(t, http.StatusOK, code)
	require.False(t, a.Allowed)
	require.NotContains(t, said.String(), "panic")
}

// packed is a text as some send it, which the API server does not.
func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}
