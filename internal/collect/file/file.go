// Package file reads files and directories into a snapshot, offline.
//
// Kinds of file are recognised by content, never by name. A file that was
// named must be of a known kind and whole; else it is a gap. A directory is
// walked, and what is of no known kind in it is listed as ignored: a
// repository holds much that is none of ours, and none of it may break a run
// or be taken for a fact. A broken file in a directory is a gap where it still
// looks like one of ours.
//
// Files are read side by side; what they say is put together in the order of
// the paths, and in a directory in the order of names.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Collector reads named files and directories.
type Collector struct {
	// Paths are files, directories, and "-" for standard input, relative to
	// Dir or absolute.
	Paths []string
	// Stdin is what "-" reads.
	Stdin io.Reader
	// Dir is the working directory: names in the snapshot are relative to it.
	// Empty means the process's own.
	Dir string
	// Progress, where given, is told of each file.
	Progress collect.Progress
}

// String names the collector in progress.
func (c Collector) String() string { return "files" }

// Collect reads the paths. "-" given twice is an error; a path that does not
// exist is a gap, like every other source that cannot be read.
func (c Collector) Collect(ctx context.Context) (snapshot.Snapshot, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return snapshot.Snapshot{}, fmt.Errorf("finding the working directory: %w", err)
	}
	w := walker{ctx: ctx, dir: dir, files: map[string]bool{}, folders: map[string]bool{}}
	stdin := false
	for _, path := range c.Paths {
		if path == "-" {
			if stdin {
				return snapshot.Snapshot{}, errors.New(`"-" is given twice: standard input can be read only once`)
			}
			stdin = true
			w.found = append(w.found, found{name: "-", named: true})
			continue
		}
		if err := w.path(path); err != nil {
			return snapshot.Snapshot{}, err
		}
	}
	parts, err := c.readAll(ctx, w.found)
	if err != nil {
		return snapshot.Snapshot{}, err
	}
	return snapshot.Merge(parts...), nil
}

// readAll reads files side by side. There is a slot for each file's snapshot,
// so that the order is that of the files.
func (c Collector) readAll(ctx context.Context, files []found) ([]snapshot.Snapshot, error) {
	parts := make([]snapshot.Snapshot, len(files))
	next := make(chan int)
	var (
		wait sync.WaitGroup
		lock sync.Mutex
		done int
	)
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wait.Go(func() {
			for i := range next {
				parts[i] = c.read(files[i])
				if c.Progress != nil {
					lock.Lock()
					done++
					c.Progress(done, len(files), files[i].name)
					lock.Unlock()
				}
			}
		})
	}
	err := func() error {
		defer close(next)
		for i := range files {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("reading files: %w", context.Cause(ctx))
			}
			next <- i
		}
		return nil
	}()
	wait.Wait()
	return parts, err
}

// read reads one file into its own snapshot.
func (c Collector) read(f found) snapshot.Snapshot {
	if f.part != nil {
		return *f.part
	}
	if f.path == "" { // a file may be called "-" too
		return readStream(f, c.Stdin, 0)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return gap(f.name, 0, 0, "opening the file", reasonOf(err))
	}
	defer file.Close() // only read from
	size := 0
	if info, err := file.Stat(); err == nil { // else the text grows as it comes
		size = int(min(info.Size(), syntax.MaxBytes))
	}
	return readStream(f, file, size)
}

// reasonOf puts an error of the operating system into words, without the path.
func reasonOf(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "it may not be read: permission denied"
	}
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

// gap makes a snapshot of one gap; what was not read could have been anything.
func gap(name string, line, column int, what, reason string) snapshot.Snapshot {
	return snapshot.Snapshot{Gaps: []snapshot.Gap{{
		Source: name, Line: line, Column: column, What: what, Reason: reason,
	}}}
}

// ignored makes a snapshot of one ignored file.
func ignored(name, reason string) snapshot.Snapshot {
	return snapshot.Snapshot{Ignored: []snapshot.Ignored{{Name: name, Reason: reason}}}
}
