package rules.mesh.waypoint_exists_test

import data.lib.testing
import data.rules.mesh.waypoint_exists as rule

# use is a label of something in a namespace that names waypoint w of charmarr-core.
use(home, object, found) := {"home": home, "object": object, "at": "label", "name": "w", "namespace": "charmarr-core", "found": found}

of(fields) := testing.stack(object.union({"models": [testing.model("charmarr-core"), testing.model("charmarr-downloads"), testing.model("gluetun")], "evidence": testing.evidence(["kube.gateways"], ["charmarr-core"])}, fields))

service(found) := use("charmarr-core", "Service charmarr-core/radarr", found)

workload(found) := use("charmarr-downloads", "StatefulSet charmarr-downloads/qb", found)

uses(list) := of({"waypoint_uses": list})

test_fires_on_each_that_names_it if {
	found := {i |
		some i, one in [use("charmarr-core", "Namespace charmarr-core", "no"), service("no"), workload("no")]
		testing.hits(rule.violations) == {["missing", "model", "charmarr-core", ""]} with input as uses([one])
	}
	count(found) == 3
}

test_one_finding_a_waypoint if {
	found := rule.violations with input as uses([service("no"), workload("no")])
	count(found) == 1
	some violation in found
	contains(violation.message, "2 objects are labelled to use it")
}

test_silent_where_it_exists_or_none_is_wanted if {
	count(rule.violations) == 0 with input as uses([service("yes"), workload("yes")])
	count(rule.violations) == 0 with input as uses([])
}

test_undecided_where_gateways_were_not_read if {
	count(rule.undecided) == 1 with input as uses([service(""), workload("")])
	count(rule.violations) == 0 with input as uses([workload("")])
	count(rule.undecided) == 0 with input as uses([service("no")])
}

test_a_beacon_comes_first_where_juju_shows_none if {
	evidence := testing.evidence(["kube.gateways", "juju.applications"], ["charmarr-core"])
	some violation in rule.violations with input as object.union(uses([service("no")]), {"evidence": evidence})
	violation.remediation[0] == "juju deploy -m charmarr-core istio-beacon-k8s beacon --trust"
	some other in rule.violations with input as uses([service("no")])
	count(other.remediation) == 2
}

test_silent_on_the_vpn_gateways_namespace if {
	some found in ["no", ""]
	stray := use("gluetun", "Service gluetun/gluetun", found)
	count(rule.violations) == 0 with input as uses([stray])
	count(rule.undecided) == 0 with input as uses([stray])
}

guarded(list, fields) := object.union(of(object.union({
	"applications": [testing.running("charmarr-core", "radarr", "", {"mesh": testing.captured("pod-label")})],
	"namespaces": [testing.namespace("charmarr-core", {"labels": []})],
	"services": [object.union(testing.service("charmarr-core", "radarr", "", {}), {"application": "radarr"})],
	"waypoint_uses": list,
	"authorization_policies": [testing.authorization_policy("charmarr-core", "p", [], {"targets": [{"kind": "Service", "name": "radarr", "at": "t"}]})],
}, fields)), {})

test_a_service_with_policies_that_names_no_waypoint if {
	testing.hits(rule.violations) == {["unbound", "service", "radarr", ""]} with input as guarded([], {})
	testing.hits(rule.violations) == {["unbound", "service", "radarr", ""]} with input as guarded([use("charmarr-core", "Service charmarr-core/sonarr", "yes")], {})
}

test_a_service_that_is_bound_unguarded_or_outside_the_mesh if {
	count(rule.violations) == 0 with input as guarded([service("yes")], {})
	count(rule.violations) == 0 with input as guarded([use("charmarr-core", "Namespace charmarr-core", "yes")], {})
	count(rule.violations) == 0 with input as guarded([], {"namespaces": []})
	count(rule.violations) == 0 with input as guarded([], {"authorization_policies": []})
	count(rule.violations) == 0 with input as guarded([], {"applications": [testing.running("charmarr-core", "radarr", "", {"mesh": testing.not_captured("no-label")})]})
}
