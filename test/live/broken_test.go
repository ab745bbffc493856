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

// Faults of every kind are found in what is live as they are in files.
func TestBroken(t *testing.T) {
	names := possible()
	require.Greater(t, len(names), 90)
	d, expected, err := deployment.Apply(base(), names...)
	require.NoError(t, err)
	s := start(t, d).session(t)
	got := s.run(t, "audit", "-f", "json")
	require.Equal(t, 1, got.code, got.stderr)
	r := parsed(t, got.stdout)
	require.Empty(t, r.Gaps)
	require.Len(t, r.Stacks, 1)
	var missing []string
	shown := map[string]bool{}
	for _, e := range expected {
		found := slices.ContainsFunc(r.Findings, func(f found) bool {
			return f.Rule == e.Rule && f.Subject == e.Subject && (e.Way == "" || f.Way == e.Way)
		})
		hidden := false
		for _, fault := range e.Faults {
			key := fault + " " + e.Rule
			hidden = hidden || unseen()[key] != "" && !slices.Contains(e.VisibleIn, deployment.Kube)
			shown[key] = shown[key] || found && hidden
		}
		if !found && !hidden {
			missing = append(missing, fmt.Sprint(e))
		}
	}
	require.Empty(t, missing)
	for key := range unseen() {
		require.Contains(t, shown, key, "no fault is expected to come out so: take it from unseen")
		require.False(t, shown[key], "%s is shown: take it from unseen", key)
	}

	require.NoError(t, d.Write(s.folder))
	files := parsed(t, s.run(t, "check", "-f", "json", "juju", "kube").stdout)
	hidden := func(f found) bool {
		return slices.ContainsFunc(expected, func(e deployment.Expectation) bool {
			return e.Rule == f.Rule && e.Subject == f.Subject && slices.ContainsFunc(e.Faults, func(fault string) bool { return unseen()[fault+" "+e.Rule] != "" })
		})
	}
	// What is not shown, the rule may say in another way.
	files.Findings, r.Findings = slices.DeleteFunc(files.Findings, hidden), slices.DeleteFunc(r.Findings, hidden)
	require.Empty(t, cmp.Diff(files.wheres(), r.wheres()))
}
