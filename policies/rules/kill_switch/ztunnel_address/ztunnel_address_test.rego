package rules.kill_switch.ztunnel_address_test

import data.lib.testing
import data.rules.kill_switch.ztunnel_address as rule

client(enrolment) := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress({}), "mesh": enrolment})

of(app, fields) := testing.stack({
	"applications": [app],
	"network_policies": [testing.kill_switch(app, fields)],
	"vpn_clients": [testing.vpn_client("charmarr-downloads", "qbittorrent", ["gluetun/gluetun"], {})],
	"vpn_gateways": [testing.vpn_gateway("gluetun", "gluetun", {})],
})

lacking := {"allows_ztunnel": false}

test_lacking if {
	found := rule.violations with input as of(client(testing.captured("pod-label")), lacking)
	testing.hits(found) == {["", "networkpolicy", "qbittorrent-vpn-killswitch", ""]}
	some violation in found
	startswith(violation.remediation[0], "juju refresh -m gluetun gluetun")
}

test_silent_where_it_is_allowed_or_nobody_needs_it if {
	count(rule.violations) == 0 with input as of(client(testing.captured("pod-label")), {})
	count(rule.violations) == 0 with input as of(client(testing.not_captured("no-label")), lacking)
	count(rule.violations) == 0 with input as of(client(testing.captured("pod-label")), {"allows_ztunnel": false, "isolates": false})
}

test_undecided_where_enrolment_is_not_known if {
	count(rule.violations) == 0 with input as of(client(testing.unknown_mesh), lacking)
	count(rule.undecided) == 1 with input as of(client(testing.unknown_mesh), lacking)
	count(rule.undecided) == 0 with input as of(client(testing.unknown_mesh), {})
}
