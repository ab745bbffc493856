package explain

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// broken checks the broken deployment of testdata.
func broken(t *testing.T) (finding.Report, snapshot.Snapshot) {
	t.Helper()
	snap, err := collect.Collect(t.Context(), []collect.Collector{file.Collector{Paths: []string{filepath.Join("..", "..", "testdata", "broken")}}}, nil)
	require.NoError(t, err)
	r := judged(t, snap)
	require.NotEmpty(t, r.Findings)
	return r, snap
}

func judged(t *testing.T, snap snapshot.Snapshot) finding.Report {
	t.Helper()
	r, err := lint.Run(t.Context(), lint.Options{
		Config:  config.Default(),
		Collect: func(context.Context) (snapshot.Snapshot, error) { return snap, nil },
		Today:   time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	return r
}

// TestEveryFindingIsExplained holds what is told of each finding of the broken
// deployment to what it promises: facts with a place and a state, a waiver that
// accepts this finding and what it says it accepts besides, and an annotation
// for an object that is there.
func TestEveryFindingIsExplained(t *testing.T) {
	r, snap := broken(t)
	annotated := 0
	for _, f := range r.Findings {
		e := Of(f, Subject{Report: r, Rules: r.Rules, Chain: []string{"adr-006"}})
		name := string(f.Rule) + " " + f.Subject.Kind + " " + f.Subject.Model + "/" + f.Subject.Name
		require.True(t, e.Rule.Known, name)
		require.NotEmpty(t, e.Rule.Why, name)
		require.NotEmpty(t, e.Profile.Level, name)
		require.NotEmpty(t, e.Records, name)
		for _, record := range e.Records {
			require.NotEmpty(t, record.URL, "%s: %s", name, record.Ref)
		}
		require.NotEmpty(t, e.Chain, name)
		for i, h := range e.Chain {
			require.NotEmpty(t, h.Fact, name)
			if h.File != "" {
				require.Contains(t, []string{"planned", "declared", "effective"}, h.State, "%s: %s", name, h.Fact)
			}
			require.NotContains(t, e.Chain[:i], h, "%s says a fact twice", name)
		}

		// Neither loads before somebody has filled it in.
		_, err := config.Decode("c.yaml", []byte(e.Accept.Configuration))
		require.ErrorContains(t, err, "reason: is empty", name)
		require.ErrorContains(t, err, "wants a date", name)
		filled := strings.NewReplacer(`""`, "lab", dateHere, "2027-01-31").Replace(e.Accept.Configuration)
		c, err := config.Decode("c.yaml", []byte(filled))
		require.NoError(t, err, name)
		got := waiver.Set{
			Waivers: c.Waivers, Rules: r.Rules, Known: r.Rules,
			Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Level: func(r rule.Rule) rule.Level { return r.Level },
		}.Apply(append([]finding.Finding{}, r.Findings...))
		var waived []string
		for _, g := range got {
			if g.Verdict == finding.Waived {
				waived = append(waived, g.Fingerprint)
			}
		}
		require.ElementsMatch(t, append([]string{f.Fingerprint}, e.Accept.AlsoWaives...), waived, name)

		if a := e.Accept.Annotation; a != nil {
			annotated++
			require.NotNil(t, metaOf(&snap, a.Kind, a.Namespace, a.Name), name)
			_, err := waiver.Parse(a.Value)
			require.ErrorContains(t, err, "is no date", name)
			accepted, err := waiver.Parse(strings.NewReplacer(reasonHere, "lab", dateHere, "2027-01-31").Replace(a.Value))
			require.NoError(t, err, name)
			require.Equal(t, f.Rule, accepted.Rule)
			require.Contains(t, a.Command, a.Key+"="+a.Value)
		}
	}
	require.Positive(t, annotated)
}

// TestAnnotationsWaiveWhatTheySay writes all of them on the objects at once: each
// finding that has one is accepted, and no other.
func TestAnnotationsWaiveWhatTheySay(t *testing.T) {
	before, snap := broken(t)
	want := map[string]bool{}
	for i, f := range before.Findings {
		e := Of(f, Subject{Report: before, Rules: before.Rules})
		a := e.Accept.Annotation
		if a == nil {
			continue
		}
		want[f.Fingerprint] = true
		meta := metaOf(&snap, a.Kind, a.Namespace, a.Name)
		require.NotNil(t, meta, "%s %s/%s", a.Kind, a.Namespace, a.Name)
		meta.Annotations = append(meta.Annotations, snapshot.Fact{
			Key: fmt.Sprintf("%s.%d", a.Key, i), Value: strings.NewReplacer(reasonHere, "lab", dateHere, "2027-01-31").Replace(a.Value), At: meta.At,
		})
	}
	require.NotEmpty(t, want)
	after := judged(t, snap)
	got := map[string]bool{}
	for _, f := range after.Findings {
		require.NotEqual(t, "config", f.Rule.Area(), f.Message)
		if f.Verdict == finding.Waived {
			got[f.Fingerprint] = true
			require.Equal(t, finding.InAnnotation, f.Waiver.Source.Kind)
			require.NotEmpty(t, f.Waiver.Source.Location.File)
		}
	}
	require.Equal(t, want, got)
	require.Len(t, after.Findings, len(before.Findings))
}

// metaOf finds an object of a snapshot; the last of its name counts.
func metaOf(s *snapshot.Snapshot, kind, namespace, name string) *snapshot.Meta {
	var found *snapshot.Meta
	visit(s, func(k string, m *snapshot.Meta) {
		if k == kind && m.Namespace == namespace && m.Name == name {
			found = m
		}
	})
	return found
}

// visit sees the objects of a snapshot that can carry a waiver.
func visit(s *snapshot.Snapshot, see func(kind string, m *snapshot.Meta)) {
	for i := range s.Namespaces {
		see("Namespace", &s.Namespaces[i].Meta)
	}
	for i := range s.Workloads {
		see(s.Workloads[i].Kind, &s.Workloads[i].Meta)
	}
	for i := range s.Pods {
		see("Pod", &s.Pods[i].Meta)
	}
	for i := range s.Services {
		see("Service", &s.Services[i].Meta)
	}
	for i := range s.ConfigMaps {
		see("ConfigMap", &s.ConfigMaps[i].Meta)
	}
	for i := range s.NetworkPolicies {
		see("NetworkPolicy", &s.NetworkPolicies[i].Meta)
	}
	for i := range s.ForeignPolicies {
		see(s.ForeignPolicies[i].Kind, &s.ForeignPolicies[i].Meta)
	}
	for i := range s.AuthorizationPolicies {
		see("AuthorizationPolicy", &s.AuthorizationPolicies[i].Meta)
	}
	for i := range s.Gateways {
		see("Gateway", &s.Gateways[i].Meta)
	}
	for i := range s.Routes {
		see(s.Routes[i].Kind, &s.Routes[i].Meta)
	}
	for i := range s.Ingresses {
		see("Ingress", &s.Ingresses[i].Meta)
	}
	for i := range s.PersistentVolumeClaims {
		see("PersistentVolumeClaim", &s.PersistentVolumeClaims[i].Meta)
	}
}

func TestChain(t *testing.T) {
	sources := []finding.Source{
		{Kind: "juju-status", Name: "s.json"}, {Kind: "kubernetes-manifest", Name: "k.yaml"},
		{Kind: "juju-bundle", Name: "both.yaml"}, {Kind: "kubernetes-manifest", Name: "both.yaml"},
	}
	at := func(file string, line int) finding.Location { return finding.Location{File: file, Line: line} }
	fact := func(words, file string, line int, state string) finding.Evidence {
		return finding.Evidence{Fact: words, File: file, Line: line, State: state}
	}
	hop := func(words, file string, line int, state string) Hop {
		return Hop{Fact: words, File: file, Line: line, State: state}
	}
	for _, tt := range []struct {
		name  string
		place finding.Location
		facts []finding.Evidence
		want  []Hop
	}{
		{"nothing known", finding.Location{}, nil, []Hop{}},
		{"a place alone", at("s.json", 3), nil, []Hop{hop("application m/a stands here", "s.json", 3, "declared")}},
		{"facts that hold the place", at("k.yaml", 3), []finding.Evidence{fact("x", "k.yaml", 3, "effective"), fact("y", "", 0, "")},
			[]Hop{hop("x", "k.yaml", 3, "effective"), hop("y", "", 0, "")}},
		{"facts of elsewhere", at("k.yaml", 9), []finding.Evidence{fact("x", "k.yaml", 3, "effective")},
			[]Hop{hop("application m/a stands here", "k.yaml", 9, "effective"), hop("x", "k.yaml", 3, "effective")}},
		{"a fact said twice", at("k.yaml", 3), []finding.Evidence{fact("x", "k.yaml", 3, "effective"), fact("x", "k.yaml", 3, "effective")},
			[]Hop{hop("x", "k.yaml", 3, "effective")}},
		{"a state that the report lacks", at("s.json", 3), []finding.Evidence{fact("x", "s.json", 3, "")}, []Hop{hop("x", "s.json", 3, "declared")}},
		{"a file of two kinds", at("both.yaml", 3), nil, []Hop{hop("application m/a stands here", "both.yaml", 3, "")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := finding.Finding{Subject: finding.Subject{Kind: "application", Model: "m", Name: "a"}, Location: tt.place, Evidence: tt.facts}
			require.Equal(t, tt.want, chain(f, finding.Report{Sources: sources}))
		})
	}
}

func TestLevelFrom(t *testing.T) {
	r := rule.Rule{Level: rule.Error, Levels: map[string]rule.Level{"single-model": rule.Warning}}
	for _, tt := range []struct {
		level   rule.Level
		profile string
		want    string
	}{
		{rule.Error, "adr-006", "as the rule has it"},
		{rule.Warning, "single-model", "the profile makes it so; the rule's own is error"},
		{rule.Note, "adr-006", "the rule's own is error, and the configuration or this way of violating it makes it note"},
		{rule.Note, "single-model", "the rule's own is warning, and the configuration or this way of violating it makes it note"},
		{rule.Error, "single-model", "the rule's own is warning, and the configuration or this way of violating it makes it error"},
	} {
		require.Equal(t, tt.want, levelFrom(finding.Finding{Level: tt.level}, r, []string{tt.profile}))
	}
}

func TestAccept(t *testing.T) {
	app := finding.Finding{
		Rule: "mesh/a", State: "effective", Verdict: finding.Violated,
		Subject: finding.Subject{Kind: "application", Model: "m", Namespace: "m", Name: "a"},
	}
	with := func(change func(*finding.Finding)) finding.Finding {
		f := app
		change(&f)
		return f
	}
	t.Run("objects", func(t *testing.T) {
		for name, tt := range map[string]struct {
			f    finding.Finding
			want string
		}{
			"an application": {app, "StatefulSet m/a"},
			"an application that the facts show as a Deployment": {with(func(f *finding.Finding) {
				f.Evidence = []finding.Evidence{{Object: "Deployment m/other"}, {Object: "Deployment m/a"}}
			}), "Deployment m/a"},
			"an application that Juju alone shows": {with(func(f *finding.Finding) { f.State = "declared" }), ""},
			"a namespace": {with(func(f *finding.Finding) {
				f.Subject = finding.Subject{Kind: "namespace", Model: "m", Namespace: "m", Name: "m"}
			}), "Namespace /m"},
			"a policy of another project": {with(func(f *finding.Finding) {
				f.Subject.Kind, f.Evidence = "networkpolicy", []finding.Evidence{{Object: "CiliumNetworkPolicy m/a"}}
			}), "CiliumNetworkPolicy m/a"},
			"a route":    {with(func(f *finding.Finding) { f.Subject.Kind = "httproute" }), "HTTPRoute m/a"},
			"a relation": {with(func(f *finding.Finding) { f.Subject.Kind = "relation" }), ""},
			"a pod whose name is not whole": {with(func(f *finding.Finding) {
				f.Subject.Kind, f.Subject.Name = "pod", "job-"
			}), ""},
		} {
			t.Run(name, func(t *testing.T) {
				got := ""
				if a := accept(tt.f, rule.Rule{ID: "mesh/a"}, Subject{}).Annotation; a != nil {
					got = a.Kind + " " + a.Namespace + "/" + a.Name
				}
				require.Equal(t, tt.want, got)
			})
		}
	})
	t.Run("not waivable", func(t *testing.T) {
		got := accept(app, rule.Rule{ID: "mesh/a", NotWaivable: true}, Subject{})
		require.NotEmpty(t, got.Refused)
		require.Empty(t, got.Configuration)
		require.Nil(t, got.Annotation)
	})
	t.Run("about waivers", func(t *testing.T) {
		got := accept(with(func(f *finding.Finding) { f.Rule = waiver.Unused }), rule.Rule{ID: waiver.Unused}, Subject{})
		require.NotEmpty(t, got.Refused)
	})
	t.Run("annotations not allowed", func(t *testing.T) {
		got := accept(app, rule.Rule{ID: "mesh/a"}, Subject{Allowed: func(rule.Rule) bool { return false }})
		require.True(t, got.Annotation.Refused)
		require.NotEmpty(t, got.Configuration)
	})
}

func TestARuleThatIsNotKnown(t *testing.T) {
	f := finding.Finding{Rule: "own/gone", Level: rule.Error, Way: "left", ADR: []string{"own/adr-001"}}
	e := Of(f, Subject{Report: finding.Report{Profile: "mine"}})
	require.False(t, e.Rule.Known)
	require.Equal(t, "left", e.Way)
	require.Equal(t, []Record{{Ref: "own/adr-001"}}, e.Records)
	require.NotEmpty(t, e.Accept.Configuration)

	renamed := Of(f, Subject{Rules: []rule.Rule{{ID: "own/kept", Aliases: []rule.ID{"own/gone"}, Title: "T"}}})
	require.True(t, renamed.Rule.Known)
	require.Equal(t, "T", renamed.Rule.Title)
}
