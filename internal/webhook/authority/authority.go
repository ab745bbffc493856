// Package authority makes the certificate that the webhook answers with, where nobody
// else does, and changes it before it expires.
//
// Words: an authority is a certificate that signs others. The leaf is the webhook's
// own. The bundle are the authorities that the API server is to trust. Kept is all of
// these with their keys, as one Secret holds them for all replicas.
//
// A leaf of another authority would be refused wherever the bundle of before is still
// in force. So an authority changes in steps: the next one is announced, which only
// adds it to the bundle; once the API server has known it for a while, it signs a
// leaf, and the one before stays in the bundle until it expires. Whoever still answers
// with a leaf of before is trusted all the while.
//
// The package computes, and reads no clock, file or cluster.
package authority

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

const (
	// name is the common name of authorities.
	name = "charmarr-lint webhook authority"
	// skew is how much another clock may be behind.
	skew = time.Hour
	// maxBundle bounds the bundle: a change of authority needs two.
	maxBundle = 8
)

// Times say how long certificates hold. Each is changed when a third of its time is
// left.
type Times struct{ Authority, Leaf time.Duration }

// DefaultTimes are those of a webhook that nobody looks after.
func DefaultTimes() Times {
	return Times{Authority: 2 * 365 * 24 * time.Hour, Leaf: 90 * 24 * time.Hour}
}

// Kept is what is kept. It is never changed.
type Kept struct {
	leaf      *x509.Certificate
	leafKey   crypto.Signer
	signer    crypto.Signer       // of the authority that signs leaves now
	next      crypto.Signer       // of the one that is announced; nil where none is
	authority []*x509.Certificate // the bundle, the latest first
}

// The keys of a Secret.
const (
	leafEntry   = "tls.crt"
	leafKey     = "tls.key"
	bundleEntry = "ca.crt"
	signerKey   = "ca.key"
	nextKey     = "next.key"
)

// New makes an authority and a leaf for the hosts.
func New(now time.Time, hosts []string, t Times) (Kept, error) {
	var k Kept
	authority, signer, err := newAuthority(now, t)
	if err != nil {
		return k, err
	}
	k.signer, k.authority = signer, []*x509.Certificate{authority}
	return k.signed(now, hosts, t)
}

// Parse reads what a Secret holds.
func Parse(data map[string][]byte) (Kept, error) {
	var k Kept
	var err error
	if k.authority, err = ParseBundle(data[bundleEntry]); err != nil {
		return Kept{}, fmt.Errorf("%s: %w", bundleEntry, err)
	}
	leaves, err := ParseBundle(data[leafEntry])
	if err != nil || len(leaves) == 0 {
		return Kept{}, fmt.Errorf("%s: want a certificate", leafEntry)
	}
	k.leaf = leaves[0]
	for _, key := range []struct {
		name string
		into *crypto.Signer
		of   func(*x509.Certificate) bool
	}{
		{leafKey, &k.leafKey, func(c *x509.Certificate) bool { return c == k.leaf }},
		{signerKey, &k.signer, func(c *x509.Certificate) bool { return c.IsCA }},
		{nextKey, &k.next, func(c *x509.Certificate) bool { return c.IsCA }},
	} {
		text, ok := data[key.name]
		if !ok && key.name == nextKey {
			continue
		}
		if *key.into, err = parseKey(text); err != nil {
			return Kept{}, fmt.Errorf("%s: %w", key.name, err)
		}
		certified := slices.ContainsFunc(append(slices.Clone(k.authority), k.leaf), func(c *x509.Certificate) bool {
			return key.of(c) && belongs(c, *key.into)
		})
		if !certified {
			return Kept{}, fmt.Errorf("%s: it is the key of none of the certificates", key.name)
		}
	}
	if err := k.leaf.CheckSignatureFrom(k.of(k.signer)); err != nil {
		return Kept{}, fmt.Errorf("%s: it is not signed by the authority of %s", leafEntry, signerKey)
	}
	return k, nil
}

// Data is what a Secret is to hold.
func (k Kept) Data() (map[string][]byte, error) {
	out := map[string][]byte{leafEntry: encode(k.leaf), bundleEntry: k.Bundle()}
	for name, key := range map[string]crypto.Signer{leafKey: k.leafKey, signerKey: k.signer, nextKey: k.next} {
		if key == nil {
			continue
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, fmt.Errorf("writing %s: it cannot be encoded", name)
		}
		out[name] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	return out, nil
}

// Empty tells whether nothing is kept.
func (k Kept) Empty() bool { return k.leaf == nil }

// Pair is what is answered with.
func (k Kept) Pair() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{k.leaf.Raw}, PrivateKey: k.leafKey, Leaf: k.leaf}
}

// Hosts are those that the leaf is for.
func (k Kept) Hosts() []string {
	out := slices.Clone(k.leaf.DNSNames)
	for _, ip := range k.leaf.IPAddresses {
		out = append(out, ip.String())
	}
	return out
}

// Bundle are the authorities to trust, as PEM.
func (k Kept) Bundle() []byte { return encode(k.authority...) }

// Expires is when the latest authority does.
func (k Kept) Expires() time.Time {
	if len(k.authority) == 0 {
		return time.Time{}
	}
	return k.authority[0].NotAfter
}

// Announced tells whether an authority is announced: the next step waits until the
// API server knows it.
func (k Kept) Announced() bool { return k.next != nil }

// Step is the next step that is due, and what it does; empty is none. known says
// that the API server has known the bundle for long enough.
func (k Kept) Step(now time.Time, hosts []string, t Times, known bool) (next Kept, what string, err error) {
	signer := k.of(k.signer)
	switch {
	case signer.NotAfter.Before(now) || k.leaf.NotAfter.Before(now):
		next, err = New(now, hosts, t) // nobody trusts what there is any more
		return next, "what there was has expired: authority and certificate are made anew", err
	case k.next != nil && known:
		next = k
		next.signer, next.next = k.next, nil
		next, err = next.signed(now, hosts, t)
		return next, "the certificate is signed by the next authority", err
	case k.next == nil && signer.NotAfter.Sub(now) < t.Authority/3:
		next, err = k.Announce(now, t)
		return next, "the next authority is announced", err
	case !k.fits(hosts), k.leaf.NotAfter.Sub(now) < t.Leaf/3 && signer.NotAfter.Sub(k.leaf.NotAfter) > t.Leaf/10:
		next, err = k.signed(now, hosts, t)
		return next, "the certificate is renewed", err
	}
	return k, "", nil
}

// Announce adds the next authority to the bundle.
func (k Kept) Announce(now time.Time, t Times) (Kept, error) {
	authority, signer, err := newAuthority(now, t)
	if err != nil {
		return Kept{}, err
	}
	k.next, k.authority = signer, append([]*x509.Certificate{authority}, k.trusted(now)...)
	return k, nil
}

// trusted are the authorities that have not expired.
func (k Kept) trusted(now time.Time) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(k.authority), func(c *x509.Certificate) bool { return c.NotAfter.Before(now) })
}

// fits tells whether the leaf is for all hosts.
func (k Kept) fits(hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(host string) bool { return k.leaf.VerifyHostname(host) != nil })
}

// signed has the signer sign a leaf.
func (k Kept) signed(now time.Time, hosts []string, t Times) (Kept, error) {
	if len(hosts) == 0 {
		return Kept{}, errors.New("making a certificate: it is for no host")
	}
	signer := k.of(k.signer)
	key, template, err := draft(now, now.Add(t.Leaf), hosts[0])
	if err != nil {
		return Kept{}, err
	}
	if template.NotAfter.After(signer.NotAfter) {
		template.NotAfter = signer.NotAfter
	}
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	if k.leaf, err = certify(template, signer, key, k.signer); err != nil {
		return Kept{}, err
	}
	k.leafKey, k.authority = key, k.trusted(now)
	return k, nil
}

// of is the authority of a key.
func (k Kept) of(key crypto.Signer) *x509.Certificate {
	at := slices.IndexFunc(k.authority, func(c *x509.Certificate) bool { return belongs(c, key) })
	return k.authority[at] // Parse and New have seen to it
}

func newAuthority(now time.Time, t Times) (*x509.Certificate, crypto.Signer, error) {
	key, template, err := draft(now, now.Add(t.Authority), name)
	if err != nil {
		return nil, nil, err
	}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	c, err := certify(template, template, key, key)
	return c, key, err
}

// draft is a certificate as both kinds begin.
func draft(now, until time.Time, commonName string) (*ecdsa.PrivateKey, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, fmt.Errorf("making a serial number: %w", err)
	}
	return key, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: commonName}, NotBefore: now.Add(-skew).UTC(), NotAfter: until.UTC(),
	}, nil
}

func certify(template, signer *x509.Certificate, key, by crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), by)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Joined is a bundle with the authorities of another that still hold and that this
// package has made: nobody who is trusted stops being so.
func Joined(now time.Time, bundle, other []byte) []byte {
	mine, _ := ParseBundle(bundle) // what does not parse is trusted by nobody
	before, _ := ParseBundle(other)
	for _, c := range before {
		known := slices.ContainsFunc(mine, c.Equal)
		if !known && c.Subject.CommonName == name && c.NotAfter.After(now) && len(mine) < maxBundle {
			mine = append(mine, c)
		}
	}
	return encode(mine...)
}

// ParseBundle reads certificates.
func ParseBundle(text []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return out, nil
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errors.New("it holds what is no certificate")
		}
		out = append(out, c)
	}
}

func encode(certificates ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certificates {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.Bytes()
}

// parseKey reads a private key. Its errors say nothing of what it reads.
func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("want a private key as PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errors.New("want a private key in PKCS #8")
	}
	return signer, nil
}

// belongs tells whether a certificate is of a key.
func belongs(c *x509.Certificate, key crypto.Signer) bool {
	public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key != nil && public.Equal(key.Public())
}
