package rules.relation.offer_direction_test

import data.lib.testing
import data.rules.relation.offer_direction as rule

endpoint(interface) := {"name": interface, "interface": interface, "role": "provider"}

offer(model, interface) := testing.offer(model, "app", "", {"endpoints": [endpoint(interface)]})

of(offers) := testing.stack({"offers": offers})

test_download_client_from_downloads_is_a_note if {
	testing.hits(rule.violations) == {["other-side", "offer", "app", "note"]} with input as of([offer("charmarr-downloads", "download-client")])
}

test_commands_turn_the_offer_round if {
	mine := testing.offer("charmarr-downloads", "qb", "", {"application": "qbittorrent", "endpoints": [endpoint("download-client")]})
	manager := testing.application("charmarr-core", "films", "media-manager", {})
	some violation in rule.violations with input as testing.stack({
		"models": [testing.model("charmarr-core")],
		"applications": [manager],
		"offers": [mine],
	})
	violation.remediation == [
		"juju offer charmarr-core.films:download-client,require-cmr-mesh",
		"juju consume -m charmarr-downloads charmarr-core.films",
		"juju integrate -m charmarr-downloads qbittorrent:download-client films:download-client",
		"juju remove-offer charmarr-downloads.qb  # once nothing is related through it",
	]
}

test_vpn_gateway_from_elsewhere_is_a_warning if {
	hit := {model |
		some model in ["charmarr-core", "charmarr-downloads"]
		testing.hits(rule.violations) == {["vpn-gateway", "offer", "app", "warning"]} with input as of([offer(model, "vpn-gateway")])
	}
	count(hit) == 2
}

test_another_interface_of_the_profile_is_a_warning if {
	stack := object.union(of([offer("charmarr-downloads", "media-storage")]), {"profile": {"offers": [{"interface": "media-storage", "part": "core", "endpoint": "media-storage"}]}})
	testing.hits(rule.violations) == {["other-side", "offer", "app", "warning"]} with input as stack
}

test_by_the_consumer_where_the_offer_was_not_read if {
	saas := testing.saas("charmarr-core", "qbittorrent", {"offer_model": "dl", "endpoints": [endpoint("download-client")]})
	testing.hits(rule.violations) == {["other-side", "saas", "qbittorrent", "note"]} with input as testing.stack({"saas": [saas]})
	count(rule.violations) == 0 with input as testing.stack({"saas": [object.union(saas, {"model_read": true})]})
}

test_silent_on_the_right_side if {
	count(rule.violations) == 0 with input as of([offer("charmarr-core", "download-client"), offer("gluetun", "vpn-gateway")])
}

test_silent_on_interfaces_without_a_side if {
	count(rule.violations) == 0 with input as of([offer("charmarr-downloads", "crowsnest")])
}

test_silent_on_models_of_no_part_and_single_models if {
	count(rule.violations) == 0 with input as of([offer("other", "download-client"), offer("charmarr", "vpn-gateway")])
}

test_silent_where_the_profile_names_no_side if {
	count(rule.violations) == 0 with input as testing.single({"offers": [offer("charmarr-downloads", "download-client")]})
}
