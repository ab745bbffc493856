package terraform

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
)

// controller starts one that holds a deployment.
func controller(t testing.TB, d *deployment.Deployment) *jujuserver.Controller {
	t.Helper()
	declared, err := d.Declared()
	require.NoError(t, err)
	for _, m := range declared.Models {
		for i := range m.Secrets {
			m.Secrets[i].Label = "wireguard-key" // as the example calls it
		}
	}
	c, err := jujuserver.Start(t.TempDir(), jujuserver.Request{Name: d.Controller, Estate: "declared", Declared: &declared})
	require.NoError(t, err)
	t.Cleanup(c.Stop)
	return c
}

// adopts is plans, for an example that stands for what the controller has already.
func adopts(t testing.TB, example string, c *jujuserver.Controller) *planner {
	t.Helper()
	p := plans(t, example, c)
	text, err := os.ReadFile("testdata/adopt.tf")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.folder, "adopt.tf"), text, 0o600))
	p.env = append(p.env,
		"TF_VAR_core="+c.Models["charmarr-core"], "TF_VAR_downloads="+c.Models["charmarr-downloads"],
		"TF_VAR_gluetun="+c.Models["gluetun"], "TF_VAR_velero="+c.Models["velero"],
	)
	return p
}

// inherit takes what another planner has applied.
func (p *planner) inherit(t testing.TB, other *planner) {
	t.Helper()
	const state = "terraform.tfstate"
	text, err := os.ReadFile(filepath.Join(other.folder, state))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.folder, state), text, 0o600))
}

// changes are the actions of a plan, by address.
func changes(t testing.TB, plan []byte) map[string][]string {
	t.Helper()
	var read struct {
		Changes []struct {
			Address string `json:"address"`
			Change  struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	require.NoError(t, json.Unmarshal(plan, &read))
	out := map[string][]string{}
	for _, c := range read.Changes {
		if len(c.Change.Actions) != 1 || c.Change.Actions[0] != "no-op" {
			out[c.Address] = c.Change.Actions
		}
	}
	return out
}

// The clean example describes the clean deployment and nothing else: a controller
// that holds it is taken over without a change. What comes after that is planned
// over its state: the broken example, and the clean one over what of the broken one
// was applied.
func TestAdopt(t *testing.T) {
	t.Parallel()
	d := deployment.Clean()
	// The controller's charms have the options that somebody set.
	d.Deploy(d.Gateway, "spare", "gluetun-k8s", map[string]any{"custom-overrides": "{}"})
	c := controller(t, d)
	clean, broken := adopts(t, "clean", c), plans(t, "broken", c)
	// The key is the controller's own until then.
	require.Equal(t, map[string][]string{"juju_secret.wireguard[0]": {"update"}}, changes(t, clean.plan(t)))
	clean.tofu(t, "apply", "-input=false", "-no-color", "-lock=false", clean.planned)
	require.NoError(t, os.Remove(filepath.Join(clean.folder, "adopt.tf")))
	hold(t, "state.json", clean.tofu(t, "show", "-json"))

	broken.inherit(t, clean)
	plan := broken.plan(t, "-refresh=false")
	hold(t, "changed.json", plan)
	require.Equal(t, map[string][]string{
		"juju_application.gateway_beacon[0]":            {"create"},
		"juju_application.gluetun[0]":                   {"update"},
		"juju_application.qbittorrent":                  {"update"},
		"juju_application.sabnzbd":                      {"update"},
		"juju_application.storage":                      {"update"},
		"juju_integration.gateway_mesh[0]":              {"create"},
		`juju_integration.music["download-client"]`:     {"create"},
		`juju_integration.music["provide-cmr-mesh"]`:    {"create"},
		"juju_integration.radarr_vpn[0]":                {"create"},
		`juju_integration.route["prowlarr"]`:            {"delete", "create"},
		`juju_integration.vpn["sabnzbd"]`:               {"delete"},
		`module.ingress["admin"].juju_application.this`: {"update"},
	}, changes(t, plan))
	r := broken.check(t, 1, map[string][]byte{"plan.json": plan})
	require.Empty(t, cmp.Diff(wanted(t), r.found()))
	for _, f := range r.Findings {
		require.Equal(t, "new", f.Standing, "%+v", f)
	}
	require.Empty(t, r.Mended)

	// Over what the controller says it is the same. Of the spare gateway, which is none
	// of the plan's, the controller alone tells.
	broken.env = append(broken.env, "JUJU_DATA="+c.Store("admin"))
	var brought []found
	for _, f := range broken.audit(t, 1, "plan.json").Findings {
		if f.Subject.Name != "spare" {
			require.Equal(t, "new", f.Standing, "%+v", f)
			brought = append(brought, f)
		}
	}
	require.Equal(t, about(r.Findings), about(brought))

	// There is no cloud for a new application, and no agent to end a relation. The
	// relation brings the gateway that it leads to with it.
	broken.tofu(t, "apply", "-input=false", "-no-color", "-lock=false", "-refresh=false", "-auto-approve",
		"-target=juju_application.qbittorrent", "-target=juju_application.storage", "-target=juju_integration.radarr_vpn")
	clean.inherit(t, broken)
	plan = clean.plan(t, "-refresh=false")
	hold(t, "mended.json", plan)
	require.Equal(t, map[string][]string{
		"juju_application.gluetun[0]":    {"update"},
		"juju_application.qbittorrent":   {"update"},
		"juju_application.storage":       {"update"},
		"juju_integration.radarr_vpn[0]": {"delete"},
	}, changes(t, plan))
	r = clean.check(t, 0, map[string][]byte{"plan.json": plan})
	require.Empty(t, r.found())
	var mended []string
	for _, f := range r.Mended {
		mended = append(mended, f.Rule)
	}
	// Whether qbittorrent is exposed no more, Kubernetes alone can tell.
	require.Equal(t, []string{"ops/trusted", "topology/no-vpn-in-core", "vpn/cluster-cidrs-format", "vpn/overrides-keep-firewall"}, mended)
}

// audit audits the controller, with files laid over it.
func (p *planner) audit(t testing.TB, want int, paths ...string) report {
	t.Helper()
	var r report
	require.NoError(t, json.Unmarshal(p.lint(t, want, append([]string{"audit", "--no-kube", "-f", "json"}, paths...)...), &r))
	return r
}

// about are the rules, ways and subjects of findings.
func about(findings []found) []string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprint(f.Rule, "/", f.Way, " ", f.Subject))
	}
	slices.Sort(out)
	return out
}
