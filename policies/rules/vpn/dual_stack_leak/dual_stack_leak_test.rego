package rules.vpn.dual_stack_leak_test

import data.lib.testing
import data.rules.vpn.dual_stack_leak as rule

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress(fields)})

of(app) := testing.stack({"applications": [app], "cluster": testing.plugged("calico", "yes")})

open := {"ipv6": "yes", "ipv6_policies": "open", "policies": "open"}

test_nothing_but_a_route if {
	testing.hits(rule.violations) == {["", "application", "qbittorrent", ""]} with input as of(client(open))
}

test_silent_where_a_policy_or_the_cluster_has_no_ipv6 if {
	count(rule.violations) == 0 with input as of(client({"ipv6": "yes"}))
	count(rule.violations) == 0 with input as of(client(object.union(open, {"ipv6": "no"})))
	count(rule.undecided) == 0 with input as of(client(object.union(open, {"ipv6": "no"})))
	count(rule.violations) == 0 with input as of(client(object.union(open, {"signs": []})))
}

test_a_leak_is_told_elsewhere if {
	leaks := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": object.union(testing.leak(""), open)})
	count(rule.violations) == 0 with input as of(leaks)
}

missing(fields) := found if {
	found := {item.missing | some item in rule.undecided} with input as of(client(fields))
}

test_undecided_says_what_is_missing if {
	missing(object.union(open, {"ipv6": ""})) == {"kube.pods: whether pods of the cluster have IPv6 addresses is not known"}
	missing({"ipv6": "yes", "ipv6_policies": "unknown", "policies_unread": "kube.networkpolicies: not read"}) == {"kube.networkpolicies: not read"}
	count(missing({"ipv6": "yes", "ipv6_policies": "unknown"})) == 1
	unplugged := object.union(of(client({"ipv6": "yes", "ipv6_policies": "unknown"})), {"cluster": testing.plugged("", "")})
	some item in rule.undecided with input as unplugged
	startswith(item.missing, "kube.system: ")
}
