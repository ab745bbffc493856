// Package webhook answers the API server's questions whether an object may be
// changed, over HTTPS, and tells over HTTP how it is doing.
//
// Words: a review is one question with its answer, an AdmissionReview of
// admission.k8s.io/v1. The facts are what is known of the cluster and of Juju, kept
// up in the background and never read while a question waits. The court is what
// questions are judged by: the rules, compiled, under a configuration.
//
// It never locks anybody out by itself: what cannot be judged, in time or at all,
// passes with a warning. Whether the API server lets a change pass where nobody
// answers is for the configuration that it is registered by, see Configuration.
//
// The package does not decide about requests, see package admission. It writes nothing
// to the cluster but the objects that are its own, where it is told to look after them:
// its certificate (keeper) and what the API server does while nobody answers (arming).
package webhook

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/tracing"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

// Cluster is a cluster that is kept up with.
type Cluster interface {
	// Run keeps up with it until the context ends, and says after what was
	// observed changed.
	Run(ctx context.Context, changed func())
	// Observe returns it as it was last seen; false before it was.
	Observe() (Observed, bool)
	// Current is when all of it was last known to be as it was observed.
	Current() time.Time
}

// Observed is a cluster as it was last seen.
type Observed struct {
	Snapshot snapshot.Snapshot
	Objects  int // that are kept
	Broken   int // kinds that are not read now
}

// Options say how to answer.
type Options struct {
	// Listen is the address for the API server, Status that for everybody else:
	// health, metrics, the last report. Without one there is none, and without
	// Listen no certificate is wanted.
	Listen, Status string
	// Certificate and Key are files, read again when they change. ClientCA, where
	// given, is a file with the certificates by which callers must be signed.
	Certificate, Key, ClientCA string
	// Own is what the webhook looks after itself; nothing unless set.
	Own Own

	Cluster Cluster
	// Juju reads Juju; nil leaves it out. It is read every JujuEvery, and what was
	// read holds for JujuBudget.
	Juju                  func(context.Context) (snapshot.Snapshot, error)
	JujuEvery, JujuBudget time.Duration
	// ClusterBudget is how long what was seen of the cluster decides about
	// requests.
	ClusterBudget time.Duration
	// Setup makes the options of a run; it is asked again when a file of the
	// configuration changed. Files says which those are.
	Setup func() (lint.Options, error)
	Files func(config.Config) []string
	// Beside is what is done besides with what is known.
	Beside []Beside
	// AtOnce is how many questions are judged at once, Drain how long questions are
	// answered after the end was asked for, until nobody sends any here.
	AtOnce int
	Drain  time.Duration
	Log    io.Writer
	// Tracer is told what is done; nil is told nothing.
	Tracer *tracing.Tracer
	// Now is the clock.
	Now func() time.Time
}

// The defaults of what Options leave out.
const (
	defaultAtOnce = 64
	defaultDrain  = 20 * time.Second
	// Reading a question takes no longer than the API server waits for an answer.
	requestTime = 30 * time.Second
	headerTime  = 5 * time.Second
	// shutdownTime is how long answers that are being given may still take.
	shutdownTime = 10 * time.Second
)

// Server answers.
type Server struct {
	options Options
	log     *slog.Logger
	metrics *metrics
	court   atomic.Pointer[court]
	files   files // from which it was loaded, and loaded last; known to reload
	facts   facts
	slots   chan struct{}
	held    atomic.Int64 // bytes of questions that are being read or answered
	drained atomic.Bool  // no further question is wanted
	look    time.Duration
	patient time.Duration // with who sends a question
	// instance tells this replica from others.
	instance string
	// uncertified says that there is no certificate yet.
	uncertified func() bool
}

// court is what questions are judged by.
type court struct {
	decider  *admission.Decider
	repeater *lint.Repeater
	config   config.Config
	version  string
	// world is what trials are held against, judged when the first one comes.
	world func() (*lint.Standing, error)
}

// New sets a server up: what does not load is an error.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.AtOnce <= 0 {
		o.AtOnce = defaultAtOnce
	}
	if o.Drain <= 0 {
		o.Drain = defaultDrain
	}
	s := &Server{
		options: o, log: slog.New(slog.NewJSONHandler(o.Log, nil)), metrics: newMetrics(), slots: make(chan struct{}, o.AtOnce),
		look: look, patient: requestTime, instance: rand.Text(), uncertified: func() bool { return false },
	}
	s.options.Own = o.Own.withDefaults()
	s.facts = facts{server: s, wake: make(chan struct{}, 1)}
	c, files, err := newCourt(ctx, o)
	if err != nil {
		return nil, err
	}
	s.files = *files
	s.court.Store(c)
	return s, nil
}

// newCourt loads what questions are judged by. The files are those from which it was
// loaded, or was not; none where it is not known which they are.
func newCourt(ctx context.Context, options Options) (*court, *files, error) {
	o, files, err := options.prepare()
	if err != nil {
		return nil, nil, err
	}
	judge, err := lint.NewJudge(ctx, o)
	if err != nil {
		return nil, files, err
	}
	repeater, err := judge.Repeater()
	if err != nil {
		return nil, files, err
	}
	world := sync.OnceValues(func() (*lint.Standing, error) {
		snap, err := proof.World()
		if err != nil {
			return nil, err
		}
		return repeater.First(context.WithoutCancel(ctx), snap)
	})
	return &court{admission.New(repeater, o.Config), repeater, o.Config, o.Version, world}, files, nil
}

// Run answers until the context ends; then those that wait are answered.
func (s *Server) Run(ctx context.Context) error {
	var certificates *certificates
	var secure, plain net.Listener
	var err error
	listen := net.ListenConfig{}
	if s.options.Listen != "" {
		if certificates, err = newCertificates(s.options.Certificate, s.options.Key, s.options.ClientCA); err != nil {
			return err
		}
		if secure, err = listen.Listen(ctx, "tcp", s.options.Listen); err != nil {
			return fmt.Errorf("listening for the API server: %w", err)
		}
	}
	if s.options.Status != "" {
		if plain, err = listen.Listen(ctx, "tcp", s.options.Status); err != nil {
			if secure != nil {
				err = errors.Join(err, secure.Close())
			}
			return fmt.Errorf("listening for health and metrics: %w", err)
		}
	}
	return s.serve(ctx, certificates, secure, plain)
}

// serve is Run on listeners, of which each may be none; without the first there are
// no certificates.
func (s *Server) serve(ctx context.Context, certificates *certificates, secure, plain net.Listener) error {
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var running sync.WaitGroup
	running.Go(func() { s.options.Cluster.Run(background, s.facts.changed) })
	running.Go(func() { s.facts.run(background) })
	running.Go(func() { s.reload(background, certificates) })
	if certificates != nil {
		s.metrics.certificate = certificates.expires
		s.uncertified = func() bool { return certificates.expires().IsZero() }
	}
	disarm := s.lookAfter(ctx, background, &running, certificates)
	for _, b := range s.options.Beside {
		running.Go(func() { b.Run(background, s.latest) })
		s.metrics.more = append(s.metrics.more, func(e *exposition) { b.Metrics(&e.text) })
	}

	review := &http.Server{
		Handler: s.reviews(), ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: min(headerTime, s.patient), ReadTimeout: s.patient, WriteTimeout: s.patient + requestTime, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	status := &http.Server{
		Handler: s.status(), ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: 2 * requestTime, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 2)
	if secure != nil {
		review.TLSConfig = certificates.config()
		go func() { failed <- review.Serve(tls.NewListener(secure, review.TLSConfig)) }()
		s.log.Info("answering", "address", secure.Addr().String())
	}
	if plain != nil {
		go func() { failed <- status.Serve(plain) }()
	}

	var err error
	select {
	case <-ctx.Done():
		// The endpoint is taken away first: who comes meanwhile is answered.
		s.drained.Store(true)
		s.log.Info("ending", "answering_for", s.options.Drain.String())
	case err = <-failed:
	}
	until := time.Now().Add(s.options.Drain)
	disarm()
	if err == nil && secure != nil {
		patience.Wait(context.WithoutCancel(ctx), time.Until(until))
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	for _, server := range []*http.Server{review, status} {
		if closing := server.Shutdown(limited); closing != nil {
			s.log.Warn("waiting for the last answers", "error", closing.Error())
			err = errors.Join(err, server.Close())
		}
	}
	end()
	running.Wait()
	return err
}

// lookAfter keeps what is the webhook's own until the background ends. What it returns
// ends what has to end before nobody answers any more.
func (s *Server) lookAfter(ctx, background context.Context, running *sync.WaitGroup, c *certificates) (disarm func()) {
	o := s.options.Own
	if o.Certificate {
		k := &keeper{server: s, own: o, certificates: c}
		running.Go(func() { k.run(background) })
	}
	if !o.FailClosed {
		return func() {}
	}
	a := newArming(s, o)
	s.metrics.more = append(s.metrics.more, a.write)
	var arming sync.WaitGroup
	until, stop := context.WithCancel(ctx)
	arming.Go(func() { a.run(until) })
	return func() {
		stop()
		arming.Wait()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		a.end(limited)
	}
}

// Ready says why no question can be answered yet; nil where it can.
func (s *Server) Ready() error {
	switch {
	case s.drained.Load():
		return errors.New("it is ending")
	case s.uncertified():
		return errors.New("there is no certificate yet: the log says why")
	case s.facts.last.Load() == nil:
		return errors.New("the cluster was not read yet")
	}
	return nil
}
