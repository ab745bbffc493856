package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

var (
	radarr     = finding.Subject{Kind: "application", Model: "core", Name: "radarr"}
	translated = translator{
		sources: []snapshot.Source{{Name: "a.yaml"}, {Name: "b.json"}},
		rules:   []rule.Rule{{ID: "mesh/a", ADR: []string{"networking/adr-006"}}},
		levels:  map[rule.ID]rule.Level{"mesh/a": rule.Warning},
	}
)

func TestAFindingHasItsPlaceAndLevel(t *testing.T) {
	got := translated.findings("s", evaluate.RuleResult{Rule: "mesh/a", Violations: []evaluate.Violation{
		{Subject: radarr, Way: "w", Message: "m", At: "1:7:3:9", State: "declared", Level: rule.Error,
			Evidence:    []evaluate.Evidence{{Fact: "f", At: "0:2:1:4", Object: "o"}},
			Remediation: []string{"juju status"}},
	}})
	require.Empty(t, cmp.Diff([]finding.Finding{{
		Rule: "mesh/a", Level: rule.Warning, Verdict: finding.Violated, State: "declared", Stack: "s",
		Subject: radarr, Way: "w", Message: "m",
		Location:    finding.Location{File: "b.json", Line: 7, Column: 3, EndColumn: 9},
		Evidence:    []finding.Evidence{{Fact: "f", File: "a.yaml", Line: 2, Column: 1, EndColumn: 4, Object: "o"}},
		Remediation: []string{"juju status"},
		ADR:         []string{"networking/adr-006"},
		Fingerprint: finding.Fingerprint("mesh/a", "w", "s", radarr),
	}}, got))
}

func TestAFindingWithoutPlaceTakesTheNearest(t *testing.T) {
	for _, at := range []string{"", "nonsense", "9:1:1:1"} {
		got := translated.findings("s", evaluate.RuleResult{Rule: "mesh/a", Violations: []evaluate.Violation{
			{Subject: radarr, At: at, State: "declared", Evidence: []evaluate.Evidence{{Fact: "unplaced"}, {Fact: "f", At: "0:2:1:4"}}},
		}})
		require.Equal(t, finding.Location{File: "a.yaml", Line: 2, Column: 1, EndColumn: 4}, got[0].Location, at)
	}
	got := translated.findings("s", evaluate.RuleResult{Rule: "mesh/a", Violations: []evaluate.Violation{{Subject: radarr}}})
	require.Zero(t, got[0].Location)
	require.NotNil(t, got[0].Evidence)
	require.NotNil(t, got[0].Remediation)
}

// TestALiveFindingTakesThePlaceThatDeclaresIt: what is live stands in no file, and
// files that are laid over it may declare the application that it is about.
func TestALiveFindingTakesThePlaceThatDeclaresIt(t *testing.T) {
	snap := snapshot.Snapshot{
		Sources: []snapshot.Source{{Kind: snapshot.KubeCluster, Name: "here"}, {Kind: snapshot.JujuBundle, Name: "core.yaml"}, {Kind: snapshot.JujuStatus, Name: "vpn.json"}},
		Models: []snapshot.Model{
			{Name: "core", Applications: []snapshot.Application{{Name: "radarr"}, {Name: "sonarr"}}},
			{At: snapshot.Pos{1, 1, 1, 2}, Applications: []snapshot.Application{{Name: "radarr", At: snapshot.Pos{1, 8, 3, 9}}}},
			{Name: "vpn", At: snapshot.Pos{2, 1, 1, 2}, Applications: []snapshot.Application{{Name: "gluetun", At: snapshot.Pos{2, 4, 3, 9}}}},
		},
	}
	here := translator{sources: snap.Sources, rules: translated.rules, levels: translated.levels, declared: declaredIn(snap, []topology.Placed{{Source: "core.yaml", Model: "core"}})}
	for name, tt := range map[string]struct {
		subject finding.Subject
		want    finding.Location
	}{
		"in a bundle":        {radarr, finding.Location{File: "core.yaml", Line: 8, Column: 3, EndColumn: 9}},
		"in a status":        {finding.Subject{Kind: "application", Model: "vpn", Name: "gluetun"}, finding.Location{File: "vpn.json", Line: 4, Column: 3, EndColumn: 9}},
		"in no file":         {finding.Subject{Kind: "application", Model: "core", Name: "sonarr"}, finding.Location{}},
		"of another kind":    {finding.Subject{Kind: "workload", Model: "core", Name: "radarr"}, finding.Location{}},
		"of another's model": {finding.Subject{Kind: "application", Model: "vpn", Name: "radarr"}, finding.Location{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := here.findings("s", evaluate.RuleResult{Rule: "mesh/a", Violations: []evaluate.Violation{{Subject: tt.subject, State: "effective"}}})
			require.Equal(t, tt.want, got[0].Location)
		})
	}
}

func TestOneSubjectIsOneFindingInItsStrongestState(t *testing.T) {
	planned := evaluate.Violation{Subject: radarr, Message: "The bundle has it.", At: "0:1:1:2", State: "planned", Remediation: []string{"x", "y"}}
	effective := evaluate.Violation{Subject: radarr, Message: "The pod has it.", At: "1:5:1:2", State: "effective", Level: rule.Note, Remediation: []string{"x"}}
	other := evaluate.Violation{Subject: radarr, Message: "Another.", Way: "another", State: "planned"}
	for _, order := range [][]evaluate.Violation{{planned, effective, other}, {effective, planned, other}} {
		got := translated.findings("s", evaluate.RuleResult{Rule: "mesh/a", Violations: order})
		require.Len(t, got, 2)
		require.Equal(t, "effective", got[0].State)
		require.Equal(t, "The pod has it.", got[0].Message)
		require.Equal(t, "b.json", got[0].Location.File)
		require.Equal(t, rule.Warning, got[0].Level, "the graver level")
		require.Equal(t, []string{"x", "y"}, got[0].Remediation)
		require.Equal(t, []finding.Evidence{{Fact: "planned: The bundle has it.", File: "a.yaml", Line: 1, Column: 1, EndColumn: 2, State: "planned"}}, got[0].Evidence)
		require.Equal(t, "another", got[1].Way)
	}
}

func TestTheSameThingTwiceIsSaidOnce(t *testing.T) {
	v := evaluate.Violation{Subject: radarr, Message: "m", At: "0:1:1:2", State: "declared", Evidence: []evaluate.Evidence{{Fact: "f"}}}
	got := translated.findings("s", evaluate.RuleResult{Rule: "mesh/a", Violations: []evaluate.Violation{v, v}})
	require.Len(t, got, 1)
	require.Len(t, got[0].Evidence, 1)
}
