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

qbittorrent := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"mesh_endpoints": ["download-client"]})

radarr := testing.application("charmarr-core", "radarr", "media-manager", {"mesh_endpoints": ["media-manager"]})

b := testing.application("charmarr-downloads", "beacon", "beacon", {})

meshed := testing.relation("service_mesh", testing.end(b, "service-mesh"), testing.end(qbittorrent, "service-mesh"), {})

through(end, name) := object.union(end, {"saas": name})

# The download client stands in the model that consumes the manager's offer.
consuming := testing.relation("download-client", testing.end(qbittorrent, "download-client"), through(testing.end(radarr, "download-client"), "radarr"), {"model": "charmarr-downloads"})

told(saas) := testing.relation("cross_model_mesh", testing.end(qbittorrent, "provide-cmr-mesh"), through(testing.end(radarr, "require-cmr-mesh"), saas), {"model": "charmarr-downloads"})

# The manager stands in the model that consumes the download client's offer.
offered := testing.relation("download-client", through(testing.end(qbittorrent, "download-client"), "qb"), testing.end(radarr, "download-client"), {"model": "charmarr-core"})

offered_told := testing.relation("cross_model_mesh", through(testing.end(qbittorrent, "provide-cmr-mesh"), "qb2"), testing.end(radarr, "require-cmr-mesh"), {"model": "charmarr-core"})

related_stack(relations) := testing.stack({"applications": [qbittorrent, radarr, b], "relations": relations})

test_related_is_to_a_beacon_of_the_same_model if {
	mesh.related == {"charmarr-downloads/qbittorrent"} with input as related_stack([meshed])
	elsewhere := testing.relation("service_mesh", testing.end(b, "service-mesh"), testing.end(radarr, "service-mesh"), {})
	mesh.related == set() with input as related_stack([elsewhere])
}

test_nameless_without_a_companion if {
	count(mesh.nameless) == 1 with input as related_stack([meshed, consuming])
	count(mesh.nameless) == 1 with input as related_stack([meshed, offered])
}

test_an_offer_that_nobody_knows_tells_no_names if {
	unsaid := {"saas": [testing.saas("charmarr-downloads", "radarr", {"url": ""})]}
	count(mesh.nameless) == 0 with input as object.union(related_stack([meshed, consuming]), unsaid)
}

test_named_by_a_companion if {
	count(mesh.nameless) == 0 with input as related_stack([meshed, consuming, told("radarr")])
	count(mesh.nameless) == 0 with input as related_stack([meshed, offered, offered_told])
}

test_a_companion_through_another_saas_names_nobody if {
	count(mesh.nameless) == 1 with input as related_stack([meshed, consuming, told("radarr-2")])
}

test_a_companion_the_other_way_round_names_nobody if {
	wrong := testing.relation("cross_model_mesh", through(testing.end(radarr, "provide-cmr-mesh"), "radarr"), testing.end(qbittorrent, "require-cmr-mesh"), {"model": "charmarr-downloads"})
	count(mesh.nameless) == 1 with input as related_stack([meshed, consuming, wrong])
}

test_who_is_no_part_of_the_mesh_needs_no_names if {
	count(mesh.nameless) == 0 with input as related_stack([consuming])
}

test_an_endpoint_that_lets_nobody_in_needs_no_names if {
	other := testing.relation("media-storage", testing.end(qbittorrent, "media-storage"), through(testing.end(radarr, "media-storage"), "radarr"), {"model": "charmarr-downloads"})
	count(mesh.nameless) == 0 with input as related_stack([meshed, other])
}

test_managed_and_denies if {
	policies := [testing.authorization_policy("m", "a", [], {}), testing.authorization_policy("m", "b", [], {"labels": []})]
	mesh.managed == {["m", "a"]} with input as testing.stack({"authorization_policies": policies})
	mesh.denies with input as testing.stack({"cluster": {"hardened": {"on": "yes"}}})
	not mesh.denies with input as testing.stack({"cluster": {"hardened": {"on": "no"}}})
}
