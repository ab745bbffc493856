# METADATA
# title: Pod Security lets the pods of each namespace in
# description: |
#   A namespace can refuse pods that want more than a level of Kubernetes' Pod Security
#   Standards allows (label pod-security.kubernetes.io/enforce). A VPN gateway is
#   privileged, its clients have NET_ADMIN, and a media server may have a device of the
#   node: baseline refuses all of them. Running pods stay; the next one is refused, so
#   that it shows weeks later, after a restart. Juju's own pods do not meet restricted.
#
#   Looked at: that label of the namespaces of the stack, and what its applications
#   need, as Juju relates them and as their pods are. What an admission controller of
#   another kind refuses is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/pod-security-compatible
#   level: error
#   adr: ["networking/adr-002#gateway-side-requirements", "networking/adr-003#client-side-requirements"]
#   needs:
#     - [kube.namespaces, kube.workloads]
#     - [kube.namespaces, juju.applications, juju.relations]
#   subjects: [namespace]
#   states: [effective]
#   remediation:
#     - kubectl label namespace {name} pod-security.kubernetes.io/enforce=privileged --overwrite
package rules.security.pod_security_compatible

import data.lib.stack
import data.lib.text

# needy are the applications of each namespace that baseline refuses.
needy[app.namespace] contains app.name if {
	some app in stack.vpn_gateways
	not app.life in stack.leaving
}

needy[client.namespace] contains client.name if {
	some client in input.vpn_clients
	not client.leaving
}

needy[app.namespace] contains app.name if {
	some app in input.applications
	some privilege in app.privileges
	privilege.expected == "yes"
}

refused("baseline", namespace) := needy[namespace]

refused("restricted", namespace) := {app.name | some app in input.applications; app.namespace == namespace; app.role != ""}

violations contains {
	"subject": namespace.subject,
	"message": sprintf("Namespace %q enforces Pod Security level %s, which refuses the pods of %s: the next one that is made, after a restart or an update, does not start.", [namespace.name, label.value, text.listed(names)]),
	"at": label.at,
	"state": "effective",
	"remediation": [sprintf("kubectl label namespace %s pod-security.kubernetes.io/enforce=privileged --overwrite", [namespace.name])],
} if {
	some namespace in input.namespaces
	some label in namespace.labels
	label.key == "pod-security.kubernetes.io/enforce"
	names := refused(label.value, namespace.name)
	count(names) > 0
}
