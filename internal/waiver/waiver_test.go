package waiver

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

var gluetun = finding.Finding{
	Rule: "mesh/a", Verdict: finding.Violated, Stack: "s",
	Subject: finding.Subject{Kind: "application", Model: "m", Namespace: "n", Name: "gluetun"},
}

func TestMeets(t *testing.T) {
	relation := gluetun
	relation.Subject = finding.Subject{Kind: "relation", Model: "m", Name: "qbittorrent:vpn-gateway gluetun:vpn-gateway"}
	for _, tt := range []struct {
		name, rule, subject string
		f                   finding.Finding
		want                bool
	}{
		{"by name", "mesh/a", "application:gluetun", gluetun, true},
		{"by model and name", "mesh/a", "application:m/gluetun", gluetun, true},
		{"by namespace and name", "mesh/a", "application:n/gluetun", gluetun, true},
		{"another model", "mesh/a", "application:o/gluetun", gluetun, false},
		{"another kind", "mesh/a", "workload:gluetun", gluetun, false},
		{"another rule", "mesh/b", "application:gluetun", gluetun, false},
		{"glob over rules", "mesh/*", "application:gluetun", gluetun, true},
		{"area", "mesh", "application:gluetun", gluetun, true},
		{"glob over subjects", "mesh/a", "application:m/*", gluetun, true},
		{"a name with a colon", "mesh/a", "relation:qbittorrent:vpn-gateway gluetun:vpn-gateway", relation, true},
		{"the rule's former name", "mesh/old", "application:gluetun", gluetun, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := rule.Rule{ID: "mesh/a", Aliases: []rule.ID{"mesh/old"}}
			require.Equal(t, tt.want, Meets(config.Waiver{Rule: tt.rule, Subject: tt.subject}, r, tt.f))
		})
	}
}

func TestApply(t *testing.T) {
	at := finding.Location{File: "charmarr-lint.yaml", Line: 3, Column: 5}
	waiverOf := func(rule, subject, expires string) config.Waiver {
		return config.Waiver{Rule: rule, Subject: subject, Reason: "lab", Expires: expires, At: at}
	}
	about := func(id rule.ID, level rule.Level, name, message string) finding.Finding {
		s := finding.Subject{Kind: "waiver", Name: name}
		f := finding.Finding{
			Rule: id, Level: level, Verdict: finding.Violated, State: "declared", Subject: s, Message: message, Location: at,
			Evidence: []finding.Evidence{}, ADR: []string{}, Fingerprint: finding.Fingerprint(id, "", "", s),
		}
		for _, r := range Rules() {
			if r.ID == id {
				f.Remediation = r.Remediation
			}
		}
		return f
	}
	waived := gluetun
	waived.Verdict, waived.Waiver = finding.Waived, &finding.Waiver{
		Reason: "lab", Expires: "2026-05-31", Source: finding.WaiverSource{Kind: finding.InConfiguration, Location: at},
	}
	for _, tt := range []struct {
		name    string
		waivers []config.Waiver
		want    []finding.Finding
	}{
		{"holds on its last day", []config.Waiver{waiverOf("mesh/a", "application:gluetun", "2026-05-31")}, []finding.Finding{waived}},
		{"expired the day before", []config.Waiver{waiverOf("mesh/a", "application:gluetun", "2026-05-30")}, []finding.Finding{
			gluetun,
			about(Expired, rule.Error, "mesh/a application:gluetun", "The waiver of mesh/a for application:gluetun expired on 2026-05-30 and no longer applies."),
		}},
		{"meets nothing", []config.Waiver{waiverOf("mesh/b", "application:radarr", "2027-01-01")}, []finding.Finding{
			gluetun,
			about(Unused, rule.Warning, "mesh/b application:radarr", "The waiver of mesh/b for application:radarr meets no finding."),
		}},
		{"is not called unused where its rule was not asked", []config.Waiver{waiverOf("vpn/x", "application:radarr", "2027-01-01")}, []finding.Finding{gluetun}},
		{"names a rule that does not exist", []config.Waiver{waiverOf("ops/later", "application:radarr", "2027-01-01")}, []finding.Finding{
			gluetun,
			about(Unused, rule.Warning, "ops/later application:radarr", "The waiver of ops/later for application:radarr meets no finding: no rule has that name."),
		}},
		{"is not called unused where its rule could not be judged", []config.Waiver{waiverOf("mesh/open", "application:radarr", "2027-01-01")}, []finding.Finding{gluetun}},
		{"gives way to one that holds", []config.Waiver{waiverOf("mesh/a", "application:gluetun", "2026-01-01"), waiverOf("mesh", "application:gluetun", "2026-05-31")}, []finding.Finding{
			waived,
			about(Expired, rule.Error, "mesh/a application:gluetun", "The waiver of mesh/a for application:gluetun expired on 2026-01-01 and no longer applies."),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Set{
				Waivers:   tt.waivers,
				Rules:     []rule.Rule{{ID: "mesh/a"}, {ID: "mesh/b"}, {ID: "mesh/open"}},
				Known:     []rule.Rule{{ID: "mesh/a"}, {ID: "mesh/b"}, {ID: "mesh/open"}, {ID: "vpn/x"}},
				Undecided: func(id rule.ID, _ []string) bool { return id == "mesh/open" },
				Today:     time.Date(2026, 5, 31, 23, 0, 0, 0, time.UTC),
				Level:     func(r rule.Rule) rule.Level { return r.Level },
			}.Apply([]finding.Finding{gluetun})
			require.Empty(t, cmp.Diff(tt.want, got))
		})
	}
}

func TestAnOffRuleAboutWaiversIsSilent(t *testing.T) {
	got := Set{
		Waivers: []config.Waiver{{Rule: "mesh/a", Subject: "application:x", Reason: "r", Expires: "2020-01-01"}},
		Today:   time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC),
		Level:   func(rule.Rule) rule.Level { return rule.Off },
	}.Apply(nil)
	require.Empty(t, got)
}
