package rules.kill_switch.enforced_by_cni_test

import data.lib.testing
import data.rules.kill_switch.enforced_by_cni as rule

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress({})})

of(name, enforces) := testing.stack({"applications": [client], "cluster": testing.plugged(name, enforces)})

test_not_enforced if {
	found := rule.violations with input as of("flannel", "no")
	testing.hits(found) == {["", "workload", "flannel", ""]}
}

test_silent_where_it_is_or_nobody_counts_on_it if {
	count(rule.violations) == 0 with input as of("calico", "yes")
	count(rule.undecided) == 0 with input as of("calico", "yes")
	count(rule.violations) == 0 with input as object.union(of("flannel", "no"), {"applications": []})
}

test_undecided if {
	some item in rule.undecided with input as of("", "")
	contains(item.missing, "no network plugin that is known was found")
	some other in rule.undecided with input as of("aws-node", "")
	contains(other.missing, "whether it enforces NetworkPolicies is not known")
	count(rule.undecided) == 0 with input as object.union(of("", ""), {"applications": []})
}
