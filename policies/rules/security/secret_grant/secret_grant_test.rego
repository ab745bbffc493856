package rules.security.secret_grant_test

import data.lib.testing
import data.rules.security.secret_grant as rule

use(name, option, role) := {"id": sprintf("gluetun/%s", [name]), "application": name, "role": role, "option": option, "at": option}

key := use("gluetun", "wireguard-private-key-secret", "vpn-gateway")

secret(readers, uses, fields) := object.union(object.union(testing.secret_default, {"id": "d3r0", "model": "gluetun", "state": "declared", "at": "secret", "label": "vpn-key", "readers_known": true, "readers": readers, "uses": uses}), fields)

of(secrets) := testing.stack({"secrets": secrets, "applications": [testing.application("gluetun", "gluetun", "vpn-gateway", {}), testing.application("gluetun", "exit", "vpn-gateway", {})]})

test_stranger if {
	found := rule.violations with input as of([secret(["gluetun", "radarr", "sonarr"], [key], {})])
	testing.hits(found) == {["", "application", "gluetun", ""]}
	some violation in found
	contains(violation.message, `"vpn-key" (d3r0)`)
	violation.remediation == ["juju revoke-secret -m gluetun d3r0 radarr,sonarr"]
}

test_without_a_label if {
	some violation in rule.violations with input as of([secret(["radarr"], [key], {"label": ""})])
	startswith(violation.message, "Secret d3r0,")
}

test_silent if {
	count(rule.violations) == 0 with input as of([secret(["gluetun"], [key], {})])
	count(rule.violations) == 0 with input as of([secret([], [key], {})])
	count(rule.violations) == 0 with input as of([secret(["radarr"], [key], {"readers_known": false})])
	count(rule.violations) == 0 with input as of([secret(["radarr"], [], {})])
	count(rule.violations) == 0 with input as of([secret(["radarr"], [use("gluetun", "other", "vpn-gateway")], {})])
}

test_two_gateways_with_one_key if {
	both := [key, use("exit", "wireguard-private-key-secret", "vpn-gateway")]
	count(rule.violations) == 0 with input as of([secret(["exit", "gluetun"], both, {})])
	count(rule.violations) == 2 with input as of([secret(["exit", "gluetun", "radarr"], both, {})])
}
