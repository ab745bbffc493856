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
import data.lib.vpn

# neighbours are the applications that share a gateway's model.
neighbours[app.model] contains {"name": app.name, "captured": app.mesh.captured, "state": app.mesh.state, "at": app.at, "role": app.role, "fact": app.mesh.fact} if {
	some home in homes
	some app in input.applications
	app.model == home
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
	"at": place(gateway.part, gateway.at, {n.name: n.at | some n in others}),
	"state": gateway.state,
	"level": level(count(doubtful), input.profile.mesh),
	"evidence": [{"fact": fact(n.name, n.role, n.fact), "at": n.at, "object": ""} | some n in others],
	"remediation": commands(gateway.part, gateway.id, gateway.model, gateway.name, text.charm(gateway.charm, "gluetun"), leave),
} if {
	stack.three_models
	some gateway in stack.vpn_gateways
	others := neighbours[gateway.model]
	enrolled := [n.name | some n in others; n.captured == "yes"]
	leave := [sprintf("juju remove-application -m %s %s%s", [gateway.model, n.name, first(n.role)]) | some n in others]
	doubtful := [n.name | some n in others; [n.captured, n.state] != ["no", "effective"]]
}

# place is that of the one who has to leave: the first of the others where the model is
# the gateway's own, else the gateway.
place(part, _, others) := others[sort(object.keys(others))[0]] if settled(part)

place(part, at, _) := at if not settled(part)

# commands clear the gateway's own model of the others, or else move the gateway
# to a model of its own.
commands(part, _, _, _, _, leave) := leave if settled(part)

commands(part, id, model, name, charm, _) := array.concat(
	[
		sprintf("juju add-model %s  # where there is none yet", [target(model)]),
		sprintf("juju deploy -m %s %s %s --trust  # and configure it as the old one", [target(model), charm, name]),
		sprintf("juju offer %s.%s:vpn-gateway", [target(model), name]),
		sprintf("juju remove-application -m %s %s  # its clients stay blocked until they are related anew", [model, name]),
	],
	anew(id, target(model), name),
) if {
	not settled(part)
}

# settled holds for a gateway in the model meant for it: core and downloads are
# elsewhere.
settled("gateway") if {
	stack.core_models != []
	some model in input.models
	model.part == "downloads"
}

first("beacon") := ""

first(role) := "  # once it is deployed where it belongs" if role != "beacon"

target(model) := "gluetun" if model != "gluetun"

target("gluetun") := "vpn-gateway"

# anew relates the clients of a gateway to one of that name in another model. The
# old application bears the SAAS's name, so it has to be gone by then.
anew(id, home, name) := array.concat(
	[sprintf("juju consume -m %s %s.%s", [model, home, name]) | some model in models],
	[sprintf("juju integrate -m %s %s:vpn-gateway %s:vpn-gateway", [client.model, client.name, name]) |
		some client in stack.download_clients
		client.id in clients[id]
	],
) if {
	clients[id]
	models := {client.model | some client in stack.download_clients; client.id in clients[id]}
}

anew(id, home, name) := [sprintf("juju consume -m %s %s.%s", [stack.downloads_model, home, name])] if not clients[id]

# clients are the download clients behind each gateway.
clients[link.gateway.id] contains link.client.id if {
	some link in vpn.links
	link.client.role == "download-client"
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
