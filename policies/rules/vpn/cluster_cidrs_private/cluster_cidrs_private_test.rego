package rules.vpn.cluster_cidrs_private_test

import data.lib.testing
import data.rules.vpn.cluster_cidrs_private as rule

of(entries, fields) := testing.stack({"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", object.union(
	{"networks": object.union(testing.networks("10.1.0.0/16"), {"entries": entries})},
	fields,
))]})

everything := testing.cidr("0.0.0.0/0", {"public": "some", "public_address": "1.0.0.0", "default_route": true, "whole_block": "10.0.0.0/8"})

wide := testing.cidr("172.0.0.0/8", {"public": "some", "public_address": "172.0.0.0", "whole_block": "172.16.0.0/12"})

foreign := testing.cidr("8.8.8.0/24", {"public": "all", "public_address": "8.8.8.0"})

block := testing.cidr("10.0.0.0/8", {"whole_block": "10.0.0.0/8"})

test_silent_on_private_ones if {
	count(rule.violations) == 0 with input as of([testing.cidr("10.1.0.0/16", {}), testing.cidr("169.254.7.127/32", {})], {})
	count(rule.undecided) == 0 with input as of([], {})
}

test_ways if {
	hits := [testing.hits(found) |
		some entry in [everything, wide, foreign, block]
		found := rule.violations with input as of([entry], {})
	]
	hits == [
		{["everything", "application", "gluetun", "error"]},
		{["public", "application", "gluetun", "error"]},
		{["public", "application", "gluetun", "error"]},
		{["whole-block", "application", "gluetun", "note"]},
	]
}

test_entries_of_one_way_are_one_finding if {
	found := rule.violations with input as of([wide, foreign], {})
	count(found) == 1
	some violation in found
	contains(violation.message, "keeps 172.0.0.0/8 and 8.8.8.0/24 out of the tunnel")
	contains(violation.message, "such as 172.0.0.0 and 8.8.8.0,")
}

test_undecided_where_the_networks_are_not_known if {
	count(rule.undecided) == 1 with input as of([], {"networks_from": ""})
}
