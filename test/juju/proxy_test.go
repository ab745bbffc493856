package juju_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/juju"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
)

// proxy stands between a test and a controller.
type proxy struct {
	*jujuserver.Proxy

	backend *controller
}

// newProxy starts a proxy before a controller, for a test.
func newProxy(t testing.TB, c *controller, f func(n int) jujuserver.Fault) *proxy {
	t.Helper()
	return telling(t, c, f, nil)
}

// telling is newProxy, and passed is told of each piece of an answer.
func telling(t testing.TB, c *controller, f func(n int) jujuserver.Fault, passed func(connection, bytes int)) *proxy {
	t.Helper()
	p, err := jujuserver.NewProxy(c.Controller, f, passed)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return &proxy{p, c}
}

// login is how to reach the controller through the proxy.
func (p *proxy) login(user string) *juju.Login {
	return &juju.Login{
		Name: "home", Addresses: []string{p.Address()}, CACert: p.CACert(), Username: user, Password: p.backend.Users[user],
	}
}
