# METADATA
# title: What can run once runs once
# description: |
#   Charmarr's applications keep what they know in files and databases of one
#   writer. Scaled to several units, their charms stop all but the leader's: the
#   others idle, blocked, and use memory. What no charm stops writes over itself.
#
#   Looked at: the scale that Juju has for each application, and the replicas of its
#   StatefulSet, against the number that its charm can run. Ingress gateways, Istio
#   and the storage charm may be scaled. The VPN gateway is
#   vpn/gateway-single-unit's concern. None at all is fine: somebody stopped it.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/single-unit
#   level: error
#   adr: ["apps/adr-012#decision-outcome", "apps/adr-013#scaling-summary-by-charm-type"]
#   needs:
#     - [juju.applications]
#     - [kube.workloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju scale-application -m {model} {name} 1
#   disputed: |
#     apps/adr-012 has further units idle, apps/adr-013 has them blocked and leaves
#     Overseerr open. The charms block them, Overseerr's and Seerr's among them, and
#     FlareSolverr's has no guard at all: there the rule is a warning.
package rules.ops.single_unit

import data.lib.stack

judged := [app |
	some app in input.applications
	app.operation.max_units > 0
	app.role != "vpn-gateway"
	not app.life in stack.leaving
]

# crowding are the ways to know that there are to be too many. The place comes last
# by its name, for it decides no order.
crowding[app.id] contains {"fact": sprintf("application %s has scale %d", [app.name, app.scale]), "number": app.scale, "place": app.declared_at, "object": "", "state": stack.juju_state(app.declared_mesh.state, app.state)} if {
	some app in judged
	app.declared
	app.scale > app.operation.max_units
}

crowding[app.id] contains {"fact": sprintf("%s %s has %d replicas", [workload.kind, workload.name, workload.replicas]), "number": workload.replicas, "place": workload.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), "state": "effective"} if {
	some app in judged
	some workload in app.workloads
	workload.replicas > app.operation.max_units
}

# crowds are the same, worked out once for all.
crowds := {id: many | some id, many in crowding}

# counted are the applications of which it is known how many units there are to be.
counted contains app.id if {
	some app in judged
	app.declared
	app.scale >= 0
}

counted contains app.id if {
	some app in judged
	some workload in app.workloads
	workload.replicas >= 0
}

# shown is the one that a finding points at: what Kubernetes says, if it is there.
shown[id] := [unit | some unit in many; unit.state == "effective"][0] if some id, many in crowds

shown[id] := [unit | some unit in many][0] if {
	some id, many in crowds
	count([1 | some unit in many; unit.state == "effective"]) == 0
}

violations contains {
	"subject": app.subject,
	"level": app.operation.too_many,
	"message": sprintf("%q (%s) in model %q has %d units, and its charm runs one: %s.", [app.name, app.role, app.model, max({unit.number | some unit in many}), app.operation.crowd]),
	"at": shown[id].place,
	"state": shown[id].state,
	"evidence": [{"fact": unit.fact, "at": unit.place, "object": unit.object} | some unit in many],
	"remediation": [sprintf("juju scale-application -m %s %s 1", [app.model, app.name])],
} if {
	some id, many in crowds
	app := stack.application[id]
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.applications: how many units %q in model %q has", [app.name, app.model]),
} if {
	some app in judged
	not app.id in counted
}
