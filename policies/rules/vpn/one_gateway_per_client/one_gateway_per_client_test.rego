package rules.vpn.one_gateway_per_client_test

import data.lib.testing
import data.rules.vpn.one_gateway_per_client as rule

of(client) := testing.stack({"vpn_clients": [client]})

client(gateways, fields) := testing.vpn_client("downloads", "qbittorrent", gateways, fields)

test_silent_on_one_and_on_none if {
	count(rule.violations) == 0 with input as of(client(["gluetun/gluetun"], {}))
	count(rule.violations) == 0 with input as of(client([], {}))
}

test_several if {
	found := rule.violations with input as of(client(["eu/gluetun", "us/gluetun"], {}))
	testing.hits(found) == {["", "application", "qbittorrent", ""]}
	some violation in found
	violation.remediation == ["juju remove-relation -m downloads qbittorrent:vpn-gateway gluetun"]
}

test_several_through_saas_are_removed_by_their_names_here if {
	links := [testing.vpn_link("eu/gluetun", {"saas": "exit-eu"}), testing.vpn_link("us/gluetun", {"saas": "exit-us"})]
	some violation in rule.violations with input as of(client([], {"links": links}))
	contains(violation.message, "\"exit-eu\" and \"exit-us\"")
	violation.remediation == ["juju remove-relation -m downloads qbittorrent:vpn-gateway exit-us"]
}

test_silent_on_what_is_being_removed if {
	count(rule.violations) == 0 with input as of(client(["eu/gluetun", "us/gluetun"], {"leaving": true}))
}
