// Package html writes the report as one page that needs nothing else: no script,
// no font, no image, no network. It reads on a phone, prints on paper and
// follows the reader's choice of light or dark.
//
// The page is made by html/template, which escapes every value for the place it
// stands in; its content security policy forbids whatever might get past that.
package html

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

//go:embed page.html.tmpl
var page string

//go:embed style.css
var style string

// view is what the page shows.
type view struct {
	finding.Report
	digest.Digest
	Stacks      []digest.Stack
	Style       template.CSS
	Totals      string
	Mood        string // error, warning or note: the colour of the headline
	Nothing     string
	Suggestions []digest.Suggestion
}

// Write writes r to w.
func Write(w io.Writer, r finding.Report) error {
	r = plain.Report(r)
	d := digest.Of(r)
	t, err := template.New("page").Funcs(funcs(d)).Parse(page)
	if err != nil {
		return fmt.Errorf("parsing the page's template: %w", err)
	}
	var b bytes.Buffer
	err = t.Execute(&b, view{
		Report: r, Digest: d, Stacks: d.Stacks,
		Style:   template.CSS(style), // our own file, embedded above
		Totals:  digest.Totals(r.Summary),
		Mood:    mood(r),
		Nothing: digest.NothingFound, Suggestions: digest.Suggestions(),
	})
	if err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func mood(r finding.Report) string {
	switch {
	case r.Summary.Error > 0 || r.Incomplete() || r.Empty:
		return "error"
	case r.Summary.Warning > 0:
		return "warning"
	case r.Summary.Note > 0:
		return "note"
	}
	return "pass"
}

func funcs(d digest.Digest) template.FuncMap {
	return template.FuncMap{
		"label":  digest.Label,
		"plural": digest.Plural,
		"way":    d.Way,
		"stands": func(f finding.Finding) string { return digest.Standing(f.Standing) },
		"in":     d.Variants,
		"doc":    func(id rule.ID) string { return digest.DocURL(d.Rule(id)) },
		"place":  func(l finding.Location) string { return digest.Place(l.File, l.Line, l.Column) },
		"fact":   func(e finding.Evidence) string { return digest.Place(e.File, e.Line, e.Column) },
		"gap":    func(g finding.Gap) string { return digest.Place(g.Source, g.Line, g.Column) },
		"by":     func(w *finding.Waiver) string { return digest.WaiverPlace(*w) },
		"join":   func(names []string) string { return strings.Join(names, ", ") },
		"lines":  func(commands []string) string { return strings.Join(commands, "\n") },
		"passed": func(s digest.Stack) int { return s.Count(finding.Pass) },
	}
}
