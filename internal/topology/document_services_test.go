package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestWhatServicesTellTailscale(t *testing.T) {
	m := &model{name: "core"}
	s := &snapshot.Service{Meta: snapshot.Meta{Name: "arr-gateway-istio", Annotations: []snapshot.Fact{
		{Key: "tailscale.com/expose", Value: "false"}, {Key: "tailscale.com/funnel", Value: "true"},
		{Key: "tailscale.com/hostname", Value: "arr"}, {Key: "model.juju.is/id", Value: "1"},
	}}}
	require.Equal(t, []Fact{{Key: "tailscale.com/expose", Value: "false"}, {Key: "tailscale.com/funnel", Value: "true"}}, m.serviceDocument(s).Tailscale)
	require.Equal(t, []Fact{}, m.serviceDocument(&snapshot.Service{}).Tailscale)
}

func TestServicesThatAreReachedFromOutside(t *testing.T) {
	m := &model{name: "core"}
	for _, outside := range []snapshot.Service{{Type: "LoadBalancer"}, {Type: "NodePort"}, {Type: "ClusterIP", ExternalIPs: []string{"192.168.1.9"}}} {
		require.True(t, m.serviceDocument(&outside).Outside, "%+v", outside)
	}
	for _, inside := range []snapshot.Service{{}, {Type: "ClusterIP"}, {Type: "ExternalName"}} {
		require.False(t, m.serviceDocument(&inside).Outside, "%+v", inside)
	}
}

func TestEndsWhosePeersAreLetIn(t *testing.T) {
	end := func(endpoint string) RelationEnd {
		client := &app{model: &model{name: "downloads"}, name: "qbittorrent", charm: "qbittorrent-k8s"}
		return (&relationEnd{app: client, name: "qbittorrent", endpoint: endpoint}).document()
	}
	require.True(t, end("download-client").LetsIn)
	require.False(t, end("media-storage").LetsIn)
	require.False(t, (&relationEnd{name: "qbittorrent", endpoint: "download-client"}).document().LetsIn)
}
