package lint

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestComplete(t *testing.T) {
	in := func(ns string) snapshot.Meta { return snapshot.Meta{Namespace: ns} }
	was := []snapshot.Coverage{{Evidence: snapshot.KubePods, Namespace: "x"}}
	s := snapshot.Snapshot{
		Workloads: []snapshot.Workload{{Meta: in("downloads")}, {Meta: in("core")}, {Meta: in("")}},
		Pods:      []snapshot.Pod{{Meta: in("core")}, {Meta: in("vpn")}},
		Services:  []snapshot.Service{{Meta: in("other")}},
		Coverage:  was,
	}
	require.Equal(t, s, complete(s, nil))
	got := complete(s, []snapshot.Evidence{snapshot.KubeNetworkPolicies, snapshot.KubeNodes})
	require.Equal(t, []snapshot.Coverage{
		{Evidence: snapshot.KubePods, Namespace: "x"},
		{Evidence: snapshot.KubeNetworkPolicies, Namespace: "core"},
		{Evidence: snapshot.KubeNetworkPolicies, Namespace: "downloads"},
		{Evidence: snapshot.KubeNetworkPolicies, Namespace: "vpn"},
		{Evidence: snapshot.KubeNodes},
	}, got.Coverage)
	require.Equal(t, was, s.Coverage)
}
