package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func databag(config string) *snapshot.UnitRelation {
	return &snapshot.UnitRelation{
		Endpoint: "vpn-gateway", At: snapshot.Pos{0, 3, 1, 2},
		ApplicationData: []snapshot.Fact{{Key: "config", Value: config, At: snapshot.Pos{0, 4, 1, 2}}},
	}
}

const wholeConfig = `{"routing_method":"pod-gateway","gateway_dns_name":"gluetun-endpoints.gluetun.svc.cluster.local","vxlan_id":43,` +
	`"vxlan_ip_network":"172.16.0","cluster_cidrs":"10.1.0.0/16,169.254.7.127/32","cluster_dns_ip":"10.152.183.10",` +
	`"vpn_connected":true,"external_ip":"185.159.157.12","instance_name":"gluetun"}`

func TestVPNData(t *testing.T) {
	whole := VPNData{
		Unit: "qbittorrent/0", At: "0:4:1:2", Present: true, Connected: "yes", Host: "gluetun-endpoints.gluetun.svc.cluster.local",
		DNS: "10.152.183.10", ClusterCIDRs: "10.1.0.0/16,169.254.7.127/32", VXLANID: "43", VXLANPrefix: "172.16.0",
		ExitAddress: "185.159.157.12", InstanceName: "gluetun", ZtunnelRouted: true,
	}
	require.Equal(t, whole, vpnData("qbittorrent/0", databag(wholeConfig)))

	empty := vpnData("qbittorrent/0", &snapshot.UnitRelation{Endpoint: "vpn-gateway", At: snapshot.Pos{0, 3, 1, 2}})
	require.Equal(t, VPNData{Unit: "qbittorrent/0", At: "0:3:1:2"}, empty)
	require.False(t, vpnData("qbittorrent/0", databag(" ")).Present)

	least := vpnData("q/0", databag(`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g"}`))
	require.Empty(t, least.Problem)
	require.Equal(t, "42", least.VXLANID)
	require.Equal(t, "172.16.0", least.VXLANPrefix)
	require.Equal(t, "no", least.Connected, "the charms' library takes silence for no")

	for config, problem := range map[string]string{
		`{`:     "it is not JSON: unexpected EOF",
		`[]`:    "it is JSON and no object",
		`{} {}`: "something follows the JSON",
		`{}`:    "it lacks gateway_dns_name",
		`{"gateway_dns_name":7,"cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g"}`:                        "gateway_dns_name is no text",
		`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g","vxlan_id":0}`:         `vxlan_id is "0", want a number from 1 to 16777215`,
		`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g","vxlan_id":16777216}`:  `vxlan_id is "16777216", want a number from 1 to 16777215`,
		`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g","vxlan_id":null}`:      `vxlan_id is "null", want a number from 1 to 16777215`,
		`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g","vxlan_id":"a lot"}`:   `vxlan_id is "a lot", want a number from 1 to 16777215`,
		`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g","vxlan_id":16777215}`:  "",
		`{"gateway_dns_name":"g","cluster_cidrs":"","cluster_dns_ip":"","instance_name":"g","vpn_connected":"no"}`: "",
	} {
		require.Equal(t, problem, vpnData("q/0", databag(config)).Problem, config)
	}
}

func TestVPNSettings(t *testing.T) {
	c := &snapshot.ConfigMap{
		Meta: snapshot.Meta{Name: "qbittorrent-gateway-client-config", Namespace: "downloads", At: snapshot.Pos{0, 3, 1, 2}},
		Data: []snapshot.Fact{{Key: "settings.sh", At: snapshot.Pos{0, 4, 1, 2},
			Value: "K8S_DNS_IPS=\"10.152.183.10 10.152.183.11\"\nNOT_ROUTED_TO_GATEWAY_CIDRS=\"10.1.0.0/16 169.254.0.0/16\"\nVXLAN_ID=\"42\"\nVXLAN_IP_NETWORK=\"172.16.0\""}},
	}
	got := vpnSettings(c)
	require.Equal(t, "space", got.Networks.Separator)
	require.Len(t, got.Networks.Entries, 2)
	got.Networks = CIDRList{}
	require.Equal(t, VPNSettings{
		Known: true, Name: "qbittorrent-gateway-client-config", Namespace: "downloads", At: "0:4:1:2",
		DNS: []string{"10.152.183.10", "10.152.183.11"}, VXLANID: "42", VXLANPrefix: "172.16.0", ZtunnelRouted: true, Hash: "8189e89d",
	}, got)

	c.Data[0].Value = "VXLAN_ID=$X\nVXLAN_IP_NETWORK=172.16.0"
	got = vpnSettings(c)
	require.Equal(t, "line 1: a value that the shell has to make is not known", got.Problem)
	require.Equal(t, "172.16.0", got.VXLANPrefix)
	require.Empty(t, got.VXLANID)

	c.Data = nil
	require.Equal(t, "it has no settings.sh", vpnSettings(c).Problem)
}

func TestVXLANNetwork(t *testing.T) {
	for prefix, want := range map[string]string{
		"172.16.0": "172.16.0.0/24", "10.0.255": "10.0.255.0/24", "172.16": "", "172.16.0.0": "", "": "", "fd00:": "", "172.16.256": "",
	} {
		got, ok := vxlanNetwork(prefix)
		require.Equal(t, want != "", ok, prefix)
		if ok {
			require.Equal(t, want, got.String())
		}
	}
}

func TestOverrides(t *testing.T) {
	of := func(value string) Overrides {
		return overridesOf(&app{config: []snapshot.Fact{{Key: "custom-overrides", Value: value, At: snapshot.Pos{0, 4, 1, 2}}}})
	}
	require.Equal(t, Overrides{Values: []Fact{}, Widened: []string{}}, overridesOf(&app{}))
	require.Equal(t, Overrides{Values: []Fact{}, Widened: []string{}}, of(" "))
	require.Equal(t, Overrides{Set: true, At: "0:4:1:2", Values: []Fact{
		{"DOT", "on", "0:4:1:2"}, {"EMPTY", "None", "0:4:1:2"}, {"LIST", `["<a>",1]`, "0:4:1:2"}, {"PORT", "51820", "0:4:1:2"}, {"YES", "true", "0:4:1:2"},
	}, Widened: []string{}}, of(`{"YES": true, "DOT": "on", "PORT": 51820, "LIST": ["<a>", 1], "EMPTY": null}`))
	require.Equal(t, "it is JSON and no object", of(`"DOT=on"`).Problem)
	require.Equal(t, "it is not JSON: invalid character 'D' looking for beginning of value", of(`DOT=on`).Problem)
}

func TestOverridesThatWiden(t *testing.T) {
	of := func(cidrs, value string) []string {
		return overridesOf(&app{config: []snapshot.Fact{{Key: "cluster-cidrs", Value: cidrs}, {Key: "custom-overrides", Value: value}}}).Widened
	}
	require.Empty(t, of("10.1.0.0/16", `{"FIREWALL_OUTBOUND_SUBNETS": "10.1.2.0/24"}`))
	require.Empty(t, of("10.1.0.0/16", `{"OTHER": "8.8.8.0/24"}`))
	require.Equal(t, []string{"10.2.0.0/16"}, of("10.1.0.0/16", `{"FIREWALL_OUTBOUND_SUBNETS": "10.1.0.0/16,10.2.0.0/16"}`))
	require.Equal(t, []string{"0.0.0.0/0"}, of("", `{"EXTRA_SUBNETS": "0.0.0.0/1,128.0.0.0/1"}`))
}

func TestKeyGranted(t *testing.T) {
	with := func(option string, evidence snapshot.Evidence, secrets ...snapshot.Secret) string {
		m := &model{observed: []*snapshot.Model{{Evidence: []snapshot.Evidence{evidence}, Secrets: secrets}}}
		return keyGranted(&app{name: "gluetun", model: m, config: []snapshot.Fact{{Key: "wireguard-private-key-secret", Value: option}}})
	}
	mine := snapshot.Secret{ID: "d3r0", Readers: []string{"gluetun"}}
	require.Equal(t, "yes", with("secret:d3r0", snapshot.JujuSecrets, mine))
	require.Equal(t, "yes", with("secret://8f2a/d3r0", snapshot.JujuSecrets, mine))
	require.Equal(t, "yes", with("secret:d3r0", snapshot.JujuSecrets, snapshot.Secret{ID: "secret:d3r0", Owner: "gluetun/0"}))
	require.Equal(t, "no", with("secret:d3r0", snapshot.JujuSecrets, snapshot.Secret{ID: "d3r0", Readers: []string{"radarr"}}))
	require.Empty(t, with("secret:d3r0", snapshot.JujuSecrets), "juju show-secret tells of one secret")
	require.Empty(t, with("secret:d3r0", snapshot.JujuSecrets, snapshot.Secret{ID: "other", Readers: []string{"radarr"}}))
	require.Empty(t, with("secret:d3r0", snapshot.JujuConfig, mine))
	require.Empty(t, with("", snapshot.JujuSecrets, mine))
}

func FuzzVPNData(f *testing.F) {
	for _, s := range []string{wholeConfig, "", "{}", "[]", `{"vxlan_id":1e3}`, `{"cluster_cidrs":{}}`, `{"vpn_connected":[true]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, config string) {
		got := vpnData("q/0", databag(config))
		if got.Present && got.Problem == "" {
			require.True(t, isVXLANID(got.VXLANID))
		}
		overrides := overridesOf(&app{config: []snapshot.Fact{{Key: "custom-overrides", Value: config}}})
		if overrides.Problem != "" {
			require.Empty(t, overrides.Values)
			require.True(t, overrides.Set)
		}
	})
}
