// Package json writes the report as JSON: the contract that scripts read.
//
// The fields are those of finding.Report. Lists are [] where they are empty,
// never null; every field is always there. Names and messages are handed on as
// they were read.
package json

import (
	"io"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/stablejson"
)

// Write writes r to w.
func Write(w io.Writer, r finding.Report) error {
	return stablejson.Write(w, normalise(r))
}

// normalise returns a copy of r that has no nil list. It leaves r alone.
func normalise(r finding.Report) finding.Report {
	if r.Schema == "" {
		r.Schema = finding.Schema
	}
	r.Stacks = list(slices.Clone(r.Stacks))
	for i := range r.Stacks {
		s := &r.Stacks[i]
		s.Models, s.Namespaces, s.Parts = list(s.Models), list(s.Namespaces), list(s.Parts)
	}
	r.Findings, r.Mended = list(slices.Clone(r.Findings)), slices.Clone(r.Mended)
	for _, fs := range [][]finding.Finding{r.Findings, r.Mended} {
		for i := range fs {
			f := &fs[i]
			f.Evidence, f.Remediation, f.ADR = list(f.Evidence), list(f.Remediation), list(f.ADR)
		}
	}
	r.Decided = list(slices.Clone(r.Decided))
	for i := range r.Decided {
		r.Decided[i].Rules = list(r.Decided[i].Rules)
	}
	r.Unknown = list(slices.Clone(r.Unknown))
	for i := range r.Unknown {
		r.Unknown[i].Missing = list(r.Unknown[i].Missing)
	}
	r.NotEvaluated = list(slices.Clone(r.NotEvaluated))
	for i := range r.NotEvaluated {
		r.NotEvaluated[i].Needs = list(r.NotEvaluated[i].Needs)
	}
	r.Gaps, r.Sources, r.Ignored, r.Notes = list(r.Gaps), list(r.Sources), list(r.Ignored), list(r.Notes)
	return r
}

// list turns a nil list into an empty one.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
