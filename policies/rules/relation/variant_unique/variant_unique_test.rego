package rules.relation.variant_unique_test

import data.lib.testing
import data.rules.relation.variant_unique as rule

manager(name, fields) := testing.application("charmarr-core", name, "media-manager", object.union({"charm": "radarr-k8s", "config_known": true}, fields))

storage(name) := testing.application("charmarr-core", name, "storage", {})

variant(value) := {"config": [testing.fact("variant", value)]}

on(name, app) := testing.relation("media-storage", testing.end(storage(name), "media-storage"), testing.end(app, "media-storage"), {})

of(a, b, stores) := testing.stack({"applications": [a, b], "relations": [on(stores[0], a), on(stores[1], b)]})

test_two_of_a_variant if {
	found := rule.violations with input as of(manager("radarr", {}), manager("radarr-4k", {}), ["disk", "disk"])
	testing.hits(found) == {["", "application", "radarr-4k", ""]}
}

test_said_and_default_are_the_same if {
	count(rule.violations) == 1 with input as of(manager("radarr", {}), manager("radarr-4k", variant("standard")), ["disk", "disk"])
}

test_silent_on_variants_of_their_own if {
	count(rule.violations) == 0 with input as of(manager("radarr", {}), manager("radarr-4k", variant("4k")), ["disk", "disk"])
}

test_silent_on_storages_of_their_own if {
	count(rule.violations) == 0 with input as of(manager("radarr", {}), manager("radarr-4k", {}), ["disk", "other"])
}

test_silent_on_other_charms if {
	sonarr := object.union(manager("sonarr", {}), {"charm": "sonarr-k8s"})
	count(rule.violations) == 0 with input as of(manager("radarr", {}), sonarr, ["disk", "disk"])
}

test_undecided_without_options if {
	unknown := of(manager("radarr", {}), manager("radarr-4k", {"config_known": false}), ["disk", "disk"])
	count(rule.violations) == 0 with input as unknown
	count(rule.undecided) == 1 with input as unknown
}
