package own

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
)

// Policy is what the API server does where the webhook does not answer.
type Policy string

// The policies.
const (
	Fail   Policy = "Fail"
	Ignore Policy = "Ignore"
)

// Entry is one webhook of the registration.
type Entry struct {
	Name   string
	Policy Policy
	// Bundle are the authorities that the API server trusts, as PEM.
	Bundle []byte
	// Host is the name by which the API server calls the webhook: what its
	// certificate has to be for.
	Host string
}

// ErrUnregistered says that there is no registration.
var ErrUnregistered = errors.New("there is none, so the API server asks nothing: 'charmarr-lint webhook configuration' prints one")

func (o *Objects) registration() string {
	return "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/" + o.names.Registration
}

// Registered reads the registration.
func (o *Objects) Registered(ctx context.Context) ([]Entry, error) {
	_, entries, err := o.registered(ctx)
	return entries, err
}

func (o *Objects) registered(ctx context.Context) (map[string]any, []Entry, error) {
	what := fmt.Sprintf("reading the registration %q", o.names.Registration)
	object, err := o.get(ctx, o.registration())
	if apiserver.IsNotFound(err) {
		return nil, nil, fmt.Errorf("%s: %w", what, ErrUnregistered)
	}
	if err != nil {
		return nil, nil, doing(what, err, "get it (deploy/self-signed and deploy/fail-closed have a ClusterRole)")
	}
	var entries []Entry
	for _, hook := range hooks(object) {
		entries = append(entries, entryOf(hook))
	}
	return object, entries, nil
}

// hooks are the webhooks of a registration.
func hooks(object map[string]any) []map[string]any {
	list, _ := object["webhooks"].([]any)
	var out []map[string]any
	for _, item := range list {
		if hook, ok := item.(map[string]any); ok {
			out = append(out, hook)
		}
	}
	return out
}

func entryOf(hook map[string]any) Entry {
	name, _ := hook["name"].(string)
	policy, _ := hook["failurePolicy"].(string)
	e := Entry{Name: name, Policy: Policy(policy)}
	client, _ := hook["clientConfig"].(map[string]any)
	bundle, _ := client["caBundle"].(string)
	e.Bundle, _ = base64.StdEncoding.DecodeString(bundle) // what is none holds no authority
	if address, _ := client["url"].(string); address != "" {
		if parsed, err := url.Parse(address); err == nil {
			e.Host = parsed.Hostname()
		}
	}
	if service, ok := client["service"].(map[string]any); ok {
		e.Host = fmt.Sprintf("%v.%v.svc", service["name"], service["namespace"])
	}
	return e
}

// Register changes entries of the registration, and says whether that changed
// anything. change is called for each, again where somebody else wrote meanwhile;
// of an entry it may change policy and bundle. What it returns is as it is now.
func (o *Objects) Register(ctx context.Context, change func(*Entry)) (entries []Entry, changed bool, err error) {
	const attempts = 5
	for range attempts {
		if entries, changed, err = o.register(ctx, change); !errors.Is(err, ErrConflict) {
			break
		}
	}
	return entries, changed, err
}

func (o *Objects) register(ctx context.Context, change func(*Entry)) ([]Entry, bool, error) {
	object, entries, err := o.registered(ctx)
	if err != nil {
		return nil, false, err
	}
	changed := false
	for i, hook := range hooks(object) {
		before := entries[i]
		e := &entries[i]
		change(e)
		if e.Policy != before.Policy {
			hook["failurePolicy"], changed = string(e.Policy), true
		}
		if string(e.Bundle) != string(before.Bundle) {
			client, ok := hook["clientConfig"].(map[string]any)
			if !ok {
				continue // the API server takes none without
			}
			client["caBundle"], changed = base64.StdEncoding.EncodeToString(e.Bundle), true
		}
	}
	if !changed {
		return entries, false, nil
	}
	err = o.put(ctx, http.MethodPut, o.registration(), object)
	return entries, err == nil, doing(fmt.Sprintf("writing the registration %q", o.names.Registration), err, "update it (deploy/self-signed and deploy/fail-closed have a ClusterRole)")
}
