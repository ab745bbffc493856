# METADATA
# title: The only pods that a kill switch names are those of the cluster's DNS
# description: |
#   Besides ranges of addresses the kill switch has one rule for pods: those of
#   namespace kube-system, on port 53, so that the client can look names up. A rule
#   for other pods or other ports lets the client talk to whatever runs there, and a
#   proxy or a gateway among them takes its packets out for it.
#
#   Looked at: the egress rules of each NetworkPolicy APPLICATION-vpn-killswitch that
#   name pods or namespaces. Ranges of addresses are judged by
#   kill-switch/no-public-egress.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/dns-only-kube-system
#   level: error
#   admission: deny
#   adr: ["networking/adr-004#networkpolicy-specification"]
#   needs:
#     - [kube.networkpolicies@downloads]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete networkpolicy {name}
#   ways:
#     - id: namespaces
#       title: It names pods of other namespaces
#     - id: ports
#       title: It allows other ports than those of DNS
package rules.kill_switch.dns_only_kube_system

import data.lib.egress

violations contains {
	"subject": policy.subject,
	"way": "namespaces",
	"message": sprintf("Rule %d of NetworkPolicy %q, the kill switch of %q, lets it talk to %s; it is to name the pods of namespace kube-system alone.", [rule.number, policy.name, id, whom(peer.namespaces, peer.pod_labels)]),
	"at": peer.at,
	"state": "effective",
	"evidence": [],
	"remediation": again(policy.namespace, policy.name),
} if {
	some id, policy in egress.kill_switch
	some rule in policy.egress
	some peer in rule.pods
	peer.named != ["kube-system"]
}

violations contains {
	"subject": policy.subject,
	"way": "ports",
	"message": sprintf("Rule %d of NetworkPolicy %q, the kill switch of %q, lets it talk to the pods of namespace kube-system on other ports than 53, that of DNS.", [rule.number, policy.name, id]),
	"at": rule.at,
	"state": "effective",
	"evidence": [],
	"remediation": again(policy.namespace, policy.name),
} if {
	some id, policy in egress.kill_switch
	some rule in policy.egress
	not rule.only_dns
	some peer in rule.pods
	peer.named == ["kube-system"]
}

whom("", pods) := sprintf("the pods of its own namespace (%s)", [pods])

whom(namespaces, "") := sprintf("the pods of other namespaces (%s)", [namespaces]) if namespaces != ""

whom(namespaces, pods) := sprintf("pods (%s) of other namespaces (%s)", [pods, namespaces]) if {
	namespaces != ""
	pods != ""
}

again(namespace, name) := [sprintf("kubectl -n %s delete networkpolicy %s  # the client's charm lays it again", [namespace, name])]
