// Package juju reads running Juju controllers into a snapshot.
//
// It asks a controller for its models, and each model for its status, its
// applications' configuration, its units' databags and the owners and readers of
// its secrets, in the words that `juju status`, `juju export-bundle` and
// `juju show-unit` use, so that a controller and its dumps say the same. A model
// that consumes an offer of a model that was not asked for leads to that one too,
// also on another controller where the client store knows it.
//
// Words: a store is the folder in which the juju client keeps controllers,
// accounts and cookies. A login says how to reach a controller that is in no
// store. An account is who asks.
//
// What could not be read is a gap, and its kind of evidence is not listed for
// the model; the rest goes on. Nothing is written: not to the controller, for
// only calls that read are made and none asks for the value of a secret, and not
// to the store, whose files are opened for reading alone. That is why the store
// is read here and not by Juju's own package jujuclient, which updates it at each
// login; that package would also link a Kubernetes client of its own, which
// every run of the program would have to start.
package juju

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Options say which controllers to read, and what of them.
type Options struct {
	// Store is the folder of Juju's client store (see Folder); empty is none.
	Store string
	// Controllers are names in the store. Where none is given and no Login, it
	// is the store's current one.
	Controllers []string
	// Login, where given, is a controller to read that need not be in the store.
	Login *Login
	// Models are the models to read: NAME, OWNER/NAME, or either after
	// CONTROLLER and a colon. Where there is none, it is every model that the
	// account may see but the controllers' own.
	Models []string
	// TimeLimit bounds the whole reading; zero is DefaultTimeLimit.
	TimeLimit time.Duration
	// RequestLimit bounds a login, and each request; zero is
	// DefaultRequestLimit.
	RequestLimit time.Duration
	// Proxy tells which proxy to connect through, as http.ProxyFromEnvironment
	// does; nil is none.
	Proxy func(*http.Request) (*url.URL, error)
	// Progress, where given, is told of each model.
	Progress collect.Progress
}

const (
	// DefaultTimeLimit bounds a reading. A model of 30 applications takes 35
	// requests, half a second on a near controller; this leaves room for a
	// hundred models on a far one.
	DefaultTimeLimit = 2 * time.Minute

	// DefaultRequestLimit bounds one request. A status of a thousand units has
	// a few megabytes, which takes seconds to gather and to send.
	DefaultRequestLimit = time.Minute

	// modelsAtOnce is how many models are read at once, each over a connection
	// of its own.
	modelsAtOnce = 6

	// requestsAtOnce is how many requests are made at once in one model. Each is
	// a transaction of the controller's database.
	requestsAtOnce = 4
)

// What ends a request from this side.
var (
	errTimeLimit    = errors.New("the time limit was over")
	errRequestLimit = errors.New("the controller did not answer in time")
)

// Collector reads controllers.
type Collector struct{ options Options }

var _ collect.Collector = (*Collector)(nil)

// New returns a collector of the controllers that the options name.
func New(o Options) *Collector {
	if o.TimeLimit <= 0 {
		o.TimeLimit = DefaultTimeLimit
	}
	if o.RequestLimit <= 0 {
		o.RequestLimit = DefaultRequestLimit
	}
	return &Collector{options: o}
}

// String names the collector in progress.
func (c *Collector) String() string { return "Juju" }

// Collect reads the controllers. What cannot be read within the time limit is a
// gap. The error is for options that do not say which controller is meant, and
// for cancellation, which comes with what was read until then and gaps for the
// rest.
func (c *Collector) Collect(ctx context.Context) (snapshot.Snapshot, error) {
	targets, err := c.options.targets()
	if err != nil {
		return snapshot.Snapshot{}, err
	}
	wanted, err := wantedModels(c.options.Models)
	if err != nil {
		return snapshot.Snapshot{}, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.options.TimeLimit, errTimeLimit)
	defer cancel()
	r := &reading{
		options: c.options, targets: targets, wanted: wanted, cancelled: func() bool { return ctx.Err() != nil },
		dial: dialer{proxy: c.options.Proxy, limit: c.options.RequestLimit}, slots: make(chan struct{}, modelsAtOnce),
	}
	snap := r.read(limited)
	if ctx.Err() != nil {
		return snap, fmt.Errorf("reading Juju: %w", context.Cause(ctx))
	}
	return snap, nil
}
