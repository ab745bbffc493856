package juju

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-macaroon-bakery/macaroon-bakery/v3/httpbakery"
	"github.com/gorilla/websocket"
	"github.com/juju/juju/api"
	"github.com/juju/juju/core/network"
	jujuversion "github.com/juju/juju/core/version"
	"github.com/juju/juju/rpc/jsoncodec"
	"github.com/juju/juju/rpc/params"
	"github.com/juju/names/v6"

	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward"
)

const (
	// maxAnswer bounds one answer of a controller. The status of a model of ten
	// thousand units has some 20 MB.
	maxAnswer = 256 << 20

	// attempts is how often a connection is tried that the network refuses or
	// breaks: a controller that restarts is back within seconds.
	attempts = 3
	pause    = 300 * time.Millisecond // before the second attempt; doubles
)

// dialer opens connections to controllers.
type dialer struct {
	proxy func(*http.Request) (*url.URL, error)
	limit time.Duration // of one attempt, login included
}

// connection is a login to a controller, or to one of its models.
type connection struct {
	api.Connection
	limit time.Duration // of one request
	end   func()        // cuts the connection
	hangs atomic.Bool   // a request was not answered in time
}

// close ends the connection, politely where the controller still answers.
func (c *connection) close() {
	if c.hangs.Load() {
		c.end()
	}
	c.Close() // nothing was written, so that nothing can be lost
	c.end()
}

// lost tells whether the connection broke.
func (c *connection) lost() bool {
	select {
	case <-c.Broken():
		return true
	default:
		return false
	}
}

// call makes one request of a facade.
func (c *connection) call(ctx context.Context, facade, request string, args, result any) error {
	version := c.BestFacadeVersion(facade)
	if version == 0 {
		return &facadeError{facade: facade, server: c.release()}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.limit, errRequestLimit)
	defer cancel()
	err := c.APICall(ctx, facade, version, "", request, args, result)
	if ctx.Err() != nil {
		c.hangs.Store(true)
	}
	return err
}

// release is the version of Juju that the controller runs.
func (c *connection) release() string {
	if v, ok := c.ServerVersion(); ok {
		return v.String()
	}
	return "of unknown version"
}

// open logs in to a controller, or to the model of a UUID. The connection is of
// no use after the context has ended.
func (d dialer) open(ctx context.Context, t *target, model string) (*connection, error) {
	var err error
	for i := range attempts {
		if i > 0 {
			select {
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			case <-time.After(pause << (i - 1)):
			}
		}
		var c *connection
		if c, err = d.attempt(ctx, t, model); err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !passing(err) {
			break
		}
	}
	return nil, err
}

// attempt logs in once.
func (d dialer) attempt(ctx context.Context, t *target, model string) (*connection, error) {
	life, end := context.WithCancel(ctx)
	conn, err := d.login(life, t, model)
	if err != nil {
		end()
		return nil, err
	}
	return &connection{Connection: conn, limit: d.limit, end: end}, nil
}

// login logs in, at another controller where this one says so.
func (d dialer) login(life context.Context, t *target, model string) (api.Connection, error) {
	info := &api.Info{
		Addrs: t.addresses, CACert: t.caCert, ControllerUUID: t.uuid, SNIHostName: t.publicName,
	}
	if model != "" {
		info.ModelTag = names.NewModelTag(model)
	}
	opts, err := t.account.options(info)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(life, d.limit, errRequestLimit)
	defer cancel()
	dial := d.direct()
	if t.proxy != nil {
		tunnel, err := forward.Open(life, ctx, *t.proxy, d.proxy)
		if err != nil {
			return nil, err
		}
		info.Addrs = []string{t.proxy.Host()}
		dial = connector{dial: tunnel.Dial}
	}
	opts.DialWebsocket = websocketTo(life, dial)
	conn, err := openAPI(ctx, info, opts)
	elsewhere := new(api.RedirectError)
	if errors.As(err, &elsewhere) && elsewhere.FollowRedirect {
		// The other controller has accounts of its own: macaroons decide there.
		opts.DialWebsocket = websocketTo(life, d.direct())
		return openAPI(ctx, &api.Info{
			Addrs:    network.CollapseToHostPorts(elsewhere.Servers).FilterUnusable().Unique().Strings(),
			CACert:   elsewhere.CACert,
			ModelTag: info.ModelTag, ControllerUUID: t.uuid,
		}, opts)
	}
	return conn, err
}

// openAPI is api.Open, which it does not wait for longer than the context lasts.
func openAPI(ctx context.Context, info *api.Info, opts api.DialOpts) (api.Connection, error) {
	type result struct {
		conn api.Connection
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := api.Open(ctx, info, opts)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		if r.err != nil && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return r.conn, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.conn != nil {
				r.conn.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// options says who logs in, and how.
func (a account) options(info *api.Info) (api.DialOpts, error) {
	jar, err := cookies(a.cookies)
	if err != nil {
		return api.DialOpts{}, err
	}
	bakery := httpbakery.NewClient() // it may not ask anybody: no browser, no form
	bakery.Jar = jar
	const never = 24 * time.Hour // each request has a limit of its own
	ping := never
	opts := api.DialOpts{
		DialAddressInterval: 50 * time.Millisecond, BakeryClient: bakery, PingPeriod: &ping, PingTimeout: &ping,
	}
	switch {
	case a.clientID != "":
		opts.LoginProvider = api.NewClientCredentialsLoginProvider(a.clientID, a.clientSecret)
	case a.token != "":
		opts.LoginProvider = api.NewSessionTokenLoginProvider(a.token, nil, func(string) {})
	case a.user != "" && !names.IsValidUser(a.user):
		return api.DialOpts{}, fmt.Errorf("the client store's user %q is no name of a Juju user", a.user)
	case a.user != "" && names.NewUserTag(a.user).IsLocal():
		info.Tag, info.Password = names.NewUserTag(a.user), a.password
	}
	return opts, nil
}

// dialFunc opens a network connection.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// direct dials through no Kubernetes, through a proxy where there is one.
func (d dialer) direct() connector {
	return connector{dial: new(net.Dialer).DialContext, proxy: d.proxy}
}

// connector is how a network connection is made.
type connector struct {
	dial  dialFunc
	proxy func(*http.Request) (*url.URL, error)
}

// websocketTo returns what api.Open makes websockets with. A connection is
// closed when the life it belongs to ends, so that nothing waits for an answer
// of a controller that hangs.
func websocketTo(life context.Context, c connector) func(context.Context, string, *tls.Config, string) (jsoncodec.JSONConn, error) {
	return func(ctx context.Context, address string, config *tls.Config, ip string) (jsoncodec.JSONConn, error) {
		target, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("reading the controller's address: %w", err)
		}
		made := func() bool { return true }
		d := websocket.Dialer{
			Proxy: c.proxy, TLSClientConfig: config,
			NetDialContext: func(within context.Context, network, addr string) (net.Conn, error) {
				if addr == target.Host {
					addr = ip // which the name was resolved to
				}
				conn, err := c.dial(within, network, addr)
				if err != nil {
					return nil, err
				}
				made = context.AfterFunc(ctx, func() { conn.Close() })
				context.AfterFunc(life, func() { conn.Close() })
				return conn, nil
			},
		}
		header := http.Header{params.JujuClientVersion: {jujuversion.Current.String()}}
		conn, response, err := d.DialContext(ctx, address, header)
		made()
		if err != nil {
			return nil, handshakeError(response, err)
		}
		conn.SetReadLimit(maxAnswer)
		return jsoncodec.NewWebsocketConn(conn), nil
	}
}

// handshakeError adds what a server said that is no controller.
func handshakeError(response *http.Response, err error) error {
	if response == nil || !errors.Is(err, websocket.ErrBadHandshake) {
		return err
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(response.Body, 300))
	return fmt.Errorf("it answered %s: %s", response.Status, strings.TrimSpace(string(said)))
}
