package rules.topology.gateway_own_namespace_test

import data.lib.testing
import data.rules.topology.gateway_own_namespace as rule

gluetun(model) := testing.application(model, "gluetun", "vpn-gateway", {})

neighbour(role, mesh) := testing.application("charmarr-downloads", "neighbour", role, {"mesh": mesh})

sharing(role, mesh) := testing.stack({"applications": [gluetun("charmarr-downloads"), neighbour(role, mesh)]})

test_error_beside_something_enrolled if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "error"]} with input as sharing("download-client", testing.captured("namespace-label"))
}

test_names_the_enrolled_neighbour if {
	some violation in rule.violations with input as sharing("download-client", testing.captured("namespace-label"))
	contains(violation.message, `"neighbour" is enrolled`)
	contains(violation.message, "model of its own")
}

test_commands_move_the_clients_with_it if {
	gateway := testing.application("charmarr-downloads", "vpnarr", "vpn-gateway", {"charm": "vpnarr"})
	client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {})
	some violation in rule.violations with input as testing.stack({
		"applications": [gateway, client],
		"relations": [testing.relation("vpn-gateway", testing.end(gateway, "vpn-gateway"), testing.end(client, "vpn-gateway"), {})],
	})
	violation.remediation == [
		"juju add-model gluetun  # where there is none yet",
		"juju deploy -m gluetun gluetun-k8s vpnarr --trust  # and configure it as the old one",
		"juju offer gluetun.vpnarr:vpn-gateway",
		"juju remove-application -m charmarr-downloads vpnarr  # its clients stay blocked until they are related anew",
		"juju consume -m charmarr-downloads gluetun.vpnarr",
		"juju integrate -m charmarr-downloads qbittorrent:vpn-gateway vpnarr:vpn-gateway",
	]
}

test_commands_clear_the_gateways_own_model if {
	stray := testing.application("gluetun", "sab", "download-client", {})
	beacon := testing.application("gluetun", "beacon", "beacon", {})
	some violation in rule.violations with input as testing.stack({
		"models": [testing.model("charmarr-core"), testing.model("charmarr-downloads"), testing.model("gluetun")],
		"applications": [gluetun("gluetun"), stray, beacon],
	})
	{command | some command in violation.remediation} == {
		"juju remove-application -m gluetun sab  # once it is deployed where it belongs",
		"juju remove-application -m gluetun beacon",
	}
	violation.at == beacon.at # the first of those who have to leave
}

test_commands_find_another_name_where_everything_is_in_model_gluetun if {
	some violation in rule.violations with input as testing.stack({"applications": [gluetun("gluetun"), testing.application("gluetun", "plex", "media-server", {})]})
	violation.remediation[0] == "juju add-model vpn-gateway  # where there is none yet"
}

test_warning_beside_something_surely_not_enrolled if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "warning"]} with input as sharing("download-client", testing.not_captured("no-label"))
}

test_error_where_juju_alone_says_that_it_is_not_enrolled if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "error"]} with input as sharing("download-client", testing.declared_mesh("no", "no-relation"))
}

test_error_where_nothing_is_known if {
	testing.hits(rule.violations) == {["", "application", "gluetun", "error"]} with input as sharing("download-client", testing.unknown_mesh)
}

test_warning_without_a_mesh if {
	stack := object.union(sharing("download-client", testing.unknown_mesh), {"profile": {"mesh": "off"}})
	testing.hits(rule.violations) == {["", "application", "gluetun", "warning"]} with input as stack
}

test_fires_beside_each_kind_of_neighbour if {
	roles := {role |
		some role in ["download-client", "media-manager", "ingress-gateway", "beacon", "control-plane", "storage", "crowsnest", ""]
		count(rule.violations) == 1 with input as sharing(role, testing.unknown_mesh)
	}
	roles == {"download-client", "media-manager", "ingress-gateway", "beacon"}
}

test_silent_alone if {
	stack := testing.stack({"applications": [gluetun("gluetun"), neighbour("download-client", testing.captured("namespace-label"))]})
	count(rule.violations) == 0 with input as stack
}

test_silent_under_a_single_model if {
	apps := [gluetun("charmarr"), testing.application("charmarr", "radarr", "media-manager", {"mesh": testing.captured("pod-label")})]
	count(rule.violations) == 0 with input as testing.single({"applications": apps})
}
