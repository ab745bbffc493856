package rules.vpn.cluster_cidrs_format_test

import data.lib.testing
import data.rules.vpn.cluster_cidrs_format as rule

of(networks, fields) := testing.stack({"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", object.union({"networks": networks}, fields))]})

list(fields) := object.union(
	object.union(testing.cidrlist_default, {
		"raw": "10.1.0.0/16,10.2.0.0/16", "separator": "comma", "empty": 0, "at": "list",
		"entries": [testing.cidr("10.1.0.0/16", {}), testing.cidr("10.2.0.0/16", {})],
	}),
	fields,
)

nonsense := object.union(testing.cidr_default, {"text": "pods", "problem": "is no network"})

test_silent_on_commas_and_on_one_network if {
	count(rule.violations) == 0 with input as of(list({}), {})
	count(rule.violations) == 0 with input as of(testing.networks("10.1.0.0/16"), {})
}

test_unset if {
	empty := object.union(testing.cidrlist_default, {"raw": " ", "empty": 0})
	testing.hits(rule.violations) == {["unset", "application", "gluetun", ""]} with input as of(empty, {})
	some violation in rule.violations with input as of(empty, {"suggested": ["10.1.0.0/16", "10.152.0.0/16"]})
	startswith(violation.remediation[0], "juju config -m gluetun gluetun cluster-cidrs=10.1.0.0/16,10.152.0.0/16 ")
}

test_separators if {
	told := {separator: violation.message |
		some separator in ["space", "mixed", "comma", ""]
		some violation in rule.violations with input as of(list({"separator": separator}), {})
		violation.way == "separator"
	}
	object.keys(told) == {"space", "mixed"}
	some violation in rule.violations with input as of(list({"empty": 1}), {})
	contains(violation.message, "with a comma too many")
	violation.remediation == ["juju config -m gluetun gluetun cluster-cidrs=10.1.0.0/16,10.2.0.0/16"]
}

test_what_is_no_network if {
	found := rule.violations with input as of(list({"entries": [testing.cidr("10.1.0.0/16", {}), nonsense]}), {})
	testing.hits(found) == {["network", "application", "gluetun", ""]}
	some violation in found
	violation.remediation == ["juju config -m gluetun gluetun cluster-cidrs=10.1.0.0/16  # and what the unreadable entry should have been"]
	some other in rule.violations with input as of(list({"entries": [nonsense]}), {})
	count(other.remediation) == 2
}

test_host_bits_are_mended if {
	entry := testing.cidr("10.1.0.0/16", {"text": "10.1.0.7/16", "problem": "has host bits set (the network is 10.1.0.0/16)"})
	some violation in rule.violations with input as of(list({"entries": [entry]}), {})
	violation.remediation == ["juju config -m gluetun gluetun cluster-cidrs=10.1.0.0/16"]
}

test_only_the_option_is_judged if {
	count(rule.violations) == 0 with input as of(list({"separator": "space"}), {"networks_from": "settings"})
	count(rule.violations) == 0 with input as of(list({"separator": "space"}), {"leaving": true})
}
