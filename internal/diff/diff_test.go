package diff_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/diff"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

const id rule.ID = "mesh/core-enrolled"

func about(name, model string) finding.Finding {
	s := finding.Subject{Kind: "application", Model: model, Name: name}
	return finding.Finding{
		Rule: id, Level: rule.Error, Verdict: finding.Violated, Stack: "media", Subject: s,
		Fingerprint: finding.Fingerprint(id, "", "media", s),
	}
}

// report is one that has decided the rule.
func report(fs ...finding.Finding) finding.Report {
	return finding.Report{
		Profile:  "adr-006",
		Stacks:   []finding.Stack{{Name: "media", Models: []string{"core", "dl"}, Namespaces: []string{"core"}}},
		Decided:  []finding.Decided{{Stack: "media", Rules: []rule.ID{id}}},
		Findings: fs,
	}
}

// undecided is a report that could not judge the rule in whole.
func undecided(change func(*finding.Report), fs ...finding.Finding) finding.Report {
	r := report(fs...)
	r.Decided = nil
	change(&r)
	return r
}

func TestCompare(t *testing.T) {
	radarr, sonarr := about("radarr", "core"), about("sonarr", "core")
	waived, milder := radarr, radarr
	waived.Verdict, waived.Waiver = finding.Waived, &finding.Waiver{Reason: "lab", Expires: "2027-01-31"}
	milder.Level = rule.Note
	moved := radarr
	moved.Message, moved.Location.Line = "said otherwise", 12
	elsewhere := about("gluetun", "vpn")
	config := finding.Finding{Rule: "config/waiver-unused", Level: rule.Warning, Verdict: finding.Violated, Fingerprint: "w"}
	withConfig := func(fs ...finding.Finding) finding.Report {
		r := report(fs...)
		r.Decided = append(r.Decided, finding.Decided{Rules: []rule.ID{config.Rule}})
		return r
	}
	withVPN := report(elsewhere)
	withVPN.Stacks = []finding.Stack{{Name: "media", Models: []string{"core", "vpn"}}}

	nothing := func(*finding.Report) {}
	unknown := func(r *finding.Report) {
		r.Unknown = []finding.Undecided{{Rule: id, Stack: "media", Missing: []string{"kube.pods of model core"}}}
	}
	idle := func(r *finding.Report) {
		r.NotEvaluated = []finding.Unevaluated{{Rule: id, Stack: "media", Needs: []string{"kube.pods of model core"}}}
	}
	noStack := func(r *finding.Report) { r.Stacks = []finding.Stack{{Name: "other"}} }

	tests := map[string]struct {
		before, after finding.Report
		want          []string
	}{
		"both empty":       {report(), report(), nil},
		"new":              {report(), report(radarr), []string{"new radarr"}},
		"fixed":            {report(radarr), report(), []string{"fixed radarr"}},
		"one of two fixed": {report(sonarr, radarr), report(sonarr), []string{"fixed radarr", "unchanged sonarr"}},
		"sorted":           {report(), report(sonarr, radarr), []string{"new radarr", "new sonarr"}},
		"moved":            {report(radarr), report(moved), []string{"unchanged radarr"}},
		"accepted":         {report(radarr), report(waived), []string{"unchanged radarr, was error violated"}},
		"accepted no more": {report(waived), report(radarr), []string{"unchanged radarr, was error waived"}},
		"level":            {report(radarr), report(milder), []string{"unchanged radarr, was error violated"}},
		"unknown after":    {report(radarr), undecided(unknown), []string{"old radarr: the rule is unknown there: it lacks kube.pods of model core"}},
		"unknown before":   {undecided(unknown), report(radarr), []string{"new radarr: the rule is unknown there: it lacks kube.pods of model core"}},
		"not evaluated after": {report(radarr), undecided(idle),
			[]string{"old radarr: the rule was not evaluated there: it lacks kube.pods of model core"}},
		"not evaluated before": {undecided(idle), report(radarr),
			[]string{"new radarr: the rule was not evaluated there: it lacks kube.pods of model core"}},
		"violated on a part of the facts": {report(radarr, sonarr), undecided(nothing, sonarr),
			[]string{"old radarr: the rule had only a part of its facts there", "unchanged sonarr"}},
		"not asked":        {report(radarr), undecided(nothing), []string{"old radarr: the rule was not asked there"}},
		"stack not there":  {report(radarr), undecided(noStack), []string{`old radarr: stack "media" is not there`}},
		"empty afterwards": {report(radarr), finding.Report{Empty: true}, []string{`old radarr: stack "media" is not there`}},
		"model not there": {withVPN, report(),
			[]string{`old gluetun: model "vpn" is not there: it did not exist, or its files were not given`}},
		"configuration":           {withConfig(config), withConfig(), []string{"fixed "}},
		"configuration not asked": {withConfig(config), report(), []string{"old : the rule was not asked there"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before, after := slices.Clone(tt.before.Findings), slices.Clone(tt.after.Findings)
			r := diff.Compare(tt.before, tt.after)
			require.Empty(t, cmp.Diff(tt.want, told(r)))
			require.Equal(t, before, tt.before.Findings, "the old report was changed")
			require.Equal(t, after, tt.after.Findings, "the new report was changed")
			s := r.Summary
			require.Equal(t, len(tt.want), s.New.Total()+s.Fixed.Total()+s.Unchanged.Total()+s.Incomparable.Total())
			require.Equal(t, len(r.Incomparable) > 0 || len(tt.before.Unknown)+len(tt.after.Unknown) > 0, r.Incomplete())
		})
	}
}

// told is a result in words.
func told(r diff.Result) []string {
	var out []string
	for _, f := range r.New {
		out = append(out, "new "+f.Subject.Name)
	}
	for _, f := range r.Fixed {
		out = append(out, "fixed "+f.Subject.Name)
	}
	for _, i := range r.Incomparable {
		out = append(out, string(i.In)+" "+i.Finding.Subject.Name+": "+i.Reason)
	}
	for _, u := range r.Unchanged {
		line := "unchanged " + u.Finding.Subject.Name
		if u.Changed() {
			line += ", was " + string(u.Was.Level) + " " + string(u.Was.Verdict)
		}
		out = append(out, line)
	}
	return out
}

func TestIncompleteSideMakesTheResultIncomplete(t *testing.T) {
	gap := report()
	gap.Gaps = []finding.Gap{{Source: "x", What: "reading", Reason: "cut"}}
	require.True(t, diff.Compare(gap, report()).Incomplete())
	require.True(t, diff.Compare(report(), gap).Incomplete())
	require.False(t, diff.Compare(report(), report()).Incomplete())
}

func TestCountsByLevel(t *testing.T) {
	a, b, c, d := about("a", "core"), about("b", "core"), about("c", "core"), about("d", "core")
	b.Level, c.Level, d.Verdict = rule.Warning, rule.Note, finding.Waived
	require.Equal(t, diff.Count{Error: 1, Warning: 1, Note: 1, Waived: 1}, diff.Compare(report(), report(a, b, c, d)).Summary.New)
}
