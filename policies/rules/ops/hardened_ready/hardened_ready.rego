# METADATA
# title: Istio is hardened only where every caller is known
# description: |
#   With hardened-mode=true Istio denies what no AuthorizationPolicy allows. The
#   beacons write those policies from what applications tell them; who tells nothing,
#   and who calls from another model under a name that the mesh does not know, is cut
#   off the moment the option is set.
#
#   Looked at: whether Istio is hardened, and if so, whether rules
#   mesh/beacon-relation and mesh/cross-model-identity have anything to say. They tell
#   what to do for each application; this one tells that the switch came too early, and
#   is silent while Istio is not hardened.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/hardened-ready
#   level: error
#   adr: ["networking/adr-005#decision-outcome", "networking/adr-006#cross-model-relations"]
#   needs:
#     - [juju.applications, juju.relations, juju.offers]
#   subjects: [application, workload, model]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} hardened-mode=false
package rules.ops.hardened_ready

import data.lib.mesh
import data.lib.stack
import data.lib.text

# unready has, by what it lacks, the applications that a hardened Istio cuts off.
unready[lack] contains app.name if {
	lack := "no policy is written" # a key that is no variable would be there without names, too
	some id in mesh.untold
	app := stack.application[id]
	app.mesh.captured == "yes"
}

unready[lack] contains app.name if {
	lack := "callers from other models go by unknown names"
	some crossing in mesh.nameless
	app := stack.application[crossing.target.id]
	app.mesh.captured != "no"
}

violations contains {
	"subject": switch.subject,
	"message": sprintf(
		"Istio is hardened (%s) and denies what no policy allows, and this stack is not ready for it: %s. They are cut off until that is mended.",
		[input.cluster.hardened.fact, concat("; ", [sprintf("for %s %s", [text.listed(names), lack]) | some lack, names in unready])],
	),
	"at": input.cluster.hardened.at,
	"state": switch.state,
	"remediation": array.concat(
		off,
		["charmarr-lint check --rule mesh/beacon-relation --rule mesh/cross-model-identity .  # until it finds nothing; then harden again"],
	),
} if {
	input.profile.mesh != "off"
	mesh.denies
	count(unready) > 0
}

# switch is who hardens Istio: the control plane, or where none was read, the stack.
switch := {"subject": input.control_planes[0].subject, "state": input.control_planes[0].state}

switch := {"subject": input.models[0].subject, "state": input.models[0].state} if input.control_planes == []

# off takes the hardening back, until the stack is ready.
off := [sprintf("juju config -m %s %s hardened-mode=false", [plane.model, charm_name(plane.charm, plane.name)]) | some plane in input.control_planes] if input.control_planes != []

off := ["juju config -m istio-system istio hardened-mode=false  # in the model and by the name that charm istio-k8s has"] if input.control_planes == []

charm_name(true, name) := name

charm_name(false, _) := "istio"

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.config: whether a beacon puts model %q on the mesh, and %q with it", [app.model, app.name]),
} if {
	mesh.denies
	some id in mesh.untold
	app := stack.application[id]
	app.mesh.captured == ""
}

undecided contains {
	"subject": model.subject,
	"missing": "juju.config: whether Istio is hardened (option hardened-mode of charm istio-k8s), for which this stack is not ready",
} if {
	input.profile.mesh != "off"
	input.cluster.hardened.on == ""
	count(unready) > 0
	model := input.models[0]
}
