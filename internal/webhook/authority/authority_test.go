package authority

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	start = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	hosts = []string{"charmarr-lint-webhook.charmarr-lint.svc", "127.0.0.1"}
	times = Times{Authority: 30 * time.Hour, Leaf: 6 * time.Hour}
)

// trusts tells whether who has a bundle trusts what is answered with.
func trusts(t *testing.T, bundle []byte, k Kept, now time.Time) bool {
	t.Helper()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(bundle))
	for _, host := range hosts {
		if _, err := k.Pair().Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host, CurrentTime: now}); err != nil {
			return false
		}
	}
	return true
}

// again is what is kept after it was in a Secret.
func again(t *testing.T, k Kept) Kept {
	t.Helper()
	data, err := k.Data()
	require.NoError(t, err)
	out, err := Parse(data)
	require.NoError(t, err)
	return out
}

// TestNobodyStopsBeingTrusted goes through some years by the hour: whatever the API
// server has known for an hour trusts every leaf that a replica may still answer with.
func TestNobodyStopsBeingTrusted(t *testing.T) {
	k, err := New(start, hosts, times)
	require.NoError(t, err)
	bundle := k.Bundle() // as the API server has it
	since := start
	before, stepped := k, start // what a slow replica still answers with, for an hour
	did := map[string]int{}
	for now := start; now.Before(start.Add(500 * time.Hour)); now = now.Add(20 * time.Minute) {
		next, what, err := k.Step(now, hosts, times, now.Sub(since) >= time.Hour)
		require.NoError(t, err)
		if now.Sub(stepped) >= time.Hour {
			before = k
		}
		if what != "" {
			did[what]++
			before, k, stepped = k, again(t, next), now
		}
		require.True(t, trusts(t, bundle, k, now), "%s, after %s", now.Sub(start), what)
		require.True(t, trusts(t, bundle, before, now), "a replica is a step behind at %s", now.Sub(start))
		if joined := Joined(now, k.Bundle(), bundle); string(joined) != string(bundle) {
			bundle, since = joined, now
		}
		all, err := ParseBundle(bundle)
		require.NoError(t, err)
		require.LessOrEqual(t, len(all), 3)
		_, what, err = k.Step(now, hosts, times, false)
		require.NoError(t, err)
		require.Empty(t, what, "one step at a time")
	}
	require.Greater(t, did["the certificate is renewed"], 50)
	require.Greater(t, did["the next authority is announced"], 20)
	require.Equal(t, did["the next authority is announced"], did["the certificate is signed by the next authority"])
	require.Len(t, did, 3, "nothing has expired")
}

// TestAfterALongSleep makes all anew when nobody trusts what there is any more.
func TestAfterALongSleep(t *testing.T) {
	k, err := New(start, hosts, times)
	require.NoError(t, err)
	later := start.Add(1000 * time.Hour)
	next, what, err := k.Step(later, hosts, times, true)
	require.NoError(t, err)
	require.Contains(t, what, "has expired")
	require.True(t, trusts(t, next.Bundle(), next, later))
	require.NotContains(t, string(Joined(later, next.Bundle(), k.Bundle())), string(k.Bundle()))
}

// TestAnotherHost renews the certificate for a name that it is not for.
func TestAnotherHost(t *testing.T) {
	k, err := New(start, hosts, times)
	require.NoError(t, err)
	next, what, err := k.Step(start, append([]string{"other.charmarr-lint.svc"}, hosts...), times, false)
	require.NoError(t, err)
	require.Equal(t, "the certificate is renewed", what)
	require.NoError(t, next.Pair().Leaf.VerifyHostname("other.charmarr-lint.svc"))
	require.Equal(t, string(k.Bundle()), string(next.Bundle()))
	_, err = New(start, nil, times)
	require.ErrorContains(t, err, "for no host")
}

// TestParse refuses what the package has not written, and says nothing of a key.
func TestParse(t *testing.T) {
	k, err := New(start, hosts, times)
	require.NoError(t, err)
	other, err := New(start, hosts, times)
	require.NoError(t, err)
	data, err := other.Data()
	require.NoError(t, err)
	for name, x := range map[string]struct {
		change func(map[string][]byte)
		says   string
	}{
		"nothing":                 {func(d map[string][]byte) { clear(d) }, "tls.crt: want a certificate"},
		"no key":                  {func(d map[string][]byte) { delete(d, "tls.key") }, "tls.key: want a private key"},
		"another's key":           {func(d map[string][]byte) { d["tls.key"] = data["tls.key"] }, "tls.key: it is the key of none"},
		"another's authority":     {func(d map[string][]byte) { d["ca.crt"], d["ca.key"] = data["ca.crt"], data["ca.key"] }, "is not signed by"},
		"a bundle that is none":   {func(d map[string][]byte) { d["ca.crt"] = d["ca.key"] }, "ca.crt: it holds what is no certificate"},
		"a key that is none":      {func(d map[string][]byte) { d["ca.key"] = d["ca.crt"] }, "ca.key: want a private key in PKCS #8"},
		"a next that is not told": {func(d map[string][]byte) { d["next.key"] = data["ca.key"] }, "next.key: it is the key of none"},
	} {
		t.Run(name, func(t *testing.T) {
			mine, err := k.Data()
			require.NoError(t, err)
			secrets := []string{string(mine["tls.key"]), string(mine["ca.key"])}
			x.change(mine)
			_, err = Parse(mine)
			require.ErrorContains(t, err, x.says)
			for _, s := range secrets {
				block, _ := pem.Decode([]byte(s))
				require.NotContains(t, err.Error(), string(block.Bytes))
				require.NotContains(t, err.Error(), strings.Split(s, "\n")[1])
			}
		})
	}
}

// TestAnswers answers a client of TLS 1.3 that trusts the bundle.
func TestAnswers(t *testing.T) {
	k, err := New(time.Now(), hosts, times)
	require.NoError(t, err)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{again(t, k).Pair()}})
	require.NoError(t, err)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(k.Bundle()))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	resp, err := client.Get("https://127.0.0.1:" + strings.TrimPrefix(listener.Addr().String(), "127.0.0.1:"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, net.IPv4(127, 0, 0, 1).String(), k.Pair().Leaf.IPAddresses[0].String())
	require.Equal(t, start.Add(times.Authority), func() time.Time { old, err := New(start, hosts, times); require.NoError(t, err); return old.Expires() }())
}
