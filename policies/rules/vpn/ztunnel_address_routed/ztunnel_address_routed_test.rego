package rules.vpn.ztunnel_address_routed_test

import data.lib.testing
import data.rules.vpn.ztunnel_address_routed as rule

client(fields) := testing.vpn_client("downloads", "qbittorrent", ["gluetun/gluetun"], fields)

of(fields) := testing.stack({"vpn_clients": [client(fields)], "vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", {})]})

settings(routed) := testing.vpn_settings("downloads", "qbittorrent", {"ztunnel_routed": routed})

test_silent_where_it_is_routed if {
	count(rule.violations) == 0 with input as of({"settings": settings(true), "enrolled": "yes"})
	count(rule.undecided) == 0 with input as of({"settings": settings(true), "enrolled": ""})
}

test_level_by_enrolment if {
	hits := {enrolled: found |
		some enrolled in ["yes", "no", ""]
		found := testing.hits(rule.violations) with input as of({"settings": settings(false), "enrolled": enrolled})
	}
	hits == {"yes": {["", "application", "qbittorrent", "error"]}, "no": {["", "application", "qbittorrent", "note"]}, "": set()}
	count(rule.undecided) == 1 with input as of({"settings": settings(false), "enrolled": ""})
}

test_by_what_it_was_told_where_settings_were_not_read if {
	some violation in rule.violations with input as of(told(false))
	violation.state == "declared"
	count(rule.violations) == 0 with input as of(told(true))
	count(rule.violations) == 0 with input as of(object.union(told(false), {"settings": settings(true)}))
}

told(routed) := {"data": [testing.vpn_data("qbittorrent/0", {"ztunnel_routed": routed})], "enrolled": "yes"}

test_silent_without_a_mesh if {
	stack := of({"settings": settings(false), "enrolled": "no"})
	count(rule.violations) == 0 with input as object.union(stack, {"profile": object.union(testing.adr_006, {"mesh": "off"})})
}

test_undecided_where_nothing_was_read if {
	undecided := {i |
		some i, bags in [[], [testing.vpn_data("q/0", {"present": false})], [testing.vpn_data("q/0", {"problem": "it lacks x"})], [testing.vpn_data("q/0", {})]]
		count(rule.undecided) == 1 with input as of({"data": bags})
	}
	undecided == {0, 1, 2}
}
