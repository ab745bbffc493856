# METADATA
# title: A waypoint that labels name exists
# description: |
#   What is labelled istio.io/use-waypoint is to be reached through that waypoint,
#   which enforces the policies for its Services. Where it does not exist, Istio sends
#   callers straight on, and those policies bind nobody.
#
#   Looked at: the labels istio.io/use-waypoint and istio.io/use-waypoint-namespace
#   of namespaces, Services and pod templates in the core and the downloads model, and
#   the Gateways of class istio-waypoint in the namespaces that they name. Whether a
#   waypoint is ready is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/waypoint-exists
#   level: warning
#   adr: ["networking/adr-005#decision-outcome"]
#   needs:
#     - [kube.namespaces@core, kube.workloads@core, kube.services@core, kube.gateways@core, kube.namespaces@downloads, kube.workloads@downloads, kube.services@downloads, kube.gateways@downloads]
#   subjects: [model]
#   states: [effective]
#   remediation:
#     - juju status -m {model}
package rules.mesh.waypoint_exists

import data.lib.mesh
import data.lib.stack
import data.lib.text

# homes are the namespaces that are to be in the mesh. What a VPN gateway's says is
# for mesh/gateway-not-enrolled to judge.
homes := {model.namespace | some model in input.models; model.part in {"core", "downloads", "single"}}

# named are the waypoints that labels name, by namespace and name, with what bears
# the label.
named[[target, label.value]] contains [sprintf("Namespace %s", [namespace.name]), label.at] if {
	some namespace in input.namespaces
	namespace.name in homes
	some label in namespace.labels
	is_named(label.key, label.value)
	target := array.concat([l.value | some l in namespace.labels; l.key == "istio.io/use-waypoint-namespace"], [namespace.name])[0]
}

named[[target, label.value]] contains [sprintf("Service %s/%s", [service.namespace, service.name]), label.at] if {
	some service in input.services
	service.namespace in homes
	some label in service.labels
	is_named(label.key, label.value)
	target := array.concat([l.value | some l in service.labels; l.key == "istio.io/use-waypoint-namespace"], [service.namespace])[0]
}

named[[target, label.value]] contains [sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), label.at] if {
	some app in input.applications
	app.namespace in homes
	some workload in app.workloads
	some label in workload.labels
	is_named(label.key, label.value)
	target := array.concat([l.value | some l in workload.labels; l.key == "istio.io/use-waypoint-namespace"], [workload.namespace])[0]
}

is_named("istio.io/use-waypoint", value) if not value in {"", "none"}

waypoints := {[gateway.namespace, gateway.name] | some gateway in input.gateways; gateway.waypoint}

# lacking are the waypoints that a namespace is to have and has not, by namespace.
lacking[waypoint[0]] contains waypoint[1] if {
	some waypoint, _ in named
	not waypoint in waypoints
	waypoint[0] in stack.read["kube.gateways"]
}

violations contains {
	"subject": model.subject,
	"message": sprintf(
		"Namespace %q has no waypoint %s, and %s: callers go straight to the pods, and the policies that it would enforce bind nobody.",
		[name, text.listed(names), users(count(bearers), bearers[0].what)],
	),
	"at": bearers[0].at,
	"state": "effective",
	"evidence": [{"fact": sprintf("label istio.io/use-waypoint=%s", [b.waypoint]), "at": b.at, "object": b.what} | some b in bearers],
	"remediation": array.concat(first(name, name in known), [
		sprintf("juju status -m %s %s  # is it active? its waypoint is called MODEL-BEACON-waypoint", [name, mesh.beacon_of(name)]),
		sprintf("juju config -m %s %s ready-timeout=120  # a change of options has it make its waypoint again", [name, mesh.beacon_of(name)]),
	]),
} if {
	some name, names in lacking
	some model in input.models
	model.name == name
	bearers := [{"waypoint": waypoint, "what": what, "at": at} | some waypoint in names; some [what, at] in named[[name, waypoint]]]
}

users(1, what) := sprintf("%s is labelled to use it", [what])

users(n, what) := sprintf("%d objects are labelled to use it (%s and others)", [n, what]) if n > 1

# known are the models of which Juju shows whether they have a beacon.
known := {evidence.model | some evidence in input.evidence; evidence.kind == "juju.applications"}

first(name, true) := mesh.beacon_first(name)

first(_, false) := []

undecided contains {
	"subject": {"kind": "model", "model": waypoint[0], "namespace": waypoint[0], "name": waypoint[0]},
	"missing": sprintf("kube.gateways: whether namespace %q has waypoint %q, which %s names", [waypoint[0], waypoint[1], which]),
} if {
	some waypoint, bearers in named
	not waypoint in waypoints
	not stack.read["kube.gateways"][waypoint[0]]
	which := [what | some [what, _] in bearers][0]
}
