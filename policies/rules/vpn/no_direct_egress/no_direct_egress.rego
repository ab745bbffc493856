# METADATA
# title: Nothing of a VPN client reaches the public Internet past its gateway
# description: |
#   The reason for the VPN gateway is that nobody on the public Internet sees this
#   household's address. Two things keep a client's packets from leaving by
#   themselves: its routes, which lead every public address to the gateway, and the
#   NetworkPolicies that select its pods, of which together each lets out what any
#   of them allows. A packet gets out only where both let it.
#
#   This rule asks whether one can, and names one that does: from which pod, to
#   which address and port, past which policy, and why its routes do not catch it.
#   Looked at: init container vpn-route-init and its NOT_ROUTED_TO_GATEWAY_CIDRS,
#   all NetworkPolicies of the namespace with their exceptions and ports, the
#   network of the node, IPv6, and whether the network plugin enforces policies at
#   all. Where a fact is missing, or policies of another API may decide, the client
#   is undecided.
#
#   Not asked: what a pod of the cluster forwards for the client (its DNS: see
#   vpn/dns-privacy), and what the gateway itself lets out. A client that Juju shows
#   without a gateway and with unsafe-mode=false does not run: see
#   vpn/client-behind-gateway. Other applications behind a gateway are held to the
#   same, as a warning. The rules kill-switch/* and vpn/client-containers look at
#   each layer by itself; what is told here they do not tell again.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/no-direct-egress
#   level: error
#   adr: ["networking/adr-004#decision-outcome", "networking/adr-003#decision-outcome"]
#   needs:
#     - [kube.workloads@downloads]
#     - [kube.pods@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - juju scale-application -m {model} {name} 0
#     - kubectl -n {namespace} get networkpolicies,pods -o wide
#   security: "8.6"
package rules.vpn.no_direct_egress

import data.lib.egress
import data.lib.stack

violations contains {
	"subject": app.subject,
	"level": level(app.role),
	"message": sprintf(
		"%s %q in model %q can reach the public Internet past its VPN gateway: a packet from %s to %s, port %d of %s, gets out, because %s, and %s. It shows this household's address to whom it talks to.",
		[egress.called(app.role), app.name, app.model, packet.object, packet.address, packet.port, packet.protocol, packet.policy_fact, packet.route_fact],
	),
	"at": packet.at,
	"state": "effective",
	"evidence": [
		{"fact": packet.policy_fact, "at": packet.policy_at, "object": policy(packet.policy, app.namespace)},
		{"fact": packet.route_fact, "at": packet.route_at, "object": packet.object},
	],
	"remediation": array.concat(
		array.concat([egress.stop(app.model, app.name)], cure(packet.cause, packet.policy, app.namespace)),
		array.concat(relate(app.egress.signs, app.model, app.name), [egress.start(app.model, app.name)]),
	),
} if {
	some id in egress.leaking
	app := stack.application[id]
	packet := app.egress.example
}

level("download-client") := "error"

level(role) := "warning" if role != "download-client"

policy("", _) := ""

policy(name, namespace) := sprintf("NetworkPolicy %s/%s", [namespace, name]) if name != ""

cure("rule", name, namespace) := [sprintf("kubectl -n %s delete networkpolicy %s  # a kill switch comes back with what option cluster-cidrs of its gateway says", [namespace, name])]

cure("not-enforced", _, _) := ["kubectl get daemonsets -A  # install a network plugin that enforces NetworkPolicies, such as Calico"]

cure("host-network", _, namespace) := [sprintf("kubectl -n %s get statefulsets -o yaml  # take hostNetwork out of the pod template", [namespace])]

cure("no-policy", _, _) := []

# relate looks for the relation without which the charm lays nothing when the
# application starts again.
relate(signs, _, _) := [] if "relation" in signs

relate(signs, model, name) := [sprintf("juju status -m %s --relations %s  # is it related to its VPN gateway? If not: juju integrate", [model, name])] if not "relation" in signs

undecided contains {"subject": app.subject, "missing": missing} if {
	some app in input.applications
	app.egress.answer == "unknown"
	not app.life in egress.leaving
	not app.id in egress.idle
	some missing in app.egress.missing
}
