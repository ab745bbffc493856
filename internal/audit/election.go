package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/patience"
)

const (
	// leaseName is the Lease's.
	leaseName    = "charmarr-lint"
	leaseVersion = "coordination.k8s.io/v1"
)

// election chooses one of several replicas by a Lease, by the rules of client-go's
// leader election: whoever holds the Lease renews it, and may be replaced by who saw
// it unchanged for as long as it says that it holds. Clocks of two replicas are never
// compared. client-go's own package is not used: it brings the clients and types of
// every API, which cost each start of the program half as much again.
type election struct {
	api             api
	namespace, name string
	identity        string
	now             func() time.Time
	duration        time.Duration // that others wait
	limit           time.Duration // after which a leader that could not renew stops; shorter than duration
	retry           time.Duration
	failed          func(error)

	seen   []byte    // the Lease's spec, as it was last seen
	seenAt time.Time // when it was first seen so
	wrong  string    // the last error that was told
}

// lease is a Lease of coordination.k8s.io/v1. Its metadata is handed back as it came.
type lease struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       leaseSpec      `json:"spec"`
}

type leaseSpec struct {
	Holder      string `json:"holderIdentity"`
	Seconds     int    `json:"leaseDurationSeconds"`
	Acquired    string `json:"acquireTime,omitempty"`
	Renewed     string `json:"renewTime,omitempty"`
	Transitions int    `json:"leaseTransitions"`
}

// micro is how a Lease writes times.
const micro = "2006-01-02T15:04:05.000000Z"

// identity names a replica.
func identity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + "_" + rand.Text()[:8]
}

// run leads whenever it can, until the context ends. lead ends when its context does.
func (e *election) run(ctx context.Context, lead func(context.Context)) {
	for ctx.Err() == nil {
		began := time.Now()
		if e.take(ctx) != mine {
			patience.Wait(ctx, e.retry)
			continue
		}
		leading, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			lead(leading)
		}()
		e.hold(leading, began)
		stop()
		<-done
	}
	e.release(context.WithoutCancel(ctx))
}

// hold renews the Lease until it is lost. renewed is when it was asked for last.
func (e *election) hold(ctx context.Context, renewed time.Time) {
	for patience.Wait(ctx, e.retry) {
		began := time.Now()
		limited, cancel := context.WithDeadline(ctx, renewed.Add(e.limit))
		state := e.take(limited)
		cancel()
		switch {
		case state == mine:
			renewed = began
		case state == others, time.Since(renewed) >= e.limit-e.retry: // before the next try it would be over
			return
		}
	}
}

// holding says whose the Lease is.
type holding int

const (
	unknown holding = iota // nobody can tell now
	mine
	others
)

// take makes the Lease this replica's, or renews it, unless it is another's.
func (e *election) take(ctx context.Context) holding {
	state, err := e.try(ctx)
	switch {
	case err == nil:
		e.wrong = ""
		return state
	case ctx.Err() == nil && err.Error() != e.wrong:
		e.wrong = err.Error()
		e.failed(err)
	}
	return unknown
}

func (e *election) try(ctx context.Context) (holding, error) {
	now := e.now().UTC().Format(micro)
	spec := leaseSpec{Holder: e.identity, Seconds: int(max(e.duration, time.Second) / time.Second), Acquired: now, Renewed: now}
	current, err := e.get(ctx)
	if apiserver.IsNotFound(err) {
		return e.create(ctx, spec)
	}
	if err != nil {
		return unknown, err
	}
	if text, err := json.Marshal(current.Spec); err == nil && !bytes.Equal(text, e.seen) {
		e.seen, e.seenAt = text, time.Now()
	}
	holds := max(time.Duration(current.Spec.Seconds)*time.Second, e.duration)
	if current.Spec.Holder != "" && current.Spec.Holder != e.identity && time.Since(e.seenAt) < holds {
		return others, nil
	}
	spec.Transitions = current.Spec.Transitions
	if current.Spec.Holder == e.identity {
		spec.Acquired = current.Spec.Acquired
	} else {
		spec.Transitions++
	}
	current.Spec = spec
	err = e.put(ctx, current, "renewing")
	if apiserver.IsConflict(err) { // somebody else has changed it since
		return unknown, nil
	}
	return mine, err
}

// create makes the Lease. deploy/reports has it and gives no right to make it; manifests
// of one's own may do it the other way round.
func (e *election) create(ctx context.Context, spec leaseSpec) (holding, error) {
	r := apiserver.Request{Method: http.MethodPost, Path: e.path(""), Body: lease{
		APIVersion: leaseVersion, Kind: "Lease",
		Metadata: map[string]any{"name": e.name, "namespace": e.namespace, "labels": map[string]string{nameLabel: tool}}, Spec: spec,
	}}
	err := e.api.do(ctx, r, nil, "making Lease %s/%s", e.namespace, e.name)
	switch {
	case apiserver.IsConflict(err): // another was faster
		return unknown, nil
	case apiserver.LacksRight(err):
		return unknown, fmt.Errorf("reading Lease %s/%s: there is none, and to make it is forbidden: apply deploy/reports again, or upgrade the release with audit.interval set: both have it", e.namespace, e.name)
	}
	return mine, err
}

// release lets another replica lead at once.
func (e *election) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, e.retry)
	defer cancel()
	current, err := e.get(ctx)
	if err != nil || current.Spec.Holder != e.identity {
		return
	}
	current.Spec.Holder, current.Spec.Seconds = "", 1
	if err := e.put(ctx, current, "releasing"); err != nil && !apiserver.IsConflict(err) {
		e.failed(err)
	}
}

func (e *election) get(ctx context.Context) (lease, error) {
	var out lease
	err := e.api.do(ctx, apiserver.Request{Method: http.MethodGet, Path: e.path(e.name)}, &out, "reading Lease %s/%s", e.namespace, e.name)
	return out, err
}

func (e *election) put(ctx context.Context, l lease, doing string) error {
	r := apiserver.Request{Method: http.MethodPut, Path: e.path(e.name), Body: l}
	return e.api.do(ctx, r, nil, "%s Lease %s/%s", doing, e.namespace, e.name)
}

func (e *election) path(name string) string {
	path := "/apis/" + leaseVersion + "/namespaces/" + e.namespace + "/leases"
	if name != "" {
		path += "/" + name
	}
	return path
}
