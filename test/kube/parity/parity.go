// Package parity puts what is said of a cluster, by whatever means, into forms that can
// be compared: sorted lines.
//
// Left out is what has to differ: places in files, names of sources.
package parity

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
)

// Verdicts are what a report says: a line for each finding with its rule, verdict,
// level, state, stack, way, subject, fingerprint, message and what mends it, and one for
// each rule and stack that was unknown, not evaluated or decided in whole.
func Verdicts(r finding.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, line("finding", string(f.Rule), string(f.Verdict), string(f.Level), f.State, f.Stack, f.Way,
			digest.Label(f.Subject), f.Fingerprint, f.Message, strings.Join(f.Remediation, "; ")))
	}
	for _, u := range r.Unknown {
		out = append(out, line(append([]string{"unknown", string(u.Rule), u.Stack}, u.Missing...)...))
	}
	for _, u := range r.NotEvaluated {
		out = append(out, line(append([]string{"not evaluated", string(u.Rule), u.Stack}, u.Needs...)...))
	}
	for _, d := range r.Decided {
		for _, id := range d.Rules {
			out = append(out, line("decided", string(id), d.Stack))
		}
	}
	slices.Sort(out)
	return out
}

// Outcomes are what report objects have to say of a report: a line for each finding, and
// one for each rule and stack that passed, is unknown or was not evaluated. What is about
// waivers has no verdict there but by its findings.
func Outcomes(r finding.Report) []string {
	var out []string
	told := map[string]bool{}
	for _, f := range r.Findings {
		told[line(string(f.Rule), f.Stack)] = true
		out = append(out, line(string(f.Verdict), string(f.Rule), f.Stack, f.Way, digest.Label(f.Subject), f.State, string(f.Level), f.Fingerprint, f.Message))
	}
	verdict := func(v finding.Verdict, id, stack string) {
		told[line(id, stack)] = true
		out = append(out, line(string(v), id, stack))
	}
	for _, u := range r.Unknown {
		verdict(finding.Unknown, string(u.Rule), u.Stack)
	}
	for _, u := range r.NotEvaluated {
		verdict(finding.NotEvaluated, string(u.Rule), u.Stack)
	}
	for _, d := range r.Decided {
		for _, id := range d.Rules {
			if id.Area() != config.OwnArea && !told[line(string(id), d.Stack)] {
				verdict(finding.Pass, string(id), d.Stack)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Written are the same, as report objects say them.
func Written(objects []unstructured.Unstructured) ([]string, error) {
	var out []string
	for _, o := range objects {
		results, _, err := unstructured.NestedSlice(o.Object, "results")
		if err != nil {
			return nil, err
		}
		for _, one := range results {
			text := func(path ...string) string {
				r, _ := one.(map[string]any)
				s, _, _ := unstructured.NestedString(r, path...)
				return s
			}
			property := func(name string) string { return text("properties", name) }
			switch {
			case property("fingerprint") != "":
				out = append(out, line(property("verdict"), text("policy"), property("stack"), text("rule"), property("subject"),
					property("state"), property("level"), property("fingerprint"), text("message")))
			case !strings.HasPrefix(text("policy"), config.OwnArea+"/"):
				out = append(out, line(property("verdict"), text("policy"), property("stack")))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

func line(parts ...string) string { return strings.Join(parts, " | ") }
