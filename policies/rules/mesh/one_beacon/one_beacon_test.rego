package rules.mesh.one_beacon_test

import data.lib.testing
import data.rules.mesh.one_beacon as rule

beacon(name, fields) := testing.application("charmarr-core", name, "beacon", fields)

whole := {"config": [testing.fact("model-on-mesh", "true")]}

mark(value) := testing.fact("charms.canonical.com/istio.io.waypoint.managed-by", value)

ambient := testing.fact("istio.io/dataplane-mode", "ambient")

of(beacons, labels) := testing.stack({
	"models": [testing.model("charmarr-core")],
	"applications": beacons,
	"namespaces": [testing.namespace("charmarr-core", {"labels": labels})],
	"evidence": testing.evidence(["juju.applications"], ["charmarr-core"]),
})

test_several if {
	found := rule.violations with input as of([beacon("a", {}), beacon("b", {})], [])
	testing.hits(found) == {["several", "model", "charmarr-core", ""]}
	some violation in found
	violation.remediation[1] == "juju remove-application -m charmarr-core b  # once nothing is related to it"
}

test_one_and_one_that_is_leaving if {
	count(rule.violations) == 0 with input as of([beacon("a", {})], [])
	count(rule.violations) == 0 with input as of([beacon("a", {}), beacon("b", {"life": "dying"})], [])
}

test_owner_gone if {
	testing.hits(rule.violations) == {["owner-gone", "namespace", "charmarr-core", ""]} with input as of([beacon("a", {})], [mark("charmarr-core.old")])
	testing.hits(rule.violations) == {["owner-gone", "namespace", "charmarr-core", ""]} with input as of([], [mark("charmarr-core.old")])
}

test_owner_there_unread_or_cut_off if {
	count(rule.violations) == 0 with input as of([beacon("a", whole)], [mark("charmarr-core.a"), ambient])
	count(rule.violations) == 0 with input as object.union(of([], [mark("charmarr-core.old")]), {"evidence": []})
	long := concat("", ["x" | some _ in numbers.range(1, 63)])
	count(rule.violations) == 0 with input as of([], [mark(long)])
}

test_refused if {
	found := rule.violations with input as of([beacon("a", whole)], [ambient])
	testing.hits(found) == {["refused", "application", "a", ""]}
	some violation in found
	contains(violation.message, "somebody's hand")
}

test_refused_by_the_mark_of_another if {
	found := rule.violations with input as of([beacon("a", whole), beacon("b", {})], [mark("charmarr-core.b"), ambient])
	testing.hits(found) == {["several", "model", "charmarr-core", ""], ["refused", "application", "a", ""]}
}

test_not_refused_without_labels_or_will if {
	count(rule.violations) == 0 with input as of([beacon("a", whole)], [])
	count(rule.violations) == 0 with input as of([beacon("a", {})], [ambient])
}

test_a_mark_left_over_is_one_finding if {
	testing.hits(rule.violations) == {["owner-gone", "namespace", "charmarr-core", ""]} with input as of([beacon("a", whole)], [mark("charmarr-core.old"), ambient])
}
