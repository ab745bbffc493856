package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/sarif"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// judgePlans judges kept plans of the examples as a run does, each as a variant.
func judgePlans(t *testing.T, example string, names ...string) finding.Report {
	t.Helper()
	return judgePlansBy(t, config.Default(), example, names...)
}

func judgePlansBy(t *testing.T, by config.Config, example string, names ...string) finding.Report {
	t.Helper()
	c := file.Collector{Dir: "../.."}
	if example != "" {
		folder := "examples/terraform/" + example
		c.Roots = []file.Root{{Plan: "testdata/plans/*.json", Folder: folder}, {Plan: "testdata/plans/variants/*.json", Folder: folder}}
	}
	for _, name := range names {
		c.Paths = append(c.Paths, "testdata/plans/"+name+".json")
	}
	return judgeRead(t, by, c)
}

func judgeRead(t *testing.T, by config.Config, c file.Collector) finding.Report {
	t.Helper()
	read, err := c.Read(context.Background())
	require.NoError(t, err)
	var variants []Variant
	for _, p := range read.Plans {
		v := Variant{Name: p.Name, After: p.After, Before: &p.Before}
		for _, in := range p.Variables {
			v.Inputs = append(v.Inputs, finding.Input(in))
		}
		variants = append(variants, v)
	}
	judge, err := NewJudge(context.Background(), Options{Config: by})
	require.NoError(t, err)
	r, err := judge.Variants(context.Background(), variants)
	require.NoError(t, err)
	return r
}

// plantedIn are the faults of the broken example, as WHERE RULE.
func plantedIn(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../examples/terraform/broken/planted.json")
	require.NoError(t, err)
	var faults []struct {
		Rule, Way, Level, File string
		Line                   int
		Subject                finding.Subject
	}
	require.NoError(t, json.Unmarshal(text, &faults))
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("examples/terraform/broken/%s:%d %s %s/%s %v", f.File, f.Line, f.Level, f.Rule, f.Way, f.Subject))
	}
	slices.Sort(out)
	return out
}

// The plans that a real planner made of the examples: nothing is found in the clean
// one, and in the broken one what was planted, each on its line.
func TestPlansOfTheExamples(t *testing.T) {
	clean := judgePlans(t, "clean", "clean")
	require.Empty(t, clean.Findings)
	require.False(t, clean.Incomplete(), "%v", clean.Gaps)
	require.Greater(t, clean.Summary.Passed, 40)

	broken := judgePlans(t, "broken", "broken")
	require.False(t, broken.Incomplete(), "%v", broken.Gaps)
	var got []string
	for _, f := range broken.Findings {
		got = append(got, fmt.Sprintf("%s:%d %s %s/%s %v", f.Location.File, f.Location.Line, f.Level, f.Rule, f.Way, f.Subject))
		require.Equal(t, finding.New, f.Standing)
		require.Equal(t, "planned", f.State)
	}
	slices.Sort(got)
	require.Equal(t, plantedIn(t), got)

	var log bytes.Buffer
	require.NoError(t, sarif.Write(&log, broken, sarif.Options{}))
	var doc struct {
		Runs []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(log.Bytes(), &doc))
	require.Len(t, doc.Runs[0].Results, len(broken.Findings))
	for _, res := range doc.Runs[0].Results {
		at := res.Locations[0].PhysicalLocation
		text, err := os.ReadFile("../../" + at.ArtifactLocation.URI)
		require.NoError(t, err)
		lines := bytes.Split(text, []byte("\n"))
		require.LessOrEqual(t, at.Region.StartLine, len(lines))
		require.Equal(t, at.Region.StartLine, at.Region.EndLine)
		require.Less(t, at.Region.StartColumn, at.Region.EndColumn)
		require.LessOrEqual(t, at.Region.EndColumn, len(lines[at.Region.StartLine-1])+1)
	}
}

// Without the files less is known. That leaves rules undecided, and makes no finding.
func TestPlansWithoutTheirFiles(t *testing.T) {
	for _, name := range []string{"clean", "broken"} {
		with, without := judgePlans(t, name, name), judgePlans(t, "", name)
		require.True(t, without.Incomplete())
		require.Less(t, without.Summary.Passed, with.Summary.Passed)
		for _, f := range without.Findings {
			require.True(t, slices.ContainsFunc(with.Findings, func(o finding.Finding) bool { return o.Fingerprint == f.Fingerprint }), "%v", f)
		}
	}
}

func TestPlansOfAChange(t *testing.T) {
	require.Empty(t, judgePlans(t, "clean", "mended").Findings)
	require.NotEmpty(t, judgePlans(t, "clean", "mended").Mended)
	failed := judgePlans(t, "clean", "errored")
	require.True(t, failed.Incomplete())
	require.Zero(t, failed.Summary.Passed)
}

// A model that a plan looks up is somebody else's: what does not stand in the plan
// may be there all the same, unless the configuration says otherwise.
func TestPlansOfModelsOfOthers(t *testing.T) {
	rules := func(rep finding.Report) (out []string) {
		for _, f := range rep.Findings {
			out = append(out, string(f.Rule))
		}
		return out
	}
	c := config.Default()
	require.Equal(t, []string{"security/rotation"}, rules(judgePlansBy(t, c, "clean", "existing")))
	c.Complete = []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuOffers}
	whole := rules(judgePlansBy(t, c, "clean", "existing"))
	require.Contains(t, whole, "mesh/download-client-enrolled")
	require.NotContains(t, whole, "relation/offer-resolves", "a data source found the offer")
}

// Without its sources a plan does not tell which offers are consumed: nothing is
// concluded from that, and the run is incomplete.
func TestPlanWithoutItsSources(t *testing.T) {
	text, err := os.ReadFile("../../testdata/plans/clean.json")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "clean.json"), text, 0o600))
	rep := judgeRead(t, config.Default(), file.Collector{Dir: dir, Paths: []string{"clean.json"}})
	require.Empty(t, rep.Findings)
	require.True(t, rep.Incomplete())
}

func TestPlansOfVariants(t *testing.T) {
	r := judgePlans(t, "broken", "broken", "variants/broken-bare", "variants/broken-without-mesh", "variants/broken-without-vpn")
	require.Len(t, r.Variants, 4)
	when := map[string]string{}
	for _, f := range r.Findings {
		said := ""
		for _, in := range f.When {
			said += in.Name + "=" + in.Value + " "
		}
		when[string(f.Rule)+"/"+f.Way] = said
	}
	require.Equal(t, "enable_mesh=true enable_vpn=true ", when["topology/gateway-own-namespace/"])
	require.Equal(t, "enable_vpn=true ", when["vpn/overrides-keep-firewall/opened"])
	require.Equal(t, "", when["ops/trusted/"], "in every plan")
}
