// Package own reads and writes the objects of a cluster that are the webhook's own:
// the Secret in which it keeps its certificate, and its registration, the
// ValidatingWebhookConfiguration by which the API server finds it. It also sends the
// requests by which the webhook proves itself.
//
// It touches no object but those it is told the names of, so that a role can be
// bounded to them (deploy/self-signed, deploy/fail-closed). What is written is held
// against the resourceVersion that was read: of several replicas one succeeds, and
// the others read again. Nothing of a Secret is ever part of an error.
package own

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// ErrConflict says that somebody else has written the object meanwhile.
var ErrConflict = errors.New("somebody else has changed it meanwhile")

const (
	// requestTime bounds one request.
	requestTime = 15 * time.Second
	// maxAnswer bounds an answer: etcd takes objects of 1.5 MiB.
	maxAnswer = 4 << 20
	// manager is by whom the API server notes a field was written.
	manager = "charmarr-lint-webhook"
)

// Names are those of the objects.
type Names struct {
	// Namespace is the webhook's, Secret the name of the Secret in it.
	Namespace, Secret string
	// Registration is the ValidatingWebhookConfiguration's name.
	Registration string
}

// Objects are the webhook's own.
type Objects struct {
	base   *url.URL
	client *http.Client
	names  Names
}

// New returns the objects of those names, with the API server at an address, as
// whom the client logs in.
func New(base *url.URL, client *http.Client, names Names) *Objects {
	return &Objects{base: base, client: client, names: names}
}

// statusError is what the API server says of a request that failed.
type statusError struct {
	code    int
	message string
}

func (e *statusError) Error() string { return e.message }

// notFound tells whether there is no such object.
func notFound(err error) bool { return hasCode(err, http.StatusNotFound) }

func hasCode(err error, code int) bool {
	said, ok := errors.AsType[*statusError](err)
	return ok && said.code == code
}

// send sends a request about an object, and returns what the API server answers.
func (o *Objects) send(ctx context.Context, method, path, contentType string, query url.Values, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	target := o.base.JoinPath(path)
	target.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := o.client.Do(req)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the address is of no interest, and may be long
		}
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		var said struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(text, &said) != nil || said.Message == "" {
			said.Message = "the API server answers " + resp.Status
		}
		return nil, &statusError{resp.StatusCode, said.Message}
	}
	return text, nil
}

// get reads an object.
func (o *Objects) get(ctx context.Context, path string) (map[string]any, error) {
	text, err := o.send(ctx, http.MethodGet, path, "", nil, nil)
	if err != nil {
		return nil, err
	}
	return decode(text)
}

// decode reads an object, numbers as they are written.
func decode(text []byte) (map[string]any, error) {
	var object map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&object); err != nil || object == nil {
		return nil, errors.New("the API server's answer is no object")
	}
	return object, nil
}

// put writes an object as it is to be, where it is still as it was read.
func (o *Objects) put(ctx context.Context, method, path string, object map[string]any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	_, err = o.send(ctx, method, path, "application/json", url.Values{"fieldManager": {manager}}, body)
	if hasCode(err, http.StatusConflict) {
		return ErrConflict
	}
	return err
}

// doing says what failed, and which right it takes where that is missing.
func doing(what string, err error, right string) error {
	switch {
	case err == nil:
		return nil
	case hasCode(err, http.StatusForbidden):
		return fmt.Errorf("%s: %w: it takes the right to %s", what, err, right)
	}
	return fmt.Errorf("%s: %w", what, err)
}
