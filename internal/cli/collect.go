package cli

import (
	"context"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// collect reads files and folders. What cannot be read is a gap; an error is
// wrong usage (standard input given twice) or an interrupt. It returns at an
// interrupt even while a read of standard input waits for more.
func (p *program) collect(ctx context.Context, paths []string, shown *progress) (snapshot.Snapshot, error) {
	files := file.Collector{
		Paths: paths, Stdin: p.stdin,
		Progress: func(done, total int, _ string) { shown.step(done, total) },
	}
	type result struct {
		snap snapshot.Snapshot
		err  error
	}
	done := make(chan result, 1)
	go func() {
		snap, err := collect.Collect(ctx, []collect.Collector{files}, nil)
		done <- result{snap, err}
	}()
	select {
	case r := <-done:
		return r.snap, r.err
	case <-ctx.Done():
		return snapshot.Snapshot{}, ctx.Err()
	}
}
