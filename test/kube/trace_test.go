package kube

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/charmarr/charmarr-lint/internal/tracing"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// TestTraces has the API server ask, and reads what a collector is sent by the types of
// the protocol.
func TestTraces(t *testing.T) {
	deploy(t, "clean", true)
	var lock sync.Mutex
	var sent []*spans.ResourceSpans
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.UnmarshalOptions{DiscardUnknown: false}.Unmarshal(body, &request)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		lock.Lock()
		defer lock.Unlock()
		sent = append(sent, request.GetResourceSpans()...)
		answer, _ := proto.Marshal(&collector.ExportTraceServiceResponse{})
		_, _ = w.Write(answer)
	}))
	defer receiver.Close()
	tracer, err := tracing.New(t.Context(), func(name string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.URL}[name]
	}, "1.2.3", io.Discard)
	require.NoError(t, err)
	d := open(t, plane.Config, func(o *webhook.Options) { o.Tracer = tracer })
	d.eventuallyRefuses(t)
	d.end()
	require.NoError(t, tracer.Close(t.Context()))

	byID, byName := map[string]*spans.Span{}, map[string][]*spans.Span{}
	for _, of := range sent {
		require.Empty(t, of.ProtoReflect().GetUnknown())
		require.Equal(t, "charmarr-lint", text(of.GetResource().GetAttributes(), "service.name"))
		require.Equal(t, "1.2.3", text(of.GetResource().GetAttributes(), "service.version"))
		for _, within := range of.GetScopeSpans() {
			require.Equal(t, "charmarr-lint", within.GetScope().GetName())
			for _, s := range within.GetSpans() {
				require.Empty(t, s.ProtoReflect().GetUnknown())
				require.Len(t, s.GetTraceId(), 16)
				require.Len(t, s.GetSpanId(), 8)
				require.LessOrEqual(t, s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano())
				byID[hex.EncodeToString(s.GetSpanId())] = s
				byName[s.GetName()] = append(byName[s.GetName()], s)
			}
		}
	}
	require.NotEmpty(t, byName["audit"])
	refused := slices.IndexFunc(byName["decide"], func(s *spans.Span) bool {
		return slices.Contains(texts(s.GetAttributes(), "charmarr_lint.rules_denied"), "mesh/gateway-not-enrolled")
	})
	require.GreaterOrEqual(t, refused, 0)
	decide := byName["decide"][refused]
	require.Equal(t, spans.Span_SPAN_KIND_INTERNAL, decide.GetKind())
	review := byID[hex.EncodeToString(decide.GetParentSpanId())]
	require.NotNil(t, review)
	require.Equal(t, "admission review", review.GetName())
	require.Equal(t, spans.Span_SPAN_KIND_SERVER, review.GetKind())
	require.Equal(t, decide.GetTraceId(), review.GetTraceId())
	about := review.GetAttributes()
	require.Equal(t, []string{"Namespace", "UPDATE", "gluetun"}, []string{text(about, "charmarr_lint.kind"), text(about, "charmarr_lint.operation"), text(about, "charmarr_lint.name")})
	require.False(t, value(about, "charmarr_lint.allowed").GetBoolValue())
	require.True(t, value(about, "charmarr_lint.dry_run").GetBoolValue())
	require.GreaterOrEqual(t, value(about, "charmarr_lint.waited_seconds").GetDoubleValue(), 0.0)
	require.True(t, value(decide.GetAttributes(), "charmarr_lint.rules_asked").GetBoolValue())
}

func value(about []*common.KeyValue, key string) *common.AnyValue {
	for _, a := range about {
		if a.GetKey() == key {
			return a.GetValue()
		}
	}
	return nil
}

func text(about []*common.KeyValue, key string) string { return value(about, key).GetStringValue() }

func texts(about []*common.KeyValue, key string) []string {
	var out []string
	for _, v := range value(about, key).GetArrayValue().GetValues() {
		out = append(out, v.GetStringValue())
	}
	return out
}
