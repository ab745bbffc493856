package sarif

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

var flavours = []Flavour{GitHub, Full}

func write(t *testing.T, r finding.Report, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, r, o))
	return b.Bytes()
}

// read reads a log back, refusing what the types do not have.
func read(t *testing.T, doc []byte) run {
	t.Helper()
	var l log
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&l))
	require.Len(t, l.Runs, 1)
	return l.Runs[0]
}

func each(t *testing.T, f func(t *testing.T, doc []byte, r run)) {
	for _, c := range reporttest.Cases() {
		for _, flavour := range flavours {
			t.Run(c.Name+"/"+string(flavour), func(t *testing.T) {
				doc := write(t, c.Report, Options{Flavour: flavour})
				f(t, doc, read(t, doc))
			})
		}
	}
}

func TestSchema(t *testing.T) {
	published, err := os.ReadFile("testdata/sarif-2.1.0.schema.json")
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(published))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("sarif.json", doc))
	schema, err := c.Compile("sarif.json")
	require.NoError(t, err)

	bad, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version": "2.1.0", "runs": [{}]}`))
	require.NoError(t, err)
	require.Error(t, schema.Validate(bad), "the schema must refuse a run without a tool")

	each(t, func(t *testing.T, doc []byte, _ run) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(v))
	})
}

// TestPlaces holds every location to what GitHub needs and the validator does
// not check: all four coordinates, a region of some width, a relative URI.
func TestPlaces(t *testing.T) {
	each(t, func(t *testing.T, _ []byte, r run) {
		for _, res := range r.Results {
			require.NotEmpty(t, res.Locations)
			require.NotEmpty(t, res.Locations[0].Logical)
			all := append(res.Locations, res.RelatedLocations...)
			for _, flow := range res.CodeFlows {
				for _, step := range flow.ThreadFlows[0].Locations {
					all = append(all, step.Location)
				}
			}
			for _, l := range all {
				require.NotNil(t, l.Physical)
				g := l.Physical.Region
				require.Positive(t, g.StartLine)
				require.Positive(t, g.StartColumn)
				require.Equal(t, g.StartLine, g.EndLine)
				require.Greater(t, g.EndColumn, g.StartColumn)
				a := l.Physical.Artifact
				u, err := url.Parse(a.URI)
				require.NoError(t, err)
				require.False(t, u.IsAbs() || strings.HasPrefix(a.URI, "/"), a.URI)
				require.Equal(t, r.Artifacts[*a.Index].Location.URI, a.URI)
			}
		}
	})
}

func TestRules(t *testing.T) {
	each(t, func(t *testing.T, doc []byte, r run) {
		require.Contains(t, string(doc), `"results": [`)
		seen := map[string]bool{}
		for _, d := range r.Tool.Driver.Rules {
			require.False(t, seen[d.ID], "%s twice", d.ID)
			seen[d.ID] = true
			require.Regexp(t, `^([A-Z][A-Za-z0-9]*)+$`, d.Name)
			require.NotEmpty(t, d.ShortDescription.Text)
			require.NotEmpty(t, d.FullDescription.Text)
			require.NotEmpty(t, d.Help.Text)
			require.Contains(t, d.Help.Markdown, d.HelpURI, "GitHub does not show helpUri")
			require.LessOrEqual(t, len([]rune(d.FullDescription.Text)), maxDescription)
			require.LessOrEqual(t, len(d.Properties.Tags), maxTags)
			require.Equal(t, d.Properties.SecuritySeverity != "", strings.Contains(strings.Join(d.Properties.Tags, " "), "security"))
		}
		for _, res := range r.Results {
			require.Equal(t, r.Tool.Driver.Rules[res.RuleIndex].ID, res.RuleID)
		}
		for _, n := range r.Invocations[0].Notifications {
			require.Equal(t, r.Tool.Driver.Notifications[n.Descriptor.Index].ID, n.Descriptor.ID)
			if n.AssociatedRule != nil {
				require.Equal(t, r.Tool.Driver.Rules[n.AssociatedRule.Index].ID, n.AssociatedRule.ID)
			}
		}
	})
}

func TestExecutionSuccessful(t *testing.T) {
	want := map[string]bool{"clean": true, "waived": true, "broken": false, "gaps": false, "empty": false, "hostile": false}
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			got := read(t, write(t, c.Report, Options{})).Invocations[0]
			require.Equal(t, want[c.Name], got.ExecutionSuccessful)
			levels := map[string]int{}
			for _, n := range got.Notifications {
				levels[n.Descriptor.ID+" "+n.Level]++
			}
			require.Equal(t, len(c.Report.Gaps), levels["run/gap error"])
			require.Equal(t, len(c.Report.Unknown), levels["run/unknown warning"])
			require.Equal(t, len(c.Report.NotEvaluated), levels["run/not-evaluated note"])
		})
	}
}

func TestWaived(t *testing.T) {
	r := reporttest.Named("broken")
	r.Findings = append(r.Findings, reporttest.Named("waived").Findings...)

	github := read(t, write(t, r, Options{}))
	require.Len(t, github.Results, len(r.Findings)-2, "GitHub would open an alert")
	for _, res := range github.Results {
		require.Nil(t, res.Suppressions)
	}

	full := read(t, write(t, r, Options{Flavour: Full}))
	require.Len(t, full.Results, len(r.Findings))
	for i, res := range full.Results {
		require.NotNil(t, res.Suppressions, "a log that suppresses says so of every result")
		require.Equal(t, r.Findings[i].Verdict == finding.Waived, len(res.Suppressions) == 1)
	}
	places := map[string]region{}
	byFile := func(s suppression) suppression {
		places[s.Location.Physical.Artifact.URI] = s.Location.Physical.Region
		s.Location = nil
		return s
	}
	last := full.Results[len(full.Results)-2:]
	require.Equal(t, suppression{
		Kind: "inSource", Status: "accepted", Justification: "until the gateway has moved. Expires 2026-12-31. " +
			"By annotation charmarr-lint.io/waive of Namespace charmarr-downloads.",
	}, byFile(last[0].Suppressions[0]))
	require.Equal(t, suppression{
		Kind: "external", Status: "accepted", Justification: "single node lab. Expires 2027-01-31.",
	}, byFile(last[1].Suppressions[0]))
	require.Equal(t, map[string]region{
		"kube/downloads.yaml": {StartLine: 6, StartColumn: 5, EndLine: 6, EndColumn: 80},
		"charmarr-lint.yaml":  {StartLine: 4, StartColumn: 5, EndLine: 4, EndColumn: 6},
	}, places)
}

func TestFingerprints(t *testing.T) {
	r := finding.Report{}
	for _, state := range []string{"planned", "declared"} {
		r.Findings = append(r.Findings, finding.Finding{
			Rule: "a/b", Level: rule.Error, State: state, Fingerprint: "0123456789abcdef0123456789abcdef",
			Subject: finding.Subject{Kind: "model", Name: "m"}, Message: "It is " + state,
		})
	}
	got := read(t, write(t, r, Options{})).Results
	require.Equal(t, map[string]string{
		"charmarrLint/v1": "0123456789abcdef0123456789abcdef", "primaryLocationLineHash": "0123456789abcdef:1",
	}, got[0].PartialFingerprints)
	require.Equal(t, "0123456789abcdef:2", got[1].PartialFingerprints["primaryLocationLineHash"],
		"GitHub would take the second for the first")
}

func TestPlaceOfFindingWithoutFile(t *testing.T) {
	f := finding.Finding{Rule: "a/b", Level: rule.Note, Subject: finding.Subject{Kind: "application", Model: "m", Name: "a"}}
	source := []finding.Source{{Kind: "juju-status", Name: "a b/c:d.json"}}
	live := func(recorded string) []finding.Source {
		return []finding.Source{
			{Kind: "kubernetes-manifest", Name: "a.yaml"}, {Kind: "juju-controller", Name: "home", Live: true, Recorded: recorded},
			{Kind: "kubernetes-cluster", Name: "here", Live: true, Recorded: recorded},
		}
	}
	fact := []finding.Evidence{{Fact: "live"}, {Fact: "written", File: "x.yaml", Line: 7, Column: 3}}
	start := region{1, 1, 1, 2}
	for name, c := range map[string]struct {
		report finding.Report
		uri    string
		region region
	}{
		"first source":    {finding.Report{Sources: source, Findings: []finding.Finding{f}}, "a%20b/c%3Ad.json", start},
		"no source":       {finding.Report{Findings: []finding.Finding{f}}, nowhere, start},
		"live":            {finding.Report{Sources: live(""), Findings: []finding.Finding{f}}, nowhere, start},
		"recorded":        {finding.Report{Sources: live("dumps/today.json.gz"), Findings: []finding.Finding{f}}, "dumps/today.json.gz", start},
		"place of a fact": {finding.Report{Sources: source, Findings: []finding.Finding{with(f, fact)}}, "x.yaml", region{7, 3, 7, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, write(t, c.report, Options{})).Results[0].Locations[0]
			require.Equal(t, c.uri, got.Physical.Artifact.URI)
			require.Equal(t, c.region, got.Physical.Region)
			require.Equal(t, []logicalLocation{{Name: "a", FullyQualifiedName: "m/a", Kind: "application"}}, got.Logical)
			for _, a := range read(t, write(t, c.report, Options{})).Artifacts {
				require.NotContains(t, []string{"home", "here"}, a.Location.URI, "a controller and a cluster are no files")
			}
		})
	}
}

func with(f finding.Finding, e []finding.Evidence) finding.Finding {
	f.Evidence = e
	return f
}

func TestLogical(t *testing.T) {
	for want, s := range map[string]finding.Subject{
		"m/a":       {Kind: "application", Model: "m", Name: "a"},
		"m/offer/o": {Kind: "offer", Model: "m", Name: "o"},
		"n/pod/p":   {Kind: "pod", Namespace: "n", Name: "p"},
		"m":         {Kind: "model", Model: "m", Name: "m"},
		"ns":        {Kind: "namespace", Namespace: "ns"},
		"waiver/w":  {Kind: "waiver", Name: "w"},
	} {
		require.Equal(t, want, logical(s)[0].FullyQualifiedName)
	}
	require.Nil(t, logical(finding.Subject{}))
}

func TestMessage(t *testing.T) {
	f := finding.Finding{
		Message: "See [this](https://evil.example) of other-a", Subject: finding.Subject{Kind: "application", Model: "m", Name: "a"},
		Evidence:    []finding.Evidence{{Fact: "a [b](c)", File: "f", Line: 1, Column: 1}, {Fact: "live"}},
		Remediation: []string{"juju x", "juju y"},
	}
	r := finding.Report{Findings: []finding.Finding{f}}
	got := read(t, write(t, r, Options{})).Results[0]
	require.Equal(t, "Application m/a: See [this] (https://evil.example) of other-a. Because: [a \\[b\\] (c)](1). To mend: `juju x`, then `juju y`.", got.Message.Text)
	require.Nil(t, got.CodeFlows, "one step is no chain")
	r.Findings[0].Message = strings.Repeat("long ", 10_000)
	require.Less(t, len(read(t, write(t, r, Options{})).Results[0].Message.Text), maxMessage)
}

func TestTooManyResults(t *testing.T) {
	r := finding.Report{}
	for range maxResults {
		r.Findings = append(r.Findings, finding.Finding{Rule: "a/b", Level: rule.Note, Subject: finding.Subject{Name: "x"}})
	}
	r.Findings = append(r.Findings, finding.Finding{Rule: "a/c", Level: rule.Error, Subject: finding.Subject{Name: "y"}})
	got := read(t, write(t, r, Options{}))
	require.Len(t, got.Results, maxResults)
	require.Equal(t, "a/c", got.Results[0].RuleID, "the gravest stays")
	require.Equal(t, "run/limit", got.Invocations[0].Notifications[0].Descriptor.ID)
}

func TestOptions(t *testing.T) {
	require.Error(t, Write(&bytes.Buffer{}, finding.Report{}, Options{Flavour: "gitlab"}))
	require.Nil(t, read(t, write(t, finding.Report{}, Options{Revision: "x"})).Provenance)
	got := read(t, write(t, finding.Report{}, Options{Repository: "https://h.example/r", Revision: "c"})).Provenance
	require.Equal(t, []versionControl{{
		RepositoryURI: "https://h.example/r", RevisionID: "c", MappedTo: artifactLocation{URIBaseID: srcRoot},
	}}, got)
}

func TestSemanticVersion(t *testing.T) {
	for version, want := range map[string]string{"1.2.3": "1.2.3", "v0.1.0-rc.1": "0.1.0-rc.1", "dev": "", "1.2": ""} {
		r := finding.Report{Tool: finding.Tool{Version: version}}
		require.Equal(t, want, read(t, write(t, r, Options{})).Tool.Driver.SemanticVersion, version)
	}
}
