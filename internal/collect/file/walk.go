package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// found is a file to read, or what became of one that cannot be.
type found struct {
	path  string // to open it by
	name  string // in the snapshot: relative to the working directory, with /
	named bool   // given by the user, not found in a directory
	part  *snapshot.Snapshot
}

// walker finds files. Each is found once, however many paths and links lead
// to it.
type walker struct {
	ctx     context.Context
	dir     string
	found   []found
	files   map[string]bool // real paths
	folders map[string]bool // real paths
}

// path adds what the user named.
func (w *walker) path(path string) error {
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(w.dir, full)
	}
	name := w.name(full)
	info, err := os.Stat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		// A gap, not an error: what else was named is still worth reading, and a
		// run that misses a source says so and never passes for it.
		part := gap(name, 0, 0, "opening the file", "there is no such file or directory: check the path")
		w.found = append(w.found, found{name: name, part: &part})
		return nil
	case err != nil:
		w.lost(name, "opening the file", err)
		return nil
	case info.IsDir():
		return w.folder(full, name)
	}
	w.file(full, name, true)
	return nil
}

// name returns what a path is called in the snapshot.
func (w *walker) name(full string) string { return named(w.dir, full) }

func named(dir, full string) string {
	rel, err := filepath.Rel(dir, full)
	if err != nil {
		rel = full // on another volume
	}
	return filepath.ToSlash(rel)
}

// Name returns what a file in a path is called in the snapshot.
func Name(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path) // there is no working directory any more
	}
	dir, err := os.Getwd()
	if err != nil {
		return filepath.ToSlash(full)
	}
	return named(dir, full)
}

// lost adds a gap for what cannot be read.
func (w *walker) lost(name, what string, err error) {
	part := gap(name, 0, 0, what, reasonOf(err))
	if errors.Is(err, syscall.ELOOP) {
		part.Gaps[0].Reason = "it is a symbolic link that leads back to itself: remove it"
	}
	w.found = append(w.found, found{name: name, part: &part})
}

// skip adds a file that is ignored.
func (w *walker) skip(name, reason string) {
	part := ignored(name, reason)
	w.found = append(w.found, found{name: name, part: &part})
}

// file adds a file unless it was found before. A file that was found in a
// directory and is named as well counts as named.
func (w *walker) file(full, name string, named bool) {
	key := realPath(full)
	if w.files[key] {
		for i := range w.found {
			if named && w.found[i].path != "" && realPath(w.found[i].path) == key {
				w.found[i].named = true
			}
		}
		return
	}
	w.files[key] = true
	w.found = append(w.found, found{path: full, name: name, named: named})
}

// realPath resolves symbolic links where it can.
func realPath(full string) string {
	if target, err := filepath.EvalSymlinks(full); err == nil {
		return target
	}
	return full
}

// folder walks a directory in the order of names. It returns an error only
// when the run is cancelled.
func (w *walker) folder(full, name string) error {
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("walking directories: %w", context.Cause(w.ctx))
	}
	key := realPath(full)
	if w.folders[key] {
		return nil
	}
	w.folders[key] = true
	entries, err := os.ReadDir(full)
	if err != nil {
		w.lost(name, "listing the directory", err)
	}
	for _, e := range entries {
		if err := w.entry(filepath.Join(full, e.Name()), e); err != nil {
			return err
		}
	}
	return nil
}

// entry adds one entry of a directory.
func (w *walker) entry(full string, e fs.DirEntry) error {
	name := w.name(full)
	kind := e.Type()
	if kind&fs.ModeSymlink != 0 {
		info, err := os.Stat(full)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			w.skip(name, "is a symbolic link to nothing")
			return nil
		case err != nil:
			w.lost(name, "following the symbolic link", err)
			return nil
		case info.IsDir() && w.folders[realPath(full)]:
			w.skip(name, "is a symbolic link to a directory that is read already")
			return nil
		}
		kind = info.Mode().Type()
	}
	switch {
	case kind.IsDir() && strings.HasPrefix(e.Name(), "."):
		return nil
	case kind.IsDir():
		return w.folder(full, name)
	case kind.IsRegular():
		w.file(full, name, false)
	default:
		w.skip(name, "is not a regular file")
	}
	return nil
}
