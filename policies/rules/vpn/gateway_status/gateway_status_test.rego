package rules.vpn.gateway_status_test

import data.lib.testing
import data.rules.vpn.gateway_status as rule

of(status, message, bags) := testing.stack({
	"applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {"status": status, "message": message})],
	"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", {})],
	"vpn_clients": [testing.vpn_client("downloads", "qbittorrent", ["gluetun/gluetun"], {"data": bags})],
})

test_by_status if {
	ways := {status: {violation.way | some violation in found} |
		some status in ["active", "waiting", "maintenance", "blocked", "error", "unknown"]
		found := rule.violations with input as of(status, "message", [])
	}
	{status | some status, found in ways; found == {"not-connected"}} == {"waiting", "maintenance"}
}

test_undecided_where_it_does_not_say if {
	undecided := {status |
		some status in ["active", "waiting", "blocked", "error", "unknown", "terminated", ""]
		count(rule.undecided) == 1 with input as of(status, "", [])
	}
	undecided == {"unknown", "terminated", ""}
}

told(fields) := [testing.vpn_data("qbittorrent/0", fields)]

test_by_what_it_told_where_its_status_was_not_read if {
	testing.hits(rule.violations) == {["not-connected", "application", "gluetun", "warning"]} with input as of("", "", told({"connected": "no"}))
	count(rule.violations) == 0 with input as of("", "", told({}))
	count(rule.undecided) == 0 with input as of("", "", told({}))
	count(rule.undecided) == 1 with input as of("", "", told({"present": false}))
	count(rule.violations) == 0 with input as of("active", "VPN connected (203.0.113.7)", told({"connected": "no"}))
}

home := {"vpn/gateway-status": {"home": ["203.0.113.0/24", "2001:db8::/32"]}}

test_home_address if {
	hits := [testing.hits(found) |
		some message in [
			"VPN connected (203.0.113.7)", "VPN connected: Switzerland (203.0.113.7)", "VPN connected (2001:db8::7)",
			"VPN connected (198.51.100.7)", "VPN connected", "VPN connected (None)", "VPN connected: Dead (198.51.100.7)",
		]
		found := rule.violations with input as of("active", message, []) with data.parameters as home
	]
	hit := {["home-address", "application", "gluetun", ""]}
	hits == [hit, hit, hit, set(), set(), set(), set()]
	count(rule.violations) == 0 with input as of("active", "VPN connected (203.0.113.7)", [])
}

test_home_address_as_it_told_it if {
	count(rule.violations) == 1 with input as of("", "", told({"exit_address": "203.0.113.9"})) with data.parameters as home
	count(rule.violations) == 0 with input as of("", "", told({"exit_address": ""})) with data.parameters as home
}
