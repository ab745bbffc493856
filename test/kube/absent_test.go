package kube

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// TestKindsThatAreNotInstalled stands in the first file, so that no CRD has to be
// removed for it, which takes the API server long.
//
// It reads a cluster without Gateway API and Istio, and then with both and nothing
// of them: that there is nothing is known either way.
func TestKindsThatAreNotInstalled(t *testing.T) {
	t.Cleanup(func() { require.NoError(t, plane.Wipe(context.Background())) })
	require.NoError(t, plane.Apply(t.Context(), []byte(`{apiVersion: v1, kind: Namespace, metadata: {name: charmarr-core, labels: {model.juju.is/name: charmarr-core}}}`)))
	require.NoError(t, plane.UninstallCRDs(t.Context()))
	without := read(t, options(t, plane.Config))
	require.Empty(t, without.Gaps)
	require.NoError(t, plane.InstallCRDs(t.Context()))
	with := read(t, options(t, plane.Config))
	require.Empty(t, with.Gaps)
	require.Equal(t, without.Coverage, with.Coverage)
	for _, e := range []snapshot.Evidence{snapshot.KubeGateways, snapshot.KubeRoutes, snapshot.KubeAuthorizationPolicies, snapshot.KubeNetworkPolicies} {
		require.Contains(t, without.Coverage, snapshot.Coverage{Evidence: e, Namespace: "charmarr-core"})
	}
}
