package rules.topology.core_service_in_core_test

import data.lib.testing
import data.rules.topology.core_service_in_core as rule

radarr(model) := testing.application(model, "radarr", "media-manager", {})

test_fires_in_downloads_and_gateway if {
	fired := {model |
		some model in ["charmarr-downloads", "gluetun"]
		testing.hits(rule.violations) == {["", "application", "radarr", ""]} with input as testing.stack({"applications": [radarr(model)]})
	}
	count(fired) == 2
}

test_fires_on_each_role_of_the_core if {
	apps := [testing.application("charmarr-downloads", role, role, {}) |
		some role in ["media-manager", "indexer", "challenge-solver", "requester", "media-server"]
	]
	count(rule.violations) == 5 with input as testing.stack({"applications": apps})
}

test_fires_on_what_kubernetes_alone_shows if {
	app := testing.running("charmarr-downloads", "radarr", "media-manager", {})
	some violation in rule.violations with input as testing.stack({"applications": [app]})
	violation.state == "effective"
	violation.remediation == [
		"juju add-model charmarr-core  # once, where there is none",
		"juju deploy -m charmarr-core radarr-k8s radarr --trust",
		"juju remove-application -m charmarr-downloads radarr",
	]
}

test_a_core_that_was_read_is_not_made if {
	some violation in rule.violations with input as testing.stack({"models": [testing.model("charmarr-core")], "applications": [radarr("charmarr-downloads")]})
	count(violation.remediation) == 2
}

test_silent_in_core if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [radarr("charmarr-core")]})
}

test_silent_in_a_model_of_no_part if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [radarr("other")]})
}

test_silent_on_other_roles if {
	apps := [testing.application("charmarr-downloads", role, role, {}) |
		some role in ["download-client", "vpn-gateway", "beacon", "storage", ""]
	]
	count(rule.violations) == 0 with input as testing.stack({"applications": apps})
}

test_silent_under_a_single_model if {
	count(rule.violations) == 0 with input as testing.single({"applications": [radarr("charmarr")]})
}
