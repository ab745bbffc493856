# METADATA
# title: No other policy opens what a kill switch closes
# description: |
#   NetworkPolicies add up: a pod may send what any policy that selects it lets out.
#   A kill switch that is as it should be is therefore worth nothing beside a policy
#   that opens the namespace, for example one that somebody made to let everything in
#   it reach the Internet.
#
#   Looked at: the NetworkPolicies that select the pods of a download client beside
#   its kill switch, and the ranges that they allow. What Calico's, Cilium's or the
#   cluster administrator's policies decide is not read: where there are any, the
#   rule is undecided. Where a packet does get out through such a policy,
#   vpn/no-direct-egress tells of it.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/no-widening-policy
#   level: error
#   admission: deny
#   adr: ["networking/adr-004#decision-outcome"]
#   needs:
#     - [kube.workloads@downloads, kube.networkpolicies@downloads]
#     - [kube.pods@downloads, kube.networkpolicies@downloads]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete networkpolicy {name}
#   security: "7.0"
package rules.kill_switch.no_widening_policy

import data.lib.egress
import data.lib.text

# guarded are the clients with a kill switch, by id.
guarded := {app.id: app | some app in egress.clients; egress.kill_switch[app.id]}

violations contains {
	"subject": policy.subject,
	"message": sprintf("NetworkPolicy %q opens what the kill switch of %s closes: %s. Policies add up, so nothing but the routes of the pods keeps them off the public Internet.", [policy.name, text.listed(clients), text.joined({hole.fact | some hole in holes})]),
	"at": holes[0].at,
	"state": "effective",
	"evidence": holes,
	"remediation": [
		sprintf("kubectl -n %s get networkpolicy %s -o yaml  # what is it for? Give it a podSelector that leaves %s out", [policy.namespace, policy.name, concat(", ", sort(clients))]),
		sprintf("kubectl -n %s delete networkpolicy %s  # or take it away", [policy.namespace, policy.name]),
	],
} if {
	some policy in input.network_policies
	policy.isolates
	clients := {app.name |
		some id, app in guarded
		id in policy.selects
		policy.kill_switch_of != id
		not egress.named[id] == policy.name
	}
	clients != set()
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

undecided contains {"subject": app.subject, "missing": sprintf("kube.networkpolicies: what %s %q decides for the pods of %q is not read; look at it with kubectl", [policy.kind, policy.name, app.name])} if {
	some app in guarded
	some policy in input.foreign_policies
	policy.namespace in {"", app.namespace}
}

undecided contains {"subject": app.subject, "missing": app.egress.policies_unread} if {
	some app in guarded
	app.egress.policies_unread != ""
}
