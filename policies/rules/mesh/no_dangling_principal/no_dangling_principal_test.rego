package rules.mesh.no_dangling_principal_test

import data.lib.testing
import data.rules.mesh.no_dangling_principal as rule

policy(principals, fields) := testing.authorization_policy("charmarr-downloads", "p", [{"principals": principals}], object.union({"selects": ["charmarr-downloads/qbittorrent"]}, fields))

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

of(p) := testing.stack({"applications": [radarr], "authorization_policies": [p]})

gone := testing.principal("charmarr-downloads", "radarr", "no")

test_fires_and_says_where_it_is if {
	found := rule.violations with input as of(policy([gone], {}))
	testing.hits(found) == {["", "authorizationpolicy", "p", ""]}
	some violation in found
	contains(violation.message, "(radarr is in model charmarr-core)")
	violation.remediation[0] == "juju integrate -m charmarr-downloads qbittorrent:provide-cmr-mesh radarr:require-cmr-mesh  # where it is one of another model"
}

test_fires_on_one_that_is_in_several_models if {
	other := testing.application("media-core", "radarr", "media-manager", {})
	stack := object.union(of(policy([gone], {})), {"applications": [radarr, other]})
	some violation in rule.violations with input as stack
	contains(violation.message, "(radarr is in model charmarr-core, radarr is in model media-core)")
}

test_fires_on_one_that_is_nowhere if {
	some violation in rule.violations with input as of(policy([testing.principal("charmarr-downloads", "lidarr", "no")], {}))
	not contains(violation.message, "is in model")
	count(violation.remediation) == 1
}

test_one_by_hand_may_be_deleted if {
	some violation in rule.violations with input as of(policy([gone], {"labels": [], "selects": []}))
	violation.remediation == ["kubectl -n charmarr-downloads delete authorizationpolicies.security.istio.io p  # where it is left over"]
}

test_silent_on_the_known_and_the_unread if {
	count(rule.violations) == 0 with input as of(policy([testing.principal("charmarr-core", "radarr", "yes"), testing.principal("cos", "grafana", "")], {}))
}

test_silent_on_a_policy_that_denies if {
	count(rule.violations) == 0 with input as of(policy([gone], {"action": "DENY"}))
}

test_silent_where_juju_shows_why if {
	client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"mesh_endpoints": ["download-client"]})
	beacon := testing.application("charmarr-downloads", "beacon", "beacon", {})
	relations := [
		testing.relation("service_mesh", testing.end(beacon, "service-mesh"), testing.end(client, "service-mesh"), {}),
		testing.relation("download-client", testing.end(client, "download-client"), object.union(testing.end(radarr, "download-client"), {"saas": "radarr"}), {"model": "charmarr-downloads"}),
	]
	stack := testing.stack({"applications": [radarr, client, beacon], "relations": relations, "authorization_policies": [policy([gone], {})]})
	count(rule.violations) == 0 with input as stack
	other := object.union(stack, {"authorization_policies": [policy([testing.principal("charmarr-downloads", "sonarr", "no")], {})]})
	count(rule.violations) == 1 with input as other
}
