package rules.relation.endpoint_limit_test

import data.lib.testing
import data.rules.relation.endpoint_limit as rule

app(name, limit, related) := testing.application("charmarr-core", "radarr", "media-manager", {"endpoints": [object.union(testing.endpoint_use_default, {"name": name, "limit": limit, "related": related})]})

storage(name) := testing.application("charmarr-core", name, "storage", {})

of(manager, stores) := testing.stack({
	"applications": [manager],
	"relations": [testing.relation("media-storage", testing.end(storage(name), "media-storage"), testing.end(manager, "media-storage"), {}) | some name in stores],
})

test_one_too_many if {
	found := rule.violations with input as of(app("media-storage", 1, 2), ["a", "b"])
	testing.hits(found) == {["", "application", "radarr", ""]}
	some violation in found
	count(violation.remediation) == 1
	count(violation.evidence) == 2
}

test_silent_at_the_limit if {
	count(rule.violations) == 0 with input as of(app("media-storage", 1, 1), ["a"])
}

test_silent_without_a_limit if {
	count(rule.violations) == 0 with input as of(app("media-storage", 0, 5), ["a", "b"])
}

test_a_second_gateway_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of(app("vpn-gateway", 1, 2), [])
}
