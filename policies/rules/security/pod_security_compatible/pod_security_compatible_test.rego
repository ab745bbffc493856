package rules.security.pod_security_compatible_test

import data.lib.testing
import data.rules.security.pod_security_compatible as rule

namespace(value) := testing.namespace("charmarr-downloads", {"labels": [testing.fact("pod-security.kubernetes.io/enforce", value)]})

of(value, apps, clients) := testing.stack({"namespaces": [namespace(value)], "applications": apps, "vpn_clients": clients})

app(role, fields) := testing.application("charmarr-downloads", "app", role, fields)

client := testing.vpn_client("charmarr-downloads", "qbittorrent", [], {})

one := {["", "namespace", "charmarr-downloads", ""]}

test_baseline_refuses_gateways_clients_and_devices if {
	testing.hits(rule.violations) == one with input as of("baseline", [app("vpn-gateway", {})], [])
	testing.hits(rule.violations) == one with input as of("baseline", [], [client])
	testing.hits(rule.violations) == one with input as of("baseline", [app("media-server", {"privileges": [testing.privilege("host-path", "app", "/dev/dri", {"expected": "yes"})]})], [])
}

test_baseline_lets_others_in if {
	count(rule.violations) == 0 with input as of("baseline", [app("media-server", {})], [])
	count(rule.violations) == 0 with input as of("baseline", [app("vpn-gateway", {"life": "dying"})], [])
	count(rule.violations) == 0 with input as of("baseline", [], [object.union(client, {"leaving": true})])
	count(rule.violations) == 0 with input as of("baseline", [object.union(app("vpn-gateway", {}), {"namespace": "elsewhere"})], [])
}

test_restricted_refuses_everyone if {
	testing.hits(rule.violations) == one with input as of("restricted", [app("media-server", {})], [])
	count(rule.violations) == 0 with input as of("restricted", [app("", {})], [])
}

test_privileged_and_none if {
	count(rule.violations) == 0 with input as of("privileged", [app("vpn-gateway", {})], [client])
	unlabelled := object.union(of("privileged", [app("vpn-gateway", {})], []), {"namespaces": [testing.namespace("charmarr-downloads", {})]})
	count(rule.violations) == 0 with input as unlabelled
}
