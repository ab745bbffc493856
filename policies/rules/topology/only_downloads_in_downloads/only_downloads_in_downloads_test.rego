package rules.topology.only_downloads_in_downloads_test

import data.lib.testing
import data.rules.topology.only_downloads_in_downloads as rule

downloads(name, role) := testing.application("charmarr-downloads", name, role, {})

test_fires_on_a_core_service if {
	testing.hits(rule.violations) == {["core-service", "application", "seerr", ""]} with input as testing.stack({"applications": [downloads("seerr", "requester")]})
}

test_fires_on_an_ingress_gateway if {
	testing.hits(rule.violations) == {["ingress-gateway", "application", "arr-gateway", ""]} with input as testing.stack({"applications": [downloads("arr-gateway", "ingress-gateway")]})
}

test_fires_on_a_gateway_object if {
	testing.hits(rule.violations) == {["ingress-gateway", "gateway", "arr-gateway", ""]} with input as testing.stack({"gateways": [testing.gateway("charmarr-downloads", "arr-gateway", {})]})
}

test_one_finding_for_application_and_gateway_object if {
	testing.hits(rule.violations) == {["ingress-gateway", "application", "arr-gateway", ""]} with input as testing.stack({
		"applications": [downloads("arr-gateway", "ingress-gateway")],
		"gateways": [testing.gateway("charmarr-downloads", "arr-gateway", {})],
	})
}

test_silent_on_what_belongs_or_may_be_there if {
	apps := [downloads(role, role) |
		some role in ["download-client", "vpn-gateway", "beacon", "storage", "crowsnest", ""]
	]
	count(rule.violations) == 0 with input as testing.stack({"applications": apps})
}

test_silent_on_a_waypoint if {
	gateway := testing.gateway("charmarr-downloads", "charmarr-downloads-beacon-waypoint", {"class": "istio-waypoint", "waypoint": true})
	count(rule.violations) == 0 with input as testing.stack({"gateways": [gateway]})
}

test_silent_on_a_gateway_of_another_class if {
	gateway := testing.gateway("charmarr-downloads", "web", {"class": "nginx"})
	count(rule.violations) == 0 with input as testing.stack({"gateways": [gateway]})
}

test_silent_in_core if {
	count(rule.violations) == 0 with input as testing.stack({
		"applications": [testing.application("charmarr-core", "seerr", "requester", {})],
		"gateways": [testing.gateway("charmarr-core", "arr-gateway", {})],
	})
}
