package rules.kill_switch.dns_only_kube_system_test

import data.lib.testing
import data.rules.kill_switch.dns_only_kube_system as rule

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"egress": testing.egress({})})

of(fields) := testing.stack({"applications": [client], "network_policies": [testing.kill_switch(client, {"egress": [testing.egress_rule(1, fields)]})]})

name := "qbittorrent-vpn-killswitch"

test_other_namespaces if {
	peers := [
		testing.pod_peer(["proxies"], {}),
		testing.pod_peer(["kube-system", "proxies"], {}),
		testing.pod_peer([], {"namespaces": "all"}),
		testing.pod_peer([], {"namespaces": "", "pod_labels": "app=proxy"}),
		testing.pod_peer([], {"namespaces": "a=b", "pod_labels": "app=proxy"}),
	]
	found := [peer |
		some peer in peers
		testing.hits(rule.violations) == {["namespaces", "networkpolicy", name, ""]} with input as of({"pods": [peer]})
	]
	found == peers
}

test_words_for_whom if {
	some violation in rule.violations with input as of({"pods": [testing.pod_peer([], {"namespaces": "", "pod_labels": "all"})]})
	contains(violation.message, "the pods of its own namespace (all)")
	some other in rule.violations with input as of({"pods": [testing.pod_peer([], {"namespaces": "all", "pod_labels": "app=proxy"})]})
	contains(other.message, "pods (app=proxy) of other namespaces (all)")
}

test_other_ports if {
	testing.hits(rule.violations) == {["ports", "networkpolicy", name, ""]} with input as of({"pods": [testing.pod_peer(["kube-system"], {})], "only_dns": false})
}

test_silent_on_dns_and_on_ranges if {
	count(rule.violations) == 0 with input as of({"pods": [testing.pod_peer(["kube-system"], {})]})
	count(rule.violations) == 0 with input as of({"pods": [], "only_dns": false})
}
