# METADATA
# title: Tailscale stays outside the mesh
# description: |
#   Tailscale's proxies carry a tunnel of their own. Captured by ambient, their
#   traffic goes to ztunnel instead, remote access breaks, and with it the way to mend
#   it from afar.
#
#   Looked at: whether the namespace of Tailscale's operator (tailscale) is labelled
#   for ambient or for sidecars, and whether a Tailscale connector is related to a
#   beacon or its pods are captured. A beacon that puts the connector's whole model
#   on the mesh is told of by mesh/no-model-on-mesh-at-gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: ingress/tailscale-unmeshed
#   level: error
#   adr: ["networking/adr-001#architecture-details", "apps/adr-011"]
#   needs:
#     - [juju.applications, juju.relations, kube.namespaces, kube.services]
#   subjects: [application, namespace]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl label namespace {name} istio.io/dataplane-mode-
#   ways:
#     - id: operator
#       title: The namespace of Tailscale's operator is in the mesh
#     - id: connector
#       title: A Tailscale connector is in the mesh
package rules.ingress.tailscale_unmeshed

import data.lib.ingress
import data.lib.mesh
import data.lib.stack

operators := [namespace | some namespace in input.cluster.namespaces; namespace.name == "tailscale"]

violations contains {
	"subject": namespace.subject,
	"way": "operator",
	"message": sprintf(
		"Namespace %q, in which Tailscale's operator runs its proxies, is labelled %s=%s: the mesh captures them, and remote access breaks.",
		[namespace.name, label.key, label.value],
	),
	"at": label.at,
	"state": "effective",
	"remediation": [sprintf("kubectl label namespace %s %s-", [namespace.name, label.key])],
} if {
	some namespace in operators
	label := [l | some l in namespace.labels; [l.key, l.value] in capturing][0]
}

capturing := {["istio.io/dataplane-mode", "ambient"], ["istio-injection", "enabled"]}

violations contains {
	"subject": app.subject,
	"way": "connector",
	"message": sprintf(
		"Tailscale connector %q in model %q is in the mesh (%s): it has to stay outside.",
		[app.name, app.model, mesh.reason(app.mesh.fact, app.mesh.way)],
	),
	"at": mesh.place(app.mesh.at, app.at),
	"state": app.mesh.state,
	"remediation": out(app.id in mesh.related, app.model, app.name),
} if {
	some app in input.applications
	app.role == "tailscale"
	app.mesh.captured == "yes"
	not app.model in {stack.application[id].model | some id, _ in mesh.model_on_mesh}
}

out(true, model, name) := [sprintf("juju remove-relation -m %s %s:service-mesh %s:service-mesh", [model, name, mesh.beacon_of(model)])]

out(false, model, name) := [sprintf(
	"kubectl -n %s patch statefulset %s --type=merge -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"istio.io/dataplane-mode\":\"none\"}}}}}'",
	[model, name],
)]

# Where Tailscale exposes something, its operator is somewhere. (That nothing is
# exposed is known where the Services were read, which the rule needs.)
undecided contains {
	"subject": found.service.subject,
	"missing": sprintf("kube.namespaces: namespace tailscale, whose operator exposes Service %q", [found.service.name]),
} if {
	operators == []
	some found in ingress.tailscale_exposed
}
