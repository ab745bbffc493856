package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// collector is an OTLP receiver.
type collector struct {
	*httptest.Server

	lock     sync.Mutex
	requests []*http.Request
	bodies   [][]byte
	answers  []func(http.ResponseWriter) // the next ones; then it takes all
}

func newCollector(t *testing.T, answers ...func(http.ResponseWriter)) *collector {
	t.Helper()
	c := &collector{answers: answers}
	c.Server = httptest.NewUnstartedServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP takes spans.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil && r.Header.Get("Content-Encoding") == "gzip" {
		var packed *gzip.Reader
		if packed, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
			body, err = io.ReadAll(packed)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	c.requests, c.bodies = append(c.requests, r), append(c.bodies, body)
	if len(c.answers) > 0 {
		next := c.answers[0]
		c.answers = c.answers[1:]
		next(w)
	}
}

// spans are the spans that were sent, as messages.
func (c *collector) spans() [][]byte {
	c.lock.Lock()
	defer c.lock.Unlock()
	var out [][]byte
	for _, body := range c.bodies {
		for _, of := range fields(body, 1) {
			for _, within := range fields(of, 2) {
				out = append(out, fields(within, 2)...)
			}
		}
	}
	return out
}

// field is a text or bytes of a message; empty where there is none.
func field(message []byte, path ...int32) string {
	for _, number := range path {
		found := fields(message, protowire.Number(number))
		if len(found) == 0 {
			return ""
		}
		message = found[0]
	}
	return string(message)
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// status answers with a code.
func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code) }
}

func TestSpans(t *testing.T) {
	c := newCollector(t)
	c.Start()
	var log bytes.Buffer
	tracer, err := New(t.Context(), environment(
		"OTEL_EXPORTER_OTLP_ENDPOINT", c.URL+"/otlp", "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20a%2Cb, x-scope=media", "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip",
	), "1.2.3", &log)
	require.NoError(t, err)

	r := httptest.NewRequest(http.MethodPost, "/validate", nil)
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	ctx, review := tracer.Serve(r, "admission review")
	Current(ctx).Set(Text("kind", "Pod \xff"), Flag("dry_run", false), Number("warnings", -2), Seconds("waited", 0.5), Texts("rules", []string{"a", "b"}))
	_, decide := tracer.Start(ctx, "decide", Text("a", "b"))
	decide.Fail(nil)
	decide.Fail(errors.New("it took too long"))
	decide.End()
	review.End()
	require.NoError(t, tracer.Close(t.Context()))
	require.Empty(t, log.String())

	require.Len(t, c.requests, 1)
	sent := c.requests[0]
	require.Equal(t, "/otlp/v1/traces", sent.URL.Path)
	require.Equal(t, "application/x-protobuf", sent.Header.Get("Content-Type"))
	require.Equal(t, "Bearer a,b", sent.Header.Get("Authorization"))
	require.Equal(t, "media", sent.Header.Get("X-Scope"))
	about := field(c.bodies[0], 1, 1)
	for _, part := range []string{"service.name", "charmarr-lint", "service.version", "1.2.3", "telemetry.sdk.name"} {
		require.Contains(t, about, part)
	}
	spans := c.spans()
	require.Len(t, spans, 2)
	inner, outer := spans[0], spans[1]
	require.Equal(t, []string{"decide", "admission review"}, []string{field(inner, 5), field(outer, 5)})
	for _, s := range spans {
		require.Equal(t, "0af7651916cd43dd8448eb211c80319c", hex.EncodeToString([]byte(field(s, 1))))
	}
	require.Equal(t, "b7ad6b7169203331", hex.EncodeToString([]byte(field(outer, 4))))
	require.Equal(t, field(outer, 2), field(inner, 4))
	require.Equal(t, "it took too long", field(inner, 15, 2))
	require.Empty(t, field(outer, 15))
	require.Contains(t, string(outer), "Pod \uFFFD")
}

func TestOff(t *testing.T) {
	for name, env := range map[string][]string{
		"nothing is said":          nil,
		"the SDK is off":           {"OTEL_SDK_DISABLED", "true", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"},
		"no exporter":              {"OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"},
		"an exporter, no endpoint": {"OTEL_TRACES_EXPORTER", "otlp"},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, err := New(t.Context(), environment(env...), "1", io.Discard)
			require.NoError(t, err)
			require.Nil(t, tracer)
			ctx, span := tracer.Start(t.Context(), "a", Text("b", "c"))
			require.Equal(t, t.Context(), ctx)
			span.Set(Number("a", 1))
			span.Fail(errors.New("b"))
			span.End()
			Current(ctx).Set(Number("a", 1))
			_, span = tracer.Serve(httptest.NewRequest(http.MethodGet, "/", nil), "a")
			span.End()
			require.NoError(t, tracer.Close(t.Context()))
		})
	}
}

func TestSettings(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
	for _, c := range []struct {
		name string
		env  []string
		want string // of the endpoint, or an error
	}{
		{"the general endpoint", []string{endpoint, "http://a:4318"}, "http://a:4318/v1/traces"},
		{"with a path", []string{endpoint, "https://a/otlp/"}, "https://a/otlp/v1/traces"},
		{"that of traces is taken as it is", []string{endpoint, "http://a:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b:1/x"}, "http://b:1/x"},
		{"no address", []string{endpoint, "a:4318"}, `OTEL_EXPORTER_OTLP_ENDPOINT: "a:4318" is no address of a collector: want one like http://collector:4318`},
		{"no address, with a password", []string{endpoint, "ftp://me:secret@a"}, `"ftp://me:xxxxx@a" is no address`},
		{"gRPC", []string{endpoint, "http://a:4317", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, `OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not spoken here: want http/protobuf`},
		{"another exporter", []string{endpoint, "http://a", "OTEL_TRACES_EXPORTER", "zipkin"}, `"zipkin" is not known`},
		{"a wait that is none", []string{endpoint, "http://a", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1s"}, `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "1s" is no number of milliseconds`},
		{"another compression", []string{endpoint, "http://a", "OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}, `"zstd" is not known`},
		{"headers that are none", []string{endpoint, "http://a", "OTEL_EXPORTER_OTLP_HEADERS", "secret"}, "OTEL_EXPORTER_OTLP_HEADERS: want name=value"},
		{"no certificate there", []string{endpoint, "https://a", "OTEL_EXPORTER_OTLP_CERTIFICATE", filepath.Join(folder, "none")}, "OTEL_EXPORTER_OTLP_CERTIFICATE: open "},
		{"no certificate in it", []string{endpoint, "https://a", "OTEL_EXPORTER_OTLP_CERTIFICATE", empty}, "holds no certificate"},
		{"half a pair", []string{endpoint, "https://a", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", empty}, "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE with its CLIENT_KEY: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := settingsFrom(environment(c.env...))
			if err != nil {
				require.ErrorContains(t, err, c.want)
				require.NotContains(t, err.Error(), "secret")
				return
			}
			require.Equal(t, c.want, s.endpoint.String())
		})
	}
}

// TestTrouble has spans sent to collectors that do not take them: nobody waits, and the
// log says it once.
func TestTrouble(t *testing.T) {
	retry := func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	for _, c := range []struct {
		name     string
		answers  []func(http.ResponseWriter)
		requests int
		log      string // empty is nothing
	}{
		{"it is busy for a moment", []func(http.ResponseWriter){status(429), retry}, 3, ""},
		{"it is busy", []func(http.ResponseWriter){status(503), status(503), status(503), status(503)}, 4, "it answered 503 Service Unavailable"},
		{"it does not want them", []func(http.ResponseWriter){status(400)}, 1, "it answered 400 Bad Request"},
		{"it takes some", []func(http.ResponseWriter){func(w http.ResponseWriter) {
			_, _ = w.Write([]byte("\x0a\x0c\x08\x01\x12\x08too long"))
		}}, 1, `it took all but 1 spans: \"too long\"`},
		{"its answer is no message", []func(http.ResponseWriter){func(w http.ResponseWriter) { _, _ = w.Write([]byte("\x0a\xff\xff")) }}, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := newCollector(t, c.answers...)
			to.Start()
			var log bytes.Buffer
			tracer, err := New(t.Context(), environment("OTEL_EXPORTER_OTLP_ENDPOINT", to.URL), "1", &log)
			require.NoError(t, err)
			_, span := tracer.Start(t.Context(), "a")
			span.End()
			require.NoError(t, tracer.Close(t.Context()))
			require.Len(t, to.requests, c.requests)
			if c.log == "" {
				require.Empty(t, log.String())
				return
			}
			require.Equal(t, 1, strings.Count(log.String(), "\n"))
			require.Contains(t, log.String(), c.log)
		})
	}
	t.Run("nobody is there", func(t *testing.T) {
		var log bytes.Buffer
		tracer, err := New(t.Context(), environment("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TIMEOUT", "300"), "1", &log)
		require.NoError(t, err)
		_, span := tracer.Start(t.Context(), "a")
		span.End()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		require.NoError(t, tracer.Close(ctx))
		require.Contains(t, log.String(), "connection refused")
	})
	t.Run("over TLS", func(t *testing.T) {
		to := newCollector(t)
		to.StartTLS()
		ca := filepath.Join(t.TempDir(), "ca.crt")
		require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: to.Certificate().Raw}), 0o600))
		tracer, err := New(t.Context(), environment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", to.URL, "OTEL_EXPORTER_OTLP_CERTIFICATE", ca), "1", io.Discard)
		require.NoError(t, err)
		_, span := tracer.Start(t.Context(), "a")
		span.End()
		require.NoError(t, tracer.Close(t.Context()))
		require.Len(t, to.spans(), 1)
	})
}
