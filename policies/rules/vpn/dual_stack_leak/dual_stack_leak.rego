# METADATA
# title: On a cluster with IPv6 a policy keeps VPN clients off it
# description: |
#   The VPN gateway's network knows IPv4 alone. On a cluster that gives pods IPv6
#   addresses as well, the route container only takes the IPv6 default route away, goes
#   on where that fails, and checks afterwards that IPv4 is unreachable, not IPv6. A
#   kill switch covers both; where there is none, IPv6 is held by that one command.
#
#   Looked at: the addresses of the client's pods, of other pods and of the nodes, and
#   the NetworkPolicies that select the client. Where the version of the route
#   container leaves the IPv6 default route, packets do get out: see
#   vpn/no-direct-egress.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/dual-stack-leak
#   level: warning
#   adr: ["networking/adr-004#decision-outcome"]
#   needs:
#     - [kube.workloads@downloads, kube.networkpolicies@downloads]
#     - [kube.pods@downloads, kube.networkpolicies@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get networkpolicies -o yaml
#   disputed: |
#     The catalogue of Charmarr's invariants says that the route container leaves IPv6
#     alone; pod-gateway takes the IPv6 default route away since v1.11. The rule goes by
#     the version of the image.
#   security: "5.3"
package rules.vpn.dual_stack_leak

import data.lib.egress

concerned := [app |
	some app in input.applications
	app.egress.asked
	app.egress.signs != []
	app.egress.ipv6 != "no"
	app.egress.ipv6_policies != "blocked"
	not app.life in egress.leaving
	not app.id in egress.leaking
]

violations contains {
	"subject": app.subject,
	"message": sprintf("%s %q in model %q has IPv6 addresses, and no policy keeps it off IPv6, which its VPN gateway does not carry: nothing but the removal of one route keeps it from showing this household's IPv6 addresses.", [egress.called(app.role), app.name, app.model]),
	"at": egress.at[app.id],
	"state": "effective",
	"evidence": [{"fact": sprintf("its addresses are %s", [concat(", ", pod.addresses)]), "at": pod.at, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name])} | some pod in app.pods; pod.addresses != []],
	"remediation": [
		egress.reconcile(app.model, app.name),
		sprintf("kubectl -n %s get networkpolicies -o yaml  # does one of type Egress select its pods?", [app.namespace]),
	],
} if {
	some app in concerned
	app.egress.ipv6 == "yes"
	app.egress.ipv6_policies == "open"
}

undecided contains {"subject": app.subject, "missing": missing} if {
	some app in concerned
	[app.egress.ipv6, app.egress.ipv6_policies] != ["yes", "open"]
	missing := unknown(app.egress.ipv6, app.egress.policies_unread, input.cluster.plugin.enforces)
}

unknown("", _, _) := "kube.pods: whether pods of the cluster have IPv6 addresses is not known"

unknown("yes", unread, _) := unread if unread != ""

unknown("yes", "", "") := "kube.system: which network plugin the cluster has, and whether it enforces NetworkPolicies, was not read"

unknown("yes", "", enforces) := "kube.networkpolicies: what policies of another API, or policies that cannot be read, decide on IPv6 is not known" if enforces != ""
