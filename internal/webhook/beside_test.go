package webhook

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/tracing"
)

// TestStandingAlone answers nobody: what is there is judged and told all the same, and
// handed to what is done beside.
func TestStandingAlone(t *testing.T) {
	o, _ := options(t, clean(t))
	o.Certificate, o.Key = "", ""
	judged := make(chan *lint.Standing, 1)
	o.Beside = []Beside{{
		Run: func(ctx context.Context, latest func() *lint.Standing) {
			for ctx.Err() == nil {
				if l := latest(); l != nil {
					judged <- l
					<-ctx.Done()
				}
				patience.Wait(ctx, time.Millisecond)
			}
		},
		Metrics: func(w *strings.Builder) { w.WriteString("beside 1\n") },
	}}
	s, err := New(t.Context(), o)
	require.NoError(t, err)
	s.look = time.Millisecond
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx, nil, nil, plain) }()

	require.Empty(t, (<-judged).Report.Findings)
	r := &running{Server: s, status: "http://" + plain.Addr().String()}
	code, text := r.get(t, "/readyz")
	require.Equal(t, http.StatusOK, code, text)
	for _, format := range []string{"json", "sarif", "html", "text"} {
		code, text = r.get(t, "/report/"+format)
		require.Equal(t, http.StatusOK, code)
		require.NotEmpty(t, text)
	}
	_, text = r.get(t, "/metrics")
	require.Contains(t, text, "beside 1\n")
	require.NotContains(t, text, "certificate_expiry")
	end()
	require.NoError(t, <-ended)
}

// TestTraces looks at what is told of a request: what was asked and decided, and
// nothing that stands in the object.
func TestTraces(t *testing.T) {
	var lock sync.Mutex
	var sent bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		_, _ = io.Copy(&sent, r.Body)
	}))
	defer collector.Close()
	o, _ := options(t, clean(t))
	tracer, err := tracing.New(t.Context(), func(name string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL}[name]
	}, "1", io.Discard)
	require.NoError(t, err)
	o.Tracer = tracer
	r := start(t, o)
	code, a, _ := r.ask(t, labelledRequest("the-uid"))
	require.Equal(t, http.StatusOK, code)
	require.False(t, a.Allowed)
	code, _, _ = r.ask(t, []byte("{"))
	require.Equal(t, http.StatusBadRequest, code)
	require.NoError(t, r.end())
	require.NoError(t, tracer.Close(t.Context()))
	text := sent.String()
	for _, part := range []string{"audit", "admission review", "decide", "the-uid", "UPDATE", "Namespace", "gluetun", "charmarr_lint.waited_seconds", "charmarr_lint.rules_denied", "mesh/gateway-not-enrolled", "is no JSON of its kind"} {
		require.Contains(t, text, part)
	}
	require.NotContains(t, text, "ambient")
	require.NotContains(t, text, "dataplane-mode")
}
