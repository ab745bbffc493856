package rules.security.net_admin_test

import data.lib.testing
import data.rules.security.net_admin as rule

of(role, privileges) := testing.stack({"applications": [testing.application("charmarr-core", "app", role, {"privileges": privileges})]})

cap(name, fields) := testing.privilege("capability", "app", name, fields)

says(role, names, words) if {
	some violation in rule.violations with input as of(role, [cap(name, {}) | some name in names])
	contains(violation.message, words)
}

test_one_finding_a_container if {
	found := rule.violations with input as of("media-server", [cap("NET_ADMIN", {}), cap("SYS_ADMIN", {}), testing.privilege("capability", "other", "ALL", {})])
	testing.hits(found) == {["", "application", "app", ""]}
	count(found) == 2
}

test_words if {
	says("download-client", ["NET_ADMIN"], "take itself out of the VPN")
	says("download-client", ["SYS_PTRACE"], "nearer to the node")
	says("media-server", ["NET_ADMIN"], "routes and firewall of its pod")
	says("media-server", ["NET_ADMIN", "SYS_ADMIN"], "nearer to the node")
}

test_silent if {
	count(rule.violations) == 0 with input as of("media-server", [cap("NET_ADMIN", {"expected": "yes"})])
	count(rule.violations) == 0 with input as of("media-server", [testing.privilege("privileged", "app", "", {})])
	count(rule.violations) == 0 with input as of("media-server", [])
}

test_undecided_on_a_charm_that_is_not_known if {
	unknown := of("media-server", [cap("NET_ADMIN", {"expected": ""})])
	count(rule.violations) == 0 with input as unknown
	count(rule.undecided) == 1 with input as unknown
}
