package rules.topology.download_client_in_downloads_test

import data.lib.testing
import data.rules.topology.download_client_in_downloads as rule

client(model) := testing.application(model, "qbittorrent", "download-client", {})

test_fires_everywhere_else if {
	models := ["charmarr-core", "gluetun", "other"]
	hits := {model |
		some model in models
		testing.hits(rule.violations) == {["", "application", "qbittorrent", ""]} with input as testing.stack({"applications": [client(model)]})
	}
	hits == {"charmarr-core", "gluetun", "other"}
}

test_names_the_downloads_model_there_is if {
	some violation in rule.violations with input as testing.stack({
		"models": [object.union(testing.model("charmarr-downloads"), {"name": "mine-downloads"})],
		"applications": [client("charmarr-core")],
	})
	violation.remediation[1] == "juju deploy -m mine-downloads qbittorrent-k8s qbittorrent --trust"
}

test_silent_in_downloads if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [client("charmarr-downloads")]})
}

test_silent_on_others_in_core if {
	app := testing.application("charmarr-core", "radarr", "media-manager", {})
	count(rule.violations) == 0 with input as testing.stack({"applications": [app]})
}

test_silent_under_a_single_model if {
	count(rule.violations) == 0 with input as testing.single({"applications": [client("charmarr")]})
}
