package deployment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	podGatewayImage = "ghcr.io/angelnu/pod-gateway:v1.13.0"
	vxlanNetwork    = "172.16.0"
	ztunnelAddress  = "169.254.7.127/32"
)

// exitSettings is what a VPN gateway tells its clients.
type exitSettings struct {
	host  string // its headless Service
	dns   string
	cidrs string // comma separated, ztunnel's address included
	vxlan any
}

func (v view) exitSettings(m *Model, gateway *Application) exitSettings {
	return exitSettings{
		host: fmt.Sprintf("%s-endpoints.%s.svc.cluster.local", gateway.Name, m.Name), dns: v.dnsIP(),
		cidrs: fmt.Sprint(gateway.Options["cluster-cidrs"]) + "," + ztunnelAddress, vxlan: gateway.Options["vxlan-id"],
	}
}

// vpnSettings returns the settings of the gateway that an application is
// related to.
func (v view) vpnSettings(m *Model, a *Application) (exitSettings, bool) {
	l, ok := v.vpn(m.Name, a)
	if !ok || v.application(l).unpublished() {
		return exitSettings{}, false // the charm takes away what it laid
	}
	return v.exitSettings(v.Model(l.model), v.application(l)), true
}

// clientData is the ConfigMap of a client; changed are the variables that somebody
// set to something else.
func (s exitSettings) clientData(changed map[string]string) map[string]string {
	var lines []string
	for _, variable := range [][2]string{
		{"K8S_DNS_IPS", s.dns}, {"NOT_ROUTED_TO_GATEWAY_CIDRS", strings.Join(s.split(), " ")},
		{"VXLAN_ID", fmt.Sprint(s.vxlan)}, {"VXLAN_IP_NETWORK", vxlanNetwork},
	} {
		value := variable[1]
		if other, ok := changed[variable[0]]; ok {
			value = other
		}
		lines = append(lines, fmt.Sprintf("%s=%q", variable[0], value))
	}
	return map[string]string{"settings.sh": strings.Join(lines, "\n")}
}

func (s exitSettings) gatewayData() map[string]string {
	return map[string]string{"nat.conf": "", "settings.sh": strings.Join([]string{
		fmt.Sprintf("VXLAN_ID=%q", fmt.Sprint(s.vxlan)),
		fmt.Sprintf("VXLAN_IP_NETWORK=%q", vxlanNetwork),
		`VXLAN_GATEWAY_FIRST_DYNAMIC_IP="20"`,
	}, "\n")}
}

func (s exitSettings) split() []string {
	return strings.Fields(strings.ReplaceAll(s.cidrs, ",", " "))
}

// settingsHash is the hash that the charms put on the pod template so that the
// pod restarts with its settings.
func settingsHash(data map[string]string) string {
	var text strings.Builder
	for _, k := range slices.Sorted(maps.Keys(data)) {
		text.WriteString(k + "=" + data[k])
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:])[:8]
}

// patch is what a charm adds to a StatefulSet for the VPN.
type patch struct {
	init, sidecar, volume object
}

// vpnContainers returns the patches of a client and of a gateway.
func (v view) vpnContainers(m *Model, a *Application) []patch {
	netAdmin := object{"capabilities": object{"add": list{"NET_ADMIN"}}}
	var all []patch
	if s, ok := v.vpnSettings(m, a); ok {
		mounts := list{object{"name": "pod-gateway-config", "mountPath": "/config"}}
		env := list{object{"name": "gateway", "value": cmp.Or(a.Kube.ExitHost, s.host)}}
		all = append(all, patch{
			init: object{
				"name": "vpn-route-init", "image": podGatewayImage, "command": list{"/bin/client_init.sh"},
				"env": env, "securityContext": netAdmin, "volumeMounts": mounts,
			},
			sidecar: object{
				"name": "vpn-route-sidecar", "image": podGatewayImage, "command": list{"/bin/client_sidecar.sh"},
				"env": env, "securityContext": netAdmin, "volumeMounts": mounts,
			},
			volume: object{"name": "pod-gateway-config", "configMap": object{"name": a.Name + "-gateway-client-config"}},
		})
	}
	if a.Charm == "gluetun-k8s" && !a.unpublished() {
		mounts := list{object{"name": "gateway-config", "mountPath": "/config"}}
		all = append(all, patch{
			init: object{
				"name": "gateway-init", "image": podGatewayImage, "command": list{"/bin/sh", "-c"},
				"args": list{"/bin/gateway_init.sh"}, "securityContext": object{"privileged": true}, "volumeMounts": mounts,
			},
			sidecar: object{
				"name": "gateway-sidecar", "image": podGatewayImage, "command": list{"/bin/gateway_sidecar.sh"},
				"ports": list{
					object{"name": "dhcp", "containerPort": 67, "protocol": "UDP"},
					object{"name": "dns", "containerPort": 53, "protocol": "UDP"},
				},
				"securityContext": netAdmin, "volumeMounts": mounts,
			},
			volume: object{"name": "gateway-config", "configMap": object{"name": a.Name + "-gateway-settings"}},
		})
	}
	return all
}

// vpnObjects returns the ConfigMaps of a client or gateway, and the kill
// switch.
func (v view) vpnObjects(m *Model, a *Application) []object {
	var all []object
	if s, ok := v.vpnSettings(m, a); ok {
		all = append(all, v.new("v1", "ConfigMap", m.Name, a.Name+"-gateway-client-config", nil, nil, object{"data": s.clientData(a.Kube.Settings)}))
		if charmOf(a.Charm).killSwitch && !a.Kube.NoKillSwitch {
			all = append(all, v.killSwitch(m, a, s))
		}
	}
	if a.Charm == "gluetun-k8s" && !a.unpublished() {
		data := v.exitSettings(m, a).gatewayData()
		all = append(all, v.new("v1", "ConfigMap", m.Name, a.Name+"-gateway-settings", nil, nil, object{"data": data}))
	}
	return all
}

// killSwitch returns the NetworkPolicy that lets a client reach nothing but
// the cluster.
func (v view) killSwitch(m *Model, a *Application, s exitSettings) object {
	var egress list
	for _, cidr := range a.Kube.Switch.networks(s.split()) {
		egress = append(egress, object{"to": list{object{"ipBlock": object{"cidr": cidr}}}})
	}
	egress = append(egress, object{
		"to":    list{object{"namespaceSelector": object{"matchLabels": object{"kubernetes.io/metadata.name": "kube-system"}}}},
		"ports": list{object{"port": 53, "protocol": "UDP"}, object{"port": 53, "protocol": "TCP"}},
	})
	spec := object{
		"podSelector": object{"matchLabels": selectorLabels(a.Name)},
		"policyTypes": list{"Egress"}, "egress": egress,
	}
	a.Kube.Switch.apply(spec)
	return v.new("networking.k8s.io/v1", "NetworkPolicy", m.Name, a.Name+"-vpn-killswitch", nil, nil, object{"spec": spec})
}
