// Package format names the formats in which a graph can be drawn.
//
// A Format writes one graph.Graph and decides nothing. Each is a package of its
// own beside this one.
package format

import (
	"io"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/dot"
	"github.com/charmarr/charmarr-lint/internal/graph/html"
	"github.com/charmarr/charmarr-lint/internal/graph/mermaid"
	"github.com/charmarr/charmarr-lint/internal/graph/svg"
)

// Format draws a graph. Its error is the writer's.
type Format func(w io.Writer, g graph.Graph) error

// Names lists the formats in the order of the documentation.
func Names() []string { return []string{"mermaid", "dot", "svg", "html"} }

// Lookup returns the format of a name, and false where there is none.
func Lookup(name string) (Format, bool) {
	switch name {
	case "mermaid":
		return mermaid.Write, true
	case "dot":
		return dot.Write, true
	case "svg":
		return svg.Write, true
	case "html":
		return html.Write, true
	}
	return nil, false
}
