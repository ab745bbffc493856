package kube

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/charmarr/charmarr-lint/internal/webhook"
	"github.com/charmarr/charmarr-lint/internal/webhook/authority"
)

// TestOwnCertificatesChange lets a certificate and its authority come to their time
// under load, and takes the Secret away: no request fails, and who connects anew
// trusts what the registration said a moment ago.
func TestOwnCertificatesChange(t *testing.T) {
	f := newFleet(t)
	// The webhook's clock is the test's, within the hour that certificates allow it.
	began := time.Now()
	var ahead atomic.Int64
	ahead.Store(int64(-20 * time.Minute))
	clock := func(o *webhook.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		o.Own.Times = authority.Times{Authority: 90 * time.Minute, Leaf: 30 * time.Minute}
		o.Own.Settle, o.ClusterBudget = time.Minute, 24*time.Hour
	}
	replicas := []*replica{f.start(t, clock), f.start(t, clock)}
	logs := func() string { return replicas[0].log() + replicas[1].log() }
	f.eventually(t, armed(), logs)
	l := f.load(t)
	made := f.strangers(t, l)
	l.more(t, 25)

	did := func(what string, times int) {
		t.Helper()
		require.Eventually(t, func() bool { return strings.Count(logs(), what) >= times }, 20*time.Second, 20*time.Millisecond, "%s: %s", what, replicas[0].log())
		l.more(t, 25)
		require.Empty(t, l.take(), "after %s", what)
	}
	changed := func() int { return strings.Count(logs(), "the certificate has changed") }
	step := func(to time.Duration) { ahead.Store(int64(to)) }
	secret := f.of("secrets", ownNamespace)
	before := f.secret(t)

	was := changed()
	step(5 * time.Minute)
	did("the certificate is renewed", 1)
	did("the certificate has changed", was+2)
	require.Equal(t, before["ca.crt"], f.secret(t)["ca.crt"])

	step(25 * time.Minute)
	did("the certificate is renewed", 2)
	step(42 * time.Minute)
	did("the next authority is announced", 1)
	require.Contains(t, f.secret(t), "next.key")
	step(44 * time.Minute)
	was = changed()
	did("the certificate is signed by the next authority", 1)
	did("the certificate has changed", was+1) // the other may have been faster
	require.NotEqual(t, before["ca.key"], f.secret(t)["ca.key"])
	require.NotContains(t, f.secret(t), "next.key")

	// The Secret is emptied: what it had is kept, and the next authority announced.
	_, err := secret.Patch(t.Context(), ownSecret, types.MergePatchType, []byte(`{"data":null}`), metav1.PatchOptions{})
	require.NoError(t, err)
	did("the Secret was empty", 1)
	step(46 * time.Minute)
	did("the certificate is signed by the next authority", 2)

	l.stop()
	require.Empty(t, l.take())
	require.Equal(t, armed(), f.policies(t))
	expires, err := strconv.ParseFloat(metric(t, replicas[0], "authority_expiry_timestamp_seconds"), 64)
	require.NoError(t, err)
	require.Greater(t, expires, float64(began.Add(time.Hour).Unix()))
	for name, text := range f.secret(t) {
		if strings.HasSuffix(name, ".key") {
			require.NotContains(t, logs(), strings.Split(text, "\n")[1], name)
		}
	}
	t.Logf("%d requests, %d of them refused as they had to be, %d new connections, the certificate has changed %d times", l.sent.Load(), l.refused.Load(), made.Load(), changed())
}

// secret is what the webhook's Secret holds.
func (f *fleet) secret(t testing.TB) map[string]string {
	t.Helper()
	object, err := f.of("secrets", ownNamespace).Get(t.Context(), ownSecret, metav1.GetOptions{})
	require.NoError(t, err)
	out := map[string]string{}
	data, _ := object.Object["data"].(map[string]any)
	for key, value := range data {
		text, err := base64.StdEncoding.DecodeString(fmt.Sprint(value))
		require.NoError(t, err)
		out[key] = string(text)
	}
	return out
}
