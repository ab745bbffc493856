// Package kube reads a running cluster into a snapshot.
//
// It asks for the kinds and the namespaces that rules need and for nothing
// else (see kinds); Secrets are never read. A list is read in pages, and each
// page becomes part of the snapshot before the next one comes: an object is
// read by package manifest, the same code that reads it from a file, so that a
// cluster and its dump say the same.
//
// A list that was read in whole is said to be (snapshot.Coverage), also where
// it is empty. What could not be read is a gap that tells what to do: the rule
// of RBAC that is missing, the time limit that was over. A kind that is not
// installed (Gateway API, Istio) is no gap: nothing of it can be there.
//
// Nothing is written, watched or kept: a Collector reads once.
package kube

import (
	"context"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Options say which cluster to read, and what of it.
type Options struct {
	// Kubeconfig are the files that say how to reach clusters, merged as kubectl
	// merges those of KUBECONFIG: of a name that stands twice the first counts.
	Kubeconfig []string
	// Context is the context to use; empty is the files' current one.
	Context string
	// InCluster, where given, is the pod that the program runs in; Kubeconfig
	// and Context are then not used.
	InCluster *Pod
	// Namespaces are the namespaces to read. Where there is none, those are read
	// that Juju labels as models.
	Namespaces []string
	// TimeLimit bounds the whole reading; zero is DefaultTimeLimit.
	TimeLimit time.Duration
	// RequestLimit bounds one attempt of one request; zero is
	// DefaultRequestLimit.
	RequestLimit time.Duration
	// Version is the version of the program, which the API server logs.
	Version string
	// Progress, where given, is told of each namespace.
	Progress collect.Progress
}

const (
	// DefaultTimeLimit bounds a reading. 10,000 pods are read in about two
	// seconds; this leaves room for slow links and a busy API server.
	DefaultTimeLimit = 2 * time.Minute

	// DefaultRequestLimit bounds one attempt of one request. A page of 500 pods
	// has about 5 MB, which takes 20 seconds at 2 Mbit/s; the API server itself
	// gives up after 60.
	DefaultRequestLimit = time.Minute

	// maxAtOnce is how many lists are read at once. Each may hold a page of some
	// 5 MB, and API Priority and Fairness gives a client about as many seats.
	maxAtOnce = 8
)

// Collector reads one cluster.
type Collector struct {
	options Options
	wait    time.Duration // before a request is sent again
}

// New returns a collector of the cluster that the options name.
func New(o Options) *Collector {
	if o.TimeLimit <= 0 {
		o.TimeLimit = DefaultTimeLimit
	}
	if o.RequestLimit <= 0 {
		o.RequestLimit = DefaultRequestLimit
	}
	return &Collector{options: o, wait: firstWait}
}

var _ collect.Collector = (*Collector)(nil)

// String names the collector in progress.
func (c *Collector) String() string { return "cluster" }

// Collect reads the cluster. What cannot be read within the time limit is a
// gap. The error is for a kubeconfig that does not say which cluster is meant,
// and for cancellation, which comes with what was read until then.
func (c *Collector) Collect(ctx context.Context) (snapshot.Snapshot, error) {
	target, err := c.options.connect()
	if err != nil {
		return snapshot.Snapshot{}, err
	}
	// client-go logs through its context; what went wrong is told by gaps.
	limited, cancel := context.WithTimeoutCause(klog.NewContext(ctx, logr.Discard()), c.options.TimeLimit, errTimeLimit)
	defer cancel()
	defer target.client.close()
	target.client.wait = c.wait
	r := reading{
		client: target.client, source: target.name, options: c.options,
	}
	snap := r.read(limited)
	snap.Sources = []snapshot.Source{{Kind: snapshot.KubeCluster, Name: target.name}}
	if err := ctx.Err(); err != nil {
		return snap, fmt.Errorf("reading cluster %q: %w", target.name, context.Cause(ctx))
	}
	return snap, nil
}
