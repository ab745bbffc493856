package juju

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// cookies returns a jar with the cookies of earlier logins, the macaroons of
// external and of local users. The file is read and never written: what a login
// adds to the jar is forgotten with it.
func cookies(file string) (http.CookieJar, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a cookie jar: %w", err)
	}
	if file == "" {
		return jar, nil
	}
	name := "cookies/" + filepath.Base(file)
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(text) == 0:
		return jar, nil
	case err != nil:
		if at, ok := errors.AsType[*fs.PathError](err); ok {
			err = at.Err // a report holds no absolute path
		}
		return nil, fmt.Errorf("reading %s of the client store: %w", name, err)
	}
	var kept []struct {
		Name, Value, Domain, Path, CanonicalHost string

		Secure, HTTPOnly, HostOnly bool
		Expires                    time.Time
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("reading %s of the client store: it holds no list of cookies; move it away and log in again with 'juju login'", name)
	}
	for _, k := range kept {
		c := &http.Cookie{
			Name: k.Name, Value: k.Value, Path: k.Path, Secure: k.Secure, HttpOnly: k.HTTPOnly, Expires: k.Expires,
		}
		if !k.HostOnly {
			c.Domain = k.Domain
		}
		jar.SetCookies(&url.URL{Scheme: "https", Host: k.CanonicalHost, Path: k.Path}, []*http.Cookie{c})
	}
	return jar, nil
}
