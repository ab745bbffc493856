package kube

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// pollEvery is how often is asked for what is not watched: which kinds are
// installed, and the settings of DNS and of Istio's CNI.
const pollEvery = time.Minute

// Watcher keeps what a Collector reads of a cluster as it is now. It lists each
// kind once and watches it from then on; of the objects it keeps what a snapshot
// does, and of other namespaces than those of models nothing.
type Watcher struct {
	reading reading
	pause   time.Duration

	lock     sync.Mutex
	current  *watching
	onChange func()
}

// NewWatcher returns a watcher of the cluster that the options name. Their time
// limit is not used.
func NewWatcher(o Options) (*Watcher, error) {
	o = New(o).options
	target, err := o.connect()
	if err != nil {
		return nil, err
	}
	target.client.wait = firstWait
	return &Watcher{
		reading: reading{client: target.client, source: target.name, options: o},
		pause:   firstWait, onChange: func() {},
	}, nil
}

// watching are streams over a set of models.
type watching struct {
	installed served
	unknown   error // why it is not known which kinds are installed
	in        inhabited
	models    []string // of in, sorted
	spaces    part     // the namespaces themselves
	streams   []*stream
	others    []part // what is not watched
	all       []kind
}

// Run watches until the context ends. changed is called, by any goroutine, after
// what is observed may have changed.
func (w *Watcher) Run(ctx context.Context, changed func()) {
	ctx = klog.NewContext(ctx, logr.Discard())
	w.lock.Lock()
	w.onChange = changed
	w.lock.Unlock()
	defer w.reading.client.close()
	stop := func() {}
	defer func() { stop() }()
	pause := w.pause
	for ctx.Err() == nil {
		w.lock.Lock()
		last := w.current
		w.lock.Unlock()
		next, err := w.survey(ctx)
		switch {
		case err != nil: // the streams that there are go on by themselves
			if !patience.Wait(ctx, pause) {
				return
			}
			pause = min(2*pause, longestPause)
			continue
		case last != nil && next.same(last):
			w.refresh(last, next)
		default:
			end := w.start(ctx, next)
			stop()
			stop = end
		}
		pause = w.pause
		if !w.wait(ctx) {
			return
		}
	}
}

// wait waits until it is time to ask again for what is not watched, or until a
// namespace has changed.
func (w *Watcher) wait(ctx context.Context) bool {
	until := time.Now().Add(pollEvery)
	for time.Now().Before(until) {
		if !patience.Wait(ctx, min(time.Second, w.pause*2)) {
			return false
		}
		w.lock.Lock()
		now := w.current
		w.lock.Unlock()
		if now != nil && !slices.Equal(now.modelsNow(), now.models) {
			return true
		}
	}
	return true
}

// survey finds out what is to be watched, and reads what is not.
func (w *Watcher) survey(ctx context.Context) (*watching, error) {
	limited, cancel := context.WithTimeoutCause(ctx, w.reading.options.TimeLimit, errTimeLimit)
	defer cancel()
	next := &watching{all: kinds()}
	next.installed, next.unknown = w.reading.client.discover(limited, next.all)
	if next.unknown != nil && unreachable(next.unknown) {
		return nil, next.unknown
	}
	next.spaces, next.in = w.reading.namespaces(limited)
	next.models = slices.Clone(next.in.models)
	if len(next.spaces.failures) > 0 && len(next.models) == 0 && len(w.reading.options.Namespaces) == 0 {
		return nil, errors.New("listing namespaces failed")
	}
	slices.Sort(next.models)
	for _, s := range settings() {
		if !slices.Contains(next.models, s.namespace) {
			var p part
			w.reading.one(limited, configMaps(), s.namespace, s.name, &p)
			next.others = append(next.others, p)
		}
	}
	if next.in.named && !slices.Contains(next.models, tailscaleNamespace) {
		var p part
		w.reading.one(limited, namespaces(), "", tailscaleNamespace, &p)
		next.others = append(next.others, p)
	}
	return next, nil
}

// same tells whether the same is to be watched.
func (x *watching) same(o *watching) bool {
	return slices.Equal(x.models, o.models) && reflect.DeepEqual(x.in.absent, o.in.absent) && slices.Equal(o.modelsNow(), o.models) &&
		reflect.DeepEqual(x.installed.versions, o.installed.versions) && reflect.DeepEqual(x.installed.resources, o.installed.resources) &&
		len(x.installed.unknown) == len(o.installed.unknown) && (x.unknown == nil) == (o.unknown == nil)
}

// modelsNow are the models by the namespaces that are watched.
func (x *watching) modelsNow() []string {
	s := x.namespaces()
	if s == nil || !s.wasListed() {
		return x.models
	}
	return s.modelNames()
}

// namespaces is the stream of namespaces; none where they are named.
func (x *watching) namespaces() *stream {
	for _, s := range x.streams {
		if s.kind.resource == namespaces().resource {
			return s
		}
	}
	return nil
}

// refresh takes in what is not watched.
func (w *Watcher) refresh(last, next *watching) {
	w.lock.Lock()
	same := slices.EqualFunc(last.others, next.others, func(a, b part) bool {
		return a.missing == b.missing && len(a.failures) == len(b.failures) && snapshot.SameObjects(a.snap, b.snap)
	})
	last.others = next.others
	changed := w.onChange
	w.lock.Unlock()
	if !same {
		changed()
	}
}

// start starts the streams, waits until each was read once or has failed, and
// puts them in the place of those before.
func (w *Watcher) start(ctx context.Context, x *watching) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	ready := make(chan struct{}, 1)
	changed := func() {
		select {
		case ready <- struct{}{}:
		default:
		}
		w.lock.Lock()
		current, changed := w.current == x, w.onChange
		w.lock.Unlock()
		if current {
			changed()
		}
	}
	named := x.in.named
	add := func(k kind, namespace string, keep func(any) bool) {
		s := &stream{reading: w.reading, kind: k, namespace: namespace, keep: keep, changed: changed, pause: w.pause, objects: map[objectName]snapshot.Snapshot{}}
		x.streams = append(x.streams, s)
		running.Go(func() { s.run(ctx) })
	}
	all := func(any) bool { return true }
	if !named {
		add(namespaces(), "", keepsNamespace)
	}
	for _, k := range x.all {
		found, ok, err := x.installed.find(k)
		if err != nil || !ok {
			continue
		}
		for _, n := range k.scope.namespaces() {
			// A model is read with all that is in it.
			if !slices.Contains(x.models, n) && !x.in.absent[n] {
				add(found, n, all)
			}
		}
		switch {
		case k.scope == ofCluster:
			add(found, "", all)
		case k.scope != ofModels:
		case named:
			for _, m := range x.models {
				add(found, m, all)
			}
		default:
			add(found, "", func(object any) bool { return slices.Contains(x.models, nameOf(object).namespace) })
		}
	}
	for ctx.Err() == nil && slices.ContainsFunc(x.streams, func(s *stream) bool { return !s.settled() }) {
		select {
		case <-ctx.Done():
		case <-ready:
		case <-time.After(w.pause):
		}
	}
	w.lock.Lock()
	w.current = x
	done := w.onChange
	w.lock.Unlock()
	done()
	return func() {
		cancel()
		running.Wait()
	}
}

func (s *stream) settled() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.listed || s.failure != nil
}

func (s *stream) wasListed() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.listed
}

// modelNames are the namespaces that are models', of a stream of namespaces.
func (s *stream) modelNames() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	var out []string
	for name, snap := range s.objects {
		if len(snap.Namespaces) == 1 && isModel(labelsOf(snap.Namespaces[0])) {
			out = append(out, name.name)
		}
	}
	slices.Sort(out)
	return out
}

// keepsNamespace keeps every namespace, and of those that are no model's the labels
// alone: the rest is others' business.
func keepsNamespace(object any) bool {
	switch o := object.(type) {
	case *corev1.Namespace:
		if !isModel(o) {
			o.Annotations = nil
		}
	case map[string]any:
		if metadata, ok := o["metadata"].(map[string]any); ok && !isModel(namespaceOf(o)) {
			delete(metadata, "annotations")
		}
	}
	return true
}

// labelsOf is what tells whether a namespace that was read is a model's.
func labelsOf(n snapshot.Namespace) *corev1.Namespace {
	ns := &corev1.Namespace{}
	ns.Name, ns.Labels, ns.Annotations = n.Name, map[string]string{}, map[string]string{}
	for _, f := range n.Labels {
		ns.Labels[f.Key] = f.Value
	}
	for _, f := range n.Annotations {
		ns.Annotations[f.Key] = f.Value
	}
	return ns
}

// namespaceOf reads what tells whether a namespace is a model's.
func namespaceOf(o map[string]any) *corev1.Namespace {
	metadata, _ := o["metadata"].(map[string]any)
	texts := func(field string) map[string]string {
		out := map[string]string{}
		list, _ := metadata[field].(map[string]any)
		for key, value := range list {
			out[key], _ = value.(string)
		}
		return out
	}
	ns := &corev1.Namespace{}
	ns.Name, _ = metadata["name"].(string)
	ns.Labels, ns.Annotations = texts("labels"), texts("annotations")
	return ns
}
