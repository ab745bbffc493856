package rules.kill_switch.no_widening_policy_test

import data.lib.testing
import data.rules.kill_switch.no_widening_policy as rule

client(answer) := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": answer})

id := "charmarr-downloads/qbittorrent"

wide(fields) := testing.policy("charmarr-downloads", "allow-internet", object.union({"selects": [id], "egress": [testing.hole(1)]}, fields))

of(app, policy) := testing.stack({"applications": [app], "network_policies": [testing.kill_switch(app, {}), policy]})

quiet := client(testing.egress({}))

test_widened if {
	found := rule.violations with input as of(quiet, wide({}))
	testing.hits(found) == {["", "networkpolicy", "allow-internet", ""]}
	some violation in found
	contains(violation.message, `opens what the kill switch of "qbittorrent" closes`)
}

test_silent_on_policies_that_open_nothing if {
	count(rule.violations) == 0 with input as of(quiet, wide({"egress": []}))
	count(rule.violations) == 0 with input as of(quiet, wide({"selects": []}))
	count(rule.violations) == 0 with input as of(quiet, wide({"isolates": false}))
}

test_silent_without_a_kill_switch if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [quiet], "network_policies": [wide({})]})
}

test_a_leak_through_it_is_told_elsewhere if {
	count(rule.violations) == 0 with input as of(client(testing.leak("allow-internet")), wide({}))
}

foreign(namespace) := {"subject": testing.subject("networkpolicy", namespace, "x"), "state": "effective", "at": "x", "api_version": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "name": "x", "namespace": namespace}

test_undecided_beside_policies_of_another_api if {
	count(rule.undecided) == 1 with input as object.union(of(quiet, wide({"selects": []})), {"foreign_policies": [foreign("charmarr-downloads")]})
	count(rule.undecided) == 1 with input as object.union(of(quiet, wide({"selects": []})), {"foreign_policies": [foreign("")]})
	count(rule.undecided) == 0 with input as object.union(of(quiet, wide({"selects": []})), {"foreign_policies": [foreign("charmarr-core")]})
}

test_undecided_where_policies_may_be_missing if {
	unread := client(testing.egress({"policies_unread": "kube.networkpolicies: broken"}))
	count(rule.undecided) == 1 with input as of(unread, wide({"selects": []}))
}
