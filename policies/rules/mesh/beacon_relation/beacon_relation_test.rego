package rules.mesh.beacon_relation_test

import data.lib.testing
import data.rules.mesh.beacon_relation as rule

app(fields) := testing.application("charmarr-core", "radarr", "media-manager", object.union(
	{"mesh_endpoints": ["media-manager"], "mesh": testing.declared_mesh("yes", "model-on-mesh")},
	fields,
))

beacon(fields) := testing.application("charmarr-core", "beacon", "beacon", fields)

of(apps, relations) := testing.stack({"applications": apps, "relations": relations, "evidence": testing.evidence(["juju.relations"], ["charmarr-core"])})

test_fires_as_a_warning if {
	found := rule.violations with input as of([app({}), beacon({})], [])
	testing.hits(found) == {["", "application", "radarr", "warning"]}
	some violation in found
	violation.remediation == ["juju integrate -m charmarr-core radarr:service-mesh beacon:service-mesh"]
}

test_fires_as_an_error_where_istio_is_hardened if {
	hardened := object.union(of([app({})], []), {"cluster": {"hardened": {"on": "yes", "fact": "option hardened-mode=true", "at": "option"}}})
	found := rule.violations with input as hardened
	testing.hits(found) == {["", "application", "radarr", "error"]}
	some violation in found
	count(violation.evidence) == 2
}

test_silent_when_related if {
	relation := testing.relation("service_mesh", testing.end(beacon({}), "service-mesh"), testing.end(app({}), "service-mesh"), {})
	count(rule.violations) == 0 with input as of([app({}), beacon({})], [relation])
}

test_silent_outside_the_mesh if {
	count(rule.violations) == 0 with input as of([app({"mesh": testing.not_captured("no-label")})], [])
	off := object.union(of([app({})], []), {"profile": {"mesh": "off"}})
	count(rule.violations) == 0 with input as off
}

test_silent_where_nothing_would_be_written if {
	count(rule.violations) == 0 with input as of([app({"mesh_endpoints": []})], [])
	count(rule.violations) == 0 with input as of([app({}), beacon({"config": [testing.fact("manage-authorization-policies", "false")]})], [])
	count(rule.violations) == 0 with input as of([app({"life": "dying"})], [])
}

test_silent_where_relations_were_not_read if {
	count(rule.violations) == 0 with input as object.union(of([app({})], []), {"evidence": []})
}

test_undecided_on_an_unknown_mesh if {
	count(rule.undecided) == 1 with input as of([app({"mesh": testing.unknown_mesh})], [])
	count(rule.violations) == 0 with input as of([app({"mesh": testing.unknown_mesh})], [])
}

test_says_what_the_policy_of_its_gateway_does if {
	some violation in rule.violations with input as of([app({"attachments": [testing.attachment("arr-gateway", "arr", "relation")]})], [])
	contains(violation.message, "turns everyone else away")
}
