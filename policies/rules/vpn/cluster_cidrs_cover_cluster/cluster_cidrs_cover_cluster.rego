# METADATA
# title: The networks that are kept out of the tunnel hold the whole cluster
# description: |
#   What is in none of the networks of cluster-cidrs goes through the tunnel, and the
#   kill switch forbids it. Without the pods' or the Services' network a client finds
#   neither its DNS nor its gateway and stays down. Without the nodes' the answers to
#   the kubelet's probes get lost, and the gateway is restarted over and over although
#   the VPN is connected.
#
#   Looked at: the addresses of the deployment's pods and Services, of the cluster's
#   DNS and API, of the nodes, and the networks that nodes give their pods addresses
#   from, where they do; against option cluster-cidrs, or what the gateway told its
#   clients, or the clients' settings, the first that was read. On a cluster of both
#   families IPv4 counts. Where two of the three differ is kill-switch/cidrs-match-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/cluster-cidrs-cover-cluster
#   level: error
#   adr: ["networking/adr-002#jujupebble-health-probe-gotcha-critical", "networking/adr-003#client-side-requirements"]
#   needs:
#     - [juju.config@gateway, kube.pods, kube.services, kube.nodes]
#     - [juju.units@downloads, kube.pods, kube.services, kube.nodes]
#     - [kube.configmaps@downloads, kube.pods, kube.services, kube.nodes]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} cluster-cidrs=10.1.0.0/16,10.152.183.0/24,192.168.1.0/24
#   ways:
#     - id: pod
#       title: Pods are left out
#     - id: service
#       title: Services are left out
#     - id: node
#       title: Nodes are left out
#     - id: pod-range
#       title: Part of the pods' network is left out
package rules.vpn.cluster_cidrs_cover_cluster

import data.lib.text
import data.lib.vpn

violations contains {
	"subject": gateway.subject,
	"way": uncovered.kind,
	"level": level(uncovered.kind),
	"message": sprintf(
		"VPN gateway %q in model %q keeps %s out of the tunnel, which leaves out %s%s: %s.",
		[
			gateway.name, gateway.model, gateway.networks.raw,
			text.joined({sprintf("%s of %s", [claim.address, claim.object]) | some claim in uncovered.claims}),
			more(uncovered.more), consequence[uncovered.kind],
		],
	),
	"at": gateway.networks.at,
	"state": gateway.networks_state,
	"evidence": array.concat(
		[{"fact": gateway.networks_by, "at": gateway.networks.at, "object": ""}],
		[{"fact": sprintf("%s has %s", [claim.object, claim.address]), "at": claim.at, "object": ""} | some claim in uncovered.claims],
	),
	"remediation": vpn.set_networks(gateway.model, gateway.name, gateway.suggested),
} if {
	some gateway in vpn.gateways
	some uncovered in gateway.uncovered
}

level("pod-range") := "warning"

level(kind) := "error" if kind != "pod-range"

consequence := {
	"pod": "what goes through the gateway does not reach them, and a client cannot reach its gateway",
	"service": "what goes through the gateway does not reach them, and without the cluster's DNS it does not start",
	"node": "answers to the kubelet's probes get lost, so the gateway is restarted over and over",
	"pod-range": "pods that get an address there will be out of reach",
}

more(0) := ""

more(number) := sprintf(" and %d more", [number]) if number > 0

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("juju.config: the networks that %q keeps out of the tunnel", [gateway.name]),
} if {
	some gateway in vpn.gateways
	gateway.networks_from == ""
}

undecided contains {
	"subject": gateway.subject,
	"missing": sprintf("kube.nodes: the address of %s", [text.listed(gateway.unaddressed)]),
} if {
	some gateway in vpn.gateways
	gateway.unaddressed != []
}
