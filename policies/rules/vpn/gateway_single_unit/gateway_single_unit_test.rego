package rules.vpn.gateway_single_unit_test

import data.lib.testing
import data.rules.vpn.gateway_single_unit as rule

of(app) := testing.stack({"applications": [app]})

declared(scale) := testing.application("gluetun", "gluetun", "vpn-gateway", {"scale": scale, "life": ""})

replicas(number) := [testing.workload("gluetun", "gluetun", {"replicas": number})]

test_by_scale if {
	hits := {scale: found |
		some scale in [0, 1, 2, 3]
		found := testing.hits(rule.violations) with input as of(declared(scale))
	}
	hits == {
		0: {["none", "application", "gluetun", "warning"]},
		1: set(),
		2: {["several", "application", "gluetun", ""]},
		3: {["several", "application", "gluetun", ""]},
	}
}

test_by_replicas if {
	some violation in rule.violations with input as of_replicas(2)
	violation.way == "several"
	violation.state == "effective"
	count(rule.violations) == 0 with input as of_replicas(1)
}

of_replicas(number) := of(testing.running("gluetun", "gluetun", "vpn-gateway", {"workloads": replicas(number), "scale": number}))

test_both_are_one_finding_that_shows_what_runs if {
	found := rule.violations with input as of(object.union(declared(1), {"effective": true, "workloads": replicas(2)}))
	count(found) == 1
	some violation in found
	violation.state == "effective"
	count(rule.violations) == 1 with input as of(object.union(declared(2), {"effective": true, "workloads": replicas(2)}))
}

test_on_its_way_to_none_is_not_none if {
	count(rule.violations) == 0 with input as of(object.union(declared(0), {"effective": true, "workloads": replicas(1)}))
}

test_silent_on_others_and_on_what_is_being_removed if {
	count(rule.violations) == 0 with input as of(testing.application("core", "arr-gateway", "ingress-gateway", {"scale": 3}))
	count(rule.violations) == 0 with input as of(object.union(declared(2), {"life": "dying"}))
}

test_undecided_where_nobody_says if {
	count(rule.undecided) == 1 with input as of(declared(-1))
	count(rule.undecided) == 0 with input as of(declared(1))
}
