# METADATA
# title: A waypoint that labels name exists
# description: |
#   What is labelled istio.io/use-waypoint is to be reached through that waypoint,
#   which enforces the policies for its Services. Where it does not exist, Istio sends
#   callers straight on, and those policies bind nobody.
#
#   Looked at: the labels istio.io/use-waypoint and istio.io/use-waypoint-namespace
#   of namespaces, Services and pod templates, and the Gateways of class
#   istio-waypoint in the namespaces that they name. Whether a waypoint is ready is
#   not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/waypoint-exists
#   level: warning
#   adr: ["networking/adr-005#decision-outcome"]
#   needs:
#     - [kube.namespaces@core, kube.workloads@core, kube.services@core, kube.gateways@core, kube.namespaces@downloads, kube.workloads@downloads, kube.services@downloads, kube.gateways@downloads]
#   subjects: [gateway]
#   states: [effective]
#   remediation:
#     - juju status -m {model}
package rules.mesh.waypoint_exists

import data.lib.mesh
import data.lib.stack

# named are the waypoints that labels name, by namespace and name, with what bears
# the label.
named[[target, label.value]] contains {"what": sprintf("Namespace %s", [namespace.name]), "at": label.at} if {
	some namespace in input.namespaces
	some label in namespace.labels
	is_named(label.key, label.value)
	target := array.concat([l.value | some l in namespace.labels; l.key == "istio.io/use-waypoint-namespace"], [namespace.name])[0]
}

named[[target, label.value]] contains {"what": sprintf("Service %s/%s", [service.namespace, service.name]), "at": label.at} if {
	some service in input.services
	some label in service.labels
	is_named(label.key, label.value)
	target := array.concat([l.value | some l in service.labels; l.key == "istio.io/use-waypoint-namespace"], [service.namespace])[0]
}

named[[target, label.value]] contains {"what": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), "at": label.at} if {
	some app in input.applications
	some workload in app.workloads
	some label in workload.labels
	is_named(label.key, label.value)
	target := array.concat([l.value | some l in workload.labels; l.key == "istio.io/use-waypoint-namespace"], [workload.namespace])[0]
}

is_named("istio.io/use-waypoint", value) if not value in {"", "none"}

waypoints := {[gateway.namespace, gateway.name] | some gateway in input.gateways; gateway.waypoint}

violations contains {
	"subject": {"kind": "gateway", "model": waypoint[0], "namespace": waypoint[0], "name": waypoint[1]},
	"message": sprintf(
		"Namespace %q has no waypoint %q, and %s: their callers go past it, and the policies for their Services bind nobody.",
		[waypoint[0], waypoint[1], users(count(bearers), [b.what | some b in bearers])],
	),
	"at": [b.at | some b in bearers][0],
	"state": "effective",
	"evidence": [{"fact": sprintf("label istio.io/use-waypoint=%s", [waypoint[1]]), "at": b.at, "object": b.what} | some b in bearers],
	"remediation": array.concat(mesh.beacon_first(waypoint[0]), [
		sprintf("juju status -m %s %s  # the beacon makes the waypoint MODEL-BEACON-waypoint", [waypoint[0], mesh.beacon_of(waypoint[0])]),
		sprintf("kubectl -n %s get gateways.gateway.networking.k8s.io", [waypoint[0]]),
	]),
} if {
	some waypoint, bearers in named
	not waypoint in waypoints
	waypoint[0] in stack.read["kube.gateways"]
}

users(1, list) := sprintf("%s is labelled to use it", [list[0]])

users(n, list) := sprintf("%d objects are labelled to use it (%s, …)", [n, list[0]]) if n > 1

undecided contains {
	"subject": {"kind": "gateway", "model": waypoint[0], "namespace": waypoint[0], "name": waypoint[1]},
	"missing": sprintf("kube.gateways: whether namespace %q has waypoint %q, which %s names", [waypoint[0], waypoint[1], first]),
} if {
	some waypoint, bearers in named
	not waypoint in waypoints
	not waypoint[0] in stack.read["kube.gateways"]
	first := [b.what | some b in bearers][0]
}
