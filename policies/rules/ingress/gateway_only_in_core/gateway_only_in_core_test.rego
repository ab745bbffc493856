package rules.ingress.gateway_only_in_core_test

import data.lib.testing
import data.rules.ingress.gateway_only_in_core as rule

core := testing.model("charmarr-core")

names := ["arr-gateway", "media-gateway", "admin-gateway"]

ingress(model, name) := testing.application(model, name, "ingress-gateway", {})

stack(apps, gateways, kinds) := testing.stack({
	"models": [core],
	"applications": apps,
	"gateways": gateways,
	"evidence": testing.evidence(kinds, ["charmarr-core"]),
})

all := [ingress("charmarr-core", name) | some name in names]

test_silent_when_all_are_there if {
	count(rule.violations) == 0 with input as stack(all, [], ["juju.applications"])
}

test_silent_when_all_gateway_objects_are_there if {
	gateways := [testing.gateway("charmarr-core", name, {"profile_class": "x"}) | some name in names]
	count(rule.violations) == 0 with input as stack([], gateways, ["kube.gateways"])
}

test_one_finding_for_all_that_are_missing if {
	some violation in rule.violations with input as stack([ingress("charmarr-core", "arr-gateway")], [], ["juju.applications"])
	violation.way == "missing"
	violation.subject == core.subject
	violation.remediation == [
		"juju deploy -m charmarr-core istio-ingress-k8s media-gateway --trust",
		"juju deploy -m charmarr-core istio-ingress-k8s admin-gateway --trust",
	]
}

test_a_class_that_another_replaces_is_not_missing if {
	profile := {
		"gateways": [{"class": "arr", "names": ["arr-ingress"]}, {"class": "admin", "names": ["admin-ingress"]}, {"class": "media", "names": ["plex-ingress"]}],
		"routes": [{"role": "download-client", "classes": ["admin", "arr"]}, {"role": "media-server", "classes": ["media"]}],
	}
	replaced := object.union(stack([ingress("charmarr-core", "arr-ingress")], [], ["juju.applications"]), {"profile": profile})
	some violation in rule.violations with input as replaced
	contains(violation.message, `no ingress gateway for class "media" (plex-ingress). `)
}

test_missing_is_not_judged_on_a_core_that_was_not_read if {
	count(rule.violations) == 0 with input as stack([], [], ["juju.offers"])
}

test_missing_is_not_judged_without_a_core if {
	count(rule.violations) == 0 with input as testing.stack({"models": [testing.model("charmarr-downloads")]})
}

test_a_name_of_another_charm_is_missing if {
	apps := [testing.application("charmarr-core", name, "", {}) | some name in names]
	testing.hits(rule.violations) == {["missing", "model", "charmarr-core", ""]} with input as stack(apps, [], ["juju.applications"])
}

test_misplaced_and_not_missing_too if {
	apps := [ingress("charmarr-core", "arr-gateway"), ingress("charmarr-core", "media-gateway"), ingress("charmarr-downloads", "admin-gateway")]
	testing.hits(rule.violations) == {["misplaced", "application", "admin-gateway", ""]} with input as stack(apps, [], ["juju.applications"])
}

test_misplaced_gateway_object if {
	gateway := testing.gateway("charmarr-downloads", "admin-gateway", {"profile_class": "admin"})
	testing.hits(rule.violations) == {["misplaced", "gateway", "admin-gateway", ""]} with input as stack([], [gateway], [])
}

test_application_accounts_for_its_gateway_object if {
	gateway := testing.gateway("charmarr-downloads", "admin-gateway", {"profile_class": "admin"})
	testing.hits(rule.violations) == {["misplaced", "application", "admin-gateway", ""]} with input as stack([ingress("charmarr-downloads", "admin-gateway")], [gateway], [])
}

test_extra_is_a_note if {
	testing.hits(rule.violations) == {["extra", "application", "guest-gateway", "note"]} with input as stack(array.concat(all, [ingress("charmarr-core", "guest-gateway")]), [], ["juju.applications"])
}

test_extra_gateway_object_is_a_note if {
	testing.hits(rule.violations) == {["extra", "gateway", "guest-gateway", "note"]} with input as stack(all, [testing.gateway("charmarr-core", "guest-gateway", {})], ["juju.applications"])
}

test_silent_on_waypoints_and_models_of_no_part if {
	waypoint := testing.gateway("charmarr-downloads", "w", {"class": "istio-waypoint", "waypoint": true})
	elsewhere := testing.gateway("other", "blog", {})
	count(rule.violations) == 0 with input as stack(array.concat(all, [ingress("other", "blog")]), [waypoint, elsewhere], ["juju.applications"])
}

behind_arr(apps) := testing.single({
	"models": [object.union(testing.model("charmarr"), {"part": "single"})],
	"applications": array.concat([testing.application("charmarr", "arr-ingress", "ingress-gateway", {"part": "single"})], apps),
	"evidence": testing.evidence(["juju.applications"], ["charmarr"]),
})

test_the_class_a_client_should_rather_be_behind_is_missed if {
	client := testing.application("charmarr", "qbittorrent", "download-client", {"part": "single"})
	testing.hits(rule.violations) == {["missing", "model", "charmarr", ""]} with input as behind_arr([client])
}

test_silent_on_a_class_that_nobody_would_use if {
	count(rule.violations) == 0 with input as behind_arr([])
}
