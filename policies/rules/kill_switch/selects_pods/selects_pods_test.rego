package rules.kill_switch.selects_pods_test

import data.lib.testing
import data.rules.kill_switch.selects_pods as rule

labels := [{"key": "app.kubernetes.io/name", "value": "qbittorrent", "at": "label"}]

workload(policies) := testing.workload("charmarr-downloads", "qbittorrent", {"labels": labels, "policies": policies})

pod(policies) := testing.pod("charmarr-downloads", "qbittorrent-0", {"labels": labels, "policies": policies})

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"egress": testing.egress({})}, fields))

name := "qbittorrent-vpn-killswitch"

of(app, fields) := testing.stack({"applications": [app, other, gateway], "network_policies": [testing.kill_switch(app, fields)]})

other := testing.application("charmarr-downloads", "sabnzbd", "download-client", {})

gateway := testing.application("charmarr-downloads", "gluetun", "vpn-gateway", {})

test_missed if {
	found := rule.violations with input as of(client({"workloads": [workload([])], "pods": [pod([])]}), {})
	testing.hits(found) == {["missed", "networkpolicy", name, ""]}
	some violation in found
	contains(violation.message, "Pod qbittorrent-0 and StatefulSet qbittorrent")
	count(rule.violations) == 1 with input as of(client({"pods": [pod([])]}), {})
}

test_silent_where_it_selects_them if {
	count(rule.violations) == 0 with input as of(client({"workloads": [workload([name])], "pods": [pod([name])]}), {})
}

test_silent_on_what_is_told_elsewhere if {
	bare := object.union(pod([]), {"labels": []})
	count(rule.violations) == 0 with input as of(client({"pods": [bare]}), {})
	done := object.union(pod([]), {"phase": "Succeeded"})
	count(rule.violations) == 0 with input as of(client({"pods": [done]}), {})
}

test_others if {
	app := client({"workloads": [workload([name])]})
	testing.hits(rule.violations) == {["others", "networkpolicy", name, "warning"]} with input as of(app, {"selects": [app.id, other.id]})
	testing.hits(rule.violations) == {["others", "networkpolicy", name, "error"]} with input as of(app, {"selects": [app.id, gateway.id]})
	count(rule.violations) == 0 with input as of(app, {"selects": [app.id, other.id], "isolates": false})
}

test_undecided_on_a_selector_that_cannot_be_read if {
	app := client({"workloads": [workload([])]})
	count(rule.violations) == 0 with input as of(app, {"selector_error": "operator"})
	count(rule.undecided) == 1 with input as of(app, {"selector_error": "operator"})
	count(rule.undecided) == 0 with input as of(app, {})
}
