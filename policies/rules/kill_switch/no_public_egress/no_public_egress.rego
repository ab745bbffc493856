# METADATA
# title: A kill switch lets nothing out to public addresses
# description: |
#   The kill switch lists what a download client may reach without the tunnel: the
#   networks of the cluster. A rule that reaches further is a hole that opens the
#   moment the pod's routes are lost. A rule without peers lets everything out, and
#   so does a range that was meant to be narrowed by exceptions and is not.
#
#   Looked at: every egress rule of each NetworkPolicy APPLICATION-vpn-killswitch, its
#   ranges of addresses less their exceptions, computed exactly. Public is what the
#   registries of special-purpose addresses say is globally reachable, less the
#   addresses of the cluster's own nodes, pods and Services. The ranges come from
#   option cluster-cidrs of the gateway: see vpn/cluster-cidrs-private. Where a packet
#   does get out through such a rule, vpn/no-direct-egress tells of it.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/no-public-egress
#   level: error
#   admission: deny
#   adr: ["networking/adr-004#networkpolicy-specification"]
#   needs:
#     - [kube.networkpolicies@downloads]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete networkpolicy {name}
#   security: "7.0"
package rules.kill_switch.no_public_egress

import data.lib.egress
import data.lib.text

violations contains {
	"subject": policy.subject,
	"message": sprintf("NetworkPolicy %q, the kill switch of %q, lets packets out to the public Internet: %s. Nothing but the routes of the client's pods keeps them from it.", [policy.name, id, text.joined({hole.fact | some hole in holes})]),
	"at": holes[0].at,
	"state": "effective",
	"evidence": holes,
	"remediation": array.concat(
		[sprintf("juju config -m %s %s cluster-cidrs  # where the ranges come from", [gateway.model, gateway.name]) |
			some client in input.vpn_clients
			client.id == id
			some gateway in input.vpn_gateways
			gateway.id in client.gateways
		],
		[sprintf("kubectl -n %s delete networkpolicy %s  # the client's charm lays it again", [policy.namespace, policy.name])],
	),
} if {
	some id, policy in egress.kill_switch
	policy.isolates
	not egress.named[id] == policy.name
	holes := [{
		"fact": sprintf("rule %d %s, so for example %s, port %d of %s", [rule.number, rule.allows, rule.public, rule.port, rule.protocol]),
		"at": rule.public_at,
		"object": sprintf("NetworkPolicy %s/%s", [policy.namespace, policy.name]),
	} |
		some rule in policy.egress
		rule.public != ""
	]
	holes != []
}

undecided contains {"subject": policy.subject, "missing": sprintf("kube.networkpolicies: rule %d of %q cannot be read: %s", [rule.number, policy.name, rule.problem])} if {
	some policy in egress.kill_switch
	some rule in policy.egress
	rule.problem != ""
}
