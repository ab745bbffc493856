package live

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// A deployment without fault passes, and its rules are decided.
func TestClean(t *testing.T) {
	w := start(t, deployment.Clean())
	got := w.session(t).run(t, "audit", "-f", "json")
	r := parsed(t, got.stdout)
	require.Empty(t, r.wheres())
	require.Empty(t, r.Gaps)
	require.Empty(t, r.Unknown)
	require.NotZero(t, r.Summary["passed"])
	require.Zero(t, got.code, got.stderr)
	require.Empty(t, got.stderr)
	require.Len(t, r.Stacks, 1)
	require.Subset(t, r.Stacks[0].Models, []string{"charmarr-core", "charmarr-downloads", "gluetun"})
	require.Equal(t, r.Stacks[0].Models, r.Stacks[0].Namespaces)

	// Databags of another model are not shown by Juju 4.
	for _, n := range r.NotEvaluated {
		require.Contains(t, strings.Join(n.Needs, " "), "juju.units", "%+v", n)
	}
}

// What Juju declares and Kubernetes does not have, and what Kubernetes has and
// Juju does not declare, comes out as what it is.
func TestDisagreements(t *testing.T) {
	// A workload that Juju does not know.
	d, unknown, err := deployment.Apply(deployment.Clean(), "workload-left-over")
	require.NoError(t, err)
	core, downloads, gateway := d.Model(d.Core), d.Model(d.Downloads), d.Model(d.Gateway)
	const label = "istio.io/dataplane-mode"
	// Relations declared and not effective.
	core.Application("plex").Kube.TemplateLabels = map[string]string{label: deployment.Removed}
	downloads.Application("sabnzbd").Kube.TemplateLabels = map[string]string{label: "none"}
	// Labels effective and not declared.
	gateway.NamespaceLabels = map[string]string{label: "ambient"}
	core.Unrelate("flaresolverr", "service-mesh", "beacon")
	core.Application("flaresolverr").Kube.TemplateLabels = map[string]string{label: "ambient"}

	// The same of what has no relation to a beacon of its own to forget.
	core.Application("admin-gateway").Kube.TemplateLabels = map[string]string{label: "ambient"}
	core.Application("storage").Kube.TemplateLabels = map[string]string{label: deployment.Removed}
	// An application without a workload.
	core.Application("seerr").Kube.NoWorkload = true

	r := parsed(t, start(t, d).session(t).run(t, "audit", "-f", "json").stdout)
	require.Empty(t, r.Gaps)
	one := func(rule, kind, name string) found {
		t.Helper()
		of := slices.DeleteFunc(r.of(rule), func(f found) bool { return f.Subject.Kind != kind || f.Subject.Name != name })
		require.Len(t, of, 1, "%s of %s %s among %v", rule, kind, name, r.wheres())
		return of[0]
	}
	plex := one("mesh/core-enrolled", "application", "plex")
	require.Equal(t, "effective", plex.State)
	require.Contains(t, facts(plex), "beacon", "that Juju says otherwise is part of it")
	sabnzbd := one("mesh/download-client-enrolled", "application", "sabnzbd")
	require.Equal(t, "effective", sabnzbd.State)
	exit := one("mesh/gateway-not-enrolled", "namespace", d.Gateway)
	require.Equal(t, "namespace-label", exit.Way)
	require.Equal(t, "effective", exit.State)
	// It belongs in the mesh, so that it is told of as what Juju was not told.
	flaresolverr := one("mesh/beacon-relation", "application", "flaresolverr")
	require.Equal(t, "declared", flaresolverr.State)
	require.Contains(t, facts(flaresolverr), label, "that Kubernetes says otherwise is part of it")
	admin, storage := one("topology/no-drift", "application", "admin-gateway"), one("topology/no-drift", "application", "storage")
	require.Equal(t, "mesh-undeclared", admin.Way)
	require.Equal(t, "effective", admin.State)
	require.Equal(t, "mesh-not-effective", storage.Way)
	require.Equal(t, "effective", storage.State)
	seerr, left := one("topology/no-drift", "application", "seerr"), one("topology/no-drift", unknown[0].Subject.Kind, unknown[0].Subject.Name)
	require.Equal(t, "no-workload", seerr.Way)
	require.Equal(t, "declared", seerr.State)
	require.Equal(t, "unknown-to-juju", left.Way)
	require.Equal(t, "effective", left.State)
}

func facts(f found) string {
	var out []string
	for _, e := range f.Evidence {
		out = append(out, e.Fact)
	}
	return f.Message + "\n" + strings.Join(out, "\n")
}

// A snapshot that was saved gives the same bytes, in every format and at every
// verbosity.
func TestSave(t *testing.T) {
	d, _, err := deployment.Apply(base(), possible()...)
	require.NoError(t, err)
	s := start(t, d).session(t)
	formats := []string{"text", "json", "sarif", "sarif-full", "junit", "github", "markdown", "html"}
	// in is a run that writes all formats to files that begin alike.
	in := func(prefix string, args ...string) result {
		for _, format := range formats {
			args = append(args, "-o", format+"="+prefix+format)
		}
		return s.run(t, args...)
	}
	for _, file := range []string{"plain.json", "packed.json.gz"} {
		live := in("live.", "audit", "-v", "--save", file)
		require.Equal(t, 1, live.code, live.stderr)
		again := in("again.", "check", "-v", file)
		require.Equal(t, live.code, again.code)
		require.Equal(t, live.stdout, again.stdout)
		for _, format := range formats {
			text, err := os.ReadFile(filepath.Join(s.folder, "live."+format))
			require.NoError(t, err)
			same, err := os.ReadFile(filepath.Join(s.folder, "again."+format))
			require.NoError(t, err)
			require.Equal(t, string(text), string(same), "%s from %s", format, file)
		}
	}
	// So does one of a cluster over which files were laid, and files that are laid
	// over one that was recorded say what they say over the cluster itself.
	require.NoError(t, d.Write(s.folder, deployment.Juju))
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "namespace.yaml"), []byte(gatewayOnMesh), 0o600))
	over := []string{filepath.Join("juju", d.Core+".bundle.yaml"), "namespace.yaml"}
	for _, format := range []string{"json", "sarif"} {
		args := append([]string{"audit", "-f", format, "--save", "laid.json.gz"}, over...)
		live := s.run(t, args...)
		require.Equal(t, 1, live.code, live.stderr)
		require.Contains(t, live.stdout, map[string]string{"json": `"standing": "new"`, "sarif": `"baselineState": "new"`}[format])
		require.Equal(t, live.stdout, s.run(t, "check", "-f", format, "laid.json.gz").stdout)
		require.Equal(t, s.run(t, append([]string{"audit", "-f", "json"}, over...)...).stdout,
			s.run(t, append([]string{"check", "-f", "json"}, append(slices.Clone(over), "packed.json.gz")...)...).stdout)
	}
	packed, err := os.ReadFile(filepath.Join(s.folder, "packed.json.gz"))
	require.NoError(t, err)
	require.Equal(t, "\x1f\x8b", string(packed[:2]))
}

// gatewayOnMesh puts the namespace of the VPN gateway on the mesh.
const gatewayOnMesh = `
apiVersion: v1
kind: Namespace
metadata:
  name: gluetun
  labels: {istio.io/dataplane-mode: ambient, model.juju.is/name: gluetun, app.kubernetes.io/managed-by: juju}
`

// Files are laid over what is live, and each finding says whether it is there
// today.
func TestOverlay(t *testing.T) {
	d := deployment.Clean()
	d.Model(d.Core).Application("plex").Kube.TemplateLabels = map[string]string{"istio.io/dataplane-mode": deployment.Removed}
	s := start(t, d).session(t)
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "namespace.yaml"), []byte(gatewayOnMesh), 0o600))
	got := s.run(t, "audit", "-f", "json", "namespace.yaml")
	require.Equal(t, 1, got.code, got.stderr)
	standing := map[string]string{}
	for _, f := range parsed(t, got.stdout).Findings {
		standing[f.Rule+" "+f.Subject.Name] = f.Standing
	}
	require.Equal(t, "today", standing["mesh/core-enrolled plex"])
	require.Equal(t, "new", standing["mesh/gateway-not-enrolled gluetun"])
	require.Contains(t, s.run(t, "audit", "namespace.yaml").stdout, "namespace.yaml:")

	// The other way about: what cures the deployment.
	cure := deployment.Clean()
	manifests, err := cure.Manifests(cure.Core)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "cure.yaml"), manifests, 0o600))
	cured := s.run(t, "audit", "-f", "json", "cure.yaml")
	require.Empty(t, parsed(t, cured.stdout).of("mesh/core-enrolled"))
}

// Each exit code has its reason.
func TestExitCodes(t *testing.T) {
	w := start(t, deployment.Clean())
	s := w.session(t)
	nowhere := filepath.Join(t.TempDir(), "kubeconfig")
	for name, c := range map[string]struct {
		code    int
		args    []string
		env     []string
		message string
	}{
		"passed":          {code: 0},
		"one of the two":  {code: 0, args: []string{"--no-kube"}},
		"the other":       {code: 0, args: []string{"--no-juju"}},
		"wrong flag":      {code: 2, args: []string{"--no-juju", "--no-kube"}, message: "leave nothing to read"},
		"no such context": {code: 2, args: []string{"--context", "elsewhere"}, message: "elsewhere"},
		"no kubeconfig":   {code: 2, env: []string{"KUBECONFIG=" + nowhere}, message: nowhere},
		"no store":        {code: 2, env: []string{"JUJU_DATA=" + t.TempDir()}, message: "run 'juju login'"},
		"no such model":   {code: 3, args: []string{"--model", "elsewhere"}, message: "elsewhere"},
		"no such path":    {code: 3, args: []string{"elsewhere.yaml"}, message: "elsewhere.yaml"},
		"no controller": {
			code: 3, message: "connecting to Juju controller",
			env: []string{"JUJU_CONTROLLER_ADDRESSES=127.0.0.1:1", "JUJU_USERNAME=admin", "JUJU_PASSWORD=x"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			own := &session{s.folder, append(slices.Clone(s.env), c.env...)}
			got := own.run(t, append([]string{"audit"}, c.args...)...)
			require.Equal(t, c.code, got.code, "%s%s", got.stdout, got.stderr)
			require.Contains(t, got.stdout+got.stderr, c.message)
			if c.code == 2 {
				require.Empty(t, got.stdout)
			}
		})
	}
}
