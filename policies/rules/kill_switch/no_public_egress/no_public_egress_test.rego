package rules.kill_switch.no_public_egress_test

import data.lib.testing
import data.rules.kill_switch.no_public_egress as rule

client(answer) := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": answer})

of(app, fields) := testing.stack({
	"applications": [app],
	"network_policies": [testing.kill_switch(app, fields)],
	"vpn_clients": [testing.vpn_client("charmarr-downloads", "qbittorrent", ["gluetun/gluetun"], {})],
	"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", {})],
})

name := "qbittorrent-vpn-killswitch"

test_a_hole if {
	found := rule.violations with input as of(client(testing.egress({})), {"egress": [testing.egress_rule(1, {}), testing.hole(2)]})
	testing.hits(found) == {["", "networkpolicy", name, ""]}
	some violation in found
	violation.at == "rule 2"
	contains(violation.message, "rule 2 allows 0.0.0.0/0")
	startswith(violation.remediation[0], "juju config -m gluetun gluetun cluster-cidrs")
}

test_silent_without_one if {
	count(rule.violations) == 0 with input as of(client(testing.egress({})), {"egress": [testing.egress_rule(1, {})]})
	count(rule.violations) == 0 with input as of(client(testing.egress({})), {"egress": [testing.hole(1)], "isolates": false})
}

test_a_leak_through_it_is_told_elsewhere if {
	count(rule.violations) == 0 with input as of(client(testing.leak(name)), {"egress": [testing.hole(1)]})
	count(rule.violations) == 1 with input as of(client(testing.leak("another")), {"egress": [testing.hole(1)]})
}

test_undecided_on_a_rule_that_cannot_be_read if {
	count(rule.undecided) == 1 with input as of(client(testing.egress({})), {"egress": [testing.egress_rule(1, {"problem": "no"})]})
	count(rule.undecided) == 0 with input as of(client(testing.egress({})), {"egress": [testing.egress_rule(1, {})]})
}
