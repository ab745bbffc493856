# METADATA
# title: Every download client behind a VPN gateway has a kill switch
# description: |
#   A download client's charm lays two things: routes in its pods, which lead to the
#   VPN gateway, and a NetworkPolicy that lets its pods reach nothing but the
#   cluster. The policy is the kill switch: it holds where the routes are lost,
#   since it is enforced outside the pod. Without it one mistake in a pod's routes
#   shows this household's address to every peer.
#
#   Looked at: for each download client whose pods have the route containers, the
#   NetworkPolicies of its namespace. The one that its charm makes is called
#   APPLICATION-vpn-killswitch; a policy under another name that selects the
#   client's pods and lets nothing out to public addresses will do. A client whose
#   packets do get out for want of a policy is told of by vpn/no-direct-egress, one
#   that has neither route nor policy by vpn/client-waits-for-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/exists
#   level: error
#   adr: ["networking/adr-004#networkpolicy-ownership"]
#   needs:
#     - [kube.workloads@downloads, kube.networkpolicies@downloads]
#     - [kube.pods@downloads, kube.networkpolicies@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - juju exec -m {model} --unit {name}/0 -- env JUJU_DISPATCH_PATH=hooks/update-status ./dispatch
#   security: "7.0"
package rules.kill_switch.exists

import data.lib.egress

bare := [app |
	some app in egress.clients
	"containers" in app.egress.signs
	not app.id in egress.held
	not "kill-switch" in app.egress.signs
]

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"Download client %q in model %q has no kill switch: namespace %q has no NetworkPolicy %q, and no other that does its work. Its routes alone keep it off the public Internet; once they are lost it shows this household's address to every peer.",
		[app.name, app.model, app.namespace, sprintf("%s-vpn-killswitch", [app.name])],
	),
	"at": egress.at[app.id],
	"state": "effective",
	"evidence": [{"fact": sprintf("%s %s has the route containers", [workload.kind, workload.name]), "at": workload.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])} | some workload in app.workloads],
	"remediation": [
		egress.reconcile(app.model, app.name),
		sprintf("kubectl -n %s get networkpolicy %s-vpn-killswitch", [app.namespace, app.name]),
	],
} if {
	some app in bare
	app.egress.policies_unread == ""
	not egress.named[app.id] == ""
}

undecided contains {"subject": app.subject, "missing": app.egress.policies_unread} if {
	some app in bare
	app.egress.policies_unread != ""
}
