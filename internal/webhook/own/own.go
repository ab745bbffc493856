// Package own reads and writes the objects of a cluster that are the webhook's own:
// the Secret in which it keeps its certificate, and its registration, the
// ValidatingWebhookConfiguration by which the API server finds it. It also sends the
// requests by which the webhook proves itself.
//
// It touches no object but those it is told the names of, so that a role can be
// bounded to them (deploy/self-signed, deploy/fail-closed). What is written is held
// against the resourceVersion that was read: of several replicas one succeeds, and
// the others read again. Nothing of a Secret is ever part of an error.
package own

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
)

// ErrConflict says that somebody else has written the object meanwhile.
var ErrConflict = errors.New("somebody else has changed it meanwhile")

// manager is by whom the API server notes a field was written.
const manager = "charmarr-lint-webhook"

// Names are those of the objects.
type Names struct {
	// Namespace is the webhook's, Secret the name of the Secret in it.
	Namespace, Secret string
	// Registration is the ValidatingWebhookConfiguration's name.
	Registration string
}

// Objects are the webhook's own.
type Objects struct {
	server apiserver.Client
	names  Names
}

// New returns the objects of those names, with an API server.
func New(server apiserver.Client, names Names) *Objects {
	return &Objects{server: server, names: names}
}

// get reads an object.
func (o *Objects) get(ctx context.Context, path string) (map[string]any, error) {
	var object map[string]any
	err := o.server.Do(ctx, apiserver.Request{Method: http.MethodGet, Path: path}, &object)
	return object, err
}

// put writes an object as it is to be, where it is still as it was read.
func (o *Objects) put(ctx context.Context, method, path string, object map[string]any) error {
	err := o.server.Do(ctx, apiserver.Request{Method: method, Path: path, Query: url.Values{"fieldManager": {manager}}, Body: object}, nil)
	if apiserver.IsConflict(err) {
		return ErrConflict
	}
	return err
}

// doing says what failed, and which right it takes where that is missing.
func doing(what string, err error, right string) error {
	switch {
	case err == nil:
		return nil
	case apiserver.LacksRight(err):
		return fmt.Errorf("%s: %w: it takes the right to %s", what, err, right)
	}
	return fmt.Errorf("%s: %w", what, err)
}
