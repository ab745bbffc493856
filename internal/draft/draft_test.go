package draft

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

var update = flag.Bool("update", false, "rewrite the golden drafts")

var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// deployments are folders of files, by name.
func deployments() map[string]string {
	return map[string]string{
		"clean": filepath.Join("..", "..", "testdata", "clean"), "broken": filepath.Join("..", "..", "testdata", "broken"),
		"single": filepath.Join("testdata", "single"), "unknown": filepath.Join("testdata", "unknown"),
	}
}

func read(t *testing.T, dir string) snapshot.Snapshot {
	t.Helper()
	snap, err := collect.Collect(t.Context(), []collect.Collector{file.Collector{Paths: []string{dir}}}, nil)
	require.NoError(t, err)
	for i, s := range snap.Sources { // as if the program ran in the folder
		rel, err := filepath.Rel(dir, s.Name)
		require.NoError(t, err)
		snap.Sources[i].Name = filepath.ToSlash(rel)
	}
	return snap
}

// found is what init finds in a snapshot.
func found(t *testing.T, snap snapshot.Snapshot) Found {
	t.Helper()
	base, err := config.Default().Resolve("adr-006")
	require.NoError(t, err)
	name, why := Profile(topology.Resolve(snap, base))
	p, err := config.Default().Resolve(name)
	require.NoError(t, err)
	r := topology.Resolve(snap, p)
	return Found{Profile: p, Why: why, Result: r, Sources: Sources(r.Placed)}
}

func check(t *testing.T, snap snapshot.Snapshot, c config.Config, profile string) finding.Report {
	t.Helper()
	r, err := lint.Run(t.Context(), lint.Options{
		Config: c, Profile: profile, Today: today,
		Collect: func(context.Context) (snapshot.Snapshot, error) { return snap, nil },
	})
	require.NoError(t, err)
	return r
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"single", "unknown"} {
		t.Run(name, func(t *testing.T) {
			f := found(t, read(t, deployments()[name]))
			if name == "single" {
				app := finding.Subject{Kind: "application", Model: "media", Namespace: "media", Name: "plex"}
				ns := finding.Subject{Kind: "namespace", Model: "media", Namespace: "media", Name: "media"}
				long := strings.Repeat("It is a long story, and it does not end here. ", 5)
				f.Expires, f.Rules = "2027-01-31", []rule.Rule{{ID: "mesh/a"}, {ID: "mesh/strict", NotWaivable: true}}
				f.Waive = []finding.Finding{
					{Rule: "mesh/a", Level: rule.Error, State: "effective", Verdict: finding.Violated, Subject: app, Message: long},
					{Rule: "mesh/a", Level: rule.Error, State: "effective", Verdict: finding.Violated, Subject: app, Way: "another", Message: "Once more."},
					{Rule: "mesh/a", Level: rule.Note, State: "planned", Verdict: finding.Violated, Subject: ns, Message: "Short."},
					{Rule: "mesh/strict", Level: rule.Error, State: "planned", Verdict: finding.Violated, Subject: ns, Message: "Grave."},
					{Rule: "mesh/b", Level: rule.Error, State: "planned", Verdict: finding.Waived, Subject: ns, Message: "Accepted."},
					{Rule: "config/waiver-expired", Level: rule.Error, State: "declared", Verdict: finding.Violated, Subject: ns, Message: "Expired."},
				}
			}
			got := Write(f)
			golden := filepath.Join("testdata", name+".golden.yaml")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err, "run go test ./internal/draft -update")
			require.Empty(t, cmp.Diff(string(want), got))
		})
	}
}

// TestADraftChangesNothing: the file loads, and the findings are those of a run
// without it.
func TestADraftChangesNothing(t *testing.T) {
	for name, dir := range deployments() {
		t.Run(name, func(t *testing.T) {
			snap := read(t, dir)
			f := found(t, snap)
			c, err := config.Decode(config.FileName, []byte(Write(f)))
			require.NoError(t, err)
			require.Equal(t, f.Profile.Name, c.Profile)
			before := check(t, snap, config.Default(), f.Profile.Name)
			after := check(t, snap, c, c.Profile)
			require.Empty(t, cmp.Diff(before.Findings, after.Findings))
			require.Empty(t, cmp.Diff(before.Decided, after.Decided))
			require.Empty(t, cmp.Diff(before.Stacks, after.Stacks))
			require.Equal(t, before.Summary, after.Summary)
			require.Empty(t, after.Gaps)

			f.Waive, f.Rules, f.Expires = before.Findings, before.Rules, "2027-01-31"
			c, err = config.Decode(config.FileName, []byte(Write(f)))
			require.NoError(t, err)
			require.Empty(t, c.Waivers, "a suggestion accepts nothing")
		})
	}
}

// suggestion is a # without a blank behind it.
var suggestion = regexp.MustCompile(`(?m)^( *)#([^ \n])`)

// TestSuggestionsAreConfiguration: all of them at once load, those of waivers once
// a reason is filled in, and then nothing is left over.
func TestSuggestionsAreConfiguration(t *testing.T) {
	for name, dir := range deployments() {
		t.Run(name, func(t *testing.T) {
			snap := read(t, dir)
			f := found(t, snap)
			followed := suggestion.ReplaceAllString(Write(f), "$1$2")
			c, err := config.Decode(config.FileName, []byte(followed))
			require.NoError(t, err, followed)
			require.Contains(t, c.ProfileNames(), "mine")
			_, err = c.Resolve("mine")
			require.NoError(t, err)

			before := check(t, snap, config.Default(), f.Profile.Name)
			f.Waive, f.Rules, f.Expires = before.Findings, before.Rules, "2027-01-31"
			_, waivers, _ := strings.Cut(Write(f), "mended.\n")
			waivers = suggestion.ReplaceAllString(waivers, "$1$2")
			if len(before.Findings) > 0 {
				_, err = config.Decode(config.FileName, []byte(waivers))
				require.ErrorContains(t, err, "reason: is empty")
			}
			c, err = config.Decode(config.FileName, []byte(strings.ReplaceAll(waivers, `reason: ""`, "reason: lab")))
			require.NoError(t, err, waivers)
			after := check(t, snap, c, f.Profile.Name)
			for _, x := range after.Findings {
				require.Equal(t, finding.Waived, x.Verdict, "%s %v", x.Rule, x.Subject)
			}
			require.Len(t, after.Findings, len(before.Findings))
		})
	}
}

func TestProfile(t *testing.T) {
	app := func(group string) topology.Application { return topology.Application{Group: group} }
	stack := func(models []string, groups ...string) topology.Stack {
		var s topology.Stack
		for _, m := range models {
			s.Models = append(s.Models, topology.Model{Name: m})
		}
		for _, g := range groups {
			s.Applications = append(s.Applications, app(g))
		}
		return s
	}
	one := stack([]string{"charmarr"}, topology.GroupContent, topology.GroupDownload, topology.GroupVPN)
	three := stack([]string{"a-core", "a-downloads"}, topology.GroupContent, topology.GroupDownload)
	for name, tt := range map[string]struct {
		stacks    []topology.Stack
		want, why string
	}{
		"three models":   {[]topology.Stack{three}, "adr-006", "the parts stand in models of their own: a-core, a-downloads"},
		"one model":      {[]topology.Stack{one}, "single-model", "services and download clients stand in one model: charmarr"},
		"both":           {[]topology.Stack{one, three}, "adr-006", "those in one model (charmarr) want single-model"},
		"a part":         {[]topology.Stack{stack([]string{"a-core"}, topology.GroupContent)}, "adr-006", "a part of a deployment was found"},
		"nothing at all": {nil, "adr-006", "nothing was found that tells"},
	} {
		t.Run(name, func(t *testing.T) {
			got, why := Profile(topology.Result{Stacks: tt.stacks})
			require.Equal(t, tt.want, got)
			require.Contains(t, why, tt.why)
		})
	}
}

func TestCharmsThatSeveralRolesFit(t *testing.T) {
	end := func(charm, role string) topology.RelationEnd { return topology.RelationEnd{Charm: charm, Role: role} }
	s := topology.Stack{Name: "s", Models: []topology.Model{{Name: "m"}}, Applications: []topology.Application{{Charm: "x-k8s"}, {Charm: "y-k8s"}, {Charm: "z-k8s"}}}
	s.Relations = []topology.Relation{
		{Interface: "vpn-gateway", SidesKnown: true, Requirer: end("x-k8s", ""), Provider: end("gluetun-k8s", "vpn-gateway")},
		{Interface: "download-client", SidesKnown: true, Requirer: end("radarr-k8s", "media-manager"), Provider: end("y-k8s", "")},
		{Interface: "vpn-gateway", SidesKnown: true, Requirer: end("y-k8s", ""), Provider: end("gluetun-k8s", "vpn-gateway")},
		{Interface: "prometheus_scrape", SidesKnown: true, Requirer: end("z-k8s", ""), Provider: end("radarr-k8s", "media-manager")},
		{Interface: "cross_model_mesh", SidesKnown: true, Requirer: end("z-k8s", ""), Provider: end("radarr-k8s", "media-manager")},
	}
	text := Write(Found{Profile: topology.Profile{Name: "adr-006"}, Result: topology.Result{Stacks: []topology.Stack{s}}})
	require.Contains(t, text, "      #y-k8s: download-client # it is provider of download-client and requirer of vpn-gateway\n")
	require.Contains(t, text, "# No rule judges charm x-k8s (requirer of vpn-gateway): one of download-client, indexer,")
	require.Contains(t, text, "# Charms without a role, which no rule judges: z-k8s.\n")
}

func TestFilesThatFitNoModel(t *testing.T) {
	f := Found{Profile: topology.Profile{Name: "adr-006"}, Unplaced: Unplaced([]string{"b.yaml", "-", "a.yaml", "b.yaml"})}
	require.Contains(t, Write(f), "#sources:\n  #- {path: \"a.yaml\", model: MODEL} # nothing tells which\n  #- {path: \"b.yaml\"")
	f.Sources = []topology.SourceModel{{Path: "c.yaml", Model: "m"}}
	require.Contains(t, Write(f), "\nsources:\n  - {path: \"c.yaml\", model: m}\n  #- {path: \"a.yaml\"")
	f.SourcesOff = true
	require.Contains(t, Write(f), "\n#sources:\n  #- {path: \"c.yaml\", model: m}\n  #- {path: \"a.yaml\"")
}

func TestSources(t *testing.T) {
	require.Equal(t, []topology.SourceModel{{Path: "a.yaml", Model: "m"}, {Path: "c[1].yaml", Model: "n"}}, Sources([]topology.Placed{
		{Source: "c[1].yaml", Model: "n"}, {Source: "a.yaml", Model: "m"}, {Source: "a.yaml", Model: "m"},
		{Source: "-", Model: "m"}, {Source: "b.yaml", Model: "m"}, {Source: "b.yaml", Model: "n"},
	}))
}

// TestNamesAreWrittenAsTheyAre: what a name holds does not become configuration.
func TestNamesAreWrittenAsTheyAre(t *testing.T) {
	evil := "x: [y]\n# z\nprofile: mine *?[\\\"'\u202e"
	f := Found{
		Profile: topology.Profile{Name: "adr-006"}, Why: evil,
		Sources: []topology.SourceModel{{Path: evil, Model: evil}, {Path: "true", Model: "no"}, {Path: "1", Model: "1"}},
		Result: topology.Result{Stacks: []topology.Stack{{
			Name: evil, Models: []topology.Model{{Name: evil, Part: topology.PartCore, PartBasis: evil}},
			Applications: []topology.Application{{Name: evil, Charm: evil, Model: evil}, {Name: evil, Role: topology.RoleIngressGateway}},
			Relations: []topology.Relation{{
				Interface: "download-client", SidesKnown: true, Provider: topology.RelationEnd{Charm: evil}, Requirer: topology.RelationEnd{Charm: "radarr-k8s", Role: "media-manager"},
			}},
		}}},
		Expires: "2027-01-31",
		Waive: []finding.Finding{{
			Rule: "a/b", Verdict: finding.Violated, Level: rule.Error, Message: evil, Subject: finding.Subject{Kind: "application", Model: evil, Name: evil},
		}},
	}
	text := Write(f)
	for _, line := range strings.Split(text, "\n") {
		require.NotContains(t, line, "\u202e")
		require.False(t, strings.HasPrefix(line, "profile: mine"), line)
	}
	c, err := config.Decode("c.yaml", []byte(strings.ReplaceAll(suggestion.ReplaceAllString(text, "$1$2"), `reason: ""`, "reason: lab")))
	require.NoError(t, err, text)
	require.Equal(t, "adr-006", c.Profile)
	require.Equal(t, evil, c.Sources[0].Model)
	require.Equal(t, Escaped(f.Sources)[0].Path, c.Sources[0].Path)
	require.Equal(t, "no", c.Sources[1].Model)
	require.Len(t, c.Waivers, 1)
	p, err := c.Resolve("mine")
	require.NoError(t, err)
	require.Equal(t, "download-client", p.Roles[evil])
}
