// Package sarif writes the report as SARIF 2.1.0 (OASIS, 2020), for GitHub code
// scanning and for viewers.
//
// Words: a run is one Report. A rule of ours is a reportingDescriptor, a finding
// is a result, a gap or an undecided rule is a notification of the invocation,
// whose executionSuccessful is then false.
//
// A log is the same, byte for byte, for the same report: it has no clock, no
// host, no user and no absolute path.
//
// GitHub reads less than the standard has; what is written here is shaped by
// that: only locations[0] and primaryLocationLineHash count, all four
// coordinates of a region are wanted, helpUri is not shown and so stands in the
// help text again, and suppressions are ignored, which would make each waived
// finding an open alert.
package sarif

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/stablejson"
)

// Flavour says for whom a log is.
type Flavour string

// The flavours. The zero value is GitHub.
const (
	GitHub Flavour = "github" // waived findings are left out
	Full   Flavour = "full"   // waived findings are there, suppressed and justified
)

// Options say what a report does not know of itself.
type Options struct {
	Flavour Flavour
	// Repository is the URI of the repository that holds the files, Revision
	// and Branch what of it was looked at. Nothing is written of them where
	// Repository is empty.
	Repository string
	Revision   string
	Branch     string
}

const (
	schemaURI  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	projectURI = "https://github.com/charmarr/charmarr-lint"
	srcRoot    = "%SRCROOT%"
)

// Write writes r to w.
func Write(w io.Writer, r finding.Report, o Options) error {
	if o.Flavour == "" {
		o.Flavour = GitHub
	}
	if o.Flavour != GitHub && o.Flavour != Full {
		return fmt.Errorf("writing SARIF: flavour %q is neither %s nor %s", o.Flavour, GitHub, Full)
	}
	b := newBuilder(r, o.Flavour)
	kept, left := b.keep(r.Findings)
	results := b.results(kept)
	notes := b.notifications(left)
	return stablejson.Write(w, log{
		Schema:  schemaURI,
		Version: "2.1.0",
		Runs: []run{{
			Tool: tool{Driver: b.driver()},
			AutomationDetails: automationDetails{
				// The part up to the last slash is the category under which
				// GitHub keeps alerts of several profiles apart.
				ID:          "charmarr-lint/" + plain.Line(r.Profile) + "/",
				Description: message{Text: "Charmarr deployment judged by profile " + plain.Line(r.Profile) + "."},
			},
			Provenance: provenance(o),
			URIBases: map[string]uriBase{
				srcRoot: {Description: message{Text: "The directory in which charmarr-lint ran, as a rule the root of the checkout."}},
			},
			ColumnKind: "utf16CodeUnits",
			Invocations: []invocation{{
				ExecutionSuccessful: !r.Incomplete() && !r.Empty,
				Notifications:       notes,
			}},
			Artifacts:  b.places.artifacts(),
			Results:    results,
			Properties: runProperties{Profile: r.Profile, Flavour: string(o.Flavour), Passed: r.Summary.Passed},
		}},
	})
}

func provenance(o Options) []versionControl {
	if o.Repository == "" {
		return nil
	}
	return []versionControl{{
		RepositoryURI: o.Repository, RevisionID: o.Revision, Branch: o.Branch,
		MappedTo: artifactLocation{URIBaseID: srcRoot},
	}}
}

// builder holds what the parts of one log refer to.
type builder struct {
	report  finding.Report
	flavour Flavour
	rules   []descriptor
	index   map[string]int // of a rule id in rules
	places  *places
}

func newBuilder(r finding.Report, flavour Flavour) *builder {
	b := &builder{report: r, flavour: flavour, places: newPlaces(r, flavour == Full)}
	b.rules, b.index = describe(r)
	return b
}

func (b *builder) driver() driver {
	version := plain.Line(b.report.Tool.Version)
	d := driver{
		Name:             plain.Line(b.report.Tool.Name),
		Organization:     "Charmarr",
		ShortDescription: message{Text: "Tells whether a Charmarr deployment keeps to its decision records."},
		InformationURI:   projectURI,
		DownloadURI:      projectURI + "/releases",
		Version:          version,
		Rules:            b.rules,
		Notifications:    notificationDescriptors(),
	}
	if v := strings.TrimPrefix(version, "v"); semantic.MatchString(v) {
		d.SemanticVersion = v
	}
	return d
}

// semantic matches a version as semver.org has it, without build metadata's
// finer rules.
var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// maxResults is how many results GitHub takes in a run; it refuses a larger one
// as a whole.
const maxResults = 25_000

// keep returns the findings to write and how many had to be left out. They stay
// in the order of the report unless there are too many: then the gravest stay.
func (b *builder) keep(fs []finding.Finding) (kept []finding.Finding, left int) {
	kept = slices.Clone(fs)
	if b.flavour == GitHub {
		kept = slices.DeleteFunc(kept, func(f finding.Finding) bool { return f.Verdict == finding.Waived })
	}
	if len(kept) <= maxResults {
		return kept, 0
	}
	slices.SortStableFunc(kept, func(a, b finding.Finding) int { return b.Level.Rank() - a.Level.Rank() })
	return kept[:maxResults], len(kept) - maxResults
}
