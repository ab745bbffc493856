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
	"github.com/charmarr/charmarr-lint/internal/collect/plan"
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
	// Roots say where the modules of plans are that their own folders do not lead to.
	Roots []Root
	// Dir is the working directory: names in the snapshot are relative to it.
	// Empty means the process's own.
	Dir string
	// Progress, where given, is told of each file.
	Progress collect.Progress
}

// Root is the folder with the root module that plans were made from.
type Root struct {
	Plan   string // a glob over the names of files
	Folder string
}

// Reading is what files say, with their plans apart: each may be what becomes of
// the same deployment under other variables.
type Reading struct {
	// Others is what all files say that are no plans.
	Others snapshot.Snapshot
	// Plans are the plans, in the order of the files.
	Plans []plan.Plan
	// all are both, in the order of the files.
	all []snapshot.Snapshot
}

// All is what all files say, plans as if they were applied.
func (r Reading) All() snapshot.Snapshot { return snapshot.Merge(r.all...) }

// String names the collector in progress.
func (c Collector) String() string { return "files" }

// Collect reads the paths into one snapshot.
func (c Collector) Collect(ctx context.Context) (snapshot.Snapshot, error) {
	r, err := c.Read(ctx)
	if err != nil {
		return snapshot.Snapshot{}, err
	}
	return r.All(), nil
}

// Read reads the paths. "-" given twice is an error; a path that does not exist is
// a gap, like every other source that cannot be read.
func (c Collector) Read(ctx context.Context) (Reading, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return Reading{}, fmt.Errorf("finding the working directory: %w", err)
	}
	w := walker{ctx: ctx, dir: dir, files: map[string]bool{}, folders: map[string]bool{}}
	stdin := false
	for _, path := range c.Paths {
		if path == "-" {
			if stdin {
				return Reading{}, errors.New(`"-" is given twice: standard input can be read only once`)
			}
			stdin = true
			w.found = append(w.found, found{name: "-", named: true})
			continue
		}
		if err := w.path(path); err != nil {
			return Reading{}, err
		}
	}
	parts, err := c.readAll(ctx, dir, w.found)
	if err != nil {
		return Reading{}, err
	}
	var out Reading
	var others []snapshot.Snapshot
	for _, p := range parts {
		others, out.all = append(others, p.snap), append(out.all, p.snap)
		for _, plan := range p.plans {
			out.Plans, out.all = append(out.Plans, plan), append(out.all, plan.After)
		}
	}
	out.Others = snapshot.Merge(others...)
	return out, nil
}

// part is what one file says.
type part struct {
	snap  snapshot.Snapshot // but for its plans
	plans []plan.Plan
}

// readAll reads files side by side. There is a slot for each file's part, so that
// the order is that of the files.
func (c Collector) readAll(ctx context.Context, dir string, files []found) ([]part, error) {
	parts := make([]part, len(files))
	next := make(chan int)
	var (
		wait sync.WaitGroup
		lock sync.Mutex
		done int
	)
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wait.Go(func() {
			for i := range next {
				parts[i] = c.read(dir, files[i])
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

// read reads one file into its own part.
func (c Collector) read(dir string, f found) part {
	if f.part != nil {
		return part{snap: *f.part}
	}
	p := plans{dir: dir, roots: c.Roots}
	if f.path == "" { // a file may be called "-" too
		snap := readStream(f, c.Stdin, 0, &p)
		return part{snap, p.read}
	}
	file, err := os.Open(f.path)
	if err != nil {
		return part{snap: gap(f.name, 0, 0, "opening the file", reasonOf(err))}
	}
	defer file.Close() // only read from
	size := 0
	if info, err := file.Stat(); err == nil { // else the text grows as it comes
		size = int(min(info.Size(), syntax.MaxBytes))
	}
	snap := readStream(f, file, size, &p)
	return part{snap, p.read}
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
