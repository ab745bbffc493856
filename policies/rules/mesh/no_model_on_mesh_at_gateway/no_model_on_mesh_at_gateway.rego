# METADATA
# title: No beacon puts a model with the VPN gateway on the mesh
# description: |
#   A beacon with model-on-mesh=true labels its whole namespace for ambient, and
#   every pod in it is captured: the VPN gateway and a Tailscale connector too,
#   which have to stay outside. It is one option in one place, and Juju alone
#   shows it before any label is written.
#
#   Looked at: option model-on-mesh of beacons in a model that holds a VPN gateway
#   or a Tailscale connector. It is a warning where Kubernetes shows that the
#   gateway is kept out by other means (a label dataplane-mode=none, hostNetwork).
#   Whether the label was written is the matter of mesh/gateway-not-enrolled.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/no-model-on-mesh-at-gateway
#   level: error
#   adr: ["networking/adr-005#namespace-enrollment", "networking/adr-006#model-2", "networking/adr-001#architecture-details"]
#   needs:
#     - [juju.applications@gateway]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju config -m {model} {name} model-on-mesh=false
package rules.mesh.no_model_on_mesh_at_gateway

import data.lib.mesh
import data.lib.stack
import data.lib.text

# outsiders are the applications that must stay outside the mesh, by model.
outsiders[app.model] contains app.name if some app in outside

outside contains app if some app in stack.vpn_gateways

outside contains app if {
	some app in input.applications
	app.role == "tailscale"
}

# exposed are the models where at least one of them is not known to be kept out.
exposed contains app.model if {
	some app in outside
	not app.id in kept_out
}

kept_out contains app.id if {
	some app in outside
	app.mesh.captured == "no"
	app.mesh.state == "effective"
	app.mesh.way in {"none-label", "host-network", "excluded-namespace", "ambient-off"}
}

violations contains {
	"subject": beacon.subject,
	"message": sprintf(
		"Beacon %q puts the whole model %q on the mesh (model-on-mesh=true), %s included, which has to stay outside: ambient captures its traffic and breaks the tunnel.",
		[beacon.name, beacon.model, text.listed(outsiders[beacon.model])],
	),
	"at": [at | some at in places][0],
	"state": stack.juju_state(beacon.declared_mesh.state, beacon.state),
	"level": level,
	"evidence": [{"fact": sprintf("option model-on-mesh=true of %s", [beacon.name]), "at": at, "object": ""} | some at in places],
	"remediation": array.concat(
		[sprintf("juju config -m %s %s model-on-mesh=false", [beacon.model, beacon.name])],
		[sprintf("juju integrate -m %s %s:service-mesh %s:service-mesh", [app.model, app.name, beacon.name]) |
			some app in input.applications
			app.model == beacon.model
			app.group in {"content", "download"}
		],
	),
} if {
	some beacon in stack.beacons
	outsiders[beacon.model]
	places := mesh.model_on_mesh[beacon.id]
	level := levels[beacon.model in exposed]
}

levels := {true: "error", false: "warning"}

undecided contains {
	"subject": beacon.subject,
	"missing": sprintf("juju.config@gateway: option model-on-mesh of beacon %q in model %q", [beacon.name, beacon.model]),
} if {
	some beacon in stack.beacons
	outsiders[beacon.model]
	not beacon.config_known
	not mesh.model_on_mesh[beacon.id]
}
