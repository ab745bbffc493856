# METADATA
# title: The VPN gateway has a model of its own
# description: |
#   Ambient enrols whole namespaces at the stroke of a label, and a Juju model on
#   Kubernetes is one namespace. As long as the gateway shares a namespace with
#   anything that is in the mesh, one label (or a beacon's model-on-mesh) captures
#   the gateway too, and the tunnel of every download client breaks.
#
#   Looked at: the other Charmarr applications in the model of each VPN gateway
#   (core services, download clients, ingress gateways and beacons). It is a
#   warning where Kubernetes shows that none of them is enrolled, or the profile
#   runs without a mesh. Collectors of logs and metrics, storage and other
#   companions may share the model.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/gateway-own-namespace
#   level: error
#   levels: {single-model: "off"}
#   adr: ["networking/adr-006#model-2", "networking/adr-005#namespace-enrollment"]
#   needs:
#     - [juju.applications@gateway]
#     - [kube.workloads@gateway]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju add-model gluetun
#     - juju remove-application -m {model} {name}
#   disputed: |
#     networking/adr-006 lists vpnarr among the services of the downloads model and
#     yet wants it in a separate namespace. A Juju model on Kubernetes is one
#     namespace, so both can be met only by a model of its own, which is also what
#     networking/adr-005 draws. Charmarr's own Terraform deploys one model for
#     everything; under `single-model` the rule is off and
#     mesh/gateway-not-enrolled alone guards the gateway.
package rules.topology.gateway_own_namespace

import data.lib.stack
import data.lib.text

# neighbours are the applications that share a gateway's model.
neighbours[app.model] contains {"name": app.name, "captured": app.mesh.captured, "state": app.mesh.state, "at": app.at, "role": app.role, "fact": app.mesh.fact} if {
	some app in input.applications
	app.model in homes
	shares(app.group, app.role)
}

homes := {gateway.model | some gateway in stack.vpn_gateways}

shares(group, _) if group in {"content", "download", "ingress"}

shares("mesh", "beacon")

violations contains {
	"subject": gateway.subject,
	"message": sprintf(
		"VPN gateway %q shares model and namespace %q with %s; %s. A Juju model on Kubernetes is one namespace, so the gateway needs a model of its own: one label on this namespace would capture it and break the tunnel.",
		[gateway.name, gateway.model, text.listed([n.name | some n in others]), enrolled_words(enrolled)],
	),
	"at": gateway.at,
	"state": gateway.state,
	"level": level(count(doubtful), input.profile.mesh),
	"evidence": [{"fact": fact(n.name, n.role, n.fact), "at": n.at, "object": ""} | some n in others],
	"remediation": [
		"juju add-model gluetun",
		sprintf("juju deploy -m gluetun %s %s --trust", [text.charm(gateway.charm, "gluetun"), gateway.name]),
		sprintf("juju offer gluetun.%s:vpn-gateway", [gateway.name]),
		sprintf("juju consume -m %s gluetun.%s", [stack.downloads_model, gateway.name]),
		sprintf("juju remove-application -m %s %s", [gateway.model, gateway.name]),
	],
} if {
	stack.three_models
	some gateway in stack.vpn_gateways
	others := neighbours[gateway.model]
	enrolled := [n.name | some n in others; n.captured == "yes"]
	doubtful := [n.name | some n in others; [n.captured, n.state] != ["no", "effective"]]
}

# level is that of the rule unless it is certain that nothing there is enrolled,
# or nothing is meant to be.
level(_, "off") := "warning"

level(0, mesh) := "warning" if mesh != "off"

level(doubtful, mesh) := "error" if {
	doubtful > 0
	mesh != "off"
}

enrolled_words([]) := "nothing there is known to be enrolled in the mesh"

enrolled_words([name]) := sprintf("%q is enrolled in the mesh", [name])

enrolled_words(names) := sprintf("%s are enrolled in the mesh", [text.listed(names)]) if count(names) > 1

fact(name, role, "") := sprintf("%s (%s) is in the same namespace", [name, role])

fact(name, role, mesh) := sprintf("%s (%s) is in the same namespace: %s", [name, role, mesh]) if mesh != ""
