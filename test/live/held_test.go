package live

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/cli"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// contents are what a snapshot holds of each kind of evidence, as text.
type contents map[snapshot.Evidence]map[string]bool

// contentsOf divides a snapshot by evidence.
func contentsOf(t testing.TB, s snapshot.Snapshot) contents {
	t.Helper()
	out := contents{}
	for _, e := range snapshot.AllEvidence {
		out[e] = map[string]bool{}
	}
	add := func(e snapshot.Evidence, of ...any) {
		text, err := json.Marshal(of)
		require.NoError(t, err)
		out[e][string(text)] = true
	}
	for _, m := range s.Models {
		for _, a := range m.Applications {
			add(snapshot.JujuApplications, m.Name, a.Name, a.Charm, a.Channel, a.Revision, a.Scale, a.Exposed, a.Life)
			add(snapshot.JujuConfig, m.Name, a.Name, a.Trust, a.Config)
			add(snapshot.JujuStatuses, m.Name, a.Name, a.Status, a.Message)
		}
		for _, u := range m.Units {
			add(snapshot.JujuUnits, m.Name, u.Name, u.Relations)
			add(snapshot.JujuStatuses, m.Name, u.Name, u.Status, u.Message, u.Agent)
		}
		add(snapshot.JujuRelations, m.Name, m.Relations)
		add(snapshot.JujuOffers, m.Name, m.Offers, m.SAAS)
		add(snapshot.JujuSecrets, m.Name, m.Secrets)
	}
	of := func(e snapshot.Evidence, namespace string) snapshot.Evidence {
		if namespace == "kube-system" || namespace == "istio-system" {
			return snapshot.KubeSystem
		}
		return e
	}
	for _, o := range s.Namespaces {
		add(snapshot.KubeNamespaces, o)
	}
	for _, o := range s.Workloads {
		add(of(snapshot.KubeWorkloads, o.Namespace), o)
	}
	for _, o := range s.Pods {
		add(snapshot.KubePods, o)
	}
	for _, o := range s.Services {
		add(of(snapshot.KubeServices, o.Namespace), o)
	}
	for _, o := range s.ConfigMaps {
		add(snapshot.KubeConfigMaps, o)
	}
	for _, o := range s.NetworkPolicies {
		add(snapshot.KubeNetworkPolicies, o)
	}
	for _, o := range s.Gateways {
		add(snapshot.KubeGateways, o)
	}
	for _, o := range s.Routes {
		add(snapshot.KubeRoutes, o)
	}
	for _, o := range s.Ingresses {
		add(snapshot.KubeIngresses, o)
	}
	for _, o := range s.AuthorizationPolicies {
		add(snapshot.KubeAuthorizationPolicies, o)
	}
	for _, o := range s.PersistentVolumeClaims {
		add(snapshot.KubeClaims, o)
	}
	for _, o := range s.PersistentVolumes {
		add(snapshot.KubeVolumes, o)
	}
	for _, o := range s.Nodes {
		add(snapshot.KubeNodes, o)
	}
	return out
}

// saved is a snapshot that audit --save wrote.
func saved(t testing.TB, s *session) snapshot.Snapshot {
	t.Helper()
	f, err := os.Open(filepath.Join(s.folder, "saved.json"))
	require.NoError(t, err)
	defer f.Close()
	snap, err := snapshot.Decode(f)
	require.NoError(t, err)
	return snap
}

// needsOf are the evidence that each rule needs, by alternatives.
func needsOf(t testing.TB) map[string][][]string {
	t.Helper()
	var out bytes.Buffer
	require.Zero(t, cli.Main([]string{"rules", "-f", "json"}, strings.NewReader(""), &out, os.Stderr, os.Environ()))
	var rules []struct {
		ID    string
		Needs [][]string
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &rules))
	needs := map[string][][]string{}
	for _, r := range rules {
		needs[r.ID] = r.Needs
	}
	require.Greater(t, len(needs), 50)
	return needs
}

// restsOn tells whether a rule that passed has one alternative of what it needs of
// which all was read that there is.
func restsOn(needs [][]string, all, seen contents) bool {
	return len(needs) == 0 || slices.ContainsFunc(needs, func(alternative []string) bool {
		return !slices.ContainsFunc(alternative, func(need string) bool {
			evidence, _, _ := strings.Cut(strings.TrimSuffix(need, "?"), "@")
			e := snapshot.Evidence(evidence)
			return !maps.Equal(all[e], seen[e])
		})
	})
}
