package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"unknown field", "profle: adr-006\n", []string{`c.yaml:1:1: unknown field "profle"; did you mean "profile"?`}},
		{"unknown field far from all", "xyzzy: 1\n", []string{`c.yaml:1:1: unknown field "xyzzy"; known are version, profile, profiles, rules, waivers, annotation_waivers, policies, sources, complete`}},
		{"unknown field deep down", "profiles:\n  mine:\n    extends: adr-006\n    models: {cores: [a]}\n", []string{`c.yaml:4:14: profiles.mine.models: unknown field "cores"; did you mean "core"?`}},
		{"written twice", "profile: adr-006\nrules: {}\nprofile: single-model\n", []string{`c.yaml:3:1: "profile" is written twice; the first is in line 1`}},
		{"wrong version", "version: 2\n", []string{`c.yaml:1:10: version: is the number 2; this program reads version 1`}},
		{"wrong type of a list", "policies: ./policies\n", []string{`c.yaml:1:11: policies: wants a list ([a, b]), not the text "./policies"`}},
		{"wrong type of a mapping", "rules: [a]\n", []string{`c.yaml:1:8: rules: wants a mapping (key: value), not a list`}},
		{"wrong type of a text", "profile: 6\n", []string{`c.yaml:1:10: profile: wants text, not the number 6`}},
		{"empty text", "profile: ''\n", []string{`c.yaml:1:10: profile: is empty`}},
		{"nothing for a text", "profile:\n", []string{`c.yaml:1:9: profile: wants text, not nothing`}},
		{"wrong type of a flag", "rules:\n  mesh/*: {enabled: maybe}\n", []string{`c.yaml:2:21: rules."mesh/*".enabled: wants true or false, not the text "maybe"`}},
		{"unknown level", "rules:\n  mesh/a:\n    level: warn\n", []string{`c.yaml:3:12: rules."mesh/a".level: "warn" is none of error, warning, note, off`}},
		{"near level", "rules:\n  mesh/a:\n    level: warnin\n", []string{`c.yaml:3:12: rules."mesh/a".level: "warnin" is none of error, warning, note, off; did you mean "warning"?`}},
		{"bad glob", "rules:\n  'mesh/[': {enabled: false}\n", []string{`c.yaml:2:3: rules."mesh/[": "mesh/[" is no valid glob: a [ or \ is not closed`}},
		{"bad model glob", "profiles:\n  p: {extends: adr-006, models: {core: ['[']}}\n", []string{`c.yaml:2:40: profiles.p.models.core: "[" is no valid glob: a [ or \ is not closed`}},
		{"parameters not a mapping", "rules:\n  mesh/a: {parameters: 3}\n", []string{`c.yaml:2:24: rules."mesh/a".parameters: wants a mapping (key: value)`}},
		{"parameters of a glob", "rules:\n  mesh: {parameters: {a: 1}}\n", []string{`c.yaml:2:22: rules.mesh.parameters: parameters belong to one rule: write its id instead of "mesh"`}},
		{"waiver without reason", "waivers:\n  - {rule: mesh/a, subject: 'application:x', expires: 2027-01-31}\n", []string{`c.yaml:2:5: waivers[0]: reason is missing: say why that is acceptable`}},
		{"waiver without expiry", "waivers:\n  - rule: mesh/a\n    subject: application:x\n    reason: lab\n", []string{`c.yaml:2:5: waivers[0]: expires is missing: say until when, as in 2027-01-31`}},
		{"waiver with a date that is none", "waivers:\n  - {rule: mesh/a, subject: 'application:x', reason: lab, expires: 2027-02-31}\n", []string{`c.yaml:2:68: waivers[0].expires: wants a date as in 2027-01-31, not the text "2027-02-31"`}},
		{"waiver with a time", "waivers:\n  - {rule: mesh/a, subject: 'application:x', reason: lab, expires: 2027-01-31T00:00:00Z}\n", []string{`c.yaml:2:68: waivers[0].expires: wants a date as in 2027-01-31, not the date 2027-01-31T00:00:00Z`}},
		{"waiver subject without kind", "waivers:\n  - {rule: mesh/a, subject: gluetun, reason: lab, expires: 2027-01-31}\n", []string{`c.yaml:2:29: waivers[0].subject: "gluetun" is no subject: write kind:name or kind:model/name, as in "application:gluetun"`}},
		{"unknown role", "profiles:\n  p: {extends: adr-006, roles: {my-charm: download-cient}}\n", []string{`c.yaml:2:43: profiles.p.roles.my-charm: "download-cient" is no role; did you mean "download-client"?`}},
		{"unknown role of a route", "profiles:\n  p:\n    extends: adr-006\n    routes: {media-managers: [arr]}\n", []string{`c.yaml:4:14: profiles.p.routes.media-managers: "media-managers" is no role; did you mean "media-manager"?`}},
		{"unknown class of a route", "profiles:\n  p:\n    extends: adr-006\n    routes: {media-manager: [arrr]}\n", []string{`c.yaml:2:3: profile "p": routes.media-manager: no gateway has the class "arrr"; did you mean "arr"?`}},
		{"unknown layout", "profiles:\n  p: {layout: two-models}\n", []string{`c.yaml:2:15: profiles.p.layout: "two-models" is none of three-models, single-model`}},
		{"no layout", "profiles:\n  p: {mesh: off}\n", []string{`c.yaml:2:3: profile "p" says no layout: write extends: adr-006, or layout: three-models or single-model`}},
		{"built-in profile", "profiles:\n  adr-006: {mesh: off}\n", []string{`c.yaml:2:3: profiles.adr-006: is built in; give yours another name and write extends: adr-006`}},
		{"extends nobody", "profiles:\n  p: {extends: adr-06}\n", []string{`c.yaml:2:3: profile "p": extends: no profile is called "adr-06"; did you mean "adr-006"?`}},
		{"extends itself", "profiles:\n  a: {extends: b}\n  b: {extends: a}\n", []string{
			`c.yaml:2:3: profile "a" extends itself: a -> b -> a`,
			`c.yaml:3:3: profile "b" extends itself: b -> a -> b`,
		}},
		{"unknown profile", "profile: single\n", []string{`c.yaml:1:10: profile: no profile is called "single"; there are adr-006, single-model`}},
		{"offer in halves", "profiles:\n  p: {extends: adr-006, offers: [{interface: x, part: core}]}\n", []string{`c.yaml:2:34: profiles.p.offers[0]: wants interface, part and endpoint`}},
		{"source in halves", "sources: [{path: a.yaml}]\n", []string{`c.yaml:1:11: sources[0]: wants both path and model, or path and root`}},
		{"complete in evidence that is none", "complete: [kube.networkpolicys]\n", []string{`c.yaml:1:12: complete[0]: "kube.networkpolicys" is none of juju.applications, juju.relations, juju.offers, kube.namespaces, kube.workloads, kube.pods, kube.services, kube.configmaps, kube.networkpolicies, kube.gateways, kube.routes, kube.ingresses, kube.authorizationpolicies, kube.persistentvolumeclaims, kube.persistentvolumes, kube.nodes, kube.system; did you mean "kube.networkpolicies"?`}},
		{"complete in what Juju says", "complete: [kube.pods, juju.units]\n", []string{`c.yaml:1:23: complete[1]: "juju.units" is none of juju.applications, juju.relations, juju.offers, kube.namespaces, kube.workloads, kube.pods, kube.services, kube.configmaps, kube.networkpolicies, kube.gateways, kube.routes, kube.ingresses, kube.authorizationpolicies, kube.persistentvolumeclaims, kube.persistentvolumes, kube.nodes, kube.system`}},
		{"complete and no list", "complete: true\n", []string{`c.yaml:1:11: complete: wants a list ([a, b]), not the truth value true`}},
		{"no YAML", "a: [\n", []string{`c.yaml:2:1: not YAML: did not find expected node content (while parsing a flow node that starts in line 2)`}},
		{"two documents", "version: 1\n---\nversion: 1\n", []string{`c.yaml:2:1: a second document starts here; write one`}},
		{"a list at the top", "- a\n", []string{`c.yaml:1:1: wants a mapping (key: value), not a list`}},
		{"all at once, in order", "waivers: 3\nprofle: x\n", []string{
			`c.yaml:1:10: waivers: wants a list ([a, b]), not the number 3`,
			`c.yaml:2:1: unknown field "profle"; did you mean "profile"?`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode("c.yaml", []byte(tt.in))
			require.Error(t, err)
			if d := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDecodeReadsEverything(t *testing.T) {
	c, err := Decode("charmarr-lint.yaml", []byte(`
version: 1
profile: mine
profiles:
  mine:
    extends: adr-006
    models: {core: [media-core], downloads: [media-dl], gateway: [media-vpn]}
    gateways: {arr: [my-arr]}
    mesh: off
    roles: {my-torrent-charm: download-client}
rules:
  "ops/channel-coherent": {level: note}
  "o11y/*": {enabled: false}
  "vpn/cluster-cidrs": {parameters: {cidrs: [10.1.0.0/16], deep: {n: 3, f: 1.5, on: true, none: null}}}
waivers:
  - {rule: topology/gateway-own-namespace, subject: "application:gluetun", reason: "single node lab", expires: 2027-01-31}
policies: [./policies]
sources: [{path: "deploy/*/bundle.yaml", model: media-core}]
complete: [kube.networkpolicies, kube.ingresses, kube.networkpolicies]
`))
	require.NoError(t, err)
	off := false
	want := []RuleSetting{
		{Pattern: "ops/channel-coherent", Level: rule.Note, At: finding.Location{File: "charmarr-lint.yaml", Line: 12, Column: 3}},
		{Pattern: "o11y/*", Enabled: &off, At: finding.Location{File: "charmarr-lint.yaml", Line: 13, Column: 3}},
		{
			Pattern: "vpn/cluster-cidrs", At: finding.Location{File: "charmarr-lint.yaml", Line: 14, Column: 3},
			Parameters: map[string]any{
				"cidrs": []any{"10.1.0.0/16"},
				"deep":  map[string]any{"n": 3, "f": 1.5, "on": true, "none": nil},
			},
		},
	}
	require.Empty(t, cmp.Diff(want, c.Rules))
	require.Empty(t, cmp.Diff([]Waiver{{
		Rule: "topology/gateway-own-namespace", Subject: "application:gluetun", Reason: "single node lab", Expires: "2027-01-31",
		At: finding.Location{File: "charmarr-lint.yaml", Line: 16, Column: 5},
	}}, c.Waivers))
	require.Equal(t, []string{"./policies"}, c.Policies)
	require.Equal(t, []snapshot.Evidence{snapshot.KubeNetworkPolicies, snapshot.KubeIngresses}, c.Complete)

	p, err := c.Resolve(c.Profile)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(topology.Profile{
		Name: "mine", Chain: []string{"mine", "adr-006"}, Layout: topology.ThreeModels, Mesh: "off",
		Models: topology.PartNames{Core: []string{"media-core"}, Downloads: []string{"media-dl"}, Gateway: []string{"media-vpn"}},
		Gateways: []topology.GatewayClass{
			{Class: "admin", Names: []string{"admin-gateway"}},
			{Class: "arr", Names: []string{"my-arr"}},
			{Class: "media", Names: []string{"media-gateway"}},
		},
		Routes: []topology.RouteClass{
			{Role: "download-client", Classes: []string{"admin"}},
			{Role: "indexer", Classes: []string{"arr"}},
			{Role: "media-manager", Classes: []string{"arr"}},
			{Role: "media-server", Classes: []string{"media"}},
			{Role: "requester", Classes: []string{"arr"}},
		},
		Offers: []topology.OfferSide{
			{Interface: "download-client", Part: "core", Endpoint: "download-client"},
			{Interface: "vpn-gateway", Part: "gateway", Endpoint: "vpn-gateway"},
		},
		Roles:   map[string]string{"my-torrent-charm": "download-client"},
		Sources: []topology.SourceModel{{Path: "deploy/*/bundle.yaml", Model: "media-core"}},
	}, p))
}

func TestBuiltInProfiles(t *testing.T) {
	c := Default()
	require.Equal(t, []string{"adr-006", "single-model"}, c.ProfileNames())
	require.Equal(t, "adr-006", c.Profile)
	p, err := c.Resolve("single-model")
	require.NoError(t, err)
	require.Equal(t, []string{"single-model"}, p.Chain)
	require.Equal(t, topology.SingleModel, p.Layout)
	require.Empty(t, p.Offers)
	_, err = c.Resolve("adr006")
	require.EqualError(t, err, `no profile is called "adr006"; did you mean "adr-006"?`)
}

func TestAnEmptyListTakesAGatewayClassAway(t *testing.T) {
	c, err := Decode("c.yaml", []byte("profiles:\n  p: {extends: adr-006, gateways: {admin: []}, offers: []}\n"))
	require.NoError(t, err)
	p, err := c.Resolve("p")
	require.NoError(t, err)
	require.Len(t, p.Gateways, 2)
	require.Empty(t, p.Offers)
}

func TestAnchorsAreRead(t *testing.T) {
	c, err := Decode("c.yaml", []byte("policies: &p [a, b]\nrules: {x/y: {parameters: {list: *p}}}\n"))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"list": []any{"a", "b"}}, c.Rules[0].Parameters)
}

func TestAliasesCannotGrowWithoutEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("rules:\n  x/y:\n    parameters:\n      a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := range 9 {
		b.WriteString(strings.NewReplacer("N", string(rune('1'+i)), "P", string(rune('0'+i))).Replace("      aN: &aN [*aP,*aP,*aP,*aP,*aP,*aP,*aP,*aP,*aP,*aP]\n"))
	}
	_, err := Decode("c.yaml", []byte(b.String()))
	require.ErrorContains(t, err, "c.yaml: its aliases stand for more than 200000 values")
}

func TestFindStopsAtTheRepositoryRoot(t *testing.T) {
	top := t.TempDir()
	deep := filepath.Join(top, "repo", "deploy", "prod")
	require.NoError(t, os.MkdirAll(deep, 0o755))
	write := func(dir string) string {
		file := filepath.Join(dir, FileName)
		require.NoError(t, os.WriteFile(file, []byte("version: 1\n"), 0o644))
		return file
	}
	find := func() string {
		file, err := Find(deep)
		require.NoError(t, err)
		return file
	}
	write(top)
	require.Empty(t, find(), "without a repository only the folder itself counts")
	require.NoError(t, os.Mkdir(filepath.Join(top, "repo", ".git"), 0o755))
	require.Empty(t, find(), "what is above the repository does not count")
	root := write(filepath.Join(top, "repo"))
	require.Equal(t, root, find())
	own := write(deep)
	require.Equal(t, own, find())
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	top := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(top, "deploy", "prod"), 0o755))
	file := filepath.Join(top, FileName)
	require.NoError(t, os.WriteFile(file, []byte("policies: [rules]\nsources: [{path: 'deploy/*/b.yaml', model: m}]\n"), 0o644))
	for _, tt := range []struct{ dir, file, policies, source string }{
		{".", "charmarr-lint.yaml", "rules", "deploy/*/b.yaml"},
		{"deploy", "../charmarr-lint.yaml", "../rules", "*/b.yaml"},
		{"deploy/prod", "../../charmarr-lint.yaml", "../../rules", "b.yaml"},
		{"..", filepath.Base(top) + "/charmarr-lint.yaml", filepath.Base(top) + "/rules", filepath.Base(top) + "/deploy/*/b.yaml"},
	} {
		t.Run(tt.dir, func(t *testing.T) {
			t.Chdir(filepath.Join(top, tt.dir))
			c, err := Load(file)
			require.NoError(t, err)
			require.Equal(t, tt.file, c.File)
			require.Equal(t, []string{tt.policies}, c.Policies)
			require.Equal(t, tt.source, c.Sources[0].Path)
		})
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load("missing.yaml")
	require.EqualError(t, err, "reading the configuration: open missing.yaml: no such file or directory")
	require.NoError(t, os.WriteFile("big.yaml", make([]byte, maxSize+1), 0o644))
	_, err = Load("big.yaml")
	require.EqualError(t, err, "reading the configuration big.yaml: it is larger than 1 MiB; is it really a charmarr-lint.yaml?")
}
