package kube

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// bind gives a user a ClusterRole, in a namespace or in the whole cluster.
func bind(t testing.TB, user, role, namespace string) {
	t.Helper()
	kind, where := "ClusterRoleBinding", ""
	if namespace != "" {
		kind, where = "RoleBinding", ", namespace: "+namespace
	}
	require.NoError(t, plane.Apply(t.Context(), fmt.Appendf(nil, `
apiVersion: rbac.authorization.k8s.io/v1
kind: %s
metadata: {name: %s-%s%s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %s}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %s}]
`, kind, user, role, where, role, user)))
}

// TestRolesSuffice reads as users who have the roles of deploy/rbac.yaml and no
// other right: bound to the whole cluster, and bound as narrowly as can be. They
// read what the one reads who has every right.
func TestRolesSuffice(t *testing.T) {
	deploy(t, "clean", true)
	require.NoError(t, plane.Apply(t.Context(), []byte(`
{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-cni-config, namespace: kube-system}, data: {AMBIENT_ENABLED: "true"}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: calico-system}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: tailscale, labels: {istio.io/dataplane-mode: ambient}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: calico-node, namespace: calico-system}, spec: {
  selector: {matchLabels: {k8s-app: calico-node}},
  template: {metadata: {labels: {k8s-app: calico-node}}, spec: {containers: [{name: calico-node, image: docker.io/calico/node}]}}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: wireguard, namespace: gluetun}, stringData: {private-key: canary-of-the-secret}}
`)))
	roles, err := os.ReadFile("../../deploy/rbac.yaml")
	require.NoError(t, err)
	require.NoError(t, plane.Apply(t.Context(), roles))
	all := read(t, options(t, plane.Config))
	models := slices.DeleteFunc(slices.Clone(all.Namespaces), func(n snapshot.Namespace) bool {
		_, isModel := snapshot.Lookup(n.Labels, "model.juju.is/name")
		return !isModel
	})
	require.Len(t, models, 4)
	workloads := map[string][]string{}
	for _, w := range all.Workloads {
		workloads[w.Namespace] = append(workloads[w.Namespace], w.Name)
	}
	require.Equal(t, []string{"calico-node"}, workloads["calico-system"])
	require.ElementsMatch(t, []string{"istiod", "istio-cni-node", "ztunnel"}, workloads["istio-system"])

	for _, user := range []string{"auditor", "tenant"} {
		bind(t, user, "charmarr-lint-cluster", "")
		bind(t, user, "charmarr-lint-system", "kube-system")
		bind(t, user, "charmarr-lint-network", "istio-system")
		bind(t, user, "charmarr-lint-network", "calico-system")
	}
	bind(t, "auditor", "charmarr-lint-models", "")
	for _, n := range models {
		bind(t, "tenant", "charmarr-lint-models", n.Name)
	}
	for _, name := range []string{"auditor", "tenant"} {
		user, err := plane.User(name)
		require.NoError(t, err)
		s := read(t, options(t, user))
		require.Empty(t, s.Gaps)
		require.Empty(t, cmp.Diff(all, s))
		var recorded bytes.Buffer
		require.NoError(t, snapshot.Encode(&recorded, s))
		require.NotContains(t, recorded.String(), "canary")
	}
}

// TestForbidden reads as somebody who has no right at all, and as somebody who
// may read pods alone.
func TestForbidden(t *testing.T) {
	deploy(t, "clean", true)
	user, err := plane.User("nobody")
	require.NoError(t, err)
	s := read(t, options(t, user))
	require.Empty(t, s.Namespaces)
	require.Empty(t, s.Coverage)
	whats := map[string]string{}
	for _, g := range s.Gaps {
		whats[g.What] = g.Reason
	}
	const (
		more = "; deploy/rbac.yaml has every rule that is needed"
		// It is not known which of them exist.
		outside = "namespaces kube-system, calico-system, cilium, kube-flannel, openshift-ovn-kubernetes, ovn-kubernetes and istio-system"
	)
	require.Equal(t, map[string]string{
		"listing namespaces":                                 `it is forbidden to user nobody: RBAC lacks {apiGroups: [""], resources: ["namespaces"], verbs: ["list"]}` + more + ", or name the namespaces to read",
		"listing nodes":                                      `it is forbidden to user nobody: RBAC lacks {apiGroups: [""], resources: ["nodes"], verbs: ["list"]}` + more,
		"listing persistentvolumes":                          `it is forbidden to user nobody: RBAC lacks {apiGroups: [""], resources: ["persistentvolumes"], verbs: ["list"]}` + more,
		"listing daemonsets in " + outside:                   `it is forbidden to user nobody: RBAC lacks {apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"]} in ` + outside + more,
		"listing deployments in namespace istio-system":      `it is forbidden to user nobody: RBAC lacks {apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]} in namespace istio-system` + more,
		"listing services in namespace kube-system":          `it is forbidden to user nobody: RBAC lacks {apiGroups: [""], resources: ["services"], verbs: ["list"]} in namespace kube-system` + more,
		"reading ConfigMap coredns in namespace kube-system": `it is forbidden to user nobody: RBAC lacks {apiGroups: [""], resources: ["configmaps"], verbs: ["get"], resourceNames: ["coredns"]} in namespace kube-system` + more,
		"reading ConfigMap istio-cni-config in namespaces kube-system and istio-system": `it is forbidden to user nobody: RBAC lacks {apiGroups: [""], resources: ["configmaps"], verbs: ["get"], resourceNames: ["istio-cni-config"]} in namespaces kube-system and istio-system` + more,
	}, whats)

	require.NoError(t, plane.Apply(t.Context(), []byte(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pods}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
`)))
	bind(t, "somebody", "pods", "gluetun")
	user, err = plane.User("somebody")
	require.NoError(t, err)
	o := options(t, user)
	o.Namespaces = []string{"gluetun", "charmarr-downloads"}
	s = read(t, o)
	require.NotEmpty(t, s.Pods)
	require.Equal(t, []snapshot.Coverage{{Evidence: snapshot.KubePods, Namespace: "gluetun"}}, s.Coverage)
	found := false
	for _, g := range s.Gaps {
		if g.What == "listing gateways.gateway.networking.k8s.io in namespaces gluetun and charmarr-downloads" {
			found = true
			require.Equal(t, `it is forbidden to user somebody: RBAC lacks {apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways"], verbs: ["list"]} in namespaces gluetun and charmarr-downloads`+more, g.Reason)
		}
	}
	require.True(t, found, "a CRD that is there and may not be read is a gap")
	report := judge(t, s)
	require.True(t, report.Incomplete())
}
