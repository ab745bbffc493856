# METADATA
# title: A VPN gateway runs as one unit
# description: |
#   Clients look up the gateway's headless Service and take what they get for one
#   address. With two units they get two: the command that lays the route fails, and
#   the client's pod does not start. A unit that is no leader runs no tunnel either.
#   Without any unit the clients have no way out.
#
#   Looked at: the scale that Juju has for each VPN gateway, and the replicas of its
#   StatefulSet. Other applications are ops/single-unit.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/gateway-single-unit
#   level: error
#   adr: ["networking/adr-002#consequences", "apps/adr-006#multi-unit-deployment"]
#   needs:
#     - [juju.applications@gateway]
#     - [kube.workloads@gateway]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju scale-application -m {model} {name} 1
#   ways:
#     - id: several
#       title: It is scaled to several units
#     - id: none
#       title: It is scaled to none
#   disputed: |
#     apps/adr-006 allows further units that stand by; networking/adr-002 wants the
#     charm to block. The charm blocks, and its clients cannot tell the units apart,
#     so the rule wants one.
package rules.vpn.gateway_single_unit

import data.lib.stack

gateways := [app | some app in stack.vpn_gateways; not app.life in {"dying", "dead"}]

# strongest are the states, what Kubernetes says before what Juju says.
strongest := ["effective", "declared", "planned"]

# units are how many there are to be, of each way to know it.
units[app.id] contains {"number": app.scale, "state": stack.juju_state(app.declared_mesh.state, app.state), "at": app.at, "fact": sprintf("application %s has scale %d", [app.name, app.scale])} if {
	some app in gateways
	app.declared
	app.scale >= 0
}

units[app.id] contains {"number": workload.replicas, "state": "effective", "at": workload.at, "fact": sprintf("%s %s has %d replicas", [workload.kind, workload.name, workload.replicas])} if {
	some app in gateways
	some workload in app.workloads
	workload.replicas >= 0
}

# known are the same, worked out once for all.
known := {id: list | some id, list in units}

violations contains {
	"subject": app.subject,
	"way": "several",
	"message": sprintf(
		"VPN gateway %q in model %q has %d units: clients that start now get several addresses for it, fail to lay their route and stay down.",
		[app.name, app.model, max({unit.number | some unit in wrong})],
	),
	"at": shown.at,
	"state": shown.state,
	"evidence": [{"fact": unit.fact, "at": unit.at, "object": ""} | some unit in wrong],
	"remediation": [sprintf("juju scale-application -m %s %s 1", [app.model, app.name])],
} if {
	some app in gateways
	wrong := {unit | some unit in known[app.id]; unit.number > 1}
	wrong != set()
	shown := [unit | some state in strongest; some unit in wrong; unit.state == state][0]
}

violations contains {
	"subject": app.subject,
	"way": "none",
	"level": "warning",
	"message": sprintf(
		"VPN gateway %q in model %q is scaled to no unit: what goes through it has no way out.",
		[app.name, app.model],
	),
	"at": shown.at,
	"state": shown.state,
	"evidence": [{"fact": unit.fact, "at": unit.at, "object": ""} | some unit in wrong],
	"remediation": [sprintf("juju scale-application -m %s %s 1", [app.model, app.name])],
} if {
	some app in gateways
	wrong := {unit | some unit in known[app.id]; unit.number == 0}
	wrong != set()
	count(wrong) == count(known[app.id])
	shown := [unit | some state in strongest; some unit in wrong; unit.state == state][0]
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.applications: how many units %q has", [app.name]),
} if {
	some app in gateways
	not known[app.id]
}
