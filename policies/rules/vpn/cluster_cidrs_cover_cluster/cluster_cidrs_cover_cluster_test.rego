package rules.vpn.cluster_cidrs_cover_cluster_test

import data.lib.testing
import data.rules.vpn.cluster_cidrs_cover_cluster as rule

of(fields) := testing.stack({"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", fields)]})

uncovered(kind, fields) := object.union({"kind": kind, "claims": [{"address": "192.168.1.11", "object": "Node node-1", "at": "node-1"}], "more": 0}, fields)

test_silent_where_all_is_covered if {
	count(rule.violations) == 0 with input as of({})
	count(rule.undecided) == 0 with input as of({})
}

test_each_kind_is_a_way if {
	hits := {kind: found |
		some kind in ["pod", "service", "node", "pod-range"]
		found := testing.hits(rule.violations) with input as of({"uncovered": [uncovered(kind, {})]})
	}
	hits == {
		"pod": {["pod", "application", "gluetun", "error"]},
		"service": {["service", "application", "gluetun", "error"]},
		"node": {["node", "application", "gluetun", "error"]},
		"pod-range": {["pod-range", "application", "gluetun", "warning"]},
	}
}

test_message_names_them if {
	some violation in rule.violations with input as of({"uncovered": [uncovered("node", {"more": 3})], "suggested": ["10.1.0.0/16", "192.168.1.0/24"]})
	contains(violation.message, "keeps 10.1.0.0/16 out of the tunnel, which leaves out 192.168.1.11 of Node node-1 and 3 more: answers")
	startswith(violation.remediation[0], "juju config -m gluetun gluetun cluster-cidrs=10.1.0.0/16,192.168.1.0/24 ")
	violation.state == "declared"
}

test_undecided_where_the_networks_are_not_known if {
	count(rule.undecided) == 1 with input as of({"networks_from": ""})
	count(rule.undecided) == 0 with input as of({"networks_from": "", "leaving": true})
	count(rule.undecided) == 1 with input as of({"unaddressed": ["node-1"]})
}
