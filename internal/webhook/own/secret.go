package own

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
)

// Secret is a Secret as it was read.
type Secret struct {
	// Data is what it holds; empty where there is none.
	Data map[string][]byte
	// Ours says that it is to be written: the webhook has made it or written it
	// before, or it was empty.
	Ours bool

	object map[string]any // nil where there is none
}

// marks are the labels by which the webhook knows again what it has written.
func marks() map[string]string {
	return map[string]string{"app.kubernetes.io/name": "charmarr-lint", "charmarr-lint.io/own": "certificate"}
}

func (o *Objects) secrets() string { return "/api/v1/namespaces/" + o.names.Namespace + "/secrets" }

// ReadSecret reads the Secret. One that is not there is empty.
func (o *Objects) ReadSecret(ctx context.Context) (Secret, error) {
	what := fmt.Sprintf("reading Secret %s/%s", o.names.Namespace, o.names.Secret)
	object, err := o.get(ctx, o.secrets()+"/"+o.names.Secret)
	if apiserver.IsNotFound(err) {
		return Secret{Ours: true}, nil
	}
	if err != nil {
		return Secret{}, doing(what, quiet(err), "get it (deploy/self-signed has a Role)")
	}
	s := Secret{Data: map[string][]byte{}, object: object}
	data, _ := object["data"].(map[string]any)
	for key, value := range data {
		text, _ := value.(string)
		if s.Data[key], err = base64.StdEncoding.DecodeString(text); err != nil {
			return Secret{}, fmt.Errorf("%s: %q in it is no base64", what, key)
		}
	}
	s.Ours = len(data) == 0 || marked(object)
	return s, nil
}

func marked(object map[string]any) bool {
	metadata, _ := object["metadata"].(map[string]any)
	labels, _ := metadata["labels"].(map[string]any)
	for key, value := range marks() {
		if labels[key] != value {
			return false
		}
	}
	return true
}

// WriteSecret puts other data into a Secret that was read; one that was not there
// is made. It is ErrConflict where it is not as it was read any more.
func (o *Objects) WriteSecret(ctx context.Context, s Secret, data map[string][]byte) error {
	encoded := map[string]any{}
	for key, value := range data {
		encoded[key] = base64.StdEncoding.EncodeToString(value)
	}
	what, right := fmt.Sprintf("writing Secret %s/%s", o.names.Namespace, o.names.Secret), "update it (deploy/self-signed has a Role)"
	method, path := http.MethodPut, o.secrets()+"/"+o.names.Secret
	object := s.object
	if object == nil {
		method, path = http.MethodPost, o.secrets()
		right = fmt.Sprintf("create it, or an empty one there: kubectl create secret generic %s -n %s", o.names.Secret, o.names.Namespace)
		object = map[string]any{
			"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
			"metadata": map[string]any{"name": o.names.Secret, "namespace": o.names.Namespace},
		}
	}
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return errors.New(what + ": what was read of it has no metadata")
	}
	labels, ok := metadata["labels"].(map[string]any)
	if !ok {
		labels = map[string]any{}
	}
	for key, value := range marks() {
		labels[key] = value
	}
	metadata["labels"], object["data"] = labels, encoded
	return doing(what, quiet(o.put(ctx, method, path, object)), right)
}

// quiet leaves out what a refusal says where that may repeat what the Secret holds: who
// validates an object quotes it. What RBAC says, and what a server says that is not well,
// is about something else.
func quiet(err error) error {
	said, ok := errors.AsType[*apiserver.Error](err)
	if !ok || said.Message == "" {
		return err
	}
	for _, harmless := range []string{"secrets ", "namespaces ", "etcdserver: ", "Internal error occurred: failed calling webhook "} {
		if strings.HasPrefix(said.Message, harmless) {
			return err
		}
	}
	const leftOut = "what it says is left out here, for it may quote the Secret"
	without := *said
	without.Message = leftOut
	if said.ByAdmission() {
		by, _, _ := strings.Cut(said.Message, ": ") // up to there it is the API server's word
		without.Message = by + ": " + leftOut
	}
	return &without
}
