package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/patience"
)

const (
	protobuf = "application/vnd.kubernetes.protobuf"
	jsonText = "application/json"
)

const (
	// attempts is how often a request is sent before it counts as failed. With
	// the waits between them they take four to eight seconds where the server
	// names no wait of its own: a restart of an API server's load balancer.
	attempts = 5

	// firstWait is how long the second attempt is put off; each further one
	// twice as long.
	firstWait = 400 * time.Millisecond

	// longestWait bounds what a server may ask for in Retry-After.
	longestWait = 30 * time.Second

	// maxAnswer bounds an answer. A page of the largest objects there can be is
	// 100 ConfigMaps of 1 MiB.
	maxAnswer = 256 << 20
)

// client asks an API server. It only ever reads.
type client struct {
	rest   *rest.RESTClient
	http   *http.Client
	scheme *runtime.Scheme
	limit  time.Duration // of one attempt
	wait   time.Duration // before the second attempt
}

func newClient(config *rest.Config, limit time.Duration) (*client, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, networkingv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	config.ContentType = protobuf
	config.AcceptContentTypes = protobuf + "," + jsonText
	config.WarningHandler = rest.NoWarnings{} // deprecations are of no interest to who reads
	config.QPS = -1                           // maxAtOnce bounds what is asked
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return bounded{next} })
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	asked, err := rest.UnversionedRESTClientForConfigAndClient(config, httpClient)
	if err != nil {
		return nil, err
	}
	return &client{rest: asked, http: httpClient, scheme: scheme, limit: limit}, nil
}

func (c *client) close() { c.http.CloseIdleConnections() }

// bounded refuses answers that no API server gives.
type bounded struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(req)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxAnswer)
	}
	return resp, err
}

// typed asks for what the client knows the type of.
func (c *client) typed(ctx context.Context, path []string, query url.Values, into runtime.Object) error {
	return c.get(ctx, path, query, protobuf+","+jsonText, func(r rest.Result) error { return r.Into(into) })
}

// json asks for JSON.
func (c *client) json(ctx context.Context, path []string, query url.Values, into any) error {
	return c.get(ctx, path, query, jsonText, func(r rest.Result) error {
		if err := r.Error(); err != nil { // which Raw does not decode
			return err
		}
		body, err := r.Raw()
		if err != nil {
			return err
		}
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.UseNumber()
		if err := dec.Decode(into); err != nil {
			return fmt.Errorf("the answer is not the JSON that was asked for: %w", err)
		}
		return nil
	})
}

// get sends a request until it is answered, or until it is clear that it will
// not be.
func (c *client) get(ctx context.Context, path []string, query url.Values, accept string, read func(rest.Result) error) error {
	wait := c.wait
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, path, query, accept, read)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ended(ctx)
		case attempt == attempts || !passing(err):
			return err
		}
		pause := wait/2 + rand.N(wait) // spread out what failed together
		if seconds, said := apierrors.SuggestsClientDelay(err); said {
			pause = max(pause, min(time.Duration(seconds)*time.Second, longestWait))
		}
		wait *= 2
		if !patience.Wait(ctx, pause) {
			return ended(ctx)
		}
	}
}

// once sends a request once.
func (c *client) once(ctx context.Context, path []string, query url.Values, accept string, read func(rest.Result) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limit, errRequestLimit)
	defer cancel()
	req := c.rest.Get().AbsPath(path...).SetHeader("Accept", accept).MaxRetries(0)
	for key, values := range query {
		for _, value := range values {
			req = req.Param(key, value)
		}
	}
	err := read(req.Do(ctx))
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// stream sends a request once whose answer comes little by little, as JSON. Whoever
// asks closes it.
func (c *client) stream(ctx context.Context, path []string, query url.Values) (io.ReadCloser, error) {
	req := c.rest.Get().AbsPath(path...).SetHeader("Accept", jsonText).MaxRetries(0)
	for key, values := range query {
		for _, value := range values {
			req = req.Param(key, value)
		}
	}
	return req.Stream(ctx)
}

// ended says what ended a reading from this side.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); errors.Is(cause, errTimeLimit) {
		return cause
	}
	return errCancelled
}

// passing tells whether a request that failed so may succeed when it is sent
// again: the server is busy, or the answer did not arrive whole.
func passing(err error) bool {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return false
	}
	status, answered := errors.AsType[*apierrors.StatusError](err)
	if !answered {
		return !settled(err)
	}
	code := status.Status().Code
	return code == http.StatusTooManyRequests || code >= 500 || apierrors.IsTimeout(err)
}
