package rules.security.no_credential_in_config_test

import data.lib.testing
import data.rules.security.no_credential_in_config as rule

credential(option, key) := {"option": option, "key": key, "at": option}

of(name, role, credentials, fields) := testing.stack({"applications": [testing.application("gluetun", name, role, object.union({"credentials": credentials}, fields))]})

test_one_finding_an_option if {
	found := rule.violations with input as of("gluetun", "vpn-gateway", [credential("custom-overrides", "OPENVPN_PASSWORD"), credential("custom-overrides", "OPENVPN_USER")], {})
	testing.hits(found) == {["credential", "application", "gluetun", ""]}
	some violation in found
	contains(violation.message, "(OPENVPN_PASSWORD and OPENVPN_USER)")
	count(violation.remediation) == 3
}

test_of_any_other_option if {
	found := rule.violations with input as of("radarr", "media-manager", [credential("trash-profiles", "")], {})
	some violation in found
	not contains(violation.message, "(")
	violation.remediation == ["juju config -m gluetun radarr --reset trash-profiles  # and change the credential: it has been seen"]
}

test_claim_token_is_a_note if {
	testing.hits(rule.violations) == {["claim-token", "application", "plex", "note"]} with input as of("plex", "media-server", [credential("claim-token", "")], {})
}

test_the_key_of_a_gateway_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of("gluetun", "vpn-gateway", [credential("wireguard-private-key-secret", "")], {})
}

test_silent if {
	count(rule.violations) == 0 with input as of("gluetun", "vpn-gateway", [], {})
	count(rule.violations) == 0 with input as of("postgresql", "", [credential("password", "")], {})
	count(rule.violations) == 0 with input as of("plex", "media-server", [credential("claim-token", "")], {"life": "dying"})
}
