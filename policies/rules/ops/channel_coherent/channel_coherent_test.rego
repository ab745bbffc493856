package rules.ops.channel_coherent_test

import data.lib.testing
import data.rules.ops.channel_coherent as rule

follows(name, channel, fields) := testing.application("charmarr-core", name, "media-manager", {"operation": object.union(
	object.union(testing.operation_default, {
		"family": "Charmarr",
		"channel": channel,
		"published": "yes",
		"published_on": ["latest/edge", "N/stable"],
	}),
	fields,
)})

of(apps) := testing.stack({"applications": apps})

edge := [follows("a", "latest/edge", {}), follows("b", "latest/edge", {})]

test_one_finding_for_each_odd_one if {
	found := rule.violations with input as of(array.concat(edge, [follows("c", "1/stable", {})]))
	testing.hits(found) == {["mixed", "application", "c", ""]}
	some violation in found
	violation.remediation == ["juju refresh -m charmarr-core c --channel latest/edge"]
}

test_of_two_that_are_as_frequent_the_numbered_one_counts if {
	found := rule.violations with input as of([edge[0], follows("c", "1/stable", {})])
	testing.hits(found) == {["mixed", "application", "a", ""]}
}

test_families_are_apart if {
	count(rule.violations) == 0 with input as of(array.concat(edge, [follows("istio", "dev/edge", {"family": "Istio", "published_on": ["-"]})]))
}

test_who_moves_need_not_follow if {
	count(rule.violations) == 0 with input as of(array.concat(edge, [follows("c", "1/stable", {"moves": true})]))
	stable := [follows("a", "1/stable", {}), follows("b", "latest/edge", {"moves": true}), follows("c", "latest/edge", {"moves": true})]
	count(rule.violations) == 0 with input as of(stable)
}

test_unpublished if {
	found := rule.violations with input as of(array.concat(edge, [follows("c", "1/edge", {"published": "no"})]))
	testing.hits(found) == {["unpublished", "application", "c", ""]}
	some violation in found
	contains(violation.message, "it has latest/edge and N/stable")
	violation.remediation == ["juju refresh -m charmarr-core c --channel latest/edge"]
}

test_unpublished_alone_has_somewhere_to_go if {
	some violation in rule.violations with input as of([follows("c", "latest/beta", {"published": "no"})])
	violation.remediation == ["juju refresh -m charmarr-core c --channel latest/edge"]
}

test_undecided_without_a_channel if {
	built := follows("c", "", {"published": ""})
	count(rule.violations) == 0 with input as of(array.concat(edge, [built]))
	count(rule.undecided) == 1 with input as of(array.concat(edge, [built]))
}

test_silent_on_other_charms_and_on_what_is_removed if {
	count(rule.violations) == 0 with input as of(array.concat(edge, [follows("blog", "latest/stable", {"family": "", "published": ""})]))
	count(rule.violations) == 0 with input as of(array.concat(edge, [object.union(follows("c", "1/stable", {}), {"life": "dying"})]))
	count(rule.undecided) == 0 with input as of([object.union(follows("c", "", {"published": ""}), {"declared": false})])
}
