// Package diff compares two reports: what is new, what is fixed, what stayed,
// and what cannot be told.
//
// A finding is the same in both where its fingerprint is. One that stands in a
// single report is new or fixed only if the other report would have shown it:
// if its rule was decided there for the stack, and the model or namespace that
// the finding is about was there at all. Else it is incomparable. So reading
// less never fixes anything, and reading more never counts against anybody.
//
// The package compares values; it reads no file and writes none.
package diff

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Schema identifies the format of a Result as JSON.
const Schema = "charmarr-lint/diff/v1"

// Side names one of the two reports.
type Side string

// The sides.
const (
	Old Side = "old"
	New Side = "new"
)

// About is what a reader has to know of the report on one side.
type About struct {
	Name       string        `json:"name"` // path, or "-"
	Tool       finding.Tool  `json:"tool"`
	Profile    string        `json:"profile"`
	Incomplete bool          `json:"incomplete"`
	Empty      bool          `json:"empty"`
	Gaps       []finding.Gap `json:"gaps"`
}

// Sides are the two reports.
type Sides struct {
	Old About `json:"old"`
	New About `json:"new"`
}

// Unchanged is a finding of both reports.
type Unchanged struct {
	// Finding is as the new report has it.
	Finding finding.Finding `json:"finding"`
	// Was is how the old report has it.
	Was Was `json:"was"`
}

// Was is what can differ in a finding that is the same.
type Was struct {
	Level   rule.Level      `json:"level"`
	Verdict finding.Verdict `json:"verdict"`
}

// Changed tells whether level or verdict differ.
func (u Unchanged) Changed() bool {
	return u.Was != Was{Level: u.Finding.Level, Verdict: u.Finding.Verdict}
}

// Incomparable is a finding of one report that the other could not have shown.
type Incomparable struct {
	Finding finding.Finding `json:"finding"`
	// In is the side that has the finding.
	In Side `json:"in"`
	// Reason says why the other side cannot tell.
	Reason string `json:"reason"`
}

// Count is how many findings are of which level; accepted ones count as waived
// alone.
type Count struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Note    int `json:"note"`
	Waived  int `json:"waived"`
}

// Total is the number of findings.
func (c Count) Total() int { return c.Error + c.Warning + c.Note + c.Waived }

// Summary counts the findings of a Result.
type Summary struct {
	New          Count `json:"new"`
	Fixed        Count `json:"fixed"`
	Unchanged    Count `json:"unchanged"`
	Incomparable Count `json:"incomparable"`
}

// Result is what became of the findings between two reports. Its lists are
// sorted as those of a report and never nil.
type Result struct {
	Schema       string            `json:"schema"`
	Tool         finding.Tool      `json:"tool"`
	Sides        Sides             `json:"sides"`
	Summary      Summary           `json:"summary"`
	New          []finding.Finding `json:"new"`
	Fixed        []finding.Finding `json:"fixed"`
	Unchanged    []Unchanged       `json:"unchanged"`
	Incomparable []Incomparable    `json:"incomparable"`
}

// Incomplete tells whether a side could not be read in whole, or a finding not
// be compared.
func (r Result) Incomplete() bool {
	return r.Sides.Old.Incomplete || r.Sides.New.Incomplete || len(r.Incomparable) > 0
}

// Compare compares two reports. It leaves both alone.
func Compare(before, after finding.Report) Result {
	out := Result{
		Schema: Schema, Tool: after.Tool, Sides: Sides{Old: about(before), New: about(after)},
		New: []finding.Finding{}, Fixed: []finding.Finding{},
		Unchanged: []Unchanged{}, Incomparable: []Incomparable{},
	}
	oldSide, newSide := viewOf(before), viewOf(after)
	for _, f := range sorted(before.Findings) {
		if _, ok := newSide.findings[f.Fingerprint]; ok {
			continue
		}
		if why := newSide.blind(f, oldSide); why != "" {
			out.Incomparable = append(out.Incomparable, Incomparable{Finding: f, In: Old, Reason: why})
		} else {
			out.Fixed = append(out.Fixed, f)
		}
	}
	for _, f := range sorted(after.Findings) {
		if was, ok := oldSide.findings[f.Fingerprint]; ok {
			out.Unchanged = append(out.Unchanged, Unchanged{Finding: f, Was: Was{Level: was.Level, Verdict: was.Verdict}})
		} else if why := oldSide.blind(f, newSide); why != "" {
			out.Incomparable = append(out.Incomparable, Incomparable{Finding: f, In: New, Reason: why})
		} else {
			out.New = append(out.New, f)
		}
	}
	out.count()
	return out
}

func about(r finding.Report) About {
	return About{
		Tool: r.Tool, Profile: r.Profile, Incomplete: r.Incomplete(), Empty: r.Empty,
		Gaps: append([]finding.Gap{}, r.Gaps...),
	}
}

func sorted(in []finding.Finding) []finding.Finding {
	out := slices.Clone(in)
	finding.Sort(out)
	return out
}

func (r *Result) count() {
	for _, f := range r.New {
		r.Summary.New.add(f)
	}
	for _, f := range r.Fixed {
		r.Summary.Fixed.add(f)
	}
	for _, u := range r.Unchanged {
		r.Summary.Unchanged.add(u.Finding)
	}
	for _, i := range r.Incomparable {
		r.Summary.Incomparable.add(i.Finding)
	}
}

func (c *Count) add(f finding.Finding) {
	switch {
	case f.Verdict == finding.Waived:
		c.Waived++
	case f.Level == rule.Error:
		c.Error++
	case f.Level == rule.Warning:
		c.Warning++
	default:
		c.Note++
	}
}
