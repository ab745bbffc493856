package rules.kill_switch.exists_test

import data.lib.testing
import data.rules.kill_switch["exists"] as rule

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress(fields)})

without := {"signs": ["relation", "containers", "settings"], "policies": "open"}

of(app, policies) := testing.stack({"applications": [app], "network_policies": policies})

test_missing if {
	testing.hits(rule.violations) == {["", "application", "qbittorrent", ""]} with input as of(client(without), [])
	count(rule.undecided) == 0 with input as of(client(without), [])
}

test_silent_with_one if {
	count(rule.violations) == 0 with input as of(client({}), [testing.kill_switch(client({}), {})])
}

test_silent_with_one_under_another_name if {
	app := client(without)
	count(rule.violations) == 0 with input as of(app, [testing.policy("charmarr-downloads", "by-hand", {"selects": [app.id]})])
	count(rule.violations) == 1 with input as of(app, [testing.policy("charmarr-downloads", "by-hand", {"selects": [app.id], "egress": [testing.hole(1)]})])
	count(rule.violations) == 1 with input as of(app, [testing.policy("charmarr-downloads", "by-hand", {"selects": ["charmarr-downloads/sabnzbd"]})])
}

test_silent_without_route_containers if {
	count(rule.violations) == 0 with input as of(client({"signs": ["relation"]}), [])
}

test_a_leak_for_want_of_a_policy_is_told_elsewhere if {
	leaks := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": object.union(testing.leak(""), {"signs": ["containers"]})})
	count(rule.violations) == 0 with input as of(leaks, [])
}

test_undecided_where_policies_were_not_read if {
	app := client(object.union(without, {"policies_unread": "kube.networkpolicies: not read"}))
	count(rule.violations) == 0 with input as of(app, [])
	some item in rule.undecided with input as of(app, [])
	item.missing == "kube.networkpolicies: not read"
}
