package rules.mesh.gateway_not_enrolled

import data.lib.mesh
import data.lib.stack
import data.lib.text

# A beacon that puts the whole model on the mesh.
violations contains {
	"subject": gateway.subject,
	"way": "model-on-mesh",
	"message": sprintf(
		"Beacon %s puts the whole model %q on the mesh (model-on-mesh=true), the VPN gateway %q included: %s.",
		[text.listed([beacon.name | some beacon in beacons]), gateway.model, gateway.name, harm],
	),
	"at": [beacon.at | some beacon in beacons][0],
	"state": stack.juju_state(gateway.declared_mesh.state, gateway.state),
	"evidence": [{"fact": sprintf("option model-on-mesh=true of %s", [beacon.name]), "at": beacon.at, "object": ""} | some beacon in beacons],
	"remediation": [sprintf("juju config -m %s %s model-on-mesh=false", [gateway.model, beacon.name]) | some beacon in beacons],
} if {
	some gateway in stack.vpn_gateways
	beacons := meshing[gateway.model]
	not gateway.id in kept_out
}

meshing[beacon.model] contains {"name": beacon.name, "at": at} if {
	some beacon in stack.beacons
	some at in mesh.model_on_mesh[beacon.id]
}

# kept_out are the gateways that a label on the namespace cannot reach.
kept_out contains gateway.id if {
	some gateway in stack.vpn_gateways
	gateway.mesh.captured == "no"
	gateway.mesh.state == "effective"
	gateway.mesh.way in {"none-label", "host-network", "excluded-namespace", "ambient-off", "sidecar"}
}
