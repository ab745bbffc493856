package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/webhook/authority"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
)

// Own says what the webhook looks after itself: objects of the cluster that are its
// own.
type Own struct {
	Objects *own.Objects
	// Certificate has it make its certificate, in the place of files, keep it in its
	// Secret and have the registration trust it.
	Certificate bool
	Times       authority.Times
	// Every is how often the Secret and the registration are looked at, Settle how
	// long an authority is announced before it signs anything: API servers have to
	// hear of it, all of them.
	Every, Settle time.Duration
	// FailClosed has the API server refuse what touches privacy while nobody answers,
	// for as long as the webhook proves every ProofEvery that it works.
	FailClosed bool
	ProofEvery time.Duration
}

// The defaults of what Own leaves out.
const (
	defaultEvery      = 10 * time.Second
	defaultSettle     = time.Minute
	defaultProofEvery = time.Minute
)

func (o Own) withDefaults() Own {
	if o.Times == (authority.Times{}) {
		o.Times = authority.DefaultTimes()
	}
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{{&o.Every, defaultEvery}, {&o.Settle, defaultSettle}, {&o.ProofEvery, defaultProofEvery}} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
	return o
}

// keeper keeps the certificate that the webhook makes itself. Each replica has one,
// and none leads: what one writes into the Secret, the others take from it.
type keeper struct {
	server       *Server
	own          Own
	certificates *certificates

	kept authority.Kept
	// known is the bundle that the registration has had since then.
	known []byte
	since time.Time
}

// run looks after the certificate until the context ends.
func (k *keeper) run(ctx context.Context) {
	const soon = 50 * time.Millisecond // somebody else was faster: what they wrote is there
	wrong := ""
	for {
		err := k.look(ctx)
		pause := k.own.Every
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, own.ErrConflict):
			pause = min(soon, pause)
		case err != nil && err.Error() != wrong:
			wrong = err.Error()
			k.server.log.Error("looking after the certificate", "error", wrong)
		case err == nil:
			wrong = ""
		}
		if !patience.Wait(ctx, pause) {
			return
		}
	}
}

// look does what is due.
func (k *keeper) look(ctx context.Context) error {
	objects, now := k.own.Objects, k.server.options.Now()
	entries, unregistered := objects.Registered(ctx)
	secret, err := objects.ReadSecret(ctx)
	if err != nil {
		return errors.Join(err, unregistered)
	}
	next, what, err := k.due(now, secret, entries)
	if err != nil {
		return errors.Join(err, unregistered)
	}
	if what != "" {
		data, err := next.Data()
		if err == nil {
			err = objects.WriteSecret(ctx, secret, data)
		}
		if err != nil {
			return err
		}
		k.server.log.Info("certificate", "did", what, "authority_expires", next.Expires().UTC().Format(time.RFC3339))
	}
	k.kept = next
	k.server.metrics.authority.Store(next.Expires().Unix())

	// Who is to trust the certificate comes before it is answered with.
	if unregistered == nil && slices.ContainsFunc(entries, func(e own.Entry) bool { return !trusts(now, e, next) }) {
		_, _, unregistered = objects.Register(ctx, func(e *own.Entry) { e.Bundle = authority.Joined(now, next.Bundle(), e.Bundle) })
	}
	if k.certificates.answer(next.Pair()) {
		k.server.log.Info("the certificate has changed", "expires", k.certificates.expires().UTC().Format(time.RFC3339))
	}
	return unregistered
}

// due is what is to be kept from now on, and what that does; empty is nothing.
func (k *keeper) due(now time.Time, secret own.Secret, entries []own.Entry) (authority.Kept, string, error) {
	hosts := []string{}
	for _, e := range entries {
		if e.Host != "" && !slices.Contains(hosts, e.Host) {
			hosts = append(hosts, e.Host)
		}
	}
	kept, err := authority.Parse(secret.Data)
	switch {
	case err != nil && !secret.Ours:
		return kept, "", fmt.Errorf("reading the Secret: it holds something else, which stays as it is: name another with --certificate-secret: %w", err)
	case err != nil && !k.kept.Empty():
		if kept = k.kept; !kept.Announced() {
			kept, err = kept.Announce(now, k.own.Times)
			return kept, "the Secret was empty: it has what there was, and the next authority is announced", err
		}
		return kept, "the Secret was empty: it has what there was", nil
	case err != nil && len(hosts) == 0:
		return kept, "", errors.New("making a certificate: the registration says for whom it is to be")
	case err != nil:
		kept, err = authority.New(now, hosts, k.own.Times)
		return kept, "authority and certificate are made", err
	}
	if len(hosts) == 0 {
		hosts = kept.Hosts()
	}
	return kept.Step(now, hosts, k.own.Times, k.isKnown(now, kept, entries))
}

// isKnown tells whether the registration has had the bundle for long enough.
func (k *keeper) isKnown(now time.Time, kept authority.Kept, entries []own.Entry) bool {
	bundle := kept.Bundle()
	switch {
	case len(entries) == 0 || slices.ContainsFunc(entries, func(e own.Entry) bool { return !trusts(now, e, kept) }):
		k.known = nil
		return false
	case !bytes.Equal(k.known, bundle):
		k.known, k.since = bundle, now
	}
	return now.Sub(k.since) >= k.own.Settle
}

// trusts tells whether an entry of the registration has the bundle already, and no
// authority that has expired.
func trusts(now time.Time, e own.Entry, kept authority.Kept) bool {
	return bytes.Equal(authority.Joined(now, kept.Bundle(), e.Bundle), e.Bundle)
}
