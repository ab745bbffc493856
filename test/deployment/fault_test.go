package deployment

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestFaultNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults() {
		require.False(t, seen[f.Name], "two faults are called %s", f.Name)
		seen[f.Name] = true
		require.NotEmpty(t, f.About, f.Name)
	}
}

// TestFaultIsSeen holds each fault to the forms in which it says it is visible.
func TestFaultIsSeen(t *testing.T) {
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			before := Clean()
			changed, expected, err := Apply(before, f.Name)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(Clean(), before), "the fault reached the deployment it was given")
			require.NotEmpty(t, expected)

			// An exit that the fault adds is no fault, so it is not counted.
			for _, m := range changed.Models {
				if suffix, ok := strings.CutPrefix(m.Name, before.Gateway+"-"); ok {
					before.AddExit(suffix)
				}
			}
			rules, claimed := map[string]bool{}, map[Form]bool{}
			for _, e := range expected {
				rules[e.Rule+" "+e.Way] = true
				for _, form := range e.VisibleIn {
					claimed[form] = true
				}
				if e.Subject.Model != "" { // else it is of the cluster
					require.NotNil(t, changed.Model(e.Subject.Model), "%v speaks of a model that does not exist", e)
				}
			}
			require.Contains(t, rules, f.Rule+" "+f.Way)
			disagree := claimed[Both]
			delete(claimed, Both)
			if disagree {
				claimed[Kube] = true // it is Kubernetes that was changed, whatever Juju shows
			}
			for form := range claimed {
				require.False(t, sameFiles(t, form, before, changed), "nothing changed in form %s", form)
			}
			if !claimed[Juju] && !disagree {
				require.Equal(t, !f.NeedsKube, sameFiles(t, Juju, before, changed), "the fault says whether Juju shows it")
			}
		})
	}
}

func sameFiles(t *testing.T, form Form, a, b *Deployment) bool {
	t.Helper()
	filesA, err := a.Files(form)
	require.NoError(t, err)
	filesB, err := b.Files(form)
	require.NoError(t, err)
	return maps.EqualFunc(filesA, filesB, bytes.Equal)
}

func TestSixteenRulesHaveFaults(t *testing.T) {
	_, broken, err := Broken()
	require.NoError(t, err)
	require.Len(t, Sixteen(), 16)
	for _, rule := range Sixteen() {
		t.Run(rule, func(t *testing.T) {
			require.True(t, slices.ContainsFunc(Faults(), func(f Fault) bool { return f.Rule == rule }), "no fault is made for it")
			require.True(t, slices.ContainsFunc(broken, func(e Expectation) bool { return e.Rule == rule }), "the broken deployment does not violate it")
		})
	}
	for _, way := range []string{
		"namespace-label", "pod-label", "workload-label", "mesh-relation", "model-on-mesh", "sidecar-injection",
		"mesh-configmap", "waypoint", "live-redirection",
	} {
		require.True(t, slices.ContainsFunc(broken, func(e Expectation) bool {
			return e.Rule == gatewayNotEnrolled && e.Way == way
		}), "no gateway is on the mesh by way %s", way)
	}
}

func TestApplyRefuses(t *testing.T) {
	_, _, err := Apply(Clean(), "no-such-fault")
	require.ErrorContains(t, err, "no such fault")
	_, _, err = Apply(Lean("a", 0), "client-on-arr-gateway")
	require.ErrorContains(t, err, `has no application "sabnzbd"`)
}

func TestUnitedJoinsTheSameFinding(t *testing.T) {
	s := Subject{"pod", "m", "m", "p"}
	got := united([]Expectation{
		{Rule: "b", Subject: s, VisibleIn: []Form{Kube}, Faults: []string{"y"}},
		{Rule: "a", Subject: s, VisibleIn: []Form{Kube}, Faults: []string{"x"}},
		{Rule: "b", Subject: s, VisibleIn: []Form{Juju}, Faults: []string{"x"}},
	})
	require.Empty(t, cmp.Diff([]Expectation{
		{Rule: "a", Subject: s, VisibleIn: []Form{Kube}, Faults: []string{"x"}},
		{Rule: "b", Subject: s, VisibleIn: []Form{Juju, Kube}, Faults: []string{"x", "y"}},
	}, got))
}
