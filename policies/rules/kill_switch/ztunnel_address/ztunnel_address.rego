# METADATA
# title: The kill switch of an enrolled client lets it answer ztunnel
# description: |
#   In Istio's ambient mesh ztunnel speaks to a pod from the link-local address
#   169.254.7.127: the kubelet's probes and the mesh's traffic come from there. A kill
#   switch that does not allow the address drops the answers, the probes fail, and the
#   pod is restarted without end.
#
#   Looked at: the ranges of each NetworkPolicy APPLICATION-vpn-killswitch whose client
#   ambient captures. The gateway's charm adds the address to what it tells its
#   clients. Whether the routes hold it as well is for vpn/ztunnel-address-routed.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/ztunnel-address
#   level: error
#   adr: ["networking/adr-005#critical-ztunnel-link-local-address-routing"]
#   needs:
#     - [kube.workloads@downloads, kube.namespaces@downloads, kube.networkpolicies@downloads]
#     - [kube.pods@downloads, kube.namespaces@downloads, kube.networkpolicies@downloads]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - juju refresh -m gluetun gluetun
package rules.kill_switch.ztunnel_address

import data.lib.egress
import data.lib.stack

violations contains {
	"subject": policy.subject,
	"message": sprintf("NetworkPolicy %q, the kill switch of %q, does not allow 169.254.7.127, from which Istio's ztunnel speaks to its pods: their probes fail, and Kubernetes restarts them without end.", [policy.name, app.name]),
	"at": policy.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("ambient captures %q: %s", [app.name, app.mesh.fact]), "at": app.mesh.at, "object": ""}],
	"remediation": array.concat(
		[sprintf("juju refresh -m %s %s  # its charm tells clients the address since it knows ambient", [gateway.model, gateway.name]) |
			some client in input.vpn_clients
			client.id == id
			some gateway in input.vpn_gateways
			gateway.id in client.gateways
		],
		[egress.reconcile(app.model, app.name)],
	),
} if {
	some id, policy in lacking
	app := stack.application[id]
	app.mesh.captured == "yes"
}

lacking := {id: policy |
	some id, policy in egress.kill_switch
	policy.isolates
	not policy.allows_ztunnel
}

undecided contains {"subject": policy.subject, "missing": sprintf("kube.pods: whether ambient captures %q is not known", [id])} if {
	some id, policy in lacking
	stack.application[id].mesh.captured == ""
}
