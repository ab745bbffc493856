package tracing

import (
	"math"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// message is a message of protocol buffers. Fields that are zero are left out, as the
// format has it.
type message []byte

func (m *message) text(number protowire.Number, value string) {
	if value != "" {
		*m = protowire.AppendTag(*m, number, protowire.BytesType)
		*m = protowire.AppendString(*m, strings.ToValidUTF8(value, "\uFFFD"))
	}
}

func (m *message) bytes(number protowire.Number, value []byte) {
	*m = protowire.AppendTag(*m, number, protowire.BytesType)
	*m = protowire.AppendBytes(*m, value)
}

func (m *message) number(number protowire.Number, value uint64) {
	if value != 0 {
		*m = protowire.AppendTag(*m, number, protowire.VarintType)
		*m = protowire.AppendVarint(*m, value)
	}
}

func (m *message) time(number protowire.Number, value time.Time) {
	*m = protowire.AppendTag(*m, number, protowire.Fixed64Type)
	*m = protowire.AppendFixed64(*m, uint64(max(value.UnixNano(), 0))) //nolint:gosec // not below zero
}

// encode writes spans as an ExportTraceServiceRequest of OTLP 1. All are of one
// resource and one scope: there is one provider with one tracer.
func encode(spans []sdk.ReadOnlySpan) []byte {
	var about, scope, within, of, out message
	first := spans[0]
	for _, a := range first.Resource().Attributes() {
		about.bytes(1, keyValue(a))
	}
	scope.text(1, first.InstrumentationScope().Name)
	scope.text(2, first.InstrumentationScope().Version)
	within.bytes(1, scope)
	for _, s := range spans {
		within.bytes(2, encodeSpan(s))
	}
	of.bytes(1, about)
	of.bytes(2, within)
	of.text(3, first.Resource().SchemaURL())
	out.bytes(1, of)
	return out
}

func encodeSpan(s sdk.ReadOnlySpan) message {
	var out message
	c, parent := s.SpanContext(), s.Parent()
	traceID, spanID := c.TraceID(), c.SpanID()
	out.bytes(1, traceID[:])
	out.bytes(2, spanID[:])
	out.text(3, c.TraceState().String())
	if parent.SpanID().IsValid() {
		id := parent.SpanID()
		out.bytes(4, id[:])
	}
	out.text(5, s.Name())
	out.number(6, kindOf(s.SpanKind()))
	out.time(7, s.StartTime())
	out.time(8, s.EndTime())
	for _, a := range s.Attributes() {
		out.bytes(9, keyValue(a))
	}
	out.number(10, count(s.DroppedAttributes()))
	for _, e := range s.Events() {
		var event message
		event.time(1, e.Time)
		event.text(2, e.Name)
		for _, a := range e.Attributes {
			event.bytes(3, keyValue(a))
		}
		event.number(4, count(e.DroppedAttributeCount))
		out.bytes(11, event)
	}
	out.number(12, count(s.DroppedEvents()))
	var status message
	status.text(2, s.Status().Description)
	switch s.Status().Code {
	case codes.Ok:
		status.number(3, 1)
	case codes.Error:
		status.number(3, 2)
	case codes.Unset:
	}
	if len(status) > 0 {
		out.bytes(15, status)
	}
	out = protowire.AppendTag(out, 16, protowire.Fixed32Type)
	return protowire.AppendFixed32(out, flags(c, parent))
}

// flags are those of W3C, and whether the parent is another process's.
func flags(c, parent trace.SpanContext) uint32 {
	const known, remote = 0x100, 0x200
	out := uint32(c.TraceFlags()) | known
	if parent.IsRemote() {
		out |= remote
	}
	return out
}

// kindOf is a kind of span by its number in the protocol.
func kindOf(k trace.SpanKind) uint64 {
	switch k {
	case trace.SpanKindInternal:
		return 1
	case trace.SpanKindServer:
		return 2
	case trace.SpanKindClient:
		return 3
	case trace.SpanKindProducer:
		return 4
	case trace.SpanKindConsumer:
		return 5
	}
	return 0
}

func count(n int) uint64 { return uint64(max(n, 0)) }

func keyValue(a attribute.KeyValue) message {
	var out message
	out.text(1, string(a.Key))
	out.bytes(2, anyValue(a.Value))
	return out
}

// anyValue writes a value. One of several choices is written where it is zero, too.
func anyValue(v attribute.Value) message {
	var out message
	switch v.Type() {
	case attribute.BOOL:
		out = protowire.AppendTag(out, 2, protowire.VarintType)
		out = protowire.AppendVarint(out, protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		out = protowire.AppendTag(out, 3, protowire.VarintType)
		out = protowire.AppendVarint(out, uint64(v.AsInt64())) //nolint:gosec // two's complement, as the format has it
	case attribute.FLOAT64:
		out = protowire.AppendTag(out, 4, protowire.Fixed64Type)
		out = protowire.AppendFixed64(out, math.Float64bits(v.AsFloat64()))
	case attribute.STRINGSLICE:
		var list message
		for _, text := range v.AsStringSlice() {
			list.bytes(1, anyValue(attribute.StringValue(text)))
		}
		out.bytes(5, list)
	default: // a text, or what can be written as one
		out.bytes(1, []byte(strings.ToValidUTF8(v.String(), "\uFFFD")))
	}
	return out
}
