package lib.mesh_test

import data.lib.mesh
import data.lib.testing

beacons := testing.stack({"applications": [
	testing.application("charmarr-core", "b", "beacon", {}),
	testing.application("charmarr-core", "a", "beacon", {"config": [testing.fact("model-on-mesh", "true")]}),
]})

test_beacon_of_a_model if {
	mesh.beacon_of("charmarr-core") == "a" with input as beacons
	mesh.beacon_of("gluetun") == "beacon" with input as beacons
	mesh.beacon_first("charmarr-core") == [] with input as beacons
	count(mesh.beacon_first("gluetun")) == 1 with input as beacons
}

test_model_on_mesh if {
	found := mesh.model_on_mesh with input as beacons
	found == {"charmarr-core/a": {"model-on-mesh=true"}}
}

test_place_and_reason if {
	mesh.place("", "here") == "here"
	mesh.place("there", "here") == "there"
	mesh.reason("", "no-label") == "decided by no-label"
	mesh.reason("a fact", "no-label") == "a fact"
}

test_enrol_always_gives_one_answer if {
	ways := ["no-label", "none-label", "host-network", "sidecar", "ambient-off", "excluded-namespace", "no-relation", "", "anything"]
	answers := [commands |
		some way in ways
		some declared in ["yes", "no", ""]
		commands := mesh.enrol(way, declared, "charmarr-core", "radarr") with input as beacons
		commands != []
	]
	count(answers) == count(ways) * 3
}
