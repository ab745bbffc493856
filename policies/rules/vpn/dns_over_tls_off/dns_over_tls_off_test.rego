package rules.vpn.dns_over_tls_off_test

import data.lib.testing
import data.rules.vpn.dns_over_tls_off as rule

of(option, overrides) := testing.stack({
	"applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {"config": [testing.fact("dns-over-tls", value) | some value in option]})],
	"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", {"overrides": object.union(testing.overrides_default, {"values": overrides})})],
})

setting(key, value) := [testing.fact(key, value)]

test_silent_where_it_is_off_or_not_set if {
	count(rule.violations) == 0 with input as of([], [])
	count(rule.violations) == 0 with input as of(["false"], setting("LOG_LEVEL", "on"))
}

test_option if {
	testing.hits(rule.violations) == {["option", "application", "gluetun", ""]} with input as of(["true"], [])
	testing.hits(rule.violations) == {["option", "application", "gluetun", ""]} with input as of(["True"], [])
}

test_override if {
	hits := [testing.hits(found) |
		some overrides in [setting("DOT", "on"), setting("DNS_SERVER", "Yes"), setting("DOT", "off"), setting("DOT", "0")]
		found := rule.violations with input as of([], overrides)
	]
	hit := {["override", "application", "gluetun", ""]}
	hits == [hit, hit, set(), set()]
}

test_override_has_the_last_word if {
	count(rule.violations) == 0 with input as of(["true"], setting("DOT", "off"))
	testing.hits(rule.violations) == {["override", "application", "gluetun", ""]} with input as of(["true"], setting("DOT", "on"))
	count(rule.violations) == 0 with input as of([], [testing.fact("DOT", "on"), testing.fact("DNS_SERVER", "off")])
}
