# METADATA
# title: A client's settings are what its gateway and its cluster need
# description: |
#   The charm writes a ConfigMap of settings for pod-gateway's scripts in the client's
#   pods: which networks are kept out of the tunnel, the cluster's DNS, and the numbers
#   of the overlay. A list with commas is one unreadable route. A wrong DNS address, and
#   the gateway is not found. Other numbers than the gateway's, and the two have no
#   network in common. The client's pods then do not start, or have no way out.
#
#   Looked at: settings.sh in the ConfigMap of each client, read as a shell reads it,
#   against the gateway's own settings (else its options) and Service kube-dns. Whether
#   the networks are those that the gateway has is kill-switch/cidrs-match-gateway;
#   ztunnel's address among them is vpn/ztunnel-address-routed.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/client-settings
#   level: error
#   adr: ["networking/adr-003#client-side-requirements", "interfaces/adr-007"]
#   needs:
#     - [kube.configmaps@downloads, kube.workloads@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - "juju exec -m {model} --unit {name}/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'"
#   ways:
#     - id: missing
#       title: The ConfigMap that its pods mount is not there
#     - id: unreadable
#       title: The settings cannot be read in whole
#     - id: separator
#       title: Its networks are not separated by spaces
#     - id: network
#       title: It lists what is no network
#     - id: dns
#       title: Its DNS is not that of the cluster
#     - id: overlay
#       title: Its overlay is not that of its gateway
#   disputed: |
#     interfaces/adr-007 has one list with commas in the relation and lib/adr-002 one
#     with spaces; the charms write commas into the relation and spaces into the
#     ConfigMap. The rule wants spaces in the ConfigMap.
package rules.vpn.client_settings

import data.lib.text
import data.lib.vpn

settled := [client | some client in vpn.clients; client.settings.known]

name_of := {client.id: sprintf("ConfigMap %s/%s", [client.settings.namespace, client.settings.name]) | some client in settled}

violations contains {
	"subject": client.subject,
	"way": "missing",
	"message": sprintf(
		"The pods of %q in model %q mount ConfigMap %s-gateway-client-config, which is not there: they do not start.",
		[client.name, client.model, client.name],
	),
	"at": client.at,
	"state": "effective",
	"remediation": [vpn.reconcile(client.model, client.name)],
} if {
	some client in vpn.clients
	client.settings_named
	not client.settings.known
	client.model in vpn.configmaps_read
}

violations contains {
	"subject": client.subject,
	"way": "unreadable",
	"message": sprintf(
		"The VPN settings of %q in model %q cannot be read in whole (%s): its pods may not start, or have no way out.",
		[client.name, client.model, client.settings.problem],
	),
	"at": client.settings.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("settings.sh of %s: %s", [name_of[client.id], client.settings.problem]), "at": client.settings.at, "object": ""}],
	"remediation": [vpn.reconcile(client.model, client.name)],
} if {
	some client in settled
	client.settings.problem != ""
}

violations contains {
	"subject": client.subject,
	"way": "separator",
	"message": sprintf(
		"The VPN settings of %q in model %q list their networks with commas (%s): no route is laid to any of them, so its pods reach neither the cluster's DNS nor their gateway.",
		[client.name, client.model, client.settings.networks.raw],
	),
	"at": client.settings.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("NOT_ROUTED_TO_GATEWAY_CIDRS in %s", [name_of[client.id]]), "at": client.settings.at, "object": ""}],
	"remediation": [vpn.reconcile(client.model, client.name)],
} if {
	some client in settled
	contains(client.settings.networks.raw, ",")
}

violations contains {
	"subject": client.subject,
	"way": "network",
	"message": sprintf(
		"The VPN settings of %q in model %q list networks of which %s: no route is laid to it, and what it should name is out of reach.",
		[client.name, client.model, text.joined({sprintf("%s %s", [entry.text, entry.problem]) | some entry in wrong})],
	),
	"at": client.settings.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("NOT_ROUTED_TO_GATEWAY_CIDRS in %s", [name_of[client.id]]), "at": client.settings.at, "object": ""}],
	"remediation": array.concat(
		[command |
			some id in client.gateways
			some command in vpn.set_networks(vpn.gateway_of[id].model, vpn.gateway_of[id].name, vpn.gateway_of[id].suggested)
		],
		[vpn.reconcile(client.model, client.name)],
	),
} if {
	some client in settled
	not contains(client.settings.networks.raw, ",")
	wrong := [entry | some entry in client.settings.networks.entries; entry.problem != ""]
	wrong != []

	# Where the option was read, vpn/cluster-cidrs-format tells it.
	count([id | some id in client.gateways; vpn.gateway_of[id].networks_from == "option"]) == 0
}

violations contains {
	"subject": client.subject,
	"way": "dns",
	"message": sprintf(
		"The VPN settings of %q in model %q have %s for the cluster's DNS, which has %s: its pods cannot look up their gateway and do not start.",
		[client.name, client.model, said(client.settings.dns), concat(", ", input.cluster.dns.addresses)],
	),
	"at": client.settings.at,
	"state": "effective",
	"evidence": [
		{"fact": sprintf("K8S_DNS_IPS in %s", [name_of[client.id]]), "at": client.settings.at, "object": ""},
		{"fact": "Service kube-system/kube-dns", "at": input.cluster.dns.at, "object": ""},
	],
	"remediation": array.concat(
		[vpn.reconcile(vpn.gateway_of[id].model, vpn.gateway_of[id].name) | some id in client.gateways; vpn.gateway_of[id]],
		[vpn.reconcile(client.model, client.name)],
	),
} if {
	some client in settled
	input.cluster.dns.addresses != []
	not answers(client.settings.dns)
}

# The scripts ask the first of the list.
answers(list) if list[0] in {address | some address in input.cluster.dns.addresses}

said([]) := "nothing"

said(list) := concat(" ", list) if list != []

undecided contains {
	"subject": client.subject,
	"missing": sprintf("kube.system: Service kube-dns of namespace kube-system, which the settings of %q name", [client.name]),
} if {
	some client in settled
	input.cluster.dns.addresses == []
}

violations contains {
	"subject": client.subject,
	"way": "overlay",
	"message": sprintf(
		"The VPN settings of %q in model %q have %s, and its gateway %q in model %q has %s: the two have no network in common, and its pods have no way out.",
		[client.name, client.model, own, gateway.name, gateway.model, theirs],
	),
	"at": client.settings.at,
	"state": "effective",
	"evidence": array.concat(
		[{"fact": sprintf("%s in %s", [own, name_of[client.id]]), "at": client.settings.at, "object": ""}],
		[{"fact": number.by, "at": number.at, "object": ""} | some number in gateway.vxlan],
	),
	"remediation": [vpn.reconcile(gateway.model, gateway.name), vpn.reconcile(client.model, client.name)],
} if {
	some client in settled
	some id in client.gateways
	gateway := vpn.gateway_of[id]
	some pair in [
		["VXLAN_ID", client.settings.vxlan_id, number_of(gateway.settings.vxlan_id, [number.value | some number in gateway.vxlan])],
		["VXLAN_IP_NETWORK", client.settings.vxlan_prefix, gateway.settings.vxlan_prefix],
	]
	pair[2] != ""
	pair[1] != pair[2]
	own := sprintf("%s=%s", [pair[0], pair[1]])
	theirs := pair[2]
}

# number_of is the number that the gateway's pods have, or else will have.
number_of("", numbers) := concat("", [number | some i, number in numbers; i == 0])

number_of(set, _) := set if set != ""

undecided contains {
	"subject": client.subject,
	"missing": sprintf("kube.configmaps: the VXLAN id of %s, through which %q goes", [gateways(client.gateways), client.name]),
} if {
	some client in settled
	count([id | some id in client.gateways; vpn.gateway_of[id].vxlan != []]) == 0
}

gateways([]) := "the gateway"

gateways(ids) := text.listed(ids) if ids != []
