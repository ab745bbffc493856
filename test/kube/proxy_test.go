package kube

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
)

// through returns the options of a reading through a proxy with every right.
// meddle sees each request before it goes on, and may do something else with it.
func through(t testing.TB, meddle func(w http.ResponseWriter, r *http.Request, next http.Handler)) kube.Options {
	t.Helper()
	target, err := url.Parse(plane.Config.Host)
	require.NoError(t, err)
	transport, err := rest.TransportFor(plane.Config)
	require.NoError(t, err)
	next := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport,
		ErrorLog:  log.New(io.Discard, "", 0), // of readers that went away
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { meddle(w, r, next) }))
	t.Cleanup(proxy.Close)
	return options(t, &rest.Config{Host: proxy.URL})
}
