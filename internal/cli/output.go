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

// outputs are the places that a report or a graph is written to.
type outputs[T any] struct {
	what   string // "the report", for messages
	stdout io.Writer
	format func(io.Writer, T) error
	files  []outputFile[T]
	// forPeople says that standard output tells a person what is missing.
	forPeople bool
}

type outputFile[T any] struct {
	name   string
	format func(io.Writer, T) error
}

// outputs reads -f and -o before anything else is done: a mistyped format costs
// no run.
func (f reportFlags) outputs(p *program, s sharedFlags) (outputs[finding.Report], error) {
	if err := oneOf("--fail-on", f.failOn, failOns()); err != nil {
		return outputs[finding.Report]{}, err
	}
	if err := oneOf("--format", f.format, report.Names()); err != nil {
		return outputs[finding.Report]{}, err
	}
	out := outputs[finding.Report]{what: "the report", stdout: p.stdout, forPeople: f.format == "text"}
	out.format, _ = report.Lookup(f.format, report.Options{Text: p.textOptions(s)})
	var err error
	out.files, err = outputFiles(f.files, report.Names(), "sarif=charmarr.sarif", func(name string) func(io.Writer, finding.Report) error {
		format, _ := report.Lookup(name, report.Options{Text: text.Options{Verbose: s.verbose}})
		return format
	})
	return out, err
}

// outputFiles reads -o: FORMAT=FILE each.
func outputFiles[T any](specs, names []string, example string, lookup func(string) func(io.Writer, T) error) ([]outputFile[T], error) {
	var out []outputFile[T]
	for _, spec := range specs {
		name, file, ok := strings.Cut(spec, "=")
		switch {
		case !ok || file == "":
			return nil, fmt.Errorf("--output: %q is not FORMAT=FILE, as in %s", spec, example)
		case file == "-":
			return nil, fmt.Errorf("--output: %q: standard output takes its format from -f; write -f %s", spec, name)
		}
		if err := oneOf("--output", name, names); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o outputFile[T]) bool { return filepath.Clean(o.name) == filepath.Clean(file) }) {
			return nil, fmt.Errorf("--output: %s is named twice", file)
		}
		out = append(out, outputFile[T]{file, lookup(name)})
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

// write writes to standard output and then to each file. One that fails keeps none
// of the others from being written.
func (o outputs[T]) write(v T, read collected) error {
	buffered := bufio.NewWriter(o.stdout)
	err := o.format(buffered, v)
	if err == nil {
		err = buffered.Flush()
	}
	errs := []error{}
	if err := written(o.what, err); err != nil {
		errs = append(errs, err)
	}
	for _, f := range o.files {
		if read.readFrom(f.name) {
			errs = append(errs, fmt.Errorf("writing %s to %s: %s", o.what, f.name, wasRead))
			continue
		}
		if err := writeFile(f.name, func(w io.Writer) error { return f.format(w, v) }); err != nil {
			errs = append(errs, fmt.Errorf("writing %s to %s: %w", o.what, f.name, advised(err)))
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
