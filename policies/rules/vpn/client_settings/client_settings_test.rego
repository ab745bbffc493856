package rules.vpn.client_settings_test

import data.lib.testing
import data.rules.vpn.client_settings as rule

cluster := {"nodes": [], "namespaces": [], "dns": {
	"addresses": ["10.152.183.10"], "at": "kube-dns", "corefile_known": false, "corefile_at": "", "upstreams": [],
}}

gateway(fields) := testing.vpn_gateway("gluetun", "gluetun", object.union({"settings": testing.vpn_settings("gluetun", "gluetun", {})}, fields))

client(settings) := testing.vpn_client("downloads", "qbittorrent", ["gluetun/gluetun"], {"settings_named": true, "settings": settings})

with_gateway(settings, gateway_fields) := testing.stack({
	"vpn_clients": [client(settings)], "vpn_gateways": [gateway(gateway_fields)], "cluster": cluster,
	"evidence": testing.evidence(["kube.configmaps"], ["downloads"]),
})

settings(fields) := testing.vpn_settings("downloads", "qbittorrent", fields)

of(fields) := with_gateway(settings(fields), {})

test_silent_where_all_fits if {
	count(rule.violations) == 0 with input as of({})
	count(rule.undecided) == 0 with input as of({})
}

test_ways if {
	hits := [testing.hits(found) |
		some fields in [
			{"problem": "line 2: a quote is not closed"},
			{"networks": object.union(testing.networks("10.1.0.0/16"), {"raw": "10.1.0.0/16,10.2.0.0/16"})},
			{"dns": ["10.96.0.10"]},
			{"dns": []},
			{"dns": ["10.96.0.10", "10.152.183.10"]},
			{"vxlan_id": "43"},
			{"vxlan_prefix": "172.17.0"},
		]
		found := rule.violations with input as of(fields)
	]
	hits == [hit("unreadable"), hit("separator"), hit("dns"), hit("dns"), hit("dns"), hit("overlay"), hit("overlay")]
}

hit(way) := {[way, "application", "qbittorrent", ""]}

test_what_is_no_network_where_the_option_was_not_read if {
	entries := [testing.cidr("10.1.0.0/16", {"text": "10.1.0.7/16", "problem": "has host bits set (the network is 10.1.0.0/16)"})]
	bad := settings({"networks": object.union(testing.networks("10.1.0.7/16"), {"entries": entries})})
	count(rule.violations) == 0 with input as with_gateway(bad, {})
	testing.hits(rule.violations) == hit("network") with input as with_gateway(bad, {"networks_from": "settings"})
	testing.hits(rule.violations) == hit("network") with input as testing.stack({"vpn_clients": [object.union(client(bad), {"gateways": []})], "cluster": cluster})
}

test_missing_only_where_configmaps_were_read if {
	gone := testing.vpnsettings_default
	stack := with_gateway(gone, {})
	testing.hits(rule.violations) == hit("missing") with input as stack
	count(rule.violations) == 0 with input as object.union(stack, {"evidence": []})
	count(rule.violations) == 0 with input as object.union(stack, {"vpn_clients": [testing.vpn_client("downloads", "qbittorrent", [], {})]})
}

test_overlay_is_that_of_the_gateways_pods_before_its_option if {
	same := {"settings": testing.vpn_settings("gluetun", "gluetun", {"vxlan_id": "43"}), "vxlan": [testing.vxlan_number("42"), testing.vxlan_number("43")]}
	count(rule.violations) == 0 with input as with_gateway(settings({"vxlan_id": "43"}), same)
	count(rule.violations) == 1 with input as with_gateway(settings({"vxlan_id": "42"}), same)
	unread := {"settings": testing.vpnsettings_default}
	count(rule.violations) == 0 with input as with_gateway(settings({}), unread)
	count(rule.violations) == 1 with input as with_gateway(settings({"vxlan_id": "43"}), unread)
}

test_the_gateway_is_mended_first if {
	some violation in rule.violations with input as of({"dns": ["10.96.0.10"]})
	violation.remediation == [
		"juju exec -m gluetun --unit gluetun/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'",
		"juju exec -m downloads --unit qbittorrent/leader 'JUJU_DISPATCH_PATH=hooks/update-status ./dispatch'",
	]
}

test_undecided_without_the_clusters_dns if {
	stack := object.union(of({"dns": ["10.96.0.10"]}), {"cluster": testing.cluster_default})
	count(rule.violations) == 0 with input as stack
	count(rule.undecided) == 1 with input as stack
}

test_undecided_without_the_gateways_number if {
	count(rule.undecided) == 1 with input as with_gateway(settings({}), {"vxlan": [], "settings": testing.vpnsettings_default})
	lone := testing.stack({"vpn_clients": [object.union(client(settings({})), {"gateways": []})], "cluster": cluster})
	some item in rule.undecided with input as lone
	contains(item.missing, "of the gateway,")
}
