package rules.vpn.dns_privacy_test

import data.lib.testing
import data.rules.vpn.dns_privacy as rule

of(known, upstreams, clients) := testing.stack({"vpn_clients": clients, "cluster": {"nodes": [], "namespaces": [], "dns": {
	"addresses": [], "at": "", "corefile_known": known, "corefile_at": "Corefile", "upstreams": upstreams,
}}})

clients := [testing.vpn_client("downloads", name, [], {}) | some name in ["qbittorrent", "sabnzbd"]]

resolver(to, kind, public) := {"to": to, "kind": kind, "public": public}

test_by_upstream if {
	told := {upstream.to |
		some upstream in [
			resolver("/etc/resolv.conf", "file", false), resolver("8.8.8.8", "address", true), resolver("192.168.1.1", "address", false),
			resolver("tls://9.9.9.9", "tls", false), resolver("resolver", "other", false),
		]
		testing.hits(rule.violations) == {["", "configmap", "coredns", ""]} with input as of(true, [upstream], clients)
	}
	told == {"/etc/resolv.conf", "8.8.8.8"}
}

test_message_names_all if {
	some violation in rule.violations with input as of(true, [resolver("/etc/resolv.conf", "file", false), resolver("8.8.8.8", "address", true)], clients)
	contains(violation.message, "CoreDNS asks 8.8.8.8 and the node's resolvers (/etc/resolv.conf) in the clear")
	contains(violation.message, "indexers \"qbittorrent\" and \"sabnzbd\" look up")
}

test_silent_without_clients if {
	count(rule.violations) == 0 with input as of(true, [resolver("8.8.8.8", "address", true)], [])
	count(rule.undecided) == 0 with input as of(false, [], [])
}

test_undecided_where_it_was_not_read if {
	count(rule.undecided) == 1 with input as of(false, [], clients)
	count(rule.undecided) == 0 with input as of(true, [], clients)
}
