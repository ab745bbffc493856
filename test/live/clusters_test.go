package live

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
	"github.com/charmarr/charmarr-lint/test/jujuserver"
)

// together writes a client store that knows the controllers of both.
func together(t testing.TB, stores ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"controllers.yaml", "accounts.yaml"} {
		all := "controllers:\n"
		for _, store := range stores {
			text, err := os.ReadFile(filepath.Join(store, name))
			require.NoError(t, err)
			within := false
			for line := range strings.Lines(string(text)) {
				if !strings.HasPrefix(line, " ") {
					within = strings.HasPrefix(line, "controllers:")
				} else if within {
					all += line
				}
			}
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(all), 0o600))
	}
	return folder
}

// TestTwoControllers audits two controllers with models of the same names, of which
// the cluster has the namespaces of one: nothing that was read of it is taken for
// the other's, and the report says what is missing.
func TestTwoControllers(t *testing.T) {
	w := start(t, deployment.Clean())
	d := deployment.Clean()
	d.Controller = "edge"
	declared, err := d.Declared()
	require.NoError(t, err)
	for i := range declared.Models {
		uuid := []byte(declared.Models[i].UUID)
		slices.Reverse(uuid[:8])
		declared.Models[i].UUID = string(uuid)
	}
	edge, err := jujuserver.Start(t.TempDir(), jujuserver.Request{Name: "edge", Estate: "declared", Declared: &declared})
	require.NoError(t, err)
	t.Cleanup(edge.Stop)
	s := newSession(t, "JUJU_DATA="+together(t, w.juju.Store("admin"), edge.Store("admin")), "KUBECONFIG="+w.kubeconfig)

	alone := parsed(t, s.run(t, "audit", "-f", "json", "--controller", w.juju.Name).stdout)
	require.Empty(t, alone.Gaps)
	got := s.run(t, "audit", "-f", "json", "--controller", w.juju.Name, "--controller", "edge", "--save", "both.json")
	require.Equal(t, 3, got.code, "%s%s", got.stdout, got.stderr)
	both := parsed(t, got.stdout)
	require.Empty(t, both.wheres())
	require.Len(t, both.Stacks, 2)
	require.Len(t, both.Gaps, 1)
	require.Contains(t, both.Gaps[0].What, "finding the namespaces of stack ")
	require.Contains(t, both.Gaps[0].Reason, "edge:gluetun")
	require.Contains(t, both.Gaps[0].Reason, "choose the context of its cluster and audit it by itself")
	require.Equal(t, got.stdout, s.run(t, "check", "-f", "json", "both.json").stdout)

	// What the cluster tells is decided for the one and not for the other.
	decided := map[string][]string{}
	for _, x := range both.Decided {
		decided[x.Stack] = x.Rules
	}
	other := strings.TrimPrefix(both.Gaps[0].What, "finding the namespaces of stack ")
	for stack, rules := range decided {
		if stack == "" {
			continue
		}
		for _, rule := range []string{"kill-switch/enforced-by-cni", "vpn/cluster-cidrs-cover-cluster", "ops/platform", "kill-switch/exists"} {
			require.Equal(t, stack != other, slices.Contains(rules, rule), "%s of %s", rule, stack)
		}
	}

	// By itself, and without the cluster, there is nothing to miss.
	got = s.run(t, "audit", "--controller", "edge", "--no-kube")
	require.Zero(t, got.code, got.stdout)
}

// TestNamespaceGone: a model that Juju shows and of which the cluster has nothing is
// told of, where the cluster told all its namespaces; the others are judged as ever.
func TestNamespaceGone(t *testing.T) {
	d := deployment.Clean()
	declared, err := d.Declared()
	require.NoError(t, err)
	s := startWith(t, d, declared, d.Gateway).session(t)
	got := s.run(t, "audit", "-f", "json")
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr) // a warning
	r := parsed(t, got.stdout)
	require.Empty(t, r.Gaps)
	drift := r.of("topology/no-drift")
	require.Len(t, drift, 1)
	require.Equal(t, "no-namespace", drift[0].Way)
	require.Equal(t, deployment.Subject{Kind: "model", Model: d.Gateway, Namespace: d.Gateway, Name: d.Gateway}, drift[0].Subject)
	require.Equal(t, "declared", drift[0].State)

	// Who names the namespaces to read is told which of them is not there.
	got = s.run(t, "audit", "-f", "json", "--namespace", d.Core, "--namespace", d.Downloads, "--namespace", d.Gateway)
	require.Equal(t, 3, got.code)
	require.Contains(t, got.stdout, "reading Namespace "+d.Gateway)
}
