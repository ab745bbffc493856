// Package report names the formats in which a report can be written.
//
// A Format writes one finding.Report to a writer and decides nothing: what is
// wrong, how grave it is and how the program exits are settled before, and are
// the same in every format. Each format is a package of its own below this one.
package report

import (
	"io"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/github"
	"github.com/charmarr/charmarr-lint/internal/report/html"
	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/junit"
	"github.com/charmarr/charmarr-lint/internal/report/markdown"
	"github.com/charmarr/charmarr-lint/internal/report/sarif"
	"github.com/charmarr/charmarr-lint/internal/report/text"
)

// Format writes a report. Its error is the writer's, or says what could not be
// encoded; then nothing has been written.
type Format func(w io.Writer, r finding.Report) error

// Options are what some formats need to know and a report does not say. The
// zero value does for all of them.
type Options struct {
	Text  text.Options
	SARIF sarif.Options
}

// Names lists the formats in the order of the documentation.
func Names() []string {
	return []string{"text", "json", "sarif", "sarif-full", "junit", "github", "markdown", "html"}
}

// Lookup returns the format of a name, and false where there is none.
func Lookup(name string, o Options) (Format, bool) {
	switch name {
	case "text":
		return func(w io.Writer, r finding.Report) error { return text.Write(w, r, o.Text) }, true
	case "json":
		return json.Write, true
	case "sarif-full":
		o.SARIF.Flavour = sarif.Full
		return func(w io.Writer, r finding.Report) error { return sarif.Write(w, r, o.SARIF) }, true
	case "sarif":
		return func(w io.Writer, r finding.Report) error { return sarif.Write(w, r, o.SARIF) }, true
	case "junit":
		return junit.Write, true
	case "github":
		return github.Write, true
	case "markdown":
		return markdown.Write, true
	case "html":
		return html.Write, true
	}
	return nil, false
}
