package rules.relation.allowed_pair_test

import data.lib.testing
import data.rules.relation.allowed_pair as rule

gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {})

web := testing.application("gluetun", "web", "", {"charm": "nginx"})

of(stranger) := testing.stack({"relations": [testing.relation("vpn-gateway", testing.end(gluetun, "vpn-gateway"), testing.end(web, "vpn-gateway"), {"stranger": stranger})]})

test_stranger if {
	found := rule.violations with input as of("web")
	count(found) == 1
	some violation in found
	contains(violation.message, `"web" takes part`)
}

test_silent_among_those_it_is_for if {
	count(rule.violations) == 0 with input as of("")
}
