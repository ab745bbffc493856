# METADATA
# title: A kill switch is about egress, and about nothing else
# description: |
#   A NetworkPolicy restricts what its pods send only where it is of type Egress: one
#   of type Ingress leaves every way out open, whatever rules it holds. The kill
#   switch is of that type alone. Where Ingress stands beside it and no ingress rule
#   follows, nothing reaches the pods: no user interface, no probe of the kubelet, no
#   mesh.
#
#   Looked at: policyTypes of each NetworkPolicy APPLICATION-vpn-killswitch, filled in
#   as Kubernetes does where it is not said.
# schemas:
#   - input: schema.stack
# custom:
#   id: kill-switch/egress-only
#   level: error
#   admission: deny
#   adr: ["networking/adr-004#networkpolicy-specification"]
#   needs:
#     - [kube.networkpolicies@downloads]
#   subjects: [networkpolicy]
#   states: [effective]
#   remediation:
#     - 'kubectl -n {namespace} patch networkpolicy {name} --type=merge -p ''{"spec":{"policyTypes":["Egress"]}}'''
#   ways:
#     - id: not-egress
#       title: It does not restrict what leaves
#     - id: ingress
#       title: It restricts what comes in
#   security: "7.0"
package rules.kill_switch.egress_only

import data.lib.egress

violations contains {
	"subject": policy.subject,
	"way": "not-egress",
	"message": sprintf("NetworkPolicy %q, the kill switch of %q, is not of type Egress (policyTypes %s): it restricts nothing that its pods send.", [policy.name, id, concat(", ", policy.policy_types)]),
	"at": place(policy.types_at, policy.at),
	"state": "effective",
	"evidence": [],
	"remediation": [patch(policy.namespace, policy.name)],
} if {
	some id, policy in egress.kill_switch
	not policy.isolates
}

violations contains {
	"subject": policy.subject,
	"way": "ingress",
	"level": "warning",
	"message": sprintf("NetworkPolicy %q, the kill switch of %q, is of type Ingress as well: what no ingress rule lets in (the user interface, the kubelet's probes, the mesh) does not reach its pods.", [policy.name, id]),
	"at": place(policy.types_at, policy.at),
	"state": "effective",
	"evidence": [],
	"remediation": [patch(policy.namespace, policy.name)],
} if {
	some id, policy in egress.kill_switch
	policy.isolates
	"Ingress" in policy.policy_types
}

place("", at) := at

place(at, _) := at if at != ""

patch(namespace, name) := sprintf("kubectl -n %s patch networkpolicy %s --type=merge -p '{\"spec\":{\"policyTypes\":[\"Egress\"]}}'", [namespace, name])
