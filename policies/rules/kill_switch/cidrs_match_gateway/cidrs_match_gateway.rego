# METADATA
# title: A kill switch allows what the VPN gateway says, no more and no less
# description: |
#   The ranges of a kill switch, the routes of the client's pods and option
#   cluster-cidrs of the gateway are one list, which the charms hand on. Where they
#   differ, a change did not arrive: what the policy lacks the client cannot reach
#   although its routes lead there, and what it has too much is a hole that nobody
#   meant.
#
#   Looked at: the ranges of each NetworkPolicy APPLICATION-vpn-killswitch, compared
#   exactly with NOT_ROUTED_TO_GATEWAY_CIDRS of the client's ConfigMap, with what the
#   gateway told its units, and with the gateway's option, whichever were read. The
#   address of Istio's ztunnel, which the charm adds, is left to
#   kill-switch/ztunnel-address.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/cidrs-match-gateway
#   level: warning
#   adr: ["networking/adr-004#networkpolicy-specification", "networking/adr-005#configuration-requirements"]
#   needs:
#     - [kube.networkpolicies@downloads, kube.configmaps@downloads]
#     - [kube.networkpolicies@downloads, juju.units@downloads]
#     - [kube.networkpolicies@downloads, juju.config@gateway]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete networkpolicy {name}
package rules.kill_switch.cidrs_match_gateway

import data.lib.egress
import data.lib.stack
import data.lib.text

differing[policy.kill_switch_of] contains {"fact": sprintf("%s: it %s", [other.by, text.joined(differences(other.missing, other.extra))]), "at": other.at, "object": ""} if {
	some policy in egress.kill_switch
	some other in policy.compared
	array.concat(other.missing, other.extra) != []
}

differences(missing, extra) := {words |
	some [list, verb] in [[missing, "lacks"], [extra, "allows besides"]]
	list != []
	words := sprintf("%s %s", [verb, concat(", ", list)])
}

violations contains {
	"subject": policy.subject,
	"message": sprintf("NetworkPolicy %q, the kill switch of %q, does not allow what its gateway says. Compared with %s.", [policy.name, app.name, concat("; with ", sort({d.fact | some d in differing[id]}))]),
	"at": policy.at,
	"state": "effective",
	"evidence": sort(differing[id]),
	"remediation": [
		egress.reconcile(app.model, app.name),
		sprintf("kubectl -n %s get networkpolicy %s -o yaml", [policy.namespace, policy.name]),
	],
} if {
	some id, policy in egress.kill_switch
	app := stack.application[id]
	differing[id]
}

undecided contains {"subject": policy.subject, "missing": sprintf("kube.configmaps: what the gateway of %q says was read nowhere; give its ConfigMap, juju show-unit, or the options of the gateway", [id])} if {
	some id, policy in egress.kill_switch
	policy.compared == []
}
