package terraform

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// broken is the deployment that the broken example describes. A controller refuses
// the relation to an offer that nobody makes, so that one may be left out.
func broken(dangling bool) *deployment.Deployment {
	d := deployment.Clean()
	core, downloads, gateway := d.Model(d.Core), d.Model(d.Downloads), d.Model(d.Gateway)

	core.Application("storage").Trust = false
	core.Application("admin-gateway").Options["external-traffic-policy-cidrs"] = "0.0.0.0/0"
	core.Unrelate("prowlarr", "istio-ingress-route", "arr-gateway")
	core.Relate("prowlarr", "istio-ingress-route", "media-gateway")
	core.Consume(d.Gateway, "gluetun")
	core.Relate("radarr", "vpn-gateway", "gluetun")

	downloads.Application("qbittorrent").Exposed = true
	downloads.Unrelate("sabnzbd", "vpn-gateway", "gluetun")
	downloads.Application("sabnzbd").Options["unsafe-mode"] = true
	if dangling {
		downloads.Consume(d.Core, "lidarr")
		downloads.Relate("sabnzbd", "download-client", "lidarr")
		downloads.Relate("sabnzbd", "provide-cmr-mesh", "lidarr", "require-cmr-mesh")
	}

	d.Deploy(d.Gateway, "beacon", "istio-beacon-k8s", nil)
	gateway.Relate("gluetun", "service-mesh", "beacon")
	options := gateway.Application("gluetun").Options
	options["cluster-cidrs"] = strings.ReplaceAll(options["cluster-cidrs"].(string), ",", " ")
	options["custom-overrides"] = `{"FIREWALL_ENABLED_DISABLING_IT_SHOOTS_YOU_IN_YOUR_FOOT":"off"}`
	return d
}

// what is a finding wherever it stands.
type what struct {
	Rule, Way, Level string
	Subject          deployment.Subject
}

// told is what a report says that several forms of one deployment can agree upon.
type told struct {
	findings []what
	decided  []string
}

func (r report) told() told {
	var out told
	for _, f := range r.Findings {
		out.findings = append(out.findings, what{f.Rule, f.Way, f.Level, f.Subject})
	}
	for _, d := range r.Decided {
		out.decided = append(out.decided, d.Rules...)
	}
	return out
}

// of are the findings of some rules, by rule.
func (t told) of(rules []string) map[string][]what {
	out := map[string][]what{}
	for _, f := range t.findings {
		if slices.Contains(rules, f.Rule) {
			out[f.Rule] = append(out[f.Rule], f)
		}
	}
	return out
}

// The same deployment has the same findings as a plan, as a state, as bundles, as
// statuses and live, of every rule that two of them can decide.
func TestParity(t *testing.T) {
	t.Parallel()
	for _, example := range []struct {
		name    string
		want    int
		d, live *deployment.Deployment
	}{
		{"clean", 0, deployment.Clean(), deployment.Clean()},
		{"broken", 1, broken(true), broken(false)},
	} {
		t.Run(example.name, func(t *testing.T) {
			p := plans(t, example.name, empty)
			forms := map[string]told{
				"plan": p.check(t, example.want, map[string][]byte{"plan.json": p.plan(t)}).told(),
			}
			files, err := example.d.Files(deployment.Juju)
			require.NoError(t, err)
			for _, form := range []string{"bundle.yaml", "status.json"} {
				some := maps.Clone(files)
				maps.DeleteFunc(some, func(name string, _ []byte) bool { return !strings.HasSuffix(name, form) })
				forms[form] = (&planner{folder: t.TempDir()}).check(t, example.want, base(some)).told()
			}
			forms["live"] = live(t, example.want, example.live)
			if example.name == "clean" {
				state, err := os.ReadFile(filepath.Join(fixtures, "state.json"))
				require.NoError(t, err)
				forms["state"] = p.check(t, 0, map[string][]byte{"state.json": state}).told()
			}

			for _, form := range slices.Sorted(maps.Keys(forms)) {
				a, b := forms["plan"], forms[form]
				both := slices.DeleteFunc(slices.Clone(a.decided), func(rule string) bool { return !slices.Contains(b.decided, rule) })
				if form == "live" && example.name == "broken" {
					both = slices.DeleteFunc(both, func(rule string) bool { return rule == "relation/offer-resolves" })
				}
				require.Greater(t, len(both), 20, form)
				require.Empty(t, cmp.Diff(a.of(both), b.of(both)), "a plan and %s", form)
			}
		})
	}
}

// base are files by the last part of their names.
func base(files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range files {
		out[path.Base(name)] = text
	}
	return out
}

// live audits a deployment in a controller.
func live(t testing.TB, want int, d *deployment.Deployment) told {
	t.Helper()
	c := controller(t, d)
	p := &planner{folder: t.TempDir(), env: []string{"HOME=" + t.TempDir(), "JUJU_DATA=" + c.Store("admin")}}
	var r report
	require.NoError(t, json.Unmarshal(p.lint(t, want, "audit", "--no-kube", "-f", "json"), &r))
	return r.told()
}
