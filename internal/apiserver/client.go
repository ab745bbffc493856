// Package apiserver asks an API server by plain HTTP with JSON: for who has a few kinds
// of request for objects of its own, which need no client library and not what one adds
// to every start of the program.
//
// Words: a Request is one question; an Error is an answer of the API server that is
// none of success. Patience is for a server that is busy, and says so before it has done
// anything (429): it is asked again for as long as a request may take. Whatever else
// fails is for who asks, who knows whether asking twice does something twice.
//
// Nothing of an answer's body is ever part of an error, but for the message by which the
// API server refuses: objects may be secret. A redirect is an error: no API server
// gives one, and who asks would log in wherever it leads.
//
// It knows no kind of object, makes no connection of its own (the client that it is
// given knows how to log in) and does not read clusters: that is package
// internal/collect/kube, by the client library, with protocol buffers and watches.
package apiserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/charmarr/charmarr-lint/internal/patience"
)

const (
	// requestTime bounds a request, with all its attempts.
	requestTime = 15 * time.Second
	// busyPause is how long a server that is busy is left alone where it does not say
	// how long itself.
	busyPause = time.Second
	// mostAnswer bounds an answer: etcd takes objects of 1.5 MiB.
	mostAnswer = 4 << 20
)

// Client asks an API server.
type Client struct {
	// Base is the API server's address.
	Base *url.URL
	// HTTP knows how to log in.
	HTTP *http.Client
	// Most bounds an answer, in bytes. Zero is enough for any one object, and not for
	// a list.
	Most int64
	// Time bounds a request, with all its attempts. Zero is 15 seconds.
	Time time.Duration
}

// Request is one question.
type Request struct {
	Method, Path string
	Query        url.Values
	// Body is sent as JSON; nil sends none. ContentType says what sort of JSON it is,
	// where it is not JSON as such.
	Body        any
	ContentType string
}

// Do sends a request, and reads the answer into a value as encoding/json does, numbers
// of no known type as they are written. A nil value wants none.
func (c Client) Do(ctx context.Context, r Request, into any) error {
	limit := c.Time
	if limit == 0 {
		limit = requestTime
	}
	late := fmt.Errorf("the API server did not answer within %v", limit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	var text []byte
	if r.Body != nil {
		var err error
		if text, err = json.Marshal(r.Body); err != nil {
			return errors.New("encoding a request: it has what JSON cannot say")
		}
	}
	for {
		err := c.once(ctx, r, text, into)
		if err == nil {
			return nil
		}
		if busy, ok := errors.AsType[*Error](err); ok && busy.Code == http.StatusTooManyRequests && c.wait(ctx, busy.after) {
			continue
		}
		if ctx.Err() != nil && errors.Is(context.Cause(ctx), late) && !answered(err) {
			return late
		}
		return err
	}
}

// wait leaves a busy server alone, or returns false where a request may not take so
// long.
func (c Client) wait(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	return patience.Wait(ctx, d)
}

func (c Client) once(ctx context.Context, r Request, text []byte, into any) error {
	target := c.Base.JoinPath(r.Path)
	target.RawQuery = r.Query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.Method, target.String(), bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	if text != nil {
		contentType := r.ContentType
		if contentType == "" {
			contentType = "application/json"
		}
		req.Header.Set("Content-Type", contentType)
	}
	client := *c.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		if at, ok := errors.AsType[*url.Error](err); ok {
			err = at.Err // who asks says what was asked
		}
		return fmt.Errorf("the API server did not answer: %w", err)
	}
	defer resp.Body.Close()
	most := c.Most
	if most == 0 {
		most = mostAnswer
	}
	answer, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, most))
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fmt.Errorf("the API server's answer has more than %d bytes, which is more than there can be", large.Limit)
	}
	if err != nil {
		return fmt.Errorf("the API server's answer broke off: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return errorOf(resp, answer)
	}
	if into == nil {
		return nil
	}
	return decode(resp.Header.Get("Content-Type"), answer, into)
}

// decode reads an answer. What it says of one that cannot be read has nothing of it.
func decode(contentType string, answer []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(answer))
	dec.UseNumber()
	err := dec.Decode(into)
	if err == nil && string(bytes.TrimSpace(answer)) != "null" {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	const not = "the API server's answer is not the JSON that was asked for"
	media, _, wrong := mime.ParseMediaType(contentType)
	if wrong == nil && media != "application/json" {
		return errors.New(not + ", but " + strconv.Quote(cut(media, 100)) + ": see what is between here and the API server")
	}
	return errors.New(not)
}
