package rules.vpn.gateway_configured_test

import data.lib.testing
import data.rules.vpn.gateway_configured as rule

good := {"vpn-provider": "protonvpn", "wireguard-private-key-secret": "secret:d3r0"}

of(config, fields) := testing.stack({
	"applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {"config": [testing.fact(key, value) | some key, value in config]})],
	"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", fields)],
})

hit(way) := {[way, "application", "gluetun", ""]}

test_silent_where_all_is_there if {
	count(rule.violations) == 0 with input as of(good, {})
	count(rule.violations) == 0 with input as of(object.union(good, {"vpn-type": "WireGuard ", "vpn-provider": "NordVPN"}), {})
}

incomplete(level) := {["incomplete", "application", "gluetun", level]}

test_what_is_missing if {
	testing.hits(rule.violations) == incomplete("error") with input as of(object.remove(good, ["vpn-provider"]), {})
	testing.hits(rule.violations) == incomplete("error") with input as of(object.union(good, {"vpn-provider": " "}), {})
	testing.hits(rule.violations) == incomplete("error") with input as of(object.remove(good, ["wireguard-private-key-secret"]), {})
}

test_a_key_may_come_afterwards if {
	testing.hits(rule.violations) == incomplete("warning") with input as of(object.remove(good, ["wireguard-private-key-secret"]), {"options_state": "planned"})
	testing.hits(rule.violations) == incomplete("error") with input as of({}, {"options_state": "planned"})
}

test_all_that_is_missing_is_one_finding if {
	found := rule.violations with input as of({}, {})
	count(found) == 1
	some violation in found
	contains(violation.message, "has no vpn-provider and wireguard-private-key-secret:")
	count(violation.remediation) == 4
}

test_key_in_the_clear if {
	found := rule.violations with input as of(object.union(good, {"wireguard-private-key-secret": "(redacted)"}), {})
	testing.hits(found) == hit("key-not-secret")
	some violation in found
	not contains(violation.message, "redacted")
}

test_key_not_granted if {
	some violation in rule.violations with input as of(good, {"key_granted": "no"})
	violation.remediation == ["juju grant-secret -m gluetun secret:d3r0 gluetun"]
	count(rule.violations) == 0 with input as of(good, {"key_granted": "yes"})
}

test_type if {
	testing.hits(rule.violations) == hit("type") with input as of(object.union(good, {"vpn-type": "openvpn"}), {})
}

test_what_providers_need if {
	custom := {"vpn-provider": "Custom", "wireguard-addresses": "10.64.222.21/32", "vpn-endpoint-ip": "198.51.100.7", "wireguard-public-key": "x"}
	count(rule.violations) == 0 with input as of(object.union(good, custom), {})
	some violation in rule.violations with input as of(object.union(good, {"vpn-provider": "custom"}), {})
	contains(violation.message, "has no vpn-endpoint-ip, wireguard-addresses and wireguard-public-key:")
	count(violation.remediation) == 3
	testing.hits(rule.violations) == incomplete("error") with input as of(object.union(good, {"vpn-provider": "mullvad"}), {})
}

test_silent_in_override_mode_and_where_options_were_not_read if {
	count(rule.violations) == 0 with input as of({}, {"overrides": object.union(testing.overrides_default, {"set": true})})
	count(rule.violations) == 0 with input as of({}, {"options_known": false})
	count(rule.violations) == 0 with input as of({}, {"leaving": true})
}
