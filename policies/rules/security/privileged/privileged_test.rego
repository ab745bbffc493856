package rules.security.privileged_test

import data.lib.testing
import data.rules.security.privileged as rule

of(name, role, privileges) := testing.stack({"applications": [testing.application("charmarr-core", name, role, {"privileges": privileges})]})

made(container, fields) := testing.privilege("privileged", container, "", fields)

test_container if {
	found := rule.violations with input as of("plex", "media-server", [made("plex", {"list": "initContainers"})])
	testing.hits(found) == {["container", "application", "plex", ""]}
	some violation in found
	contains(violation.remediation[1], `"initContainers":[{"name":"plex"`)
}

test_silent_on_what_its_charm_makes if {
	count(rule.violations) == 0 with input as of("gluetun", "vpn-gateway", [made("gluetun", {"expected": "yes"})])
}

test_the_gateways_containers_are_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of("gluetun", "vpn-gateway", [made("gateway-sidecar", {})])
	count(rule.violations) == 1 with input as of("gluetun", "vpn-gateway", [made("gluetun-exporter", {})])
	count(rule.violations) == 1 with input as of("plex", "media-server", [made("gateway-sidecar", {})])
}

pid := testing.privilege("host-pid", "", "", {})

test_host_pid if {
	testing.hits(rule.violations) == {["host-pid", "application", "plex", ""]} with input as of("plex", "media-server", [pid])
}

net := testing.privilege("host-network", "", "", {})

test_host_network if {
	testing.hits(rule.violations) == {["host-network", "application", "plex", ""]} with input as of("plex", "media-server", [net])
	count(rule.violations) == 0 with input as of("sabnzbd", "download-client", [net])
}

test_host_pid_of_gateways_and_clients_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of("gluetun", "vpn-gateway", [pid])
	count(rule.violations) == 0 with input as of("sabnzbd", "download-client", [pid])
	behind := object.union(of("prowlarr", "indexer", [pid]), {"vpn_clients": [testing.vpn_client("charmarr-core", "prowlarr", [], {})]})
	count(rule.violations) == 0 with input as behind
}

test_undecided_on_a_charm_that_is_not_known if {
	unknown := of("plex", "media-server", [made("plex", {"expected": ""})])
	count(rule.violations) == 0 with input as unknown
	count(rule.undecided) == 1 with input as unknown
}

test_capabilities_are_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of("plex", "media-server", [testing.privilege("capability", "plex", "ALL", {})])
}
