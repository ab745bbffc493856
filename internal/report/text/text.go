// Package text writes the report for a person with ten minutes.
//
// First what is wrong, stack by stack and subject by subject, each finding with
// the place to look at, the facts that make it and the commands that mend it.
// Then what could not be read, and last what was looked at and what was not, so
// that a short report cannot be mistaken for a clean one.
//
// Nothing from a foreign file reaches the terminal as it is: see package plain.
package text

import (
	"bytes"
	"io"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// Options are for the reader's terminal. The zero value is for a pipe.
type Options struct {
	Color   bool
	Verbose bool // list sources, ignored files and rules by name
	Width   int  // columns to wrap at; 0 means 100
}

// defaultWidth fits two windows side by side on a common screen.
const defaultWidth = 100

// minWidth keeps a few words a line however narrow the terminal.
const minWidth = 40

// Write writes r to w.
func Write(w io.Writer, r finding.Report, o Options) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	r = plain.Report(r)
	p := &printer{style: style{on: o.Color}, width: max(o.Width, minWidth)}
	d := digest.Of(r)
	p.line(p.bold(r.Tool.Name) + " " + r.Tool.Version + ", profile " + r.Profile)
	p.findings(d)
	p.waived(d)
	p.mended(r.Mended)
	p.gaps(r)
	p.looked(r, d, o.Verbose)
	p.verdict(r)
	_, err := w.Write(p.out.Bytes())
	return err
}

// printer collects lines.
type printer struct {
	style
	out   bytes.Buffer
	width int
}

func (p *printer) line(s string) {
	p.out.WriteString(s)
	p.out.WriteByte('\n')
}

// para writes words wrapped at the width: the first line after first, the
// others after rest.
func (p *printer) para(first, rest, words string) {
	for i, l := range wrap(words, p.width-columns(first), p.width-columns(rest)) {
		if i == 0 {
			p.line(first + l)
		} else {
			p.line(rest + l)
		}
	}
}
