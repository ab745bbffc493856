// Package collect reads sources into a snapshot.
//
// A Collector reads one source, or several of a kind; Collect runs collectors
// side by side and puts what they found together in the order in which they
// were given, so that the same sources always make the same snapshot. What
// could not be read is a gap in the snapshot and never an error: the rest is
// still checked. The kinds of source have a package each below this one.
package collect

import (
	"context"
	"fmt"
	"sync"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Collector reads a source.
type Collector interface {
	// Collect returns what the source says. The error is for cancellation and
	// for wrong usage, such as a named file that does not exist; whatever else
	// goes wrong is a gap in the snapshot. A source that is read over a network
	// returns with the error of cancellation what it read until then.
	Collect(ctx context.Context) (snapshot.Snapshot, error)
}

// Progress is told after each step how many of how many are done and the name
// of what was read last. It is never called by two goroutines at once. A nil
// Progress is told nothing.
type Progress func(done, total int, name string)

// maxAtOnce is how many collectors run at once. They wait for networks and
// disks more than they compute; there are a handful at most (files, one or two
// controllers, a cluster).
const maxAtOnce = 8

// Collect runs the collectors and merges what they return, in the order of the
// collectors. The first collector that fails ends the others, and
// its error is returned. A collector's name in progress is what it prints as, where
// it is a fmt.Stringer.
func Collect(ctx context.Context, collectors []Collector, progress Progress) (snapshot.Snapshot, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := make([]snapshot.Snapshot, len(collectors))
	errs := make([]error, len(collectors))
	failed := -1 // the collector whose error ended the others
	var (
		wait  sync.WaitGroup
		lock  sync.Mutex
		done  int
		slots = make(chan struct{}, maxAtOnce)
	)
	for i, c := range collectors {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			part, err := c.Collect(ctx)
			lock.Lock()
			defer lock.Unlock()
			parts[i], errs[i] = part, err
			if err != nil {
				if failed < 0 {
					failed = i
				}
				cancel()
				return
			}
			done++
			if progress != nil {
				progress(done, len(collectors), nameOf(c))
			}
		})
	}
	wait.Wait()
	if failed >= 0 {
		return snapshot.Snapshot{}, errs[failed]
	}
	return snapshot.Merge(parts...), nil
}

func nameOf(c Collector) string {
	if named, ok := c.(fmt.Stringer); ok {
		return named.String()
	}
	return ""
}
