# METADATA
# title: Answers to ztunnel stay out of the tunnel
# description: |
#   In a pod that ambient captures, probes and mesh traffic come from ztunnel under the
#   link-local address 169.254.7.127. A client that has no route to it past the tunnel
#   sends its answers to the VPN provider: connections stay half open, the probes fail,
#   and the pod is restarted over and over.
#
#   Looked at: NOT_ROUTED_TO_GATEWAY_CIDRS in the settings of each client; where they
#   were not read, the networks that its gateway told it. The gateway's charm adds the
#   address by itself, since late 2024; it need not be in cluster-cidrs. For a client
#   that is not enrolled its lack is a note. That the kill switch allows it is
#   kill-switch/ztunnel-address.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/ztunnel-address-routed
#   level: error
#   adr: ["networking/adr-005#critical-ztunnel-link-local-address-routing"]
#   needs:
#     - [kube.configmaps@downloads, kube.workloads@downloads, kube.namespaces@downloads]
#     - [juju.units@downloads, juju.relations@downloads]
#   subjects: [application]
#   states: [declared, effective]
#   remediation:
#     - juju refresh -m gluetun gluetun
#     - "juju exec -m {model} --unit {name}/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'"
package rules.vpn.ztunnel_address_routed

import data.lib.vpn

# lacking are the clients without the address, by their settings or else by what
# they were told.
lacking[client.id] := {
	"at": client.settings.at, "state": "effective",
	"fact": sprintf("NOT_ROUTED_TO_GATEWAY_CIDRS in ConfigMap %s/%s is %q", [client.settings.namespace, client.settings.name, client.settings.networks.raw]),
} if {
	some client in vpn.clients
	client.settings.known
	not client.settings.ztunnel_routed
}

lacking[client.id] := told[0] if {
	some client in vpn.clients
	not client.settings.known
	told := [{"at": bag.at, "state": "declared", "fact": sprintf("unit %s was told cluster_cidrs %q", [bag.unit, bag.cluster_cidrs])} |
		some bag in client.data
		bag.present
		bag.problem == ""
		not bag.ztunnel_routed
	]
}

violations contains {
	"subject": client.subject,
	"level": level[client.enrolled],
	"message": sprintf(
		"%q in model %q goes through a VPN gateway and has no route past it to 169.254.7.127, from which Istio's ztunnel speaks to its pods: %s.",
		[client.name, client.model, consequence[client.enrolled]],
	),
	"at": found.at,
	"state": found.state,
	"evidence": [{"fact": found.fact, "at": found.at, "object": ""}],
	"remediation": array.concat(
		[command |
			some id in client.gateways
			gateway := vpn.gateway_of[id]
			some command in [
				sprintf("juju refresh -m %s %s  # its charm adds the address from late 2024 on", [gateway.model, gateway.name]),
				vpn.reconcile(gateway.model, gateway.name),
			]
		],
		[vpn.reconcile(client.model, client.name)],
	),
} if {
	some client in vpn.clients
	found := lacking[client.id]
	input.profile.mesh == "ambient"
}

level := {"yes": "error", "no": "note"}

consequence := {
	"yes": "answers to the kubelet's probes go into the tunnel, and its pods are restarted over and over",
	"no": "once it is enrolled in the mesh its pods will be restarted over and over",
}

undecided contains {
	"subject": client.subject,
	"missing": sprintf("kube.namespaces: whether ambient captures %q", [client.name]),
} if {
	some client in vpn.clients
	lacking[client.id]
	client.enrolled == ""
}

undecided contains {
	"subject": client.subject,
	"missing": sprintf("kube.configmaps: the VPN settings of %q", [client.name]),
} if {
	some client in vpn.clients
	not client.settings.known
	count([1 | some bag in client.data; bag.present; bag.problem == ""]) == 0
}
