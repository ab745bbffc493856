package kube

import (
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Observed is a cluster as it was last seen.
type Observed struct {
	Snapshot snapshot.Snapshot
	// Objects is how many objects of the cluster are kept.
	Objects int
	// Broken is how many kinds are not read now.
	Broken int
}

// Observe returns the cluster as it was last seen; false before it was seen whole
// for the first time.
func (w *Watcher) Observe() (Observed, bool) {
	w.lock.Lock()
	x := w.current
	w.lock.Unlock()
	if x == nil {
		return Observed{}, false
	}
	w.lock.Lock()
	parts := slices.Clone(x.others)
	w.lock.Unlock()
	out := Observed{}
	seen := map[string]bool{}
	for _, s := range x.streams {
		p := s.part()
		s.lock.Lock()
		if s.failure != nil {
			out.Broken++
		}
		if s.listed {
			p.whole = s.extents(x.models, p)
		}
		s.lock.Unlock()
		seen[s.kind.resourceName()] = true
		out.Objects += p.objects
		parts = append(parts, p)
	}
	if len(w.reading.options.Namespaces) > 0 {
		parts = append(parts, x.spaces)
	}
	parts = append(parts, x.absent(seen), x.missing())
	out.Snapshot = w.reading.assemble(x.all, x.models, parts)
	out.Snapshot.Sources = []snapshot.Source{{Kind: snapshot.KubeCluster, Name: w.reading.source}}
	return out, true
}

// Current is when all of the cluster was last known to be as it was observed; zero
// before it was.
func (w *Watcher) Current() time.Time {
	w.lock.Lock()
	x := w.current
	w.lock.Unlock()
	var out time.Time
	if x == nil {
		return out
	}
	now := time.Now()
	for _, s := range x.streams {
		s.lock.Lock()
		if current := s.currentAt(now); s.listed && (out.IsZero() || current.Before(out)) {
			out = current
		}
		s.lock.Unlock()
	}
	return out
}

// extents is what the stream shows in whole.
func (s *stream) extents(models []string, p part) []extent {
	if len(p.snap.Gaps) > 0 {
		return nil
	}
	out := []extent{{s.kind.resourceName(), s.namespace}}
	if s.namespace == "" {
		for _, m := range models {
			out = append(out, extent{s.kind.resourceName(), m})
		}
	}
	return out
}

// absent is what is known of the kinds that are not watched: they are not
// installed, or nobody can tell.
func (x *watching) absent(watched map[string]bool) part {
	var p part
	for _, k := range x.all {
		if watched[k.resourceName()] {
			continue
		}
		_, _, err := x.installed.find(k)
		if k.custom() && x.unknown != nil {
			err = x.unknown
		}
		if err != nil {
			p.failures = append(p.failures, failure{kind: k, verb: "list", err: err})
			continue
		}
		for _, m := range append(slices.Clone(x.models), "") {
			p.whole = append(p.whole, extent{k.resourceName(), m})
		}
	}
	return p
}

// missing is what is known of namespaces that do not exist: nothing is in them.
func (x *watching) missing() part {
	var p part
	for _, k := range x.all {
		for _, n := range k.scope.namespaces() {
			if x.in.absent[n] {
				p.whole = append(p.whole, extent{k.resourceName(), n})
			}
		}
	}
	return p
}
