package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// sender sends spans by OTLP over HTTP. The SDK calls it from one goroutine at a time.
type sender struct {
	settings
	client *http.Client
	log    *slog.Logger
	pause  time.Duration // before the second attempt

	lock  sync.Mutex
	wrong string // what was last said to be wrong
}

const (
	// attempts is how often spans are sent before they are lost.
	attempts   = 4
	firstPause = 500 * time.Millisecond
	// maxAnswer bounds what a collector may say.
	maxAnswer = 1 << 20
)

func newSender(s settings, log *slog.Logger) (*sender, error) {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("setting up traces: the transport of this program was replaced")
	}
	transport := standard.Clone()
	transport.TLSClientConfig = s.tls
	return &sender{settings: s, client: &http.Client{Transport: transport}, log: log, pause: firstPause}, nil
}

// ExportSpans sends spans. What cannot be sent is lost, and the log says so, once for
// each reason: nobody waits for traces.
func (s *sender) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	body := encode(spans)
	if s.compress {
		var out bytes.Buffer
		packed := gzip.NewWriter(&out)
		_, err := packed.Write(body)
		if err = errors.Join(err, packed.Close()); err != nil {
			return fmt.Errorf("compressing traces: %w", err)
		}
		body = out.Bytes()
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	pause := s.pause
	for attempt := 1; ; attempt++ {
		wait, err := s.send(ctx, body)
		switch {
		case err == nil:
			s.say("")
			return nil
		case wait < 0 || attempt == attempts:
			s.say(err.Error())
			return nil
		}
		timer := time.NewTimer(max(wait, pause))
		select {
		case <-ctx.Done():
			timer.Stop()
			s.say(err.Error())
			return nil
		case <-timer.C:
		}
		pause *= 2
	}
}

// send sends once. A wait of less than zero means that it need not be sent again.
func (s *sender) send(ctx context.Context, body []byte) (wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return -1, fmt.Errorf("making a request: %w", err)
	}
	req.Header = s.headers.Clone()
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("User-Agent", service)
	if s.compress {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := s.client.Do(req)
	if at, ok := errors.AsType[*url.Error](err); ok {
		err = at.Err // the log names the collector
	}
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, fmt.Errorf("reading its answer: %w", err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		if lost, why := rejected(answer); lost > 0 {
			return -1, fmt.Errorf("it took all but %d spans: %.200q", lost, why)
		}
		return 0, nil
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 0)) * time.Second, fmt.Errorf("it answered %s", resp.Status)
	}
	return -1, fmt.Errorf("it answered %s", resp.Status)
}

// rejected reads how many spans a collector did not take: an
// ExportTraceServiceResponse with a partial_success.
func rejected(answer []byte) (lost int64, why string) {
	for _, partial := range fields(answer, 1) {
		for len(partial) > 0 {
			number, kind, n := protowire.ConsumeTag(partial)
			if n < 0 {
				return lost, why
			}
			partial = partial[n:]
			switch {
			case number == 1 && kind == protowire.VarintType:
				count, n := protowire.ConsumeVarint(partial)
				if n < 0 {
					return lost, why
				}
				lost, partial = int64(count), partial[n:] //nolint:gosec // a count of spans that were sent
			case number == 2 && kind == protowire.BytesType:
				text, n := protowire.ConsumeBytes(partial)
				if n < 0 {
					return lost, why
				}
				why, partial = string(text), partial[n:]
			default:
				n := protowire.ConsumeFieldValue(number, kind, partial)
				if n < 0 {
					return lost, why
				}
				partial = partial[n:]
			}
		}
	}
	return lost, why
}

// fields returns the messages of a number in a message.
func fields(message []byte, want protowire.Number) [][]byte {
	var out [][]byte
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return out
		}
		message = message[n:]
		size := protowire.ConsumeFieldValue(number, kind, message)
		if size < 0 {
			return out
		}
		if number == want && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			out = append(out, value)
		}
		message = message[size:]
	}
	return out
}

// say logs what is wrong, where it is something else than before.
func (s *sender) say(wrong string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if wrong == s.wrong {
		return
	}
	s.wrong = wrong
	if wrong != "" {
		s.log.Warn("sending traces; they are lost", "to", s.endpoint.Redacted(), "error", wrong)
		return
	}
	s.log.Info("traces are sent again", "to", s.endpoint.Redacted())
}

// Shutdown closes connections.
func (s *sender) Shutdown(context.Context) error {
	s.client.CloseIdleConnections()
	return nil
}
