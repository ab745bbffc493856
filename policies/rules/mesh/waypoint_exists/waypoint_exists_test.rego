package rules.mesh.waypoint_exists_test

import data.lib.testing
import data.rules.mesh.waypoint_exists as rule

use(name) := testing.fact("istio.io/use-waypoint", name)

elsewhere(namespace) := testing.fact("istio.io/use-waypoint-namespace", namespace)

of(fields) := testing.stack(object.union({"models": [testing.model("charmarr-core"), testing.model("charmarr-downloads"), testing.model("gluetun")], "evidence": testing.evidence(["kube.gateways"], ["charmarr-core"])}, fields))

waypoint := testing.gateway("charmarr-core", "w", {"class": "istio-waypoint", "waypoint": true})

service(labels) := {"services": [testing.service("charmarr-core", "radarr", "", {"labels": labels})]}

workload(labels) := {"applications": [testing.running("charmarr-downloads", "qb", "", {"workloads": [testing.workload("charmarr-downloads", "qb", {"labels": labels})]})]}

test_fires_on_each_that_names_it if {
	found := {i |
		some i, fields in [
			{"namespaces": [testing.namespace("charmarr-core", {"labels": [use("w")]})]},
			service([use("w")]),
			service([use("w"), elsewhere("charmarr-core")]),
			workload([use("w"), elsewhere("charmarr-core")]),
		]
		testing.hits(rule.violations) == {["missing", "model", "charmarr-core", ""]} with input as of(fields)
	}
	count(found) == 4
}

test_one_finding_a_waypoint if {
	found := rule.violations with input as of(object.union(service([use("w")]), workload([use("w"), elsewhere("charmarr-core")])))
	count(found) == 1
	some violation in found
	contains(violation.message, "2 objects are labelled to use it")
}

test_silent_where_it_exists_or_none_is_wanted if {
	count(rule.violations) == 0 with input as of(object.union(service([use("w")]), {"gateways": [waypoint]}))
	count(rule.violations) == 0 with input as of(service([use("none")]))
	count(rule.violations) == 0 with input as of(service([]))
}

test_a_gateway_of_another_class_is_no_waypoint if {
	count(rule.violations) == 1 with input as of(object.union(service([use("w")]), {"gateways": [testing.gateway("charmarr-core", "w", {})]}))
}

test_undecided_where_gateways_were_not_read if {
	count(rule.undecided) == 1 with input as of(workload([use("w")]))
	count(rule.violations) == 0 with input as of(workload([use("w")]))
	count(rule.undecided) == 0 with input as of(service([use("w")]))
}

test_a_beacon_comes_first_where_juju_shows_none if {
	evidence := testing.evidence(["kube.gateways", "juju.applications"], ["charmarr-core"])
	some violation in rule.violations with input as object.union(of(service([use("w")])), {"evidence": evidence})
	violation.remediation[0] == "juju deploy -m charmarr-core istio-beacon-k8s beacon --trust"
	some other in rule.violations with input as of(service([use("w")]))
	count(other.remediation) == 2
}

test_silent_on_the_vpn_gateways_namespace if {
	stray := {"services": [testing.service("gluetun", "gluetun", "vpn-gateway", {"labels": [use("w"), elsewhere("charmarr-core")]})]}
	count(rule.violations) == 0 with input as of(stray)
	count(rule.undecided) == 0 with input as of(stray)
}

guarded(labels, fields) := object.union(of(object.union({
	"applications": [testing.running("charmarr-core", "radarr", "", {"mesh": testing.captured("pod-label")})],
	"namespaces": [testing.namespace("charmarr-core", {"labels": []})],
	"services": [object.union(testing.service("charmarr-core", "radarr", "", {"labels": labels}), {"application": "radarr"})],
	"gateways": [waypoint],
	"authorization_policies": [testing.authorization_policy("charmarr-core", "p", [], {"targets": [{"kind": "Service", "name": "radarr", "at": "t"}]})],
}, fields)), {})

test_a_service_with_policies_that_names_no_waypoint if {
	testing.hits(rule.violations) == {["unbound", "service", "radarr", ""]} with input as guarded([], {})
	testing.hits(rule.violations) == {["unbound", "service", "radarr", ""]} with input as guarded([use("none")], {})
}

test_a_service_that_is_bound_unguarded_or_outside_the_mesh if {
	count(rule.violations) == 0 with input as guarded([use("w")], {})
	count(rule.violations) == 0 with input as guarded([], {"namespaces": [testing.namespace("charmarr-core", {"labels": [use("w")]})]})
	count(rule.violations) == 0 with input as guarded([], {"namespaces": []})
	count(rule.violations) == 0 with input as guarded([], {"authorization_policies": []})
	count(rule.violations) == 0 with input as guarded([], {"applications": [testing.running("charmarr-core", "radarr", "", {"mesh": testing.not_captured("no-label")})]})
}
