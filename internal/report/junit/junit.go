// Package junit writes the report in the XML form of JUnit, so that CI systems
// count rules as they count tests.
//
// A stack is a test suite and a rule is a test case of it: passed, failed,
// skipped (not evaluated, or waived) or in error (unknown). A test case is a
// rule and not a finding, so that its name stays the same when it turns from
// failed to passed; all its findings stand in one failure element, because
// several readers show only the first. What could not be read is a suite of its
// own, "sources".
package junit

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	counts
	Suites []suite `xml:"testsuite"`
}

type suite struct {
	Name string `xml:"name,attr"`
	counts
	Cases []testcase `xml:"testcase"`
}

// counts has a time, always 0, because some readers do without a suite that has
// none; the report knows no clock.
type counts struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
}

type testcase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Time    string   `xml:"time,attr"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Skipped *outcome `xml:"skipped"`
	Out     string   `xml:"system-out,omitempty"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Body    string `xml:",cdata"`
}

// Write writes r to w.
func Write(w io.Writer, r finding.Report) error {
	r = plain.Report(r)
	d := digest.Of(r)
	all := suites{Name: r.Tool.Name + " " + r.Profile, counts: counts{Time: "0"}}
	for _, s := range d.Stacks {
		out := suite{Name: s.Title()}
		for _, v := range s.Rules {
			out.Cases = append(out.Cases, verdict(d, s, v))
		}
		all.add(out)
	}
	if cases := sources(r); len(cases) > 0 {
		all.add(suite{Name: "sources", Cases: cases})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("encoding JUnit XML: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func (all *suites) add(s suite) {
	s.counts = counts{Tests: len(s.Cases), Time: "0"}
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	all.Suites = append(all.Suites, s)
	all.Tests += s.Tests
	all.Failures += s.Failures
	all.Errors += s.Errors
	all.Skipped += s.Skipped
}

func verdict(d digest.Digest, s digest.Stack, v digest.Verdict) testcase {
	class := v.Rule.ID.Area()
	if s.Name != "" {
		class = s.Name + "." + class
	}
	c := testcase{Name: string(v.Rule.ID), Class: class, Time: "0"}
	missing := strings.Join(v.Missing, ", ")
	switch v.Verdict {
	case finding.Violated:
		f := v.Violations[0]
		c.File, c.Line = f.Location.File, f.Location.Line
		c.Failure = failure(d, v)
		if missing != "" {
			c.Failure.Body += "There may be more: " + missing + " is missing.\n"
		}
	case finding.Unknown:
		c.Error = &outcome{Type: "unknown", Message: "could not be decided; missing: " + missing}
	case finding.NotEvaluated:
		c.Skipped = &outcome{Message: "not evaluated; no source gave: " + missing}
	case finding.Waived:
		c.Skipped = &outcome{Message: "waived: " + digest.Label(v.Waived[0].Subject)}
	}
	for _, f := range v.Waived {
		c.Out += "waived: " + digest.Label(f.Subject) + ": " + f.Message
		if f.Waiver != nil {
			c.Out += " (until " + f.Waiver.Expires + ": " + f.Waiver.Reason + ")"
			if at := digest.WaiverPlace(*f.Waiver); at != "" {
				c.Out += ", by " + at
			}
		}
		c.Out += "\n"
	}
	return c
}

func failure(d digest.Digest, v digest.Verdict) *outcome {
	var b strings.Builder
	for _, f := range v.Violations {
		fmt.Fprintf(&b, "\n%s %s", f.Level, digest.Label(f.Subject))
		if f.State != "" {
			fmt.Fprintf(&b, " [%s]", f.State)
		}
		if way := d.Way(f); way != "" {
			fmt.Fprintf(&b, ": %s", way)
		}
		fmt.Fprintf(&b, "\n  %s\n", f.Message)
		if at := digest.Place(f.Location.File, f.Location.Line, f.Location.Column); at != "" {
			fmt.Fprintf(&b, "  where: %s\n", at)
		}
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "  because: %s", e.Fact)
			if at := digest.Place(e.File, e.Line, e.Column); at != "" {
				fmt.Fprintf(&b, " (%s)", at)
			}
			b.WriteByte('\n')
		}
		for _, command := range f.Remediation {
			fmt.Fprintf(&b, "  $ %s\n", command)
		}
		if len(f.ADR) > 0 {
			fmt.Fprintf(&b, "  record: %s\n", strings.Join(f.ADR, ", "))
		}
	}
	first := v.Violations[0]
	message := digest.Label(first.Subject) + ": " + first.Message
	if n := len(v.Violations); n > 1 {
		message = fmt.Sprintf("%d findings, the first: %s", n, message)
	}
	return &outcome{Type: string(first.Level), Message: message, Body: b.String()}
}

// sources reports gaps, and an empty run, as errors: a build must not go green
// because there was nothing to look at.
func sources(r finding.Report) []testcase {
	var out []testcase
	if r.Empty {
		out = append(out, testcase{
			Name: "something to check", Class: "sources", Time: "0",
			Error: &outcome{Type: "empty", Message: digest.NothingFound},
		})
	}
	for _, g := range r.Gaps {
		c := testcase{
			Name: g.Source + ": " + g.What, Class: "sources", Time: "0",
			Error: &outcome{Type: "gap", Message: g.Reason, Body: digest.Place(g.Source, g.Line, g.Column)},
		}
		if g.Line > 0 {
			c.File, c.Line = g.Source, g.Line
		}
		out = append(out, c)
	}
	return out
}
