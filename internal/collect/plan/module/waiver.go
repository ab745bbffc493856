package module

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Mark begins a comment that waives a finding.
const Mark = "charmarr-lint:waive"

// Waiver is a comment that waives what is found on the block that it stands on, or
// in.
type Waiver struct {
	Text string // what follows the mark
	Place
	// Block is what it stands on, resource "juju_application" "gluetun"; empty where
	// it stands on none. From and To are the lines of the block.
	Block    string
	From, To int
}

// Waivers are the comments in the files of the repository's own modules, in order
// of files and lines.
func (t *Tree) Waivers() []Waiver {
	if t == nil {
		return nil
	}
	var out []Waiver
	for _, c := range t.parsed {
		if c != nil && c.own {
			for _, f := range c.files {
				out = append(out, f.waived...)
			}
		}
	}
	slices.SortFunc(out, func(a, b Waiver) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out
}

// waivers reads the comments of a file.
func (f *file) waivers() []Waiver {
	if !strings.Contains(string(f.text), Mark) {
		return nil
	}
	tokens, diags := hclsyntax.LexConfig(f.text, f.name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	var out []Waiver
	comments := map[int]bool{} // lines that hold a comment and nothing else
	others := map[int]bool{}
	for _, token := range tokens {
		for line := token.Range.Start.Line; line <= token.Range.End.Line; line++ {
			switch {
			case token.Type == hclsyntax.TokenComment && (line < token.Range.End.Line || token.Range.End.Column > 1):
				comments[line] = true
			case token.Type != hclsyntax.TokenComment && token.Type != hclsyntax.TokenNewline && token.Type != hclsyntax.TokenEOF:
				others[line] = true
			}
		}
	}
	for _, token := range tokens {
		if token.Type != hclsyntax.TokenComment {
			continue
		}
		text := strings.TrimSpace(strings.TrimLeft(strings.TrimSuffix(strings.TrimSpace(string(token.Bytes)), "*/"), "#/* \t"))
		rest, ok := strings.CutPrefix(text, Mark)
		if !ok || rest != "" && strings.TrimLeft(rest, " \t:") == rest {
			continue
		}
		at := token.Range
		w := Waiver{Text: strings.TrimSpace(strings.TrimLeft(rest, ": \t")), Place: f.place(at)}
		if b := f.blockAt(at.Start.Line, comments, others); b != nil {
			w.Block = b.Type
			for _, label := range b.Labels {
				w.Block += ` "` + label + `"`
			}
			w.From, w.To = b.Range().Start.Line, b.Range().End.Line
		}
		out = append(out, w)
	}
	return out
}

// blockAt is the block that holds a line, or the one below it where nothing but
// comments stands between.
func (f *file) blockAt(line int, comments, others map[int]bool) *hclsyntax.Block {
	for _, b := range f.body.Blocks {
		if r := b.Range(); r.Start.Line <= line && line <= b.CloseBraceRange.End.Line {
			return b
		}
	}
	for ; comments[line] && !others[line]; line++ {
		next := line + 1
		for _, b := range f.body.Blocks {
			if b.Range().Start.Line == next {
				return b
			}
		}
	}
	return nil
}
