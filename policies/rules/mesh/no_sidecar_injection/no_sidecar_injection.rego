# METADATA
# title: No namespace of Charmarr's injects sidecars
# description: |
#   Charmarr's mesh is ambient. A namespace that injects sidecars gives each new pod
#   one, which takes it out of ambient: after the next restart the pod is judged by
#   other policies than its neighbours.
#
#   Looked at: labels istio-injection=enabled and istio.io/rev of the models'
#   namespaces. A pod that has a sidecar already is told of by mesh/core-enrolled and
#   mesh/download-client-enrolled, the namespace of a VPN gateway by
#   mesh/gateway-not-enrolled.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/no-sidecar-injection
#   level: note
#   adr: ["networking/adr-005#decision-outcome"]
#   needs:
#     - [kube.namespaces]
#   subjects: [namespace]
#   states: [effective]
#   remediation:
#     - kubectl label namespace {namespace} istio-injection- istio.io/rev-
package rules.mesh.no_sidecar_injection

import data.lib.stack

gateway_homes := {app.namespace | some app in stack.vpn_gateways}

violations contains {
	"subject": namespace.subject,
	"message": sprintf(
		"Namespace %q is labelled %s=%s: its pods get a sidecar at their next start and leave ambient.",
		[namespace.name, labels[0].key, labels[0].value],
	),
	"at": labels[0].at,
	"state": namespace.state,
	"remediation": [sprintf("kubectl label namespace %s %s-", [namespace.name, label.key]) | some label in labels],
} if {
	some namespace in input.namespaces
	namespace.part != ""
	not namespace.name in gateway_homes
	labels := [label | some label in namespace.labels; injects(label.key, label.value)]
	labels != []
}

injects("istio-injection", "enabled")

# A revision injects where istio-injection does not say otherwise.
injects("istio.io/rev", value) if value != ""
