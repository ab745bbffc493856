package controlplane

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"time"

	"k8s.io/client-go/rest"
)

// Meddle sees a request before it goes on to the API server, and may do something
// else with it.
type Meddle func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Proxy starts a server in front of the API server, with every right. Whoever
// started it closes it.
func (c *ControlPlane) Proxy(meddle Meddle) (*httptest.Server, error) {
	target, err := url.Parse(c.Config.Host)
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	transport, err := rest.TransportFor(c.Config)
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	next := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport,
		ErrorLog:  log.New(io.Discard, "", 0), // of readers that went away
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { meddle(w, r, next) })), nil
}

// Failing makes requests fail: a share of them, each in one of the ways of Faults.
// The seed says which.
func Failing(seed uint64, share float64) Meddle {
	random := rand.New(rand.NewPCG(seed, 0))
	kinds := Faults()
	var lock sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		lock.Lock()
		strike, which, own := random.Float64() < share, random.IntN(len(kinds)), rand.New(rand.NewPCG(random.Uint64(), 0))
		lock.Unlock()
		if strike {
			kinds[which](own, w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// Faults are what may become of a request.
func Faults() []func(random *rand.Rand, w http.ResponseWriter, r *http.Request, next http.Handler) {
	type random = *rand.Rand
	status := func(code int, body string) func(random, http.ResponseWriter, *http.Request, http.Handler) {
		return func(random random, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			if random.IntN(2) == 0 {
				w.Header().Set("Retry-After", strconv.Itoa(random.IntN(2)))
			}
			http.Error(w, body, code)
		}
	}
	pause := func(r *http.Request, d time.Duration) {
		select {
		case <-r.Context().Done():
		case <-time.After(d):
		}
	}
	return []func(random, http.ResponseWriter, *http.Request, http.Handler){
		status(http.StatusTooManyRequests, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"TooManyRequests","code":429}`),
		status(http.StatusTooManyRequests, "slow down"),
		status(http.StatusInternalServerError, "etcdserver: request timed out"),
		status(http.StatusBadGateway, "<html>bad gateway</html>"),
		status(http.StatusServiceUnavailable, ""),
		status(http.StatusNotFound, "404 page not found"),
		status(http.StatusOK, "<html>log in</html>"),
		status(http.StatusOK, "{}"),
		status(http.StatusOK, ""),
		func(_ random, w http.ResponseWriter, _ *http.Request, _ http.Handler) { reset(w) },
		func(_ random, _ http.ResponseWriter, r *http.Request, _ http.Handler) { pause(r, time.Minute) },
		func(random random, w http.ResponseWriter, r *http.Request, next http.Handler) {
			pause(r, time.Duration(random.IntN(400))*time.Millisecond)
			next.ServeHTTP(w, r)
		},
		func(random random, w http.ResponseWriter, r *http.Request, next http.Handler) {
			whole := httptest.NewRecorder()
			next.ServeHTTP(whole, r)
			body := whole.Body.Bytes()
			w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
			if random.IntN(2) == 0 { // the reader can tell from the length
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			}
			w.WriteHeader(whole.Code)
			_, _ = w.Write(body[:random.IntN(len(body)+1)*9/10])
		},
		func(random random, w http.ResponseWriter, r *http.Request, next http.Handler) {
			whole := httptest.NewRecorder()
			next.ServeHTTP(whole, r)
			w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
			w.Header().Set("Content-Length", strconv.Itoa(whole.Body.Len()))
			_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
			reset(w)
		},
	}
}

// reset ends the connection without an answer.
func reset(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close()
	}
}
