# METADATA
# title: Who is in the mesh is related to its model's beacon
# description: |
#   The beacon learns over the relation who may call an application, and writes its
#   AuthorizationPolicies from that. A label on the namespace puts an application in
#   the mesh without telling the beacon anything: nothing restricts its callers, or,
#   where Istio is hardened, nobody may call it at all.
#
#   Looked at: applications whose charms say who may call them, that are in the mesh
#   by a label or by model-on-mesh: whether they are related to a beacon of their
#   own model. One that is not in the mesh is told of by mesh/core-enrolled and
#   mesh/download-client-enrolled. Where the beacon manages no policies
#   (manage-authorization-policies=false), nothing is asked.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/beacon-relation
#   level: error
#   adr: ["networking/adr-005#decision-outcome", "networking/adr-006#model-1"]
#   needs:
#     - [juju.applications@core, juju.relations@core, juju.applications@downloads, juju.relations@downloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju integrate -m {model} {name}:service-mesh beacon:service-mesh
package rules.mesh.beacon_relation

import data.lib.mesh
import data.lib.stack

violations contains {
	"subject": app.subject,
	"level": level,
	"message": sprintf(
		"%q in model %q is in the mesh (%s) and related to no beacon of its model: no AuthorizationPolicy is written for it. %s",
		[app.name, app.model, mesh.reason(app.mesh.fact, app.mesh.way), harm(input.cluster.hardened.on, app.attachments != [])],
	),
	"at": mesh.place(app.declared_at, app.at),
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"evidence": array.concat(
		[{"fact": mesh.reason(app.mesh.fact, app.mesh.way), "at": app.mesh.at, "object": ""}],
		[{"fact": input.cluster.hardened.fact, "at": input.cluster.hardened.at, "object": ""} | mesh.denies],
	),
	"remediation": array.concat(mesh.beacon_first(app.model), [sprintf(
		"juju integrate -m %s %s:service-mesh %s:service-mesh",
		[app.model, app.name, mesh.beacon_of(app.model)],
	)]),
} if {
	some id in mesh.untold
	app := stack.application[id]
	app.mesh.captured == "yes"
}

default level := "warning"

level := "error" if mesh.denies

harm("yes", _) := "Istio is hardened and denies what no policy allows: nobody reaches it."

harm(hardened, true) := "The policy for its ingress gateway alone stands, and turns everyone else away." if hardened != "yes"

harm(hardened, false) := "Every workload of the mesh may call it." if hardened != "yes"

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.config: whether a beacon puts model %q on the mesh, and %q with it", [app.model, app.name]),
} if {
	some id in mesh.untold
	app := stack.application[id]
	app.mesh.captured == ""
}
