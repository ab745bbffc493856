package waiver

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Accepted
		err      string
	}{
		{"plain", "mesh/a; single node lab; 2027-01-31", Accepted{"mesh/a", "single node lab", "2027-01-31"}, ""},
		{"no blanks", "mesh/a;lab;2027-01-31", Accepted{"mesh/a", "lab", "2027-01-31"}, ""},
		{"a block of YAML ends with a line feed", "mesh/a; lab; 2027-01-31\n", Accepted{"mesh/a", "lab", "2027-01-31"}, ""},
		{"semicolons in the reason", "mesh/a; lab; see ticket; 2027-01-31", Accepted{"mesh/a", "lab; see ticket", "2027-01-31"}, ""},
		{"other scripts", "mesh/a; größere Übung; 2027-01-31", Accepted{"mesh/a", "größere Übung", "2027-01-31"}, ""},
		{"empty", "", Accepted{}, "it is empty"},
		{"blank", " \n", Accepted{}, "it is empty"},
		{"a rule alone", "mesh/a", Accepted{}, "it has 1 of three parts"},
		{"no date", "mesh/a; lab", Accepted{}, "it has 2 of three parts"},
		{"nothing for a date", "mesh/a; lab;", Accepted{}, "the date is missing"},
		{"nothing for a reason", "mesh/a;; 2027-01-31", Accepted{}, "the reason is missing"},
		{"semicolons for a reason", "mesh/a; ;;; 2027-01-31", Accepted{}, "the reason is missing"},
		{"no such day", "mesh/a; lab; 2027-02-31", Accepted{}, `"2027-02-31" is no date`},
		{"date and time", "mesh/a; lab; 2027-01-31T00:00:00Z", Accepted{}, "is no date"},
		{"parts in another order", "2027-01-31; lab; mesh/a", Accepted{}, `"2027-01-31" is no rule`},
		{"commas", "mesh/a, lab, 2027-01-31", Accepted{}, "it has 1 of three parts"},
		{"two lines", "mesh/a; lab; 2027-01-31\nmesh/b; lab; 2027-01-31", Accepted{}, "the next as charmarr-lint.io/waive.2"},
		{"a glob", "mesh/*; lab; 2027-01-31", Accepted{}, "without a glob"},
		{"an area", "mesh; lab; 2027-01-31", Accepted{}, `"mesh" is no rule`},
		{"everything", "*; lab; 2027-01-31", Accepted{}, `"*" is no rule`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.in)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

// FuzzParse reads annotations from foreign hands. What is taken names one rule,
// a reason and a day, and is the same when it is written and read again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "mesh/a", "mesh/a; lab; 2027-01-31", ";;;", "mesh/a; ; 2027-01-31", "mesh/*; lab; 2027-01-31",
		"a/b; x; y; 0001-01-01", "a/b;\u2028;9999-12-31", "a/b; \xff; 2027-01-31", "a/b; 'x'; 2027-01-31\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, err := Parse(value)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		area, name, ok := strings.Cut(string(a.Rule), "/")
		require.True(t, ok && area != "" && name != "")
		require.NotEmpty(t, strings.TrimSpace(a.Reason))
		_, err = time.Parse(time.DateOnly, a.Expires)
		require.NoError(t, err)
		again, err := Parse(a.String())
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}

// sts is an annotation on the StatefulSet that runs application gluetun.
func sts(key, value string) Annotation {
	return Annotation{
		Kind: "StatefulSet", Namespace: "n", Name: "gluetun", Key: key, Value: value, Stacks: []string{"s"},
		Subjects: []finding.Subject{{Kind: "workload", Model: "m", Namespace: "n", Name: "gluetun"}, gluetun.Subject},
		At:       finding.Location{File: "a.yaml", Line: 7, Column: 5},
	}
}

func TestApplyAnnotations(t *testing.T) {
	about := func(id rule.ID, level rule.Level, key, message string) finding.Finding {
		s := finding.Subject{Kind: "waiver", Model: "m", Namespace: "n", Name: "StatefulSet/gluetun " + key}
		return finding.Finding{
			Rule: id, Level: level, Verdict: finding.Violated, State: "effective", Stack: "s", Subject: s, Message: message,
			Location: finding.Location{File: "a.yaml", Line: 7, Column: 5}, Evidence: []finding.Evidence{}, ADR: []string{},
			Remediation: []string{"kubectl annotate statefulset -n n gluetun " + key + "-"},
			Fingerprint: finding.Fingerprint(id, "", "s", s),
		}
	}
	waived := gluetun
	waived.Verdict, waived.Waiver = finding.Waived, &finding.Waiver{Reason: "lab", Expires: "2026-05-31", Source: finding.WaiverSource{
		Kind: finding.InAnnotation, Object: "StatefulSet n/gluetun", Key: Key,
		Location: finding.Location{File: "a.yaml", Line: 7, Column: 5},
	}}
	elsewhere := sts(Key, "mesh/a; lab; 2026-05-31")
	elsewhere.Stacks = []string{"t"}
	hidden := sts(Key+".token", "(redacted)")
	hidden.Hidden = true
	const of = " of StatefulSet n/gluetun waives nothing: "
	for _, tt := range []struct {
		name string
		in   []Annotation
		want []finding.Finding
	}{
		{"holds on its last day", []Annotation{sts(Key, "mesh/a; lab; 2026-05-31")}, []finding.Finding{waived}},
		{"the rule's former name", []Annotation{sts(Key, "mesh/old; lab; 2026-05-31")}, []finding.Finding{waived}},
		{"expired the day before", []Annotation{sts(Key, "mesh/a; lab; 2026-05-30")}, []finding.Finding{gluetun,
			about(Expired, rule.Error, Key, "The waiver of mesh/a on StatefulSet n/gluetun expired on 2026-05-30 and no longer applies.")}},
		{"meets nothing", []Annotation{sts(Key+".2", "mesh/b; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Unused, rule.Warning, Key+".2", "The waiver of mesh/b on StatefulSet n/gluetun meets no finding.")}},
		{"is not called unused where its rule could not be judged", []Annotation{sts(Key, "mesh/open; lab; 2027-01-01")}, []finding.Finding{gluetun}},
		{"is not called unused where its rule was not asked", []Annotation{sts(Key, "vpn/idle; lab; 2027-01-01")}, []finding.Finding{gluetun}},
		{"a rule of another version", []Annotation{sts(Key, "zzz/later; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Unused, rule.Warning, Key, "The waiver of zzz/later on StatefulSet n/gluetun meets no finding: no rule has that name.")}},
		{"a mistyped rule", []Annotation{sts(Key, "mesh/opne; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Malformed, rule.Error, Key, "Annotation "+Key+of+`no rule is called "mesh/opne"; did you mean "mesh/open"?`)}},
		{"no waiver", []Annotation{sts(Key, "mesh/a")}, []finding.Finding{gluetun,
			about(Malformed, rule.Error, Key, "Annotation "+Key+of+"it has 1 of three parts; "+format+".")}},
		{"a mistyped key", []Annotation{sts("charmarr-lint.io/waiver", "mesh/a; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Malformed, rule.Error, "charmarr-lint.io/waiver", "Annotation charmarr-lint.io/waiver"+of+"charmarr-lint knows no such annotation; did you mean charmarr-lint.io/waive?")}},
		{"another key", []Annotation{sts("charmarr-lint.io/ignore-everything", "yes")}, []finding.Finding{gluetun,
			about(Malformed, rule.Error, "charmarr-lint.io/ignore-everything", "Annotation charmarr-lint.io/ignore-everything"+of+
				"charmarr-lint knows no such annotation; a waiver is charmarr-lint.io/waive, or charmarr-lint.io/waive.2 where there are several.")}},
		{"a key that hides its value", []Annotation{hidden}, []finding.Finding{gluetun,
			about(Malformed, rule.Error, Key+".token", "Annotation "+Key+".token"+of+"its key looks like that of a secret, so its value was not read; write it as charmarr-lint.io/waive.2.")}},
		{"a rule that nobody may waive", []Annotation{sts(Key, "mesh/strict; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Refused, rule.Error, Key, "The waiver of mesh/strict on StatefulSet n/gluetun does not apply: the rule says that nobody may waive it.")}},
		{"a finding about waivers", []Annotation{sts(Key, "config/waiver-unused; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Refused, rule.Error, Key, "The waiver of config/waiver-unused on StatefulSet n/gluetun does not apply: findings about the configuration and about waivers cannot be waived.")}},
		{"a rule that the configuration does not allow", []Annotation{sts(Key, "mesh/kept; lab; 2027-01-01")}, []finding.Finding{gluetun,
			about(Refused, rule.Warning, Key, "The waiver of mesh/kept on StatefulSet n/gluetun does not apply: annotation_waivers in charmarr-lint.yaml does not allow it.")}},
		{"an object of another stack", []Annotation{elsewhere}, []finding.Finding{gluetun, func() finding.Finding {
			f := about(Unused, rule.Warning, Key, "The waiver of mesh/a on StatefulSet n/gluetun meets no finding.")
			f.Stack = "t"
			f.Fingerprint = finding.Fingerprint(Unused, "", "t", f.Subject)
			return f
		}()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			known := []rule.Rule{
				{ID: "mesh/a", Aliases: []rule.ID{"mesh/old"}}, {ID: "mesh/b"}, {ID: "mesh/open"}, {ID: "mesh/kept"},
				{ID: "mesh/strict", NotWaivable: true},
			}
			got := Set{
				Annotations: tt.in,
				Rules:       known,
				Known:       append(append(known, rule.Rule{ID: "vpn/idle"}), Rules()...),
				Allowed:     func(r rule.Rule) bool { return r.ID != "mesh/kept" },
				Undecided:   func(id rule.ID, stacks []string) bool { return id == "mesh/open" && stacks != nil },
				Today:       time.Date(2026, 5, 31, 23, 0, 0, 0, time.UTC),
				Level:       func(r rule.Rule) rule.Level { return r.Level },
			}.Apply([]finding.Finding{gluetun})
			require.Empty(t, cmp.Diff(tt.want, got))
		})
	}
}

// TestAnAnnotationCoversItsObjectAlone: what is in a namespace, and the same
// name in another model, are not silenced by it.
func TestAnAnnotationCoversItsObjectAlone(t *testing.T) {
	ns := Annotation{
		Kind: "Namespace", Name: "n", Key: Key, Value: "mesh/a; lab; 2027-01-31", Stacks: []string{"s"},
		Subjects: []finding.Subject{{Kind: "namespace", Model: "n", Namespace: "n", Name: "n"}},
	}
	of := func(s finding.Subject) finding.Finding {
		return finding.Finding{Rule: "mesh/a", Verdict: finding.Violated, Stack: "s", Subject: s}
	}
	own := of(ns.Subjects[0])
	inside := of(finding.Subject{Kind: "application", Model: "n", Namespace: "n", Name: "n"})
	model := of(finding.Subject{Kind: "model", Model: "n", Namespace: "n", Name: "n"})
	got := Set{
		Annotations: []Annotation{ns}, Rules: []rule.Rule{{ID: "mesh/a"}}, Known: []rule.Rule{{ID: "mesh/a"}},
		Today: time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC), Level: func(r rule.Rule) rule.Level { return r.Level },
	}.Apply([]finding.Finding{own, inside, model})
	require.Len(t, got, 3)
	require.Equal(t, finding.Waived, got[0].Verdict)
	require.Equal(t, finding.Violated, got[1].Verdict)
	require.Equal(t, finding.Violated, got[2].Verdict)
}

func TestNobodyWaivesANotWaivableRule(t *testing.T) {
	strict := gluetun
	strict.Rule = "mesh/strict"
	got := Set{
		Waivers:     nil,
		Annotations: []Annotation{sts(Key, "mesh/strict; lab; 2027-01-31")},
		Rules:       []rule.Rule{{ID: "mesh/strict", NotWaivable: true}},
		Known:       []rule.Rule{{ID: "mesh/strict", NotWaivable: true}},
		Today:       time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC),
		Level:       func(r rule.Rule) rule.Level { return r.Level },
	}.Apply([]finding.Finding{strict})
	require.Equal(t, finding.Violated, got[0].Verdict)
	require.Equal(t, Refused, got[1].Rule)
}

func TestCommandIsOneWordForTheShell(t *testing.T) {
	require.Equal(t,
		`kubectl annotate statefulset -n 'n; rm' 'it'\''s' 'charmarr-lint.io/waive=mesh/a; a reason; 2027-01-31'`,
		Command("StatefulSet", "n; rm", "it's", Accepted{Rule: "mesh/a", Reason: "a reason", Expires: "2027-01-31"}))
	require.Equal(t, "kubectl annotate namespace gluetun 'charmarr-lint.io/waive=mesh/a; r; 2027-01-31'",
		Command("Namespace", "", "gluetun", Accepted{Rule: "mesh/a", Reason: "r", Expires: "2027-01-31"}))
}

func TestSubjectOfCoversThatSubject(t *testing.T) {
	for want, s := range map[string]finding.Subject{
		"application:m/gluetun": gluetun.Subject,
		"namespace:gluetun":     {Kind: "namespace", Model: "gluetun", Namespace: "gluetun", Name: "gluetun"},
		"model:gluetun":         {Kind: "model", Model: "gluetun", Name: "gluetun"},
		"pod:n/p":               {Kind: "pod", Namespace: "n", Name: "p"},
		`relation:m/a:\[b c:d`:  {Kind: "relation", Model: "m", Name: "a:[b c:d"},
		`application:m\*/x\?`:   {Kind: "application", Model: "m*", Name: "x?"},
		"offer:radarr":          {Kind: "offer", Name: "radarr"},
	} {
		t.Run(want, func(t *testing.T) {
			require.Equal(t, want, SubjectOf(s))
			require.True(t, covers(want, s))
			s.Name += "x"
			require.False(t, covers(want, s))
		})
	}
}
