package rules.ops.single_unit_test

import data.lib.testing
import data.rules.ops.single_unit as rule

of(app) := testing.stack({"applications": [app]})

alone(level) := object.union(testing.operation_default, {"max_units": 1, "too_many": level, "crowd": "the others idle"})

declared(scale) := testing.application("charmarr-core", "radarr", "media-manager", {"scale": scale, "operation": alone("error")})

running(replicas) := testing.running("charmarr-core", "radarr", "media-manager", {
	"workloads": [testing.workload("charmarr-core", "radarr", {"replicas": replicas})],
	"operation": alone("error"),
})

test_by_scale if {
	found := [scale | some scale in [0, 1, 2, 3]; count(rule.violations) == 1 with input as of(declared(scale))]
	found == [2, 3]
}

test_by_replicas if {
	found := rule.violations with input as of(running(2))
	testing.hits(found) == {["", "application", "radarr", "error"]}
	some violation in found
	violation.state == "effective"
	contains(violation.message, "has 2 units")
	violation.remediation == ["juju scale-application -m charmarr-core radarr 1"]
	count(rule.violations) == 0 with input as of(running(1))
}

test_both_are_one_finding_that_shows_what_runs if {
	both := object.union(declared(3), {"effective": true, "workloads": [testing.workload("charmarr-core", "radarr", {"replicas": 2})]})
	found := rule.violations with input as of(both)
	count(found) == 1
	some violation in found
	violation.state == "effective"
	contains(violation.message, "has 3 units")
	count(violation.evidence) == 2
}

test_level_is_the_charms if {
	app := testing.application("charmarr-core", "flaresolverr", "challenge-solver", {"scale": 2, "operation": alone("warning")})
	testing.hits(rule.violations) == {["", "application", "flaresolverr", "warning"]} with input as of(app)
}

test_silent_on_what_may_be_scaled_is_removed_or_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of(testing.application("charmarr-core", "storage", "storage", {"scale": 3}))
	count(rule.violations) == 0 with input as of(object.union(declared(2), {"life": "dying"}))
	count(rule.violations) == 0 with input as of(testing.application("gluetun", "gluetun", "vpn-gateway", {"scale": 2, "operation": alone("error")}))
}

test_undecided_where_nobody_says if {
	count(rule.undecided) == 1 with input as of(declared(-1))
	count(rule.undecided) == 1 with input as of(running(-1))
	count(rule.undecided) == 0 with input as of(declared(1))
}
