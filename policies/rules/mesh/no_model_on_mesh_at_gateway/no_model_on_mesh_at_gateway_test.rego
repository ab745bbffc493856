package rules.mesh.no_model_on_mesh_at_gateway_test

import data.lib.testing
import data.rules.mesh.no_model_on_mesh_at_gateway as rule

gluetun(mesh) := testing.application("gluetun", "gluetun", "vpn-gateway", {"mesh": mesh})

beacon(model, value) := testing.application(model, "beacon", "beacon", {"config_known": true, "config": [testing.fact("model-on-mesh", value)]})

of(apps) := testing.stack({"applications": apps})

test_fires_at_the_gateway if {
	found := rule.violations with input as of([gluetun(testing.unknown_mesh), beacon("gluetun", "true")])
	testing.hits(found) == {["", "application", "beacon", "error"]}
	some violation in found
	violation.at == "model-on-mesh=true"
	violation.state == "declared"
}

test_fires_on_true_in_other_letters if {
	count(rule.violations) == 1 with input as of([gluetun(testing.unknown_mesh), beacon("gluetun", "True")])
}

test_fires_at_a_tailscale_connector if {
	tailscale := testing.application("other", "tailscale", "tailscale", {})
	count(rule.violations) == 1 with input as of([tailscale, beacon("other", "true")])
}

test_milder_where_the_gateway_is_kept_out if {
	levels := {level |
		some way in ["none-label", "host-network", "no-label"]
		found := rule.violations with input as of([gluetun(testing.not_captured(way)), beacon("gluetun", "true")])
		some violation in found
		level := [way, violation.level]
	}
	levels == {["none-label", "warning"], ["host-network", "warning"], ["no-label", "error"]}
}

test_remediation_relates_the_others_one_by_one if {
	radarr := testing.application("gluetun", "radarr", "media-manager", {})
	some violation in rule.violations with input as of([gluetun(testing.unknown_mesh), radarr, beacon("gluetun", "true")])
	violation.remediation == [
		"juju config -m gluetun beacon model-on-mesh=false",
		"juju integrate -m gluetun radarr:service-mesh beacon:service-mesh",
	]
}

test_silent_on_false if {
	count(rule.violations) == 0 with input as of([gluetun(testing.unknown_mesh), beacon("gluetun", "false")])
}

test_silent_in_a_model_without_a_gateway if {
	count(rule.violations) == 0 with input as of([gluetun(testing.unknown_mesh), beacon("charmarr-core", "true")])
}

test_undecided_where_options_were_not_read if {
	app := testing.application("gluetun", "beacon", "beacon", {"config_known": false})
	found := rule.undecided with input as of([gluetun(testing.unknown_mesh), app])
	count(found) == 1
	some item in found
	startswith(item.missing, "juju.config@gateway: ")
}

test_decided_where_options_were_read if {
	app := testing.application("gluetun", "beacon", "beacon", {"config_known": true})
	count(rule.undecided) == 0 with input as of([gluetun(testing.unknown_mesh), app])
}
