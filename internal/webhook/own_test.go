package webhook

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/webhook/authority"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
)

// lookingAfter is a server that looks after what is its own.
type lookingAfter struct {
	*Server

	address string
	said    *log
	end     func()
}

// lookAfter starts a server that makes its certificate and fails closed.
func lookAfter(t *testing.T, a *apiServer, change func(*Options)) *lookingAfter {
	t.Helper()
	o, said := options(t, clean(t))
	o.Certificate, o.Key = "", ""
	o.Own = Own{
		Objects: a.objects, Certificate: true, Every: 10 * time.Millisecond, Settle: 20 * time.Millisecond,
		FailClosed: true, ProofEvery: 20 * time.Millisecond,
	}
	if change != nil {
		change(&o)
	}
	s, err := New(t.Context(), o)
	require.NoError(t, err)
	secure, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c, err := newCertificates("", "", "")
	require.NoError(t, err)
	r := &lookingAfter{Server: s, said: said, address: "https://" + secure.Addr().String() + Path}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx, c, secure, nil) }()
	r.end = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(r.end)
	return r
}

// eventually waits until the API server does so while nobody answers.
func (a *apiServer) eventually(t *testing.T, want own.Policy, r *lookingAfter) {
	t.Helper()
	require.Eventually(t, func() bool {
		entries, err := a.objects.Registered(t.Context())
		return err == nil && entries[0].Policy == want && entries[1].Policy == want && entries[2].Policy == own.Ignore
	}, 20*time.Second, 5*time.Millisecond, "%s", r.said)
}

func (r *lookingAfter) says(t *testing.T, what string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(r.said.String(), what) }, 20*time.Second, 5*time.Millisecond, "%s: %s", what, r.said)
}

// TestArms arms a server that proves itself, and disarms where it does not any more.
func TestArms(t *testing.T) {
	a := newAPIServer(t)
	r := lookAfter(t, a, nil)
	r.says(t, "'charmarr-lint webhook configuration' prints one")
	require.ErrorContains(t, r.Ready(), "there is no certificate yet")
	a.register(t, r.address)
	a.eventually(t, own.Fail, r)
	r.says(t, "armed: while nobody answers, the API server refuses")
	require.NoError(t, r.Ready())

	// A proof that cannot be sent is no proof, and one that fails once is tried again.
	a.change(func() { a.away = true })
	r.says(t, "etcdserver: request timed out")
	a.change(func() { a.away = false })
	a.eventually(t, own.Fail, r)

	// Nothing is refused any more: on old facts, say.
	cluster, ok := r.options.Cluster.(*still)
	require.True(t, ok)
	age := func(by time.Duration) {
		cluster.lock.Lock()
		defer cluster.lock.Unlock()
		cluster.current = time.Now().Add(-by)
	}
	age(time.Hour)
	a.eventually(t, own.Ignore, r)
	r.says(t, "disarmed: while nobody answers, all passes")
	age(0)
	a.eventually(t, own.Fail, r)

	// The right to send proofs is gone.
	a.change(func() { a.forbidden = "charmarr-lint-proof" })
	a.eventually(t, own.Ignore, r)
	r.says(t, "it takes the right to patch on the Namespace charmarr-lint-proof (deploy/fail-closed has the roles)")
	a.change(func() { a.forbidden = "" })
	a.eventually(t, own.Fail, r)
	var text exposition
	require.Eventually(t, func() bool { // it is in the registration a moment before
		text = exposition{}
		for _, more := range r.metrics.more {
			more(&text)
		}
		return strings.Contains(text.text.String(), `charmarr_lint_webhook_armed{webhook="privacy.charmarr-lint.io"} 1`)
	}, 20*time.Second, 5*time.Millisecond)
	require.Contains(t, text.text.String(), `charmarr_lint_webhook_proofs_total{webhook="namespaces.charmarr-lint.io",outcome="passed"}`)
	require.Contains(t, text.text.String(), `outcome="not-sent"`)

	r.end()
	a.eventually(t, own.Ignore, r)
	r.says(t, "disarmed at the end of the last replica")
}

// TestNothingToProve arms nobody who is told to refuse nothing.
func TestNothingToProve(t *testing.T) {
	a := newAPIServer(t)
	r := lookAfter(t, a, func(o *Options) {
		o.Setup = func() (lint.Options, error) {
			c := config.Default()
			c.Rules = append(c.Rules, config.RuleSetting{Pattern: "*", Admission: rule.Warn})
			return lint.Options{Config: c}, nil
		}
	})
	a.register(t, r.address)
	r.says(t, "a proof has failed")
	a.eventually(t, own.Ignore, r)
	require.NotContains(t, r.said.String(), "armed: ")
}

// TestReplicasAgree lets two make a certificate at once: one is made.
func TestReplicasAgree(t *testing.T) {
	a := newAPIServer(t)
	a.register(t, "https://127.0.0.1:1"+Path)
	one, two := lookAfter(t, a, nil), lookAfter(t, a, nil)
	for _, r := range []*lookingAfter{one, two} {
		r.says(t, "the certificate has changed")
	}
	made := "authority and certificate are made"
	require.Equal(t, 1, strings.Count(one.said.String()+two.said.String(), made))
	secret, err := a.objects.ReadSecret(t.Context())
	require.NoError(t, err)
	kept, err := authority.Parse(secret.Data)
	require.NoError(t, err)
	entries, err := a.objects.Registered(t.Context())
	require.NoError(t, err)
	require.Equal(t, string(kept.Bundle()), string(entries[0].Bundle))

	// All in it is gone: what there was is still answered with, until who is asked
	// trusts another.
	a.put(secretPath, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"own","namespace":"charmarr-lint"}}`)
	require.Eventually(t, func() bool {
		all := one.said.String() + two.said.String()
		return strings.Contains(all, "the Secret was empty: it has what there was, and the next authority is announced") &&
			strings.Contains(all, "the certificate is signed by the next authority")
	}, 20*time.Second, 5*time.Millisecond)

	// What is not the webhook's stays as it is.
	a.put(secretPath, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"own","namespace":"charmarr-lint"},"data":{"password":"eA=="}}`)
	one.says(t, "it holds something else, which stays as it is")
	secret, err = a.objects.ReadSecret(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"password": []byte("x")}, secret.Data)

	// What it may not write, it says.
	a.change(func() {
		delete(a.kept, secretPath)
		a.forbidden = "/secrets"
	})
	one.says(t, "create it, or an empty one there: kubectl create secret generic own -n charmarr-lint")
	require.NoError(t, one.Ready())
}
