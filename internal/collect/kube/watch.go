package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	// watchLimit is how long one watch lasts. The API server ends it then, and the
	// next goes on where it ended.
	watchLimit = 5 * time.Minute

	// silence is how long nothing may be heard of a watch that is open.
	silence = 150 * time.Second

	// longestPause bounds the wait before a watch that failed is tried again.
	longestPause = 30 * time.Second
)

// stream keeps the objects of one kind, in one namespace or in all of them, as
// they are now: it lists them once and then watches.
type stream struct {
	reading   reading
	kind      kind
	namespace string
	keep      func(object any) bool
	changed   func()
	pause     time.Duration // the first wait after a failure

	lock    sync.Mutex
	objects map[objectName]snapshot.Snapshot
	version string
	// listed says that all objects were read once.
	listed bool
	// failure is why it is not read now; nil where it is.
	failure error
	// current is when it was last known to be as the API server has it: heard of, or
	// the end of a watch.
	current time.Time
	// watched says that a watch is open.
	watched bool
}

// currentAt is when the stream was last known to be as the API server has it. An
// open watch brings what changes at once; it is known to be open for as long as
// bookmarks come by, one a minute, and HTTP/2 looks after it in between.
func (s *stream) currentAt(now time.Time) time.Time {
	if s.watched && now.Sub(s.current) < silence {
		return now
	}
	return s.current
}

type objectName struct{ namespace, name string }

func (n objectName) compare(o objectName) int {
	return cmp.Or(cmp.Compare(n.namespace, o.namespace), cmp.Compare(n.name, o.name))
}

// nameOf returns the name of an object, as a list or a watch brings it.
func nameOf(object any) objectName {
	if o, ok := object.(map[string]any); ok {
		metadata, _ := o["metadata"].(map[string]any)
		namespace, _ := metadata["namespace"].(string)
		name, _ := metadata["name"].(string)
		return objectName{namespace, name}
	}
	about, err := meta.Accessor(object)
	if err != nil {
		return objectName{}
	}
	return objectName{about.GetNamespace(), about.GetName()}
}

// run reads until the context ends.
func (s *stream) run(ctx context.Context) {
	pause := s.pause
	for ctx.Err() == nil {
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			return
		}
		s.failed(err)
		if err == nil || time.Since(began) > longestPause {
			pause = s.pause
		}
		if err == nil {
			continue
		}
		if !patience.Wait(ctx, pause) {
			return
		}
		pause = min(2*pause, longestPause)
	}
}

// once lists, where that has to be, and watches until the watch ends.
func (s *stream) once(ctx context.Context) error {
	s.lock.Lock()
	version := s.version
	s.lock.Unlock()
	if version == "" {
		if err := s.list(ctx); err != nil {
			return err
		}
	}
	err := s.watch(ctx)
	if apierrors.IsGone(err) || apierrors.IsResourceExpired(err) {
		s.lock.Lock()
		s.version = "" // the API server has forgotten it: all is listed anew
		s.lock.Unlock()
		return nil
	}
	return err
}

// failed notes why the stream is not read.
func (s *stream) failed(err error) {
	s.lock.Lock()
	before := s.failure
	s.failure = err
	s.lock.Unlock()
	if (before == nil) != (err == nil) {
		s.changed()
	}
}

func (s *stream) list(ctx context.Context) error {
	var values syntax.Values
	objects := map[objectName]snapshot.Snapshot{}
	version, err := s.reading.client.list(ctx, s.kind, s.namespace, func() { clear(objects) }, func(object any) {
		s.read(&values, object, objects)
	})
	if err != nil {
		return err
	}
	s.lock.Lock()
	same := s.listed && reflect.DeepEqual(objects, s.objects)
	s.objects, s.version, s.listed, s.current, s.failure = objects, version, true, time.Now(), nil
	s.lock.Unlock()
	if !same {
		s.changed()
	}
	return nil
}

// read reads an object into a map of them. One of no interest is left out.
func (s *stream) read(values *syntax.Values, object any, into map[objectName]snapshot.Snapshot) {
	name := nameOf(object)
	delete(into, name)
	if !s.keep(object) {
		return
	}
	var p part
	s.reading.object(values, s.kind, object, &p)
	if !snapshot.SameObjects(p.snap, snapshot.Snapshot{}) || len(p.snap.Gaps) > 0 {
		into[name] = p.snap
	}
}

// event is one line of a watch.
type event struct {
	Type   string         `json:"type"`
	Object map[string]any `json:"object"`
}

// watch follows what changes from the state that was read last.
func (s *stream) watch(ctx context.Context) error {
	s.lock.Lock()
	version := s.version
	s.lock.Unlock()
	query := url.Values{
		"watch": {"1"}, "allowWatchBookmarks": {"true"}, "resourceVersion": {version},
		"timeoutSeconds": {strconv.Itoa(int(watchLimit.Seconds()))},
	}
	if s.kind.selector != "" {
		query.Set("labelSelector", s.kind.selector)
	}
	ctx, cancel := context.WithTimeout(ctx, watchLimit+time.Minute)
	defer cancel()
	body, err := s.reading.client.stream(ctx, s.kind.path(s.namespace), query)
	if err != nil {
		return err
	}
	defer body.Close()
	s.failed(nil)
	s.open(true)
	defer s.open(false)
	var values syntax.Values
	lines := json.NewDecoder(body)
	lines.UseNumber()
	for {
		var e event
		switch err := lines.Decode(&e); {
		case errors.Is(err, io.EOF):
			return nil // its time was over
		case err != nil:
			return fmt.Errorf("watching %s: %w", s.kind.resource, err)
		}
		if err := s.apply(&values, e); err != nil {
			return err
		}
	}
}

// open notes that a watch is open, or not any more.
func (s *stream) open(is bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	now := time.Now()
	if s.current = s.currentAt(now); is {
		s.current = now // what was missed comes first, and at once
	}
	s.watched = is
}

// apply takes in one event.
func (s *stream) apply(values *syntax.Values, e event) error {
	if e.Type == "ERROR" {
		return statusOf(e.Object)
	}
	metadata, ok := e.Object["metadata"].(map[string]any)
	version, _ := metadata["resourceVersion"].(string)
	if !ok || version == "" {
		return fmt.Errorf("watching %s: an event of type %q has no resourceVersion", s.kind.resource, e.Type)
	}
	s.lock.Lock()
	changed := false
	switch e.Type {
	case "BOOKMARK":
	case "DELETED":
		name := nameOf(e.Object)
		_, changed = s.objects[name]
		delete(s.objects, name)
	case "ADDED", "MODIFIED":
		delete(metadata, "managedFields")
		e.Object["apiVersion"], e.Object["kind"] = s.kind.apiVersion(), s.kind.kind
		name := nameOf(e.Object)
		before, was := s.objects[name]
		s.read(values, e.Object, s.objects)
		after, is := s.objects[name]
		changed = was != is || !reflect.DeepEqual(before, after)
	}
	s.version, s.current = version, time.Now()
	s.lock.Unlock()
	if changed {
		s.changed()
	}
	return nil
}

// part returns what the stream knows, the objects in order of their names.
func (s *stream) part() part {
	s.lock.Lock()
	defer s.lock.Unlock()
	names := make([]objectName, 0, len(s.objects))
	for name := range s.objects {
		names = append(names, name)
	}
	slices.SortFunc(names, objectName.compare)
	var p part
	snaps := make([]snapshot.Snapshot, len(names))
	for i, name := range names {
		snaps[i] = s.objects[name]
	}
	p.snap, p.objects = snapshot.Merge(snaps...), len(names)
	if s.failure != nil && !s.listed {
		p.failures = append(p.failures, failure{kind: s.kind, namespace: s.namespace, verb: "list", err: s.failure})
	}
	return p
}

// statusOf is the error that a watch ends with.
func statusOf(object map[string]any) error {
	code, _ := object["code"].(json.Number)
	number, _ := code.Int64()
	message, _ := object["message"].(string)
	reason, _ := object["reason"].(string)
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: int32(number), Reason: metav1.StatusReason(reason), Message: message,
	}}
}
