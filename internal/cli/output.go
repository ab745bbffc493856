package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report"
	"github.com/charmarr/charmarr-lint/internal/report/text"
)

// outputs are the places that a report is written to.
type outputs struct {
	stdout io.Writer
	format report.Format
	files  []outputFile
	// forPeople says that standard output tells a person what is missing.
	forPeople bool
}

type outputFile struct {
	name   string
	format report.Format
}

// outputs reads -f and -o before anything else is done: a mistyped format costs
// no run.
func (f reportFlags) outputs(p *program, s sharedFlags) (outputs, error) {
	if err := oneOf("--fail-on", f.failOn, failOns()); err != nil {
		return outputs{}, err
	}
	if err := oneOf("--format", f.format, report.Names()); err != nil {
		return outputs{}, err
	}
	out := outputs{stdout: p.stdout, forPeople: f.format == "text"}
	out.format, _ = report.Lookup(f.format, report.Options{Text: p.textOptions(s)})
	for _, spec := range f.files {
		name, file, ok := strings.Cut(spec, "=")
		switch {
		case !ok || file == "":
			return outputs{}, fmt.Errorf("--output: %q is not FORMAT=FILE, as in sarif=charmarr.sarif", spec)
		case file == "-":
			return outputs{}, fmt.Errorf("--output: %q: standard output takes its format from -f; write -f %s", spec, name)
		}
		if err := oneOf("--output", name, report.Names()); err != nil {
			return outputs{}, err
		}
		if slices.ContainsFunc(out.files, func(o outputFile) bool { return filepath.Clean(o.name) == filepath.Clean(file) }) {
			return outputs{}, fmt.Errorf("--output: %s is named twice", file)
		}
		format, _ := report.Lookup(name, report.Options{Text: text.Options{Verbose: s.verbose}})
		out.files = append(out.files, outputFile{file, format})
	}
	return out, nil
}

// textOptions suit the text report to where it is read.
func (p *program) textOptions(s sharedFlags) text.Options {
	o := text.Options{Verbose: s.verbose}
	if f, ok := isFile(p.stdout); ok && term.IsTerminal(int(f.Fd())) {
		o.Color = !s.noColor && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			o.Width = width
		}
	}
	return o
}

// write writes a report to standard output and then to each file. One that
// fails keeps none of the others from being written.
func (o outputs) write(r finding.Report, read collected) error {
	buffered := bufio.NewWriter(o.stdout)
	err := o.format(buffered, r)
	if err == nil {
		err = buffered.Flush()
	}
	errs := []error{}
	if err := written("the report", err); err != nil {
		errs = append(errs, err)
	}
	for _, f := range o.files {
		if read.readFrom(f.name) {
			errs = append(errs, fmt.Errorf("writing the report to %s: %s", f.name, wasRead))
			continue
		}
		if err := writeFile(f.name, func(w io.Writer) error { return f.format(w, r) }); err != nil {
			errs = append(errs, fmt.Errorf("writing the report to %s: %w", f.name, advised(err)))
		}
	}
	return errors.Join(errs...)
}

// wasRead says why a file is not written to.
const wasRead = "it is one of the files that were read and would be lost; name another"

// advised says what to look at where a file cannot be created.
func advised(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("%w; is the folder there and writable?", err)
	}
	return err
}

// written is the error of writing something to standard output: none where
// nobody reads any more.
func written(what string, err error) error {
	if err == nil || gone(err) {
		return nil
	}
	return fmt.Errorf("writing %s to standard output: %w", what, reason(err))
}

// gone tells that nobody reads any more, as when the output goes to head: that
// is the reader's choice, and no error.
func gone(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) }

// writeFile writes a file whole or not at all: to a file beside it, which then
// takes its name. What is no regular file (a pipe, /dev/stdout) is written to
// directly.
func writeFile(name string, write func(io.Writer) error) (err error) {
	// A link is followed, so that what it points to is written and it stays.
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		if info.IsDir() {
			return errors.New("it is a folder")
		}
		if !info.Mode().IsRegular() {
			f, err := os.OpenFile(name, os.O_WRONLY, 0)
			if err != nil {
				return reason(err)
			}
			return reason(errors.Join(fill(f, write), f.Close()))
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return reason(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(f.Name())))
		}
	}()
	if err := errors.Join(fill(f, write), f.Chmod(mode), f.Close()); err != nil {
		return reason(err)
	}
	return reason(os.Rename(f.Name(), name))
}

// fill writes through a buffer and says the first thing that goes wrong.
func fill(to io.Writer, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(to, 64<<10)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// reason leaves out the name of the file beside, which nobody asked for.
func reason(err error) error {
	if pe := new(os.PathError); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
