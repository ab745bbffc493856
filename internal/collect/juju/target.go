package juju

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/juju/names/v6"

	"github.com/charmarr/charmarr-lint/internal/collect/juju/forward"
)

// Login says how to reach a controller, and who asks: a user with a password,
// or a service account with its client id and secret.
type Login struct {
	// Name names the controller in the snapshot; empty is the controller's own
	// name.
	Name string
	// Addresses are HOST:PORT of the controller's API servers.
	Addresses []string
	// CACert is the controller's CA certificate, in PEM; empty are those that
	// the system trusts.
	CACert             string
	Username, Password string

	ClientID, ClientSecret string
}

// LoginFrom returns the login that the environment says, in the variables of
// Juju's Terraform provider: JUJU_CONTROLLER_ADDRESSES, JUJU_CA_CERT, and
// JUJU_USERNAME with JUJU_PASSWORD or JUJU_CLIENT_ID with JUJU_CLIENT_SECRET. It
// is nil where no addresses are said.
func LoginFrom(getenv func(string) string) *Login {
	var addresses []string
	for a := range strings.SplitSeq(getenv("JUJU_CONTROLLER_ADDRESSES"), ",") {
		if a = strings.TrimSpace(a); a != "" {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 {
		return nil
	}
	return &Login{
		Addresses: addresses, CACert: getenv("JUJU_CA_CERT"),
		Username: getenv("JUJU_USERNAME"), Password: getenv("JUJU_PASSWORD"),
		ClientID: getenv("JUJU_CLIENT_ID"), ClientSecret: getenv("JUJU_CLIENT_SECRET"),
	}
}

// target is a controller that can be reached.
type target struct {
	name       string // in the store; of a login it may be empty until the controller says it
	uuid       string
	addresses  []string
	caCert     string
	publicName string           // with an officially signed certificate
	proxy      *forward.Service // where the controller is reached through Kubernetes
	account    account
}

// account is who asks.
type account struct {
	user, password         string
	token                  string // of a session, from an identity provider
	cookies                string // the file of the macaroons of earlier logins
	clientID, clientSecret string
	again                  string // what to do where the controller refuses it
}

// targets are the controllers to read, and where others are found.
type targets struct {
	asked []*target
	store store
}

// targets finds the controllers that the options name.
func (o Options) targets() (targets, error) {
	var t targets
	if o.Store != "" {
		var err error
		if t.store, err = readStore(o.Store); err != nil {
			return targets{}, err
		}
	}
	list := o.Controllers
	if len(list) == 0 && o.Login == nil {
		current := t.store.current
		if current == "" {
			return targets{}, fmt.Errorf("finding the Juju controller: the client store %s has no current one: log in with 'juju login', name a controller (it knows %s), or set JUJU_CONTROLLER_ADDRESSES",
				filepath.ToSlash(o.Store), sentence(t.store.names()))
		}
		list = []string{current}
	}
	for i, name := range list {
		if !t.store.knows(name) {
			return targets{}, fmt.Errorf("finding Juju controller %q: the client store %s does not know it, it knows %s",
				name, filepath.ToSlash(o.Store), sentence(t.store.names()))
		}
		if !slices.Contains(list[:i], name) {
			t.asked = append(t.asked, t.store.target(name))
		}
	}
	if o.Login != nil {
		explicit, err := o.Login.target()
		if err != nil {
			return targets{}, fmt.Errorf("logging in to the Juju controller: %w", err)
		}
		t.asked = append(t.asked, explicit)
	}
	return t, nil
}

func (l Login) target() (*target, error) {
	user, service := l.Username != "" || l.Password != "", l.ClientID != "" || l.ClientSecret != ""
	switch {
	case len(l.Addresses) == 0:
		return nil, errors.New("no address is given: set JUJU_CONTROLLER_ADDRESSES to HOST:PORT")
	case user && service:
		return nil, errors.New("a user and a service account are given: set JUJU_USERNAME and JUJU_PASSWORD, or JUJU_CLIENT_ID and JUJU_CLIENT_SECRET")
	case service && (l.ClientID == "" || l.ClientSecret == ""):
		return nil, errors.New("a service account needs both JUJU_CLIENT_ID and JUJU_CLIENT_SECRET")
	case !service && (l.Username == "" || l.Password == ""):
		return nil, errors.New("a user needs both JUJU_USERNAME and JUJU_PASSWORD")
	case user && !names.IsValidUser(l.Username):
		return nil, fmt.Errorf("JUJU_USERNAME %q is no name of a Juju user", l.Username)
	case l.CACert != "" && !strings.Contains(l.CACert, "-----BEGIN"):
		return nil, errors.New("JUJU_CA_CERT is no certificate in PEM: give it the certificate itself, as 'juju show-controller' prints it under ca-cert")
	}
	t := &target{
		name: l.Name, addresses: l.Addresses, caCert: l.CACert,
		account: account{
			user: l.Username, password: l.Password, clientID: l.ClientID, clientSecret: l.ClientSecret,
			again: "see JUJU_USERNAME and JUJU_PASSWORD",
		},
	}
	if service {
		t.account.again = "see JUJU_CLIENT_ID and JUJU_CLIENT_SECRET"
	}
	return t, nil
}

// wanted is a model that was asked for.
type wanted struct {
	text                    string // as it was asked for
	controller, owner, name string // the first two may be empty
}

// wantedModels reads NAME, OWNER/NAME, CONTROLLER:NAME, CONTROLLER:OWNER/NAME.
func wantedModels(list []string) ([]wanted, error) {
	var models []wanted
	for _, text := range list {
		w := wanted{text: text, name: text}
		if controller, rest, ok := strings.Cut(w.name, ":"); ok {
			w.controller, w.name = controller, rest
		}
		if owner, rest, ok := strings.Cut(w.name, "/"); ok {
			w.owner, w.name = owner, rest
		}
		if !names.IsValidModelName(w.name) || w.owner != "" && !names.IsValidUser(w.owner) ||
			strings.HasPrefix(text, ":") || strings.HasPrefix(strings.TrimPrefix(text, w.controller+":"), "/") {
			return nil, fmt.Errorf("finding Juju model %q: want NAME, OWNER/NAME or CONTROLLER:OWNER/NAME", text)
		}
		models = append(models, w)
	}
	return models, nil
}
