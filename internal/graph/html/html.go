// Package html writes a graph as one page that needs nothing else: the drawing,
// and beside it the findings. Choosing a finding shows where it is, choosing
// something in the drawing shows what it is joined with and what was found there.
//
// The page has one script, its own; the content security policy names that
// script's digest, so that nothing else runs and nothing is loaded. Without
// scripts the findings are links to their places.
package html

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/svg"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
)

//go:embed page.html.tmpl
var page string

//go:embed style.css
var style string

//go:embed script.js
var script string

// view is what the page shows.
type view struct {
	graph.Graph
	Drawing template.HTML
	Style   template.CSS
	Script  template.JS
	Policy  string
}

// Write writes g to w.
func Write(w io.Writer, g graph.Graph) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"join":   func(list []string) string { return strings.Join(list, ", ") },
		"ids":    func(list []string) string { return strings.Join(list, " ") },
		"level":  level,
		"words":  func(verdict string) string { return strings.ReplaceAll(verdict, "-", " ") },
		"plural": digest.Plural,
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("parsing the page's template: %w", err)
	}
	sum := sha256.Sum256([]byte(script))
	var b bytes.Buffer
	err = t.Execute(&b, view{
		Graph:   g,
		Drawing: template.HTML(svg.Element(g)), // escaped by package svg
		Style:   template.CSS(svg.Style() + style),
		Script:  template.JS(script), // our own file, embedded above
		Policy: "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'",
	})
	if err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// level is the class of a finding.
func level(f graph.Finding) string {
	if f.Waived {
		return "waived"
	}
	return f.Level
}
