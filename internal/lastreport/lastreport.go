// Package lastreport keeps the last report that was made in each working
// directory, so that a finding can be asked about after the run that found it.
//
// A report is kept as `check -f json` writes it, in a file of its own below the
// user's cache directory, readable by the user alone. Values that look secret
// were replaced long before. The name of the file is a hash of the working
// directory. How many reports are kept is bounded, and how large they are: this
// is a convenience, and nobody should have to clean up after it.
package lastreport

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/json"
)

// Bounds of what is kept: at most 20 × 16 MiB. A finding takes some 2 KiB, so
// that 8,000 fit a report; of more than that nobody asks for one by its
// fingerprint, and encoding them would only cost time.
const (
	maxReports  = 20
	maxFindings = 8_000
	maxBytes    = 16 << 20
)

// Store keeps reports in a directory, which need not be there yet.
type Store struct{ Dir string }

// Kept is a report that was kept.
type Kept struct {
	Report finding.Report
	// At is when it was kept.
	At time.Time
}

// ErrNone says that no report is kept of a working directory.
var ErrNone = errors.New("no report is kept of this directory")

// file is where the report of a working directory is kept.
func (s Store) file(workdir string) string {
	sum := sha256.Sum256([]byte(workdir))
	return filepath.Join(s.Dir, hex.EncodeToString(sum[:16])+ending)
}

const ending = ".report.json"

// Keep keeps a report in place of the one before. Where that fails, or the
// report is too large, the one before is removed all the same: it is no longer
// the last.
func (s Store) Keep(workdir string, r finding.Report) (err error) {
	file := s.file(workdir)
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("keeping the report: %w", err), ignoreMissing(os.Remove(file)))
		}
	}()
	if len(r.Findings) > maxFindings {
		return fmt.Errorf("it has %d findings, more than the %d that are kept", len(r.Findings), maxFindings)
	}
	var doc bytes.Buffer
	if err := json.Write(&doc, r); err != nil {
		return err
	}
	if doc.Len() > maxBytes {
		return fmt.Errorf("it has %d MiB, more than the %d that are kept", doc.Len()>>20, maxBytes>>20)
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	if err := replace(file, doc.Bytes()); err != nil {
		return err
	}
	return s.prune()
}

// replace writes a file whole or not at all.
func replace(file string, doc []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), "new-*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(f.Name())))
		}
	}()
	_, err = f.Write(doc)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// prune removes the oldest reports beyond those that are kept, and what a run
// that was killed left behind.
func (s Store) prune() error {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return err
	}
	type aged struct {
		name string
		at   time.Time
	}
	var kept []aged
	var errs []error
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case strings.HasSuffix(e.Name(), ending):
			kept = append(kept, aged{e.Name(), info.ModTime()})
		case strings.HasPrefix(e.Name(), "new-") && time.Since(info.ModTime()) > time.Hour:
			errs = append(errs, ignoreMissing(os.Remove(filepath.Join(s.Dir, e.Name()))))
		}
	}
	slices.SortFunc(kept, func(a, b aged) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.name, b.name)) })
	for _, old := range kept[min(len(kept), maxReports):] {
		errs = append(errs, ignoreMissing(os.Remove(filepath.Join(s.Dir, old.name))))
	}
	return errors.Join(errs...)
}

// Last returns the report that is kept of a working directory; ErrNone where
// there is none.
func (s Store) Last(workdir string) (Kept, error) {
	file := s.file(workdir)
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Kept{}, ErrNone
	case err != nil:
		return Kept{}, fmt.Errorf("reading the last report: %w", err)
	case info.Size() > maxBytes:
		return Kept{}, fmt.Errorf("reading the last report %s: it is larger than %d MiB, so this program did not write it", file, maxBytes>>20)
	}
	doc, err := os.ReadFile(file)
	if err != nil {
		return Kept{}, fmt.Errorf("reading the last report: %w", err)
	}
	r, err := json.Read(doc)
	if err != nil {
		return Kept{}, fmt.Errorf("%s: %w", file, err)
	}
	return Kept{Report: r, At: info.ModTime()}, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
