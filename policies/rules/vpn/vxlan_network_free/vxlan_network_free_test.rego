package rules.vpn.vxlan_network_free_test

import data.lib.testing
import data.rules.vpn.vxlan_network_free as rule

of(overlaps, fields) := testing.stack({"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", object.union({"vxlan_network": "172.16.0.0/24", "vxlan_overlaps": overlaps}, fields))]})

node := {"address": "172.16.0.11", "object": "Node node-1", "at": "node-1"}

listed := {"address": "172.16.0.0/12", "object": "option cluster-cidrs of gluetun", "at": "option"}

test_silent_where_nothing_overlaps if {
	count(rule.violations) == 0 with input as of([], {})
}

test_overlap if {
	found := rule.violations with input as of([node, listed], {})
	testing.hits(found) == {["", "application", "gluetun", ""]}
	some violation in found
	violation.state == "effective"
	contains(violation.message, "from 172.16.0.0/24, where Node node-1 has 172.16.0.11 and option cluster-cidrs of gluetun has 172.16.0.0/12, too")
}

test_state_is_that_of_what_says_so if {
	states := [violation.state |
		some pair in [[[listed], {}], [[listed], {"options_state": "planned"}], [[node], {"options_state": "planned"}], [[listed], {"options_state": ""}]]
		some violation in rule.violations with input as of(pair[0], pair[1])
	]
	states == ["declared", "planned", "effective", "effective"]
}
