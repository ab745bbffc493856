package rules.vpn.cross_model_gateway_test

import data.lib.testing
import data.rules.vpn.cross_model_gateway as rule

of(links, hosts) := testing.stack({"vpn_clients": [testing.vpn_client("downloads", "qbittorrent", [], {"links": links, "hosts": hosts})]})

link := testing.vpn_link("gluetun/gluetun", {})

right := testing.vpn_host("gluetun", "gluetun", {})

astray := testing.vpn_host("gluetun", "downloads", {"found": "no", "id": ""})

test_silent_where_they_agree if {
	count(rule.violations) == 0 with input as of([link], [right])
	count(rule.violations) == 0 with input as of([link], [])
	count(rule.violations) == 0 with input as of([], [right])
	count(rule.undecided) == 0 with input as of([link], [right])
}

test_other_gateway if {
	found := rule.violations with input as of([link], [astray])
	testing.hits(found) == {["other-gateway", "application", "qbittorrent", ""]}
	some violation in found
	violation.remediation[0] == "juju exec -m gluetun --unit gluetun/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'"
}

test_another_that_exists_is_another_all_the_same if {
	testing.hits(rule.violations) == {["other-gateway", "application", "qbittorrent", ""]} with input as of([link], [testing.vpn_host("gluetun", "gluetun-eu", {})])
	testing.hits(rule.violations) == {["other-gateway", "application", "qbittorrent", ""]} with input as of([link], [testing.vpn_host("gluetun-eu", "gluetun", {})])
}

test_what_is_no_name_of_a_gateway if {
	count(rule.violations) == 1 with input as of([link], [testing.vpn_host("", "", {"value": "10.1.2.3", "found": "", "id": ""})])
}

test_nowhere_by_kubernetes_alone if {
	testing.hits(rule.violations) == {["nowhere", "application", "qbittorrent", ""]} with input as of([], [astray])
}

test_undecided_on_a_namespace_that_was_not_read if {
	unread := testing.vpn_host("gluetun", "elsewhere", {"found": "", "id": ""})
	count(rule.violations) == 0 with input as of([], [unread])
	count(rule.undecided) == 1 with input as of([], [unread])
}

test_a_link_that_is_not_resolved_leaves_it_to_kubernetes if {
	unresolved := testing.vpn_link("gluetun/gluetun", {"id": "", "role": ""})
	count(rule.violations) == 0 with input as of([unresolved], [right])
	testing.hits(rule.violations) == {["nowhere", "application", "qbittorrent", ""]} with input as of([unresolved], [astray])
}
