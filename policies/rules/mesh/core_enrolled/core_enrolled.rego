# METADATA
# title: Every service of the core is enrolled in the mesh
# description: |
#   The mesh encrypts what the services say to one another and lets only those
#   talk that may. A service outside it speaks in the clear, and every other pod
#   of the cluster may call it.
#
#   Looked at: whether Istio ambient captures each manager, indexer, challenge
#   solver, requester and media server in the core (or the single) model: by the
#   labels on its pods and namespace, or, before Kubernetes is read, by its
#   relation to a beacon and the beacon's model-on-mesh. Ingress gateways and
#   storage are not looked at, nor is anything where the profile runs without a
#   mesh. A service with a sidecar instead is a warning.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/core-enrolled
#   level: error
#   levels: {single-model: warning}
#   adr: ["networking/adr-006#model-1", "networking/adr-005#namespace-enrollment"]
#   needs:
#     - [kube.namespaces@core, kube.workloads@core]
#     - [juju.applications@core, juju.relations@core]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju integrate -m {model} {name}:service-mesh beacon:service-mesh
#   disputed: |
#     The records speak of enrolled namespaces; Charmarr's charms and Terraform
#     enrol each application by labels on its pods and leave the namespace
#     unlabelled. What counts here is whether ambient captures the application's
#     pods, by whichever label. Enrolment is the record's own decision: an error
#     under `adr-006`, a warning elsewhere.
package rules.mesh.core_enrolled

import data.lib.mesh
import data.lib.stack

# judged are the services where they belong: one elsewhere has to move first.
judged := [app |
	some app in stack.content
	input.profile.mesh != "off"
	app.part in {"core", "single"}
]

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"Core service %q in model %q is not enrolled in the mesh: %s. %s",
		[app.name, app.model, mesh.reason(app.mesh.fact, app.mesh.way), harm(app.mesh.way)],
	),
	"at": mesh.place(app.mesh.at, app.at),
	"state": app.mesh.state,
	"level": level(app.mesh.way),
	"evidence": array.concat(
		[{"fact": mesh.reason(app.mesh.fact, app.mesh.way), "at": mesh.place(app.mesh.at, app.at), "object": ""}],
		[{"fact": sprintf("Juju says otherwise: %s", [mesh.reason(app.declared_mesh.fact, app.declared_mesh.way)]), "at": app.declared_mesh.at, "object": ""} |
			app.mesh.state == "effective"
			app.declared_mesh.captured == "yes"
		],
	),
	"remediation": remedy(app.id in older, app.mesh.way, app.declared_mesh.captured, app.model, app.name),
} if {
	some app in judged
	app.mesh.captured == "no"
}

harm("sidecar") := "It has a sidecar instead: its traffic is encrypted, and the policies that a waypoint enforces do not bind it."

harm(way) := "Its traffic is in the clear, and no policy of the mesh protects it." if way != "sidecar"

# older are the applications of which a pod is out although the workload would
# enrol a new one.
older contains app.id if {
	some app in judged
	some workload in app.workloads
	workload.mesh.captured == "yes"
}

remedy(false, way, declared, model, name) := mesh.enrol(way, declared, model, name)

remedy(true, _, _, model, name) := [sprintf("kubectl -n %s rollout restart statefulset %s  # its pods are older than its labels", [model, name])]

# A sidecar is no ambient, and yet it encrypts.
level("sidecar") := "warning"

level(way) := "error" if way != "sidecar"

undecided contains {
	"subject": app.subject,
	"missing": sprintf("kube.workloads@core: whether ambient captures %q in model %q", [app.name, app.model]),
} if {
	some app in judged
	app.mesh.captured == ""
}
