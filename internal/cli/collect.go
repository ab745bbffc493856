package cli

import (
	"context"
	"os"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// collected is what was read, and from which files.
type collected struct {
	snap  snapshot.Snapshot
	plans file.Reading
	files []string // those that are not ignored
}

// collect reads files and folders, and lays what they say over what a recorded
// snapshot among them holds of something live, as audit does. What cannot be read
// is a gap; an error is wrong usage (standard input given twice) or an interrupt.
// It returns at an interrupt even while a read of standard input waits for more.
func (p *program) collect(ctx context.Context, paths []string, roots []config.Root, shown *progress) (collected, error) {
	var names []string
	files := file.Collector{
		Paths: paths, Stdin: p.stdin, Roots: rootsOf(roots),
		Progress: func(done, total int, name string) {
			names = append(names, name)
			shown.step(done, total)
		},
	}
	type result struct {
		collected
		err error
	}
	done := make(chan result, 1)
	go func() {
		read, err := files.Read(ctx)
		snap := snapshot.Overlaid(read.All())
		done <- result{collected{snap, read, without(names, snap.Ignored)}, err}
	}()
	select {
	case r := <-done:
		return r.collected, r.err
	case <-ctx.Done():
		return collected{}, ctx.Err()
	}
}

// without leaves out the names of ignored files.
func without(names []string, ignored []snapshot.Ignored) []string {
	skip := map[string]bool{}
	for _, i := range ignored {
		skip[i.Name] = true
	}
	var out []string
	for _, name := range names {
		if !skip[name] {
			out = append(out, name)
		}
	}
	return out
}

// readFrom tells whether a file to write to is one that was read. To write over
// it would destroy what somebody observed, or feed a report of today into the
// run of tomorrow.
func (c collected) readFrom(name string) bool {
	target, err := os.Stat(name)
	if err != nil || !target.Mode().IsRegular() {
		return false
	}
	for _, file := range c.files {
		if source, err := os.Stat(file); err == nil && os.SameFile(source, target) {
			return true
		}
	}
	return false
}
