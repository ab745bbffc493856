package rules.vpn.client_waits_for_gateway_test

import data.lib.testing
import data.rules.vpn.client_waits_for_gateway as rule

unsigned := testing.egress({"signs": ["relation"], "answer": "open"})

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"egress": unsigned}, fields))

bare := {"workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"replicas": 1})]}

gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {"workloads": [testing.workload("gluetun", "gluetun", {})]})

empty := testing.vpn_data("qbittorrent/0", {"present": false, "from": "gluetun"})

behind(data_list) := [testing.vpn_client("charmarr-downloads", "qbittorrent", ["gluetun/gluetun"], {"data": data_list})]

of(app, data_list) := testing.stack({"applications": [app, gluetun], "vpn_clients": behind(data_list)})

test_an_empty_databag if {
	found := rule.violations with input as of(client({}), [empty])
	testing.hits(found) == {["no-data", "application", "qbittorrent", "error"]}
	some violation in found
	violation.state == "declared"
	violation.remediation[1] == "juju status -m gluetun gluetun --relations  # why is it not active?"
}

test_a_databag_that_cannot_be_used if {
	broken := testing.vpn_data("qbittorrent/0", {"problem": "it lacks cluster_cidrs"})
	some violation in rule.violations with input as of(client({}), [broken])
	violation.way == "no-data"
	contains(violation.evidence[0].fact, "it lacks cluster_cidrs")
}

test_effective_where_kubernetes_shows_it if {
	some violation in rule.violations with input as of(client(bare), [empty])
	violation.state == "effective"
	count(violation.evidence) == 2
	testing.hits(rule.violations) == {["no-data", "application", "qbittorrent", "error"]} with input as of(client(bare), [empty])
}

test_a_warning_before_the_next_hook if {
	testing.hits(rule.violations) == {["no-data", "application", "qbittorrent", "warning"]} with input as of(client({"egress": testing.egress({})}), [empty])
}

test_the_gateway_by_what_the_units_see if {
	alone := testing.stack({"applications": [client({})], "vpn_clients": [testing.vpn_client("charmarr-downloads", "qbittorrent", [], {"data": [object.union(empty, {"from": "exit"})]})]})
	some violation in rule.violations with input as alone
	contains(violation.message, `VPN gateway "exit"`)
	nameless := testing.stack({"applications": [client({})], "vpn_clients": [testing.vpn_client("charmarr-downloads", "qbittorrent", [], {"data": [object.union(empty, {"from": ""})]})]})
	count(rule.violations) == 1 with input as nameless
}

test_unprotected_by_kubernetes_alone if {
	found := rule.violations with input as testing.stack({"applications": [client(bare), gluetun]})
	testing.hits(found) == {["unprotected", "application", "qbittorrent", ""]}
	some violation in found
	contains(violation.evidence[1].fact, "lacks container gateway-init")
}

test_silent_where_the_gateway_has_told if {
	count(rule.violations) == 0 with input as of(client(bare), [testing.vpn_data("qbittorrent/0", {})])
	count(rule.violations) == 0 with input as of(client({}), [])
}

test_silent_on_a_client_scaled_to_none_or_removed if {
	count(rule.violations) == 0 with input as of(client({"scale": 0}), [empty])
	leaving := testing.stack({"applications": [client({}), gluetun], "vpn_clients": [testing.vpn_client("charmarr-downloads", "qbittorrent", ["gluetun/gluetun"], {"data": [empty], "leaving": true})]})
	count(rule.violations) == 0 with input as leaving
}

test_silent_on_others if {
	others := testing.stack({"vpn_clients": [testing.vpn_client("charmarr", "prowlarr", ["gluetun/gluetun"], {"role": "indexer", "data": [empty]})], "applications": [testing.application("charmarr", "prowlarr", "indexer", {})]})
	count(rule.violations) == 0 with input as others
}

test_not_connected_is_a_note if {
	down := testing.vpn_data("qbittorrent/0", {"connected": "no"})
	testing.hits(rule.violations) == {["not-connected", "application", "qbittorrent", "note"]} with input as of(client({"egress": testing.egress({})}), [down])
}
