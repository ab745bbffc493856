// Package tracing sends spans to an OpenTelemetry collector: what was done, how long it
// took and how it came out.
//
// It is configured by the environment variables of OpenTelemetry, and off unless one of
// them names an endpoint. The SDK is OpenTelemetry's; what sends is not. The SDK's own
// exporter for HTTP brings gRPC and the types of the protocol, which cost each start of
// the program more than a millisecond; a message of the protocol is some thirty fields
// (encode.go).
//
// A nil Tracer and a nil Span do nothing, so that nobody has to ask whether tracing is
// on. What is said in attributes is for the caller to choose; it has to be no content of
// objects.
package tracing

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// service is what the program is called in traces, unless OTEL_SERVICE_NAME or
// OTEL_RESOURCE_ATTRIBUTES call it something else.
const service = "charmarr-lint"

// Tracer makes spans.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// New returns the tracer that the environment asks for; nil where it asks for none.
// How many spans are sent, and how, is read from the environment of the process by the
// SDK (OTEL_TRACES_SAMPLER, OTEL_BSP_…, OTEL_RESOURCE_ATTRIBUTES).
func New(ctx context.Context, getenv func(string) string, version string, log io.Writer) (*Tracer, error) {
	to, err := settingsFrom(getenv)
	if err != nil || to == nil {
		return nil, err
	}
	sender, err := newSender(*to, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", service), attribute.String("service.version", version)),
		resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("reading OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(sender), sdk.WithResource(about))
	return &Tracer{provider, provider.Tracer(service, trace.WithInstrumentationVersion(version))}, nil
}

// Close sends what was not sent yet, and ends.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("sending the last traces: %w", err)
	}
	return nil
}

// Start begins a span, within the one of the context.
func (t *Tracer) Start(ctx context.Context, name string, about ...Attribute) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithAttributes(about...))
	return ctx, &Span{span}
}

// Serve begins the span of a request, within the one that its sender names, as the API
// server does where it traces, too.
func (t *Tracer) Serve(r *http.Request, name string) (context.Context, *Span) {
	if t == nil {
		return r.Context(), nil
	}
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer))
	return ctx, &Span{span}
}

// Current is the span of a context; what is said of it goes nowhere where there is none.
func Current(ctx context.Context) *Span { return &Span{trace.SpanFromContext(ctx)} }

// Span is something that is being done.
type Span struct{ span trace.Span }

// Set says more about it.
func (s *Span) Set(about ...Attribute) {
	if s != nil {
		s.span.SetAttributes(about...)
	}
}

// Fail says that it failed, where err is an error.
func (s *Span) Fail(err error) {
	if s != nil && err != nil {
		s.span.SetStatus(codes.Error, err.Error())
	}
}

// End says that it is over.
func (s *Span) End() {
	if s != nil {
		s.span.End()
	}
}

// Attribute is something that is said about a span.
type Attribute = attribute.KeyValue

// Text is an attribute that is a text.
func Text(key, value string) Attribute { return attribute.String(key, value) }

// Texts is an attribute that is several texts.
func Texts(key string, values []string) Attribute { return attribute.StringSlice(key, values) }

// Number is an attribute that is a number.
func Number(key string, value int) Attribute { return attribute.Int(key, value) }

// Seconds is an attribute that is a time.
func Seconds(key string, value float64) Attribute { return attribute.Float64(key, value) }

// Flag is an attribute that is so or not.
func Flag(key string, value bool) Attribute { return attribute.Bool(key, value) }
