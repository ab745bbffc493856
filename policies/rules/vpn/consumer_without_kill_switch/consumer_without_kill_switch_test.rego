package rules.vpn.consumer_without_kill_switch_test

import data.lib.testing
import data.rules.vpn.consumer_without_kill_switch as rule

prowlarr(model, fields) := testing.application(model, "prowlarr", "indexer", object.union({"egress": testing.egress({"signs": ["relation", "containers"], "policies": "open"})}, fields))

of(app) := testing.single({"applications": [app], "vpn_clients": [testing.vpn_client(app.model, "prowlarr", ["charmarr/gluetun"], {"role": "indexer"})]})

effective := {"effective": true, "workloads": [testing.workload("charmarr", "prowlarr", {})]}

test_by_juju_alone if {
	unread := prowlarr("charmarr", {"egress": testing.egress({"signs": ["relation"], "policies_unread": "kube.networkpolicies: not read"})})
	found := rule.violations with input as of(unread)
	testing.hits(found) == {["", "application", "prowlarr", ""]}
	some violation in found
	violation.state == "declared"
	count(rule.undecided) == 0 with input as of(unread)
}

test_by_kubernetes if {
	some violation in rule.violations with input as of(prowlarr("charmarr", effective))
	violation.state == "effective"
	contains(violation.message, "and no other NetworkPolicy")
}

test_undecided_where_policies_were_not_read if {
	unread := prowlarr("charmarr", object.union(effective, {"egress": testing.egress({"signs": ["containers"], "policies_unread": "kube.networkpolicies: not read"})}))
	count(rule.violations) == 0 with input as of(unread)
	count(rule.undecided) == 1 with input as of(unread)
}

test_silent_with_a_policy_by_hand if {
	app := prowlarr("charmarr", effective)
	count(rule.violations) == 0 with input as object.union(of(app), {"network_policies": [testing.policy("charmarr", "by-hand", {"selects": [app.id]})]})
	count(rule.violations) == 1 with input as object.union(of(app), {"network_policies": [testing.policy("charmarr", "by-hand", {"selects": [app.id], "egress": [testing.hole(1)]})]})
}

test_silent_on_what_is_told_elsewhere if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [prowlarr("charmarr-core", effective)]})
	count(rule.violations) == 0 with input as of(prowlarr("charmarr", object.union(effective, {"egress": testing.leak("")})))
	client := testing.application("charmarr", "qbittorrent", "download-client", {"egress": testing.egress({})})
	count(rule.violations) == 0 with input as testing.single({"applications": [client]})
}
