package rules.vpn.overrides_keep_firewall_test

import data.lib.testing
import data.rules.vpn.overrides_keep_firewall as rule

of(fields) := testing.stack({"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", {"overrides": object.union(testing.overrides_default, fields)})]})

set_to(key, value) := of({"set": true, "values": [testing.fact(key, value)]})

test_silent_where_it_is_not_set if {
	count(rule.violations) == 0 with input as of({})
}

test_what_opens if {
	ways := {pair: {violation.way | some violation in found} |
		some pair in [
			["FIREWALL", "off"], ["FIREWALL", "on"], ["VPN_BLOCK_OTHER_TRAFFIC", "False"],
			["FIREWALL_ENABLED_DISABLING_IT_SHOOTS_YOU_IN_YOUR_FOOT", "disabled"],
			["FIREWALL_INPUT_PORTS", "8080"], ["FIREWALL_INPUT_PORTS", ""], ["FIREWALL_VPN_INPUT_PORTS", "8080"],
		]
		found := rule.violations with input as set_to(pair[0], pair[1])
	}
	{pair | some pair, found in ways; found == {"opened"}} == {
		["FIREWALL", "off"], ["VPN_BLOCK_OTHER_TRAFFIC", "False"],
		["FIREWALL_ENABLED_DISABLING_IT_SHOOTS_YOU_IN_YOUR_FOOT", "disabled"], ["FIREWALL_INPUT_PORTS", "8080"],
	}
	{pair | some pair, found in ways; found == {"override-mode"}} == {["FIREWALL", "on"], ["FIREWALL_INPUT_PORTS", ""], ["FIREWALL_VPN_INPUT_PORTS", "8080"]}
}

test_widened if {
	some violation in rule.violations with input as of({"set": true, "values": [testing.fact("FIREWALL_OUTBOUND_SUBNETS", "…")], "widened": ["8.8.8.0/24"]})
	violation.way == "opened"
	contains(violation.message, "lets traffic out to 8.8.8.0/24 past the tunnel")
}

test_all_that_opens_is_one_finding if {
	count(rule.violations) == 1 with input as of({"set": true, "values": [testing.fact("FIREWALL", "off"), testing.fact("FIREWALL_INPUT_PORTS", "80")]})
}

test_not_an_object if {
	testing.hits(rule.violations) == {["not-an-object", "application", "gluetun", ""]} with input as of({"set": true, "problem": "it is JSON and no object"})
}

test_override_mode_names_no_values if {
	found := rule.violations with input as set_to("OPENVPN_USER", "me")
	testing.hits(found) == {["override-mode", "application", "gluetun", "warning"]}
	some violation in found
	contains(violation.message, "(OPENVPN_USER)")
}
