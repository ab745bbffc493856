package kube

import (
	"fmt"
	"net/http"
	"net/url"

	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Reach returns the address of the API server that the options name, and a client
// that logs in there as a Collector does. What is asked by it is no part of a reading:
// it is for who has objects of its own in the cluster.
func (o Options) Reach() (*url.URL, *http.Client, error) {
	o = New(o).options
	name, config, err := o.config()
	if err != nil {
		return nil, nil, err
	}
	config.UserAgent = o.userAgent()
	fail := func(err error) (*url.URL, *http.Client, error) {
		return nil, nil, fmt.Errorf("connecting to cluster %q: %s", name, snapshot.RedactText(err.Error()))
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return fail(err)
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return bounded{next} })
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return fail(err)
	}
	client.Timeout = o.RequestLimit
	return base, client, nil
}
