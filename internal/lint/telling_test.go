package lint

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// variantOf reads "mesh=true vpn=false" as the inputs of a variant.
func variantOf(inputs string) Variant {
	v := Variant{Name: inputs}
	for _, in := range strings.Fields(inputs) {
		name, value, _ := strings.Cut(in, "=")
		v.Inputs = append(v.Inputs, finding.Input{Name: name, Value: value})
	}
	return v
}

func TestTelling(t *testing.T) {
	all := []string{"mesh=true vpn=true", "mesh=true vpn=false", "mesh=false vpn=true", "mesh=false vpn=false"}
	for name, c := range map[string]struct {
		variants []string
		affected []int
		want     string
	}{
		"one input":              {all, []int{0, 1}, "mesh=true"},
		"both":                   {all, []int{0}, "mesh=true vpn=true"},
		"neither":                {all, []int{3}, "mesh=false vpn=false"},
		"everywhere":             {all, []int{0, 1, 2, 3}, ""},
		"no inputs tell":         {all, []int{0, 3}, ""},
		"the first by name":      {[]string{"a=1 b=1", "a=2 b=2"}, []int{0}, "a=1"},
		"one that some lack":     {[]string{"a=1 b=1", "b=2"}, []int{0}, "b=1"},
		"alike everywhere":       {[]string{"a=1 c=1", "a=1 c=2"}, []int{1}, "c=2"},
		"no inputs":              {[]string{"", ""}, []int{0}, ""},
		"one that tells nothing": {[]string{"a=1 b=1 c=1", "a=2 b=1 c=1", "a=1 b=2 c=1"}, []int{0}, "a=1 b=1"},
	} {
		t.Run(name, func(t *testing.T) {
			var variants []Variant
			for _, v := range c.variants {
				variants = append(variants, variantOf(v))
			}
			var got []string
			for _, in := range telling(variants, c.affected) {
				got = append(got, in.Name+"="+in.Value)
			}
			require.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

// misplaced is a deployment in which some applications stand in the wrong model.
func misplaced(applications ...string) snapshot.Snapshot {
	m := snapshot.Model{
		Name: "charmarr-downloads", State: snapshot.Planned, At: snapshot.Pos{0, 1, 1, 2},
		Evidence: []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers},
	}
	for _, name := range append([]string{"qbittorrent"}, applications...) {
		m.Applications = append(m.Applications, snapshot.Application{Name: name, Charm: name + "-k8s", Revision: -1, Scale: 1, At: snapshot.Pos{0, 2, 1, 2}})
	}
	return snapshot.Merge(snapshot.Snapshot{Sources: []snapshot.Source{{Kind: snapshot.TerraformPlan, Name: "plan.json", Address: "x.y"}}, Models: []snapshot.Model{m}})
}

func TestVariants(t *testing.T) {
	o := Options{Config: config.Default(), Only: []config.Pattern{"topology/core-service-in-core"}}
	judge, err := NewJudge(context.Background(), o)
	require.NoError(t, err)
	variant := func(inputs string, before snapshot.Snapshot, applications ...string) Variant {
		v := variantOf(inputs)
		v.After, v.Before = misplaced(applications...), &before
		return v
	}
	told := func(fs []finding.Finding) string {
		var out []string
		for _, f := range fs {
			words := []string{f.Subject.Name, string(f.Standing), strings.Join(f.Variants, ",")}
			for _, in := range f.When {
				words = append(words, in.Name+"="+in.Value)
			}
			out = append(out, strings.Join(words, "|"))
		}
		return strings.Join(out, " ")
	}
	t.Run("one plan", func(t *testing.T) {
		r, err := judge.Variants(context.Background(), []Variant{variant("", misplaced("radarr", "plex"), "radarr", "sonarr")})
		require.NoError(t, err)
		require.Equal(t, "radarr|today| sonarr|new|", told(r.Findings))
		require.Equal(t, "plex|mended|", told(r.Mended))
		require.Equal(t, 2, r.Summary.Error)
		require.Empty(t, r.Variants)
		require.Equal(t, []finding.Evidence{{Fact: "Terraform declares it as x.y", File: "plan.json", Line: 2, Column: 1, EndColumn: 2, State: "planned"}}, r.Findings[0].Evidence)
	})
	t.Run("several", func(t *testing.T) {
		r, err := judge.Variants(context.Background(), []Variant{
			variant("a=1", misplaced("radarr", "plex"), "radarr"), variant("a=2", misplaced("radarr", "plex"), "radarr", "sonarr"),
		})
		require.NoError(t, err)
		require.Equal(t, "radarr|today|a=1,a=2 sonarr|new|a=2|a=2", told(r.Findings))
		require.Equal(t, "plex|mended|", told(r.Mended))
		require.Equal(t, []string{"a=1", "a=2"}, r.Variants)
		require.Equal(t, 2, r.Summary.Error)
		require.Equal(t, 0, r.Summary.Passed)
	})
	t.Run("a gap in one leaves the rule undecided", func(t *testing.T) {
		with := variant("a=1", misplaced())
		with.After.Gaps = append(with.After.Gaps, snapshot.Gap{Source: "x", What: "reading", Reason: "no", Evidence: []snapshot.Evidence{snapshot.JujuApplications}})
		r, err := judge.Variants(context.Background(), []Variant{with, variant("a=2", misplaced())})
		require.NoError(t, err)
		require.Len(t, r.Unknown, 1)
		require.Equal(t, 0, r.Summary.Passed)
		require.True(t, r.Incomplete())
	})
}
