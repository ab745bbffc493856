package live

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// unmade are the faults of the broken deployment that a real server cannot hold,
// with the reason. TestEveryFaultIsMade holds it to what can be made.
func unmade() map[string]string {
	return map[string]string{
		"offer-removed": "Juju removes an offer's relations with it, and that the SAAS which stays is terminated is written by a worker, which a controller without agents does not run",
	}
}

// unseen are expectations, by fault and rule, that real servers hold and do not
// show, with the reason. TestBroken holds it to what is shown.
func unseen() map[string]string {
	return map[string]string{
		"gateway-silent vpn/client-waits-for-gateway": "Juju 4 shows nobody the databag of an application in another model",
		"old-juju ops/versions":                       "the controller is of the version it is, whatever Kubernetes says of what made the objects",
	}
}

// base is the clean deployment with what some faults need that files do not: Juju
// grants secrets to applications that exist alone.
func base() *deployment.Deployment {
	d := deployment.Clean()
	d.Deploy(d.Gateway, "port-forwarder", "opentelemetry-collector-k8s", nil)
	return d
}

// possible are the faults of the broken deployment that can be made in real servers.
func possible() []string {
	var names []string
	for _, f := range deployment.Faults() {
		if f.Broken && unmade()[f.Name] == "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// TestEveryFaultIsMade: a fault that is added to the broken deployment is made in
// real servers, or somebody says why it cannot be.
func TestEveryFaultIsMade(t *testing.T) {
	broken := map[string]bool{}
	for _, f := range deployment.Faults() {
		if !f.Broken {
			continue
		}
		broken[f.Name] = true
		d, _, err := deployment.Apply(base(), f.Name)
		require.NoError(t, err)
		_, err = d.Declared()
		if unmade()[f.Name] == "" {
			require.NoError(t, err, "make fault %s in test/live, or say in unmade why no real server can hold it", f.Name)
		} else {
			require.Error(t, err, "fault %s can be made: take it from unmade", f.Name)
		}
	}
	for name := range unmade() {
		require.True(t, broken[name], "there is no fault %s in the broken deployment: take it from unmade", name)
	}
	_, _, err := deployment.Apply(base(), possible()...)
	require.NoError(t, err)
}

// others are faults that the broken deployment has not, in groups that can be made
// together: for each rule that it does not violate at least one.
func others() [][]string {
	return [][]string{
		{
			"client-of-two-gateways", "ztunnel-not-routed", "client-looks-elsewhere", "dns-in-the-clear", "gateway-scaled", "cidrs-with-spaces",
			"two-solvers", "same-variant", "client-on-host-network", "kill-switch-proxy", "kill-switch-drifted", "pod-label-lost",
			"plugin-enforces-nothing", "indexer-behind-gateway", "routes-collide", "roots-collide", "tailscale-on-mesh", "beacon-not-told",
			"overseerr-left", "old-juju", "old-kubernetes", "library-goes-with-charm",
		},
		{"cidrs-everything", "crowsnest-blind", "caller-unknown", "overseerr-kept", "hardened-too-early", "nfs-from-a-node", "identity-lost"},
		{"vxlan-network-taken", "kill-switch-without-ztunnel", "not-wired"},
		{"dual-stack"},
	}
}

// TestEveryRuleIsViolated: a rule for which a fault is added is tried against real
// servers, too.
func TestEveryRuleIsViolated(t *testing.T) {
	violated := map[string]bool{}
	for _, group := range append(others(), possible()) {
		_, expected, err := deployment.Apply(base(), group...)
		require.NoError(t, err)
		for _, e := range expected {
			violated[e.Rule] = true
		}
	}
	for _, f := range deployment.Faults() {
		require.True(t, violated[f.Rule] || unmade()[f.Name] != "", "make fault %s in test/live: add it to a group of others", f.Name)
	}
}

// Faults of every kind are found in what is live as they are in files.
func TestBroken(t *testing.T) {
	require.Greater(t, len(possible()), 90)
	hidden := map[string]bool{}
	for i, group := range append([][]string{possible()}, others()...) {
		t.Run(fmt.Sprint(i), func(t *testing.T) { requireFound(t, hidden, group...) })
	}
	for key := range unseen() {
		require.True(t, hidden[key], "no fault is expected to come out as %s: take it from unseen", key)
	}
}

// requireFound makes faults in real servers and demands what files of the same
// deployment show, but for what is not shown; hidden gathers which that is.
func requireFound(t *testing.T, hidden map[string]bool, faults ...string) {
	t.Helper()
	d, expected, err := deployment.Apply(base(), faults...)
	require.NoError(t, err)
	s := start(t, d).session(t)
	got := s.run(t, "audit", "-f", "json")
	require.Equal(t, 1, got.code, got.stderr)
	r := parsed(t, got.stdout)
	require.Empty(t, r.Gaps)
	require.Len(t, r.Stacks, 1)
	var missing []string
	var unshown []deployment.Expectation
	for _, e := range expected {
		found := slices.ContainsFunc(r.Findings, func(f found) bool {
			return f.Rule == e.Rule && f.Subject == e.Subject && (e.Way == "" || f.Way == e.Way)
		})
		for _, fault := range e.Faults {
			key := fault + " " + e.Rule
			if unseen()[key] != "" {
				require.False(t, found, "%s is shown: take it from unseen", key)
				hidden[key] = true
				unshown = append(unshown, e)
				found = true
			}
		}
		if !found {
			missing = append(missing, fmt.Sprint(e))
		}
	}
	require.Empty(t, missing)

	require.NoError(t, d.Write(s.folder))
	files := parsed(t, s.run(t, "check", "-f", "json", "juju", "kube").stdout)
	// What is not shown, the rule may say in another way.
	of := func(f found) bool {
		return slices.ContainsFunc(unshown, func(e deployment.Expectation) bool { return e.Rule == f.Rule && e.Subject == f.Subject })
	}
	files.Findings, r.Findings = slices.DeleteFunc(files.Findings, of), slices.DeleteFunc(r.Findings, of)
	require.Empty(t, cmp.Diff(files.wheres(), r.wheres()))
}
