# METADATA
# title: The VPN gateway is not captured by the mesh
# description: |
#   Captured traffic does not reach the tunnel.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/gateway-free
#   level: error
#   levels: {single-model: warning}
#   adr: ["networking/adr-006#model-2"]
#   needs: [["kube.workloads@gateway"], ["juju.applications@gateway", "juju.config@gateway"]]
#   subjects: [application]
#   states: [declared, effective]
#   remediation: ["juju config -m {model} {name} mesh=off"]
#   ways: [{id: captured, title: Ambient captures it}, {id: sidecar, title: It has a sidecar}]
#   security: "8.1"
#   aliases: [mesh/old-name]
package rules.mesh.gateway_free

import data.lib.apps

violations contains v if {
	some app in apps.captured
	app.role == "vpn-gateway"
	v := {
		"subject": app.subject,
		"message": sprintf("Application %s is captured by the mesh.", [app.name]),
		"at": app.mesh.at,
		"state": app.mesh.state,
		"way": "captured",
		"evidence": [{"fact": app.mesh.fact, "at": app.mesh.at, "object": ""}],
	}
}

undecided contains u if {
	some app in input.applications
	app.role == "vpn-gateway"
	app.mesh.captured == ""
	u := {"subject": app.subject, "missing": sprintf("kube.workloads@gateway: whether %s is captured", [app.name])}
}
