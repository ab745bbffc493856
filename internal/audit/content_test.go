package audit

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

var update = flag.Bool("update", false, "rewrite the golden report objects")

// among is a cluster with the namespaces of the cases.
func among() snapshot.Snapshot {
	var s snapshot.Snapshot
	for _, name := range []string{"charmarr-core", "charmarr-downloads", "charmarr-vpn", "gluetun"} {
		s.Namespaces = append(s.Namespaces, snapshot.Namespace{Meta: snapshot.Meta{Name: name}})
	}
	s.Workloads = []snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Namespace: "charmarr-vpn", Name: "gluetun"}}}
	return s
}

func TestGolden(t *testing.T) {
	for _, f := range forms() {
		for _, c := range reporttest.Cases() {
			t.Run(c.Name+"/"+f.group, func(t *testing.T) {
				all := objects(Latest{Report: c.Report, Snapshot: among()}, f, "lint")
				got, err := json.MarshalIndent(all, "", "  ")
				require.NoError(t, err)
				got = append(got, '\n')
				require.Empty(t, cmp.Diff(c.Report, reporttest.Named(c.Name)), "the report was changed")
				golden := filepath.Join("testdata", c.Name+"."+f.group+".json")
				if *update {
					require.NoError(t, os.WriteFile(golden, got, 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err, "run go test ./internal/audit -update")
				require.Empty(t, cmp.Diff(string(want), string(got)), "if it should differ, run go test ./internal/audit -update")
				for _, o := range all {
					text, err := json.Marshal(o)
					require.NoError(t, err)
					var kept object
					require.NoError(t, json.Unmarshal(text, &kept))
					require.True(t, kept.same(o), "what was written is what is wanted")
				}
				for range 5 {
					again, err := json.MarshalIndent(objects(Latest{Report: reporttest.Named(c.Name), Snapshot: among()}, f, "lint"), "", "  ")
					require.NoError(t, err)
					require.Equal(t, string(got), string(again)+"\n", "not deterministic")
				}
			})
		}
	}
}

func TestOutcomes(t *testing.T) {
	about := finding.Subject{Kind: "pod", Namespace: "gluetun", Name: "gluetun-0"}
	for _, c := range []struct {
		name             string
		level            rule.Level
		verdict          finding.Verdict
		result, severity string
	}{
		{"an error", rule.Error, finding.Violated, "fail", "high"},
		{"a warning", rule.Warning, finding.Violated, "warn", "medium"},
		{"a note", rule.Note, finding.Violated, "warn", "low"},
		{"an error that is accepted", rule.Error, finding.Waived, "skip", "high"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := finding.Finding{Rule: "mesh/x", Level: c.level, Verdict: c.verdict, Subject: about, Waiver: &finding.Waiver{Reason: "soon gone", Expires: "2027-01-31"}}
			if c.verdict != finding.Waived {
				x.Waiver = nil
			}
			got := resultOf(x, rule.Rule{}, referenceOf(about, snapshot.Snapshot{}))
			require.Equal(t, outcome(c.result), got.Result)
			require.Equal(t, c.severity, got.Severity)
			require.Equal(t, c.result == "fail", got.Scored)
			if c.verdict == finding.Waived {
				require.Equal(t, "soon gone", got.Properties["accepted-because"])
				require.Equal(t, "2027-01-31", got.Properties["accepted-until"])
			}
		})
	}
}

func TestReferences(t *testing.T) {
	for _, c := range []struct {
		subject finding.Subject
		want    reference
	}{
		{finding.Subject{Kind: "namespace", Model: "gluetun", Namespace: "gluetun", Name: "gluetun"}, reference{"v1", "Namespace", "", "gluetun"}},
		{finding.Subject{Kind: "namespace", Namespace: "gluetun"}, reference{"v1", "Namespace", "", "gluetun"}},
		{finding.Subject{Kind: "pod", Namespace: "a", Name: "b"}, reference{"v1", "Pod", "a", "b"}},
		{finding.Subject{Kind: "workload", Namespace: "charmarr-vpn", Name: "gluetun"}, reference{"apps/v1", "StatefulSet", "charmarr-vpn", "gluetun"}},
		{finding.Subject{Kind: "workload", Namespace: "a", Name: "gone"}, reference{"", "Workload", "a", "gone"}},
		{finding.Subject{Kind: "application", Model: "core", Namespace: "core", Name: "radarr"}, reference{"", "Application", "core", "radarr"}},
		{finding.Subject{Kind: "model", Model: "core"}, reference{"", "Model", "core", "core"}},
		{finding.Subject{Kind: "vxlan-id", Name: "42"}, reference{"", "VxlanId", "", "42"}},
	} {
		require.Equal(t, c.want, referenceOf(c.subject, among()), "%v", c.subject)
	}
}

// TestBounded fills a namespace with more than a report object has room for: the
// gravest are kept, and what is left out is counted.
func TestBounded(t *testing.T) {
	for _, c := range []struct {
		name    string
		many    int
		message int
	}{{"many results", 3000, 10}, {"long results", 900, 4 << 10}, {"as many as there is room for", maxResults, 10}} {
		t.Run(c.name, func(t *testing.T) {
			r := finding.Report{}
			for i := range c.many {
				x := finding.Finding{
					Rule: "mesh/x", Level: rule.Note, Verdict: finding.Violated, Message: strings.Repeat("é", c.message),
					Subject: finding.Subject{Kind: "pod", Namespace: "gluetun", Name: fmt.Sprintf("p-%05d", i)}, Remediation: []string{strings.Repeat("x", c.message)},
				}
				if i%100 == 99 {
					x.Level = rule.Error
				}
				r.Findings = append(r.Findings, x)
			}
			all := objects(Latest{Report: r, Snapshot: among()}, forms()[0], "lint")
			require.Len(t, all, 2)
			o := all[1]
			require.Equal(t, "gluetun", o.Metadata.Namespace)
			text, err := json.Marshal(o)
			require.NoError(t, err)
			require.Less(t, len(text), 3<<19, "etcd takes 1.5 MiB")
			require.LessOrEqual(t, len(o.Results), maxResults)
			require.Equal(t, summary{Fail: c.many / 100, Warn: c.many - c.many/100}, o.Summary)
			for _, x := range o.Results[:c.many/100] {
				require.Equal(t, fail, x.Result)
			}
			if c.many == maxResults {
				require.Empty(t, o.Metadata.Annotations)
				return
			}
			left := c.many - (len(o.Results) - 1)
			require.Equal(t, fmt.Sprint(left), o.Metadata.Annotations[leftOutKey])
			require.True(t, strings.HasPrefix(o.Results[len(o.Results)-1].Message, fmt.Sprintf("%d results of those", left)))
			require.False(t, slices.ContainsFunc(o.Results, func(x result) bool { return len(x.Message) > maxMessage || strings.Contains(x.Message, "\uFFFD") }))
		})
	}
}
