package rules.vpn.vxlan_id_unique_test

import data.lib.testing
import data.rules.vpn.vxlan_id_unique as rule

holder(model) := object.union(testing.clash_holder_default, {
	"subject": testing.subject("application", model, "gluetun"),
	"id": sprintf("%s/gluetun", [model]),
	"by": sprintf("option vxlan-id=43 of %s", [model]),
	"state": "declared",
	"at": model,
})

clash(fields) := object.union(
	object.union(testing.clash_default, {"kind": "vxlan-id", "value": "43", "holder": holder("us"), "others": [holder("eu")], "more": 0}),
	fields,
)

of(clashes, gateways) := testing.stack({"clashes": clashes, "vpn_gateways": gateways})

gateway(fields) := testing.vpn_gateway("us", "gluetun", fields)

test_silent_on_numbers_of_their_own if {
	count(rule.violations) == 0 with input as of([], [gateway({})])
	count(rule.undecided) == 0 with input as of([], [gateway({})])
}

test_all_but_the_first_are_told if {
	testing.hits(rule.violations) == {["shared", "application", "gluetun", ""]} with input as of([clash({})], [gateway({"vxlan": [testing.vxlan_number("43")]})])
	count(rule.violations) == 0 with input as of([clash({"first": true})], [gateway({})])
	count(rule.violations) == 0 with input as of([clash({"kind": "media-volume"})], [gateway({})])
}

test_others_are_named if {
	words := [violation.message |
		some fields in [{}, {"others": [holder("eu"), holder("de")]}, {"others": [holder("eu"), holder("de")], "more": 7}]
		some violation in rule.violations with input as of([clash(fields)], [])
	]
	contains(words[0], "and so has \"gluetun\" in model \"eu\":")
	contains(words[1], "and so have \"gluetun\" in model \"de\" and \"gluetun\" in model \"eu\":")
	contains(words[2], "and so have \"gluetun\" in model \"eu\", \"gluetun\" in model \"de\" and 7 more:")
}

test_a_free_number_is_given if {
	some violation in rule.violations with input as of([clash({})], [gateway({"vxlan": [testing.vxlan_number("43")]}), testing.vpn_gateway("de", "gluetun", {"vxlan": [testing.vxlan_number("44")]})])
	startswith(violation.remediation[0], "juju config -m us gluetun vxlan-id=45  ")
}

test_what_is_no_number if {
	bad := object.union(testing.vxlan_number("0"), {"valid": false})
	testing.hits(rule.violations) == {["invalid", "application", "gluetun", ""]} with input as of([], [gateway({"vxlan": [bad]})])
	count(rule.violations) == 0 with input as of([], [gateway({"vxlan": [bad], "leaving": true})])
}

test_not_applied if {
	hits := [testing.hits(found) |
		some pair in [["42", "declared"], ["43", "declared"], ["", "declared"], ["43", "planned"], ["43", "effective"]]
		number := object.union(testing.vxlan_number("42"), {"state": pair[1]})
		found := rule.violations with input as of([], [gateway({"vxlan": [number], "settings": testing.vpn_settings("us", "gluetun", {"vxlan_id": pair[0]})})])
	]
	hit := {["not-applied", "application", "gluetun", "warning"]}
	hits == [set(), hit, hit, set(), set()]
}

test_undecided_where_nobody_says if {
	count(rule.undecided) == 1 with input as of([], [gateway({"vxlan": []})])
}
