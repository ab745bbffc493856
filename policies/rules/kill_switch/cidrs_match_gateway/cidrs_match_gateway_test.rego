package rules.kill_switch.cidrs_match_gateway_test

import data.lib.testing
import data.rules.kill_switch.cidrs_match_gateway as rule

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress({})})

of(compared) := testing.stack({"applications": [client], "network_policies": [testing.kill_switch(client, {"compared": compared})]})

with_settings(missing, extra) := {"with": "settings", "by": "the settings", "at": "settings", "missing": missing, "extra": extra}

with_option(missing, extra) := {"with": "option", "by": "the option", "at": "option", "missing": missing, "extra": extra}

test_lacking_and_more if {
	found := rule.violations with input as of([with_settings(["192.168.2.0/24"], []), with_option([], ["10.99.0.0/16"])])
	testing.hits(found) == {["", "networkpolicy", "qbittorrent-vpn-killswitch", ""]}
	some violation in found
	contains(violation.message, "the settings: it lacks 192.168.2.0/24")
	contains(violation.message, "the option: it allows besides 10.99.0.0/16")
	count(violation.evidence) == 2
}

test_silent_where_they_are_equal if {
	count(rule.violations) == 0 with input as of([with_settings([], [])])
	count(rule.undecided) == 0 with input as of([with_settings([], [])])
}

test_undecided_where_nothing_was_read_to_compare_with if {
	count(rule.violations) == 0 with input as of([])
	count(rule.undecided) == 1 with input as of([])
}
