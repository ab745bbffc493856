# METADATA
# title: Whatever goes through the VPN gateway has a kill switch
# description: |
#   The charms of download clients lay a NetworkPolicy that holds when a pod's routes
#   are lost. Those of the other applications that can go through a VPN gateway, the
#   indexer and the managers, lay none: once their routes are lost, they go on talking
#   to trackers and indexers from this household's address.
#
#   Looked at: the applications other than download clients that Juju relates to a VPN
#   gateway or that Kubernetes shows with the route containers; and, where they were
#   read, the NetworkPolicies of their namespace: one that selects their pods and lets
#   nothing out to public addresses will do, whoever made it. From Juju alone it is
#   known that the charm lays none. An application of the core model is left to
#   topology/no-vpn-in-core, and one that does leak to vpn/no-direct-egress.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/consumer-without-kill-switch
#   level: warning
#   adr: ["networking/adr-004#networkpolicy-ownership", "interfaces/adr-001#interface-to-application-mapping"]
#   needs:
#     - [juju.applications@downloads, juju.relations@downloads]
#     - [kube.workloads@downloads, kube.networkpolicies@downloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-relation -m {model} {name}:vpn-gateway gluetun:vpn-gateway
#   disputed: |
#     Charmarr's security documentation counts prowlarr among what the kill switch
#     covers; its charm asks for none. The rule follows the code.
#   security: "5.3"
package rules.vpn.consumer_without_kill_switch

import data.lib.egress
import data.lib.mesh
import data.lib.stack

consumers contains app if {
	some app in egress.others
	count({sign | some sign in app.egress.signs} & {"relation", "containers"}) > 0
	not told_by_placement(app.part)
	not app.id in egress.held
	not app.id in egress.leaking
}

told_by_placement("core") if stack.three_models

violations contains {
	"subject": app.subject,
	"message": sprintf("Application %q in model %q goes through a VPN gateway and has no kill switch: its charm lays none%s. Once its routes are lost, it talks to the Internet from this household's address.", [app.name, app.model, known[app.effective]]),
	"at": egress.at[app.id],
	"state": state(app.effective, app.declared_mesh.state, app.state),
	"evidence": [{"fact": sprintf("relation %s", [link.relation]), "at": link.at, "object": ""} |
		some client in input.vpn_clients
		client.id == app.id
		some link in client.links
	],
	"remediation": array.concat(
		[sprintf("juju remove-relation -m %s %s:vpn-gateway %s  # where it need not go through the gateway", [app.model, app.name, mesh.place(link.saas, link.gateway)]) |
			some client in input.vpn_clients
			client.id == app.id
			some link in client.links
		],
		[sprintf("kubectl -n %s get networkpolicies -o yaml  # or lay one by hand: that of a download client, with podSelector app.kubernetes.io/name=%s", [app.namespace, app.name])],
	),
} if {
	some app in consumers
	decided(app.effective, app.egress.policies_unread)
}

known := {
	true: ", and no other NetworkPolicy keeps its pods off the public Internet",
	false: "",
}

decided(true, "")

decided(false, _)

state(true, _, _) := "effective"

state(false, predicted, state_of) := stack.juju_state(predicted, state_of)

undecided contains {"subject": app.subject, "missing": app.egress.policies_unread} if {
	some app in consumers
	not decided(app.effective, app.egress.policies_unread)
}
