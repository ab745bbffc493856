package rules.topology.no_vpn_in_core_test

import data.lib.testing
import data.rules.topology.no_vpn_in_core as rule

gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {})

app(model, role) := testing.application(model, "prowlarr", role, {})

related(client) := testing.relation("vpn-gateway", testing.end(gluetun, "vpn-gateway"), testing.end(client, "vpn-gateway"), {})

routed := testing.workload("charmarr-core", "prowlarr", {"init_containers": [testing.container("vpn-route-init")]})

test_fires_on_a_relation if {
	client := app("charmarr-core", "indexer")
	some violation in rule.violations with input as testing.stack({"applications": [client, gluetun], "relations": [related(client)]})
	violation.subject.name == "prowlarr"
	violation.remediation == ["juju remove-relation -m charmarr-core prowlarr:vpn-gateway gluetun"]
}

test_remediation_names_the_saas if {
	client := app("charmarr-core", "indexer")
	provider := object.union(testing.end(gluetun, "vpn-gateway"), {"saas": "vpn"})
	relation := testing.relation("vpn-gateway", provider, testing.end(client, "vpn-gateway"), {})
	some violation in rule.violations with input as testing.stack({"applications": [client, gluetun], "relations": [relation]})
	violation.remediation == ["juju remove-relation -m charmarr-core prowlarr:vpn-gateway vpn"]
}

test_fires_on_a_relation_whose_sides_are_not_known if {
	client := app("charmarr-core", "indexer")
	relation := testing.relation("vpn-gateway", testing.end(client, "vpn-gateway"), testing.end(gluetun, "vpn-gateway"), {"sides_known": false})
	testing.hits(rule.violations) == {["", "application", "prowlarr", ""]} with input as testing.stack({"applications": [client, gluetun], "relations": [relation]})
}

test_fires_on_an_init_container if {
	client := testing.running("charmarr-core", "prowlarr", "indexer", {"workloads": [routed]})
	testing.hits(rule.violations) == {["", "application", "prowlarr", ""]} with input as testing.stack({"applications": [client]})
}

test_one_finding_for_relation_and_container if {
	client := object.union(app("charmarr-core", "indexer"), {"workloads": [routed]})
	testing.hits(rule.violations) == {["", "application", "prowlarr", ""]} with input as testing.stack({"applications": [client, gluetun], "relations": [related(client)]})
}

test_fires_on_the_core_of_a_single_model if {
	client := app("charmarr", "indexer")
	count(rule.violations) == 1 with input as testing.single({"applications": [client, gluetun], "relations": [related(client)]})
}

test_a_download_client_in_core_is_moved_with_its_gateway if {
	client := app("charmarr-core", "download-client")
	some violation in rule.violations with input as testing.stack({"applications": [client, gluetun], "relations": [related(client)]})
	violation.remediation == [
		"juju add-model charmarr-downloads  # once, where there is none",
		"juju deploy -m charmarr-downloads prowlarr-k8s prowlarr --trust  # and relate it to the VPN gateway there",
		"juju remove-application -m charmarr-core prowlarr",
	]
}

test_silent_on_a_download_client_in_a_single_model if {
	client := app("charmarr", "download-client")
	count(rule.violations) == 0 with input as testing.single({"applications": [client, gluetun], "relations": [related(client)]})
}

test_silent_outside_core if {
	client := app("charmarr-downloads", "indexer")
	count(rule.violations) == 0 with input as testing.stack({"applications": [client, gluetun], "relations": [related(client)]})
}

test_silent_on_other_relations if {
	client := app("charmarr-core", "indexer")
	relation := testing.relation("crowsnest", testing.end(gluetun, "crowsnest"), testing.end(client, "crowsnest"), {})
	count(rule.violations) == 0 with input as testing.stack({"applications": [client, gluetun], "relations": [relation]})
}

test_silent_on_another_init_container if {
	workload := testing.workload("charmarr-core", "prowlarr", {"init_containers": [testing.container("charm-init")]})
	client := testing.running("charmarr-core", "prowlarr", "indexer", {"workloads": [workload]})
	count(rule.violations) == 0 with input as testing.stack({"applications": [client]})
}
