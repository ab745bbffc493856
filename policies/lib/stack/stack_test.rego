package lib.stack_test

import data.lib.stack
import data.lib.testing

test_core_model_falls_back_to_the_records_name if {
	stack.core_model == "charmarr-core" with input as testing.stack({})
	stack.downloads_model == "charmarr-downloads" with input as testing.stack({})
}

test_core_model_is_the_one_there_is if {
	stack.core_model == "charmarr" with input as testing.single({"models": [testing.model("charmarr")]})
	stack.downloads_model == "charmarr" with input as testing.single({"models": [testing.model("charmarr")]})
}

test_juju_state if {
	states := [stack.juju_state(predicted, state) |
		some [predicted, state] in [["planned", "effective"], ["declared", "planned"], ["", "planned"], ["", "effective"], ["effective", "declared"]]
	]
	states == ["planned", "declared", "planned", "declared", "declared"]
}

test_ingress_objects_are_istios_or_the_profiles if {
	gateways := [
		testing.gateway("charmarr-core", "a", {}),
		testing.gateway("charmarr-core", "b", {"class": "nginx", "profile_class": "arr"}),
		testing.gateway("charmarr-core", "c", {"class": "nginx"}),
		testing.gateway("charmarr-core", "d", {"class": "istio-waypoint", "waypoint": true}),
	]
	found := {gateway.name | some gateway in stack.ingress_objects} with input as testing.stack({"gateways": gateways})
	found == {"a", "b"}
}

test_path_has_the_owner_that_a_saas_says if {
	bobs := testing.saas("charmarr-downloads", "radarr", {"url": "prod:bob/charmarr-core.radarr", "offer_model": "charmarr-core"})
	stack.path("charmarr-core") == "prod:bob/charmarr-core" with input as testing.stack({"saas": [bobs]})
	stack.path("gluetun") == "gluetun" with input as testing.stack({"saas": [bobs]})
}

test_models_that_were_not_read_are_made_first if {
	stack.core_first == ["juju add-model charmarr-core  # once, where there is none"] with input as testing.stack({})
	stack.downloads_first == ["juju add-model charmarr-downloads  # once, where there is none"] with input as testing.stack({})
	both := testing.stack({"models": [testing.model("charmarr-core"), testing.model("charmarr-downloads")]})
	stack.core_first == [] with input as both
	stack.downloads_first == [] with input as both
}
