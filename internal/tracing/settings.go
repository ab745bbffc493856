package tracing

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// settings are what the environment says of where traces go.
type settings struct {
	endpoint *url.URL
	headers  http.Header
	timeout  time.Duration
	compress bool
	tls      *tls.Config
}

const (
	general        = "OTEL_EXPORTER_OTLP_"
	ofTraces       = "OTEL_EXPORTER_OTLP_TRACES_"
	protocol       = "http/protobuf"
	defaultTimeout = 10 * time.Second
)

// settingsFrom reads the environment; nil where it asks for no traces. What it says and
// cannot be done is an error: traces that go nowhere are not noticed.
func settingsFrom(getenv func(string) string) (*settings, error) {
	// What is said of traces counts before what is said of all signals.
	read := func(name string) (key, value string) {
		for _, prefix := range []string{ofTraces, general} {
			if value := strings.TrimSpace(getenv(prefix + name)); value != "" {
				return prefix + name, value
			}
		}
		return general + name, ""
	}
	off, _ := strconv.ParseBool(strings.TrimSpace(getenv("OTEL_SDK_DISABLED")))
	exporter := strings.TrimSpace(getenv("OTEL_TRACES_EXPORTER"))
	key, endpoint := read("ENDPOINT")
	switch {
	case off, exporter == "none", endpoint == "":
		return nil, nil //nolint:nilnil // no settings are none, and no error
	case exporter != "" && exporter != "otlp":
		return nil, fmt.Errorf("OTEL_TRACES_EXPORTER: %q is not known: want otlp or none", exporter)
	}
	s := &settings{headers: http.Header{}, timeout: defaultTimeout}
	var err error
	if s.endpoint, err = url.Parse(endpoint); err != nil || s.endpoint.Host == "" || s.endpoint.Scheme != "http" && s.endpoint.Scheme != "https" {
		return nil, fmt.Errorf("%s: %q is no address of a collector: want one like http://collector:4318", key, redacted(endpoint))
	}
	if key == general+"ENDPOINT" {
		s.endpoint = s.endpoint.JoinPath("v1", "traces")
	}
	if key, value := read("PROTOCOL"); value != "" && value != protocol {
		return nil, fmt.Errorf("%s: %q is not spoken here: want %s, for which collectors listen on port 4318", key, value, protocol)
	}
	if key, value := read("TIMEOUT"); value != "" {
		ms, err := strconv.Atoi(value)
		if err != nil || ms <= 0 {
			return nil, fmt.Errorf("%s: %q is no number of milliseconds", key, value)
		}
		s.timeout = time.Duration(ms) * time.Millisecond
	}
	switch key, value := read("COMPRESSION"); value {
	case "gzip":
		s.compress = true
	case "", "none":
	default:
		return nil, fmt.Errorf("%s: %q is not known: want gzip or none", key, value)
	}
	if key, value := read("HEADERS"); value != "" {
		if err := s.addHeaders(value); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return s, s.addCertificates(read)
}

// addHeaders reads "name=value,name=value", each percent-encoded. What is wrong with it
// is said without the values, which may be secret.
func (s *settings) addHeaders(text string) error {
	for pair := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(pair, "=")
		name, errName := url.PathUnescape(strings.TrimSpace(name))
		value, errValue := url.PathUnescape(strings.TrimSpace(value))
		if !ok || name == "" || errName != nil || errValue != nil {
			return errors.New("want name=value, separated by commas, with other characters percent-encoded")
		}
		s.headers.Add(name, value)
	}
	return nil
}

func (s *settings) addCertificates(read func(string) (key, value string)) error {
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if key, file := read("CERTIFICATE"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		s.tls.RootCAs = x509.NewCertPool()
		if !s.tls.RootCAs.AppendCertsFromPEM(text) {
			return fmt.Errorf("%s: %s holds no certificate", key, file)
		}
	}
	key, certificate := read("CLIENT_CERTIFICATE")
	_, secret := read("CLIENT_KEY")
	if certificate == "" && secret == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(certificate, secret)
	if err != nil {
		return fmt.Errorf("%s with its CLIENT_KEY: %w", key, err)
	}
	s.tls.Certificates = []tls.Certificate{pair}
	return nil
}

// redacted is an address without a password.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	return u.Redacted()
}
