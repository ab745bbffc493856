package rules.topology.no_drift_test

import data.lib.testing
import data.rules.topology.no_drift as rule

kinds := ["juju.applications", "juju.relations", "kube.namespaces", "kube.workloads", "kube.routes"]

of(fields) := testing.stack(object.union({"evidence": testing.evidence(kinds, ["charmarr-core", "charmarr-downloads", "gluetun"])}, fields))

without(kind, fields) := object.union(of(fields), {"evidence": testing.evidence([k | some k in kinds; k != kind], ["charmarr-core"])})

runs(name) := {"effective": true, "state": "effective", "workloads": [testing.workload("charmarr-core", name, {})]}

test_stray if {
	testing.hits(rule.violations) == {["stray", "workload", "scraper", ""]} with input as of({"strays": [testing.stray("charmarr-core", "Deployment", "scraper", {})]})
}

test_silent_on_istios_own_and_in_models_of_no_part if {
	strays := [
		testing.stray("charmarr-core", "DaemonSet", "ztunnel", {"istio": true}),
		testing.stray("blog", "Deployment", "wordpress", {}),
	]
	count(rule.violations) == 0 with input as of({"strays": strays})
}

left_over := testing.running("charmarr-core", "tandoor", "", {})

test_unknown_to_juju if {
	testing.hits(rule.violations) == {["unknown-to-juju", "application", "tandoor", ""]} with input as of({"applications": [left_over]})
}

test_juju_that_was_not_read_knows_nobody if {
	count(rule.violations) == 0 with input as without("juju.applications", {"applications": [left_over]})
}

test_a_gateway_object_is_no_workload_of_juju_s if {
	count(rule.violations) == 0 with input as of({"applications": [object.union(left_over, {"workloads": []})]})
}

gone(fields) := testing.application("charmarr-core", "storage", "storage", object.union({"status": "active"}, fields))

test_no_workload if {
	found := rule.violations with input as of({"applications": [gone({})]})
	testing.hits(found) == {["no-workload", "application", "storage", ""]}
	some violation in found
	violation.state == "declared"
}

test_no_workload_is_not_said_of_what_is_planned_leaving_or_unread if {
	count(rule.violations) == 0 with input as of({"applications": [gone({"state": "planned"})]})
	count(rule.violations) == 0 with input as of({"applications": [gone({"life": "dying"})]})
	count(rule.violations) == 0 with input as of({"applications": [gone({"pods": [testing.pod("charmarr-core", "storage-0", {})]})]})
	count(rule.violations) == 0 with input as without("kube.workloads", {"applications": [gone({})]})
}

vanished(fields) := object.union(
	{"models": [testing.model("gluetun")], "namespaces": [testing.namespace("charmarr-core", {})], "evidence": testing.evidence(["juju.applications", "kube.namespaces"], ["gluetun"])},
	fields,
)

test_no_namespace if {
	found := rule.violations with input as of(vanished({}))
	testing.hits(found) == {["no-namespace", "model", "gluetun", ""]}
	some violation in found
	violation.state == "declared"
}

test_no_namespace_is_not_said_of_what_is_planned_there_or_unread if {
	count(rule.violations) == 0 with input as of(vanished({"models": [object.union(testing.model("gluetun"), {"state": "planned"})]}))
	count(rule.violations) == 0 with input as of(vanished({"models": [object.union(testing.model("gluetun"), {"declared": false})]}))
	count(rule.violations) == 0 with input as of(vanished({"namespaces": [testing.namespace("gluetun", {})]}))
	count(rule.violations) == 0 with input as of(vanished({"evidence": testing.evidence(["juju.applications"], ["gluetun"])}))
	count(rule.violations) == 0 with input as of(vanished({"evidence": testing.evidence(["juju.applications", "kube.namespaces", "kube.workloads"], ["gluetun"])}))
}

apart(role, declared, effective) := testing.application("charmarr-core", "app", role, object.union(runs("app"), {"declared_mesh": declared, "mesh": effective}))

test_mesh_not_effective if {
	app := apart("storage", testing.declared_mesh("yes", "mesh-relation"), testing.not_captured("no-label"))
	testing.hits(rule.violations) == {["mesh-not-effective", "application", "app", ""]} with input as of({"applications": [app]})
}

test_mesh_not_effective_is_left_to_the_rules_of_the_mesh if {
	silent := {role |
		some role in ["media-manager", "download-client", "vpn-gateway"]
		app := apart(role, testing.declared_mesh("yes", "mesh-relation"), testing.not_captured("no-label"))
		count(rule.violations) == 0 with input as of({"applications": [app]})
	}
	count(silent) == 3
}

test_mesh_agrees if {
	app := apart("storage", testing.declared_mesh("yes", "mesh-relation"), testing.captured("pod-label"))
	count(rule.violations) == 0 with input as of({"applications": [app]})
	unknown := apart("storage", testing.declared_mesh("yes", "mesh-relation"), testing.unknown_mesh)
	count(rule.violations) == 0 with input as of({"applications": [unknown]})
}

test_mesh_undeclared if {
	app := apart("ingress-gateway", testing.declared_mesh("no", "no-relation"), testing.captured("pod-label"))
	testing.hits(rule.violations) == {["mesh-undeclared", "application", "app", ""]} with input as of({"applications": [app]})
}

test_mesh_undeclared_is_left_to_others if {
	no := testing.declared_mesh("no", "no-relation")
	count(rule.violations) == 0 with input as of({"applications": [apart("vpn-gateway", no, testing.captured("pod-label"))]})
	told := object.union(apart("media-manager", no, testing.captured("pod-label")), {"mesh_endpoints": ["media-manager"]})
	count(rule.violations) == 0 with input as of({"applications": [told]})
	count(rule.violations) == 0 with input as of({"applications": [apart("ingress-gateway", no, testing.captured("namespace-label"))]})
	count(rule.violations) == 0 with input as of({"applications": [apart("ingress-gateway", testing.declared_mesh("", ""), testing.captured("pod-label"))]})
}

labelled(labels) := testing.namespace("charmarr-core", {"labels": labels})

ambient := testing.fact("istio.io/dataplane-mode", "ambient")

beacon(fields) := testing.application("charmarr-core", "beacon", "beacon", object.union(runs("beacon"), object.union({"config_known": true}, fields)))

namespace_stack(labels, apps) := of({"models": [testing.model("charmarr-core")], "namespaces": [labelled(labels)], "applications": apps})

test_namespace_undeclared if {
	testing.hits(rule.violations) == {["mesh-undeclared", "namespace", "charmarr-core", ""]} with input as namespace_stack([ambient], [])
	testing.hits(rule.violations) == {["mesh-undeclared", "namespace", "charmarr-core", ""]} with input as namespace_stack([ambient], [beacon({})])
}

test_namespace_of_a_beacon_s_or_of_nobody_s if {
	whole := {"config": [testing.fact("model-on-mesh", "true")]}
	count(rule.violations) == 0 with input as namespace_stack([ambient], [beacon(whole)])
	count(rule.violations) == 0 with input as namespace_stack([ambient], [beacon({"config_known": false})])
	mark := testing.fact("charms.canonical.com/istio.io.waypoint.managed-by", "charmarr-core.old")
	count(rule.violations) == 0 with input as namespace_stack([ambient, mark], [])
	count(rule.violations) == 0 with input as namespace_stack([], [])
	count(rule.violations) == 0 with input as object.union(namespace_stack([ambient], []), {"evidence": []})
	holder := object.union(testing.model("charmarr-core"), {"has_gateway": true})
	count(rule.violations) == 0 with input as object.union(namespace_stack([ambient], []), {"models": [holder]})
}

related(name, fields) := testing.application("charmarr-core", name, "media-manager", object.union(runs(name), fields))

relation := object.union(testing.attachment("arr-gateway", "arr", "relation"), {"port": 80, "path": "/radarr"})

route := object.union(testing.attachment("arr-gateway", "arr", "httproute"), {"state": "effective"})

served := related("sonarr", {"attachments": [route]})

test_route_not_effective if {
	found := rule.violations with input as of({"applications": [related("radarr", {"attachments": [relation]}), served]})
	testing.hits(found) == {["route-not-effective", "application", "radarr", ""]}
}

test_a_gateway_that_serves_nobody_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of({"applications": [related("radarr", {"attachments": [relation]})]})
}

test_a_gateway_with_an_address_and_no_route_at_all if {
	of_it := {"applications": [related("radarr", {"attachments": [relation]})]}
	with_address := testing.service("charmarr-core", "arr-gateway-istio", "ingress-gateway", {"addresses": ["192.168.1.196"]})
	without := testing.service("charmarr-core", "arr-gateway-istio", "ingress-gateway", {})
	found := rule.violations with input as of(object.union(of_it, {"services": [with_address]}))
	testing.hits(found) == {["route-not-effective", "application", "radarr", ""]}
	count(rule.violations) == 0 with input as of(object.union(of_it, {"services": [without]}))
}

test_route_effective_contested_or_unread if {
	count(rule.violations) == 0 with input as of({"applications": [related("radarr", {"attachments": [relation, route]}), served]})
	rival := related("rival", {"attachments": [relation]})
	count(rule.violations) == 0 with input as of({"applications": [related("radarr", {"attachments": [relation]}), rival, served]})
	count(rule.violations) == 0 with input as without("kube.routes", {"applications": [related("radarr", {"attachments": [relation]}), served]})
	planned := object.union(relation, {"state": "planned"})
	count(rule.violations) == 0 with input as of({"applications": [related("radarr", {"attachments": [planned]}), served]})
}

meshed(name) := testing.application("charmarr-core", name, "media-manager", object.union(runs(name), {"mesh": testing.captured("pod-label"), "mesh_endpoints": ["media-indexer"]}))

to_beacon(app) := testing.relation("service_mesh", testing.end(beacon({}), "service-mesh"), testing.end(app, "service-mesh"), {})

calls := testing.relation("media_indexer", testing.end(meshed("prowlarr"), "media-indexer"), testing.end(meshed("radarr"), "media-indexer"), {"state": "declared"})

lets_in(name, target) := testing.authorization_policy("charmarr-core", sprintf("%s-%s", [name, target]), [{"principals": [testing.principal("charmarr-core", name, "yes")]}], {"selects": [sprintf("charmarr-core/%s", [target])]})

related_stack(relations, policies) := testing.stack({
	"evidence": testing.evidence(array.concat(kinds, ["kube.authorizationpolicies"]), ["charmarr-core"]),
	"applications": [beacon({}), meshed("prowlarr"), meshed("radarr")],
	"relations": relations,
	"authorization_policies": policies,
})

both := [to_beacon(meshed("prowlarr")), to_beacon(meshed("radarr")), calls]

test_policy_not_effective if {
	found := rule.violations with input as related_stack(both, [lets_in("prowlarr", "radarr")])
	testing.hits(found) == {["policy-not-effective", "application", "prowlarr", ""]}
}

test_policies_that_let_the_peers_in if {
	count(rule.violations) == 0 with input as related_stack(both, [lets_in("prowlarr", "radarr"), lets_in("radarr", "prowlarr")])
}

test_a_beacon_that_wrote_nothing_or_was_not_asked_is_left_alone if {
	count(rule.violations) == 0 with input as related_stack(both, [])
	count(rule.violations) == 0 with input as related_stack([calls], [lets_in("prowlarr", "radarr")])
	unread := object.union(related_stack(both, [lets_in("prowlarr", "radarr")]), {"evidence": testing.evidence(kinds, ["charmarr-core"])})
	count(rule.violations) == 0 with input as unread
	planned := object.union(calls, {"state": "planned"})
	count(rule.violations) == 0 with input as related_stack([to_beacon(meshed("prowlarr")), to_beacon(meshed("radarr")), planned], [lets_in("prowlarr", "radarr")])
}
