# METADATA
# title: A model has one beacon, and its namespace is that beacon's
# description: |
#   Two beacons in a model each make a waypoint, and which of them an application
#   goes through depends on the one it was related to last. A beacon also refuses to
#   label a namespace that bears another's mark, and says so in its log alone: the
#   option model-on-mesh then does nothing.
#
#   Looked at: how many beacons a model has, and whether label
#   charms.canonical.com/istio.io.waypoint.managed-by of its namespace names one that
#   is there, and the one whose option model-on-mesh is set. A label without that
#   mark is told of by topology/no-drift where no beacon wants it.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/one-beacon
#   level: warning
#   adr: ["networking/adr-005#namespace-enrollment"]
#   needs:
#     - [juju.applications]
#     - [kube.namespaces@core, kube.workloads@core, kube.gateways@core, kube.namespaces@downloads, kube.workloads@downloads, kube.gateways@downloads]
#   subjects: [application, model, namespace]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} beacon
#   ways:
#     - id: several
#       title: The model has several beacons
#     - id: owner-gone
#       title: The namespace bears the mark of a beacon that is gone
#     - id: refused
#       title: A beacon cannot label the namespace, which is another's
package rules.mesh.one_beacon

import data.lib.mesh
import data.lib.stack
import data.lib.text

beacons[app.model] contains app.name if {
	some app in stack.beacons
	not app.life in {"dying", "dead"}
}

violations contains {
	"subject": model.subject,
	"way": "several",
	"message": sprintf(
		"Model %q has %d beacons, %s: each makes a waypoint of its own, and each application goes through that of the one it was related to.",
		[name, count(found), text.listed(found)],
	),
	"at": places[count(places) - 1],
	"state": states[0],
	"remediation": array.concat(
		[sprintf("juju status -m %s --relations  # which applications are related to which", [name])],
		[sprintf("juju remove-application -m %s %s  # once nothing is related to it", [name, extra]) | some i, extra in sort(found); i > 0],
	),
} if {
	some name, found in beacons
	count(found) > 1
	some model in input.models
	model.name == name
	places := [app.at | some app in stack.beacons; app.model == name]
	states := [app.state | some app in stack.beacons; app.model == name]
}

# marks are the marks that beacons leave on their namespaces: model.beacon. One of
# 63 characters may be cut off, and tells nothing.
marks[namespace.name] := {"beacon": trim_prefix(label.value, sprintf("%s.", [namespace.name])), "value": label.value, "at": label.at, "subject": namespace.subject} if {
	some namespace in input.namespaces
	some label in namespace.labels
	label.key == "charms.canonical.com/istio.io.waypoint.managed-by"
	count(label.value) < 63
}

violations contains {
	"subject": mark.subject,
	"way": "owner-gone",
	"message": sprintf(
		"Namespace %q bears the mark of beacon %q, which is not there: its mesh labels are left over, and no other beacon will touch them.",
		[name, mark.value],
	),
	"at": mark.at,
	"state": "effective",
	"remediation": [sprintf("kubectl label namespace %s charms.canonical.com/istio.io.waypoint.managed-by- istio.io/use-waypoint- istio.io/dataplane-mode-", [name])],
} if {
	some name, mark in marks
	name in known
	not mark.beacon in object.get(beacons, name, set())
}

# known are the models whose applications were all read.
known := stack.read["juju.applications"]

violations contains {
	"subject": beacon.subject,
	"way": "refused",
	"message": sprintf(
		"Beacon %q is to put model %q on the mesh (model-on-mesh=true), and namespace %q is already labelled by %s: the beacon refuses to touch it and says so in its log alone.",
		[beacon.name, beacon.model, beacon.model, owner(beacon.model)],
	),
	"at": [at | some at in mesh.model_on_mesh[beacon.id]][0],
	"state": "effective",
	"evidence": [{"fact": sprintf("label %s=%s", [label.key, label.value]), "at": label.at, "object": sprintf("Namespace %s", [beacon.model])} | some label in labels],
	"remediation": [
		sprintf("kubectl label namespace %s istio.io/use-waypoint- istio.io/dataplane-mode- charms.canonical.com/istio.io.waypoint.managed-by-", [beacon.model]),
		sprintf("juju config -m %s %s model-on-mesh=false && juju config -m %s %s model-on-mesh=true  # it labels on a change", [beacon.model, beacon.name, beacon.model, beacon.name]),
	],
} if {
	some beacon in stack.beacons
	mesh.model_on_mesh[beacon.id]
	some namespace in input.namespaces
	namespace.name == beacon.model
	labels := [label | some label in namespace.labels; label.key in {"istio.io/use-waypoint", "istio.io/dataplane-mode"}; label.value != ""]
	labels != []
	not owned(beacon.model, beacon.name)
	object.get(marks, beacon.model, {"beacon": "nobody"}).beacon in (object.get(beacons, beacon.model, set()) | {"nobody"})
}

owned(model, name) if marks[model].beacon == name

owner(model) := sprintf("beacon %q", [marks[model].value]) if marks[model]

owner(model) := "somebody's hand" if not marks[model]
