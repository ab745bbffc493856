package rules.vpn.flaresolverr_exit_address_test

import data.lib.testing
import data.rules.vpn.flaresolverr_exit_address as rule

indexer := testing.application("charmarr", "prowlarr", "indexer", {})

solver := testing.application("charmarr", "flaresolverr", "challenge-solver", {})

relation := testing.relation("flaresolverr", testing.end(solver, "flaresolverr"), testing.end(indexer, "flaresolverr"), {})

of(relations, clients) := testing.single({"applications": [indexer, solver], "relations": relations, "vpn_clients": clients})

client(name, role) := testing.vpn_client("charmarr", name, ["charmarr/gluetun"], {"role": role})

behind := client("prowlarr", "indexer")

test_fires_where_one_of_them_is_behind_it if {
	found := rule.violations with input as of([relation], [behind])
	testing.hits(found) == {["", "application", "prowlarr", ""]}
	some violation in found
	violation.remediation[0] == "juju remove-relation -m charmarr prowlarr:flaresolverr flaresolverr"
}

test_silent_where_neither_both_or_no_relation if {
	count(rule.violations) == 0 with input as of([relation], [])
	count(rule.violations) == 0 with input as of([relation], [behind, client("flaresolverr", "challenge-solver")])
	count(rule.violations) == 0 with input as of([], [behind])
	count(rule.violations) == 0 with input as of([relation], [object.union(behind, {"leaving": true})])
}

test_by_the_containers_alone if {
	routed := object.union(testing.vpn_client("charmarr", "prowlarr", [], {"role": "indexer"}), {"hosts": [testing.vpn_host("gluetun", "charmarr", {})]})
	some violation in rule.violations with input as of([relation], [routed])
	violation.remediation[1] == "juju remove-relation -m charmarr prowlarr:vpn-gateway gluetun  # or this, and both leave by the household's address"
}
