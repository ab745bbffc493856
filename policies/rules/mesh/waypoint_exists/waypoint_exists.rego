# METADATA
# title: A waypoint that labels name exists, and a Service with policies names one
# description: |
#   What is labelled istio.io/use-waypoint is to be reached through that waypoint,
#   which enforces the policies for its Services. Where it does not exist, Istio sends
#   callers straight on, and those policies bind nobody. A Service that has policies
#   and names no waypoint is open in the same way.
#
#   Looked at: the labels istio.io/use-waypoint and istio.io/use-waypoint-namespace
#   of namespaces, Services and pod templates in the core and the downloads model, and
#   the Gateways of class istio-waypoint in the namespaces that they name; the Services
#   that AuthorizationPolicies are for, of applications in the mesh. Whether a waypoint
#   is ready is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/waypoint-exists
#   level: warning
#   adr: ["networking/adr-005#decision-outcome"]
#   needs:
#     - [kube.namespaces@core, kube.workloads@core, kube.services@core, kube.gateways@core, kube.namespaces@downloads, kube.workloads@downloads, kube.services@downloads, kube.gateways@downloads, "kube.authorizationpolicies@core?", "kube.authorizationpolicies@downloads?"]
#   subjects: [model, service]
#   states: [effective]
#   remediation:
#     - juju status -m {model}
#   ways:
#     - id: missing
#       title: The waypoint does not exist
#     - id: unbound
#       title: A Service with policies names no waypoint
package rules.mesh.waypoint_exists

import data.lib.mesh
import data.lib.stack
import data.lib.text

# homes are the namespaces that are to be in the mesh. What a VPN gateway's says is
# for mesh/gateway-not-enrolled to judge.
homes := {model.namespace | some model in input.models; model.part in {"core", "downloads", "single"}}

# lacking are the waypoints that a namespace is to have and has not, by namespace;
# unknown those of which that was not read, with what bears the label.
lacking[use.namespace] contains use.name if {
	some use in input.waypoint_uses
	use.found == "no"
	use.home in homes
}

unknown[[use.namespace, use.name]] contains use.object if {
	some use in input.waypoint_uses
	use.found == ""
	use.home in homes
}

violations contains {
	"subject": model.subject,
	"way": "missing",
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
	bearers := [{"waypoint": waypoint, "what": what, "at": at} | some [waypoint, what, at] in {[use.name, use.object, use.at] | some use in input.waypoint_uses; use.namespace == name; use.name in names; use.home in homes}]
}

users(1, what) := sprintf("%s is labelled to use it", [what])

users(n, what) := sprintf("%d objects are labelled to use it (%s and others)", [n, what]) if n > 1

violations contains {
	"subject": service.subject,
	"way": "unbound",
	"message": sprintf(
		"AuthorizationPolicies say who may call Service %q in namespace %q, and neither it nor its namespace is labelled istio.io/use-waypoint: only a waypoint obeys them, so everyone may call it.",
		[service.name, service.namespace],
	),
	"at": service.at,
	"state": service.state,
	"evidence": [{"fact": sprintf("the policy is for Service %s", [service.name]), "at": policy.at, "object": sprintf("AuthorizationPolicy %s/%s", [policy.namespace, policy.name])} | some policy in policies],
	"remediation": [
		sprintf("kubectl -n %s label service %s istio.io/use-waypoint=%s-%s-waypoint", [service.namespace, service.name, service.namespace, mesh.beacon_of(service.namespace)]),
		sprintf("juju status -m %s %s  # the charm labels its Service; is it active?", [service.namespace, service.name]),
	],
} if {
	some [namespace, name], policies in policed
	namespace in homes
	namespace in read
	not labelled(sprintf("Namespace %s", [namespace]))
	not labelled(sprintf("Service %s/%s", [namespace, name]))
	some service in input.services
	service.name == name
	service.namespace == namespace
	stack.application[sprintf("%s/%s", [service.namespace, service.application])].mesh.captured == "yes"
}

# policed are the Services that policies are for.
told[[policy.namespace, target.name]] contains {"name": policy.name, "namespace": policy.namespace, "at": policy.at} if {
	some policy in input.authorization_policies
	some target in policy.targets
	target.kind == "Service"
}

policed := {service: policies | some service, policies in told}

# read are the namespaces whose labels are known: where one names a waypoint, every
# Service goes through it.
read := {namespace.name | some namespace in input.namespaces}

labelled(object_name) if {
	some use in input.waypoint_uses
	use.object == object_name
}

# known are the models of which Juju shows whether they have a beacon.
known := object.get(stack.read, "juju.applications", set())

first(name, true) := mesh.beacon_first(name)

first(_, false) := []

undecided contains {
	"subject": {"kind": "model", "model": waypoint[0], "namespace": waypoint[0], "name": waypoint[0]},
	"missing": sprintf("kube.gateways: whether namespace %q has waypoint %q, which %s names", [waypoint[0], waypoint[1], which]),
} if {
	some waypoint, bearers in unknown
	which := [what | some what in bearers][0]
}
