// Package syntax reads YAML and JSON into one tree that knows its places.
//
// A file is a sequence of documents; each is parsed on its own, so that a
// broken one does not cost the others. A document has a root Node; nodes are
// asked by what is wanted of them (Get, List, Entries, Text, Int, Bool), and
// an answer of the wrong shape ("applications is a list, want a mapping") is
// remembered by the document as a Problem with its place. A parser can so be
// written as if its input were well formed, and nothing wrong is lost.
//
// JSON is read by its own rules and not as a subset of YAML, for YAML parsers
// refuse tabs and split surrogate pairs. Lines count from 1; columns count
// from 1 in UTF-16 code units, and a region covers the token as it is written,
// its quotes included.
//
// This package is the only one among the collectors that imports a YAML
// library.
package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// MaxBytes is the largest file that is parsed in whole. Pods printed by
	// kubectl take about 9 kB, so 64 MiB hold some 7,000 of them, ten times
	// what the largest estate in the tests has. The tree takes up to six times
	// the text, which stays under 400 MB.
	MaxBytes = 64 << 20

	// maxDepth bounds nesting. A pod's deepest field stands 14 levels deep,
	// 16 in a List.
	maxDepth = 200

	// maxNodes bounds a document after its aliases are expanded. A node takes
	// 36 bytes of text in what kubectl prints, so MaxBytes hold 1.9 million;
	// twice that leaves room for terse text and for honest aliases.
	maxNodes = 4_000_000
)

// Document is one document of a file.
type Document struct {
	// Root is nil where the document could not be read.
	Root *Node
	// Index counts the documents of the file that are not empty, from 1.
	Index int
	// Line is where the document's text starts.
	Line int
	// Err tells why the document could not be read.
	Err *Error

	source   *source
	start    int // of the document's text in the file
	end      int
	problems []Problem
}

// Text returns the document as it is written; nothing of a value.
func (d *Document) Text() string {
	if d.source == nil {
		return ""
	}
	return d.source.text[d.start:d.end]
}

// Problems returns the answers of the wrong shape that were met so far.
func (d *Document) Problems() []Problem { return d.problems }

// Problem is a node of the wrong shape.
type Problem struct {
	Line, Column int
	Reason       string // "applications is a list, want a mapping"
}

// Error tells why a file or a document could not be read.
type Error struct {
	Line, Column int // 0 where the reason has no place
	Reason       string
	// Template says that the text looks like a template that was not rendered.
	Template bool
	// Binary says that the file is not text.
	Binary bool
}

func (e *Error) Error() string {
	switch {
	case e.Line > 0 && e.Column > 0:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
	case e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return e.Reason
}

// Parse reads a file's documents and hands them to each, in order. The error
// is about the file as a whole: it is not text. What is wrong with one
// document stands in its Err. Each returning false ends the reading.
func Parse(text string, each func(*Document) bool) *Error {
	if err := checkText(text); err != nil {
		return err
	}
	src := newSource(text)
	index := 0
	for start, end := range documents(text) {
		body := src.body(start, end)
		if body == end {
			continue // nothing but comments
		}
		var notJSON *Error
		if c := text[body]; c == '{' || c == '[' {
			more, err := parseJSONDocuments(src, body, end, &index, each)
			if !more {
				return nil
			}
			if err == nil {
				continue
			}
			notJSON = err
		}
		index++
		doc := &Document{Index: index, Line: src.line(body), source: src, start: start, end: end}
		doc.Root, doc.Err = parseYAML(doc)
		if doc.Err != nil && notJSON != nil {
			notJSON.Template = doc.Err.Template
			doc.Err = notJSON
		}
		if !each(doc) {
			return nil
		}
	}
	return nil
}

// checkText refuses what is not UTF-8 text.
func checkText(text string) *Error {
	if len(text) > MaxBytes {
		return &Error{Reason: fmt.Sprintf("the file has %d MiB, files of up to %d MiB are read: split it", len(text)>>20, MaxBytes>>20)}
	}
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return &Error{Line: 1, Reason: "the text is encoded as UTF-16: save it as UTF-8", Binary: true}
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		return &Error{Line: lineOf(text, at), Reason: "the file is binary: it holds a NUL byte", Binary: true}
	}
	if !utf8.ValidString(text) {
		at := 0
		for at < len(text) {
			r, size := utf8.DecodeRuneInString(text[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		return &Error{Line: lineOf(text, at), Reason: "the text is not UTF-8: save it as UTF-8", Binary: true}
	}
	return nil
}

func lineOf(text string, at int) int { return strings.Count(text[:at], "\n") + 1 }
