package rules.relation.cross_model_peers_test

import data.lib.testing
import data.rules.relation.cross_model_peers as rule

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {})

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

sonarr := testing.application("charmarr-core", "sonarr", "media-manager", {})

joined(manager) := testing.relation("download-client", testing.end(client, "download-client"), testing.end(manager, "download-client"), {})

of(apps, relations) := testing.stack({
	"applications": apps,
	"relations": relations,
	"evidence": testing.evidence(["juju.relations"], ["charmarr-core", "charmarr-downloads"]),
})

test_one_finding_names_all_that_lack if {
	found := rule.violations with input as of([client, radarr, sonarr], [])
	testing.hits(found) == {["", "application", "qbittorrent", ""]}
	some violation in found
	contains(violation.message, "radarr")
	contains(violation.message, "sonarr")
	count(violation.remediation) == 6
}

test_fires_on_the_one_that_was_forgotten if {
	some violation in rule.violations with input as of([client, radarr, sonarr], [joined(radarr)])
	violation.remediation == [
		"juju offer charmarr-core.sonarr:download-client,require-cmr-mesh",
		"juju consume -m charmarr-downloads charmarr-core.sonarr",
		"juju integrate -m charmarr-downloads qbittorrent:download-client sonarr:download-client",
	]
}

test_fires_for_a_client_that_nobody_uses if {
	usenet := testing.application("charmarr-downloads", "sabnzbd", "download-client", {})
	testing.hits(rule.violations) == {["", "application", "sabnzbd", ""]} with input as of([client, usenet, radarr], [joined(radarr)])
}

test_fires_for_a_manager_that_no_client_serves if {
	testing.hits(rule.violations) == {["", "application", "qbittorrent", ""]} with input as of([client, radarr, sonarr], [joined(radarr)])
}

test_names_the_managers_with_their_models if {
	some violation in rule.violations with input as of([client, radarr, sonarr], [])
	contains(violation.message, `not related to "radarr" in model "charmarr-core" and "sonarr" in model "charmarr-core": `)
}

test_fires_on_a_relation_of_another_interface if {
	relation := testing.relation("crowsnest", testing.end(client, "crowsnest"), testing.end(radarr, "crowsnest"), {})
	count(rule.violations) == 1 with input as of([client, radarr], [relation])
}

test_fires_on_a_relation_to_nothing if {
	relation := testing.relation("download-client", testing.end(client, "download-client"), testing.unresolved("radarr"), {"resolved": "no"})
	count(rule.violations) == 1 with input as of([client, radarr], [relation])
}

test_silent_when_joined if {
	count(rule.violations) == 0 with input as of([client, radarr, sonarr], [joined(radarr), joined(sonarr)])
}

test_silent_on_a_client_that_has_to_move if {
	misplaced := testing.application("charmarr-core", "sabnzbd", "download-client", {})
	manager := testing.application("charmarr-downloads", "radarr", "media-manager", {})
	count(rule.violations) == 0 with input as of([misplaced, manager], [])
}

test_silent_within_a_model if {
	local := testing.application("charmarr-downloads", "radarr", "media-manager", {})
	count(rule.violations) == 0 with input as of([client, local], [])
}

test_silent_on_models_whose_relations_were_not_read if {
	stack := object.union(of([client, radarr], []), {"evidence": testing.evidence(["juju.relations"], ["charmarr-core"])})
	count(rule.violations) == 0 with input as stack
}

test_silent_on_what_kubernetes_alone_shows if {
	stack := of([testing.running("charmarr-downloads", "qbittorrent", "download-client", {}), radarr], [])
	count(rule.violations) == 0 with input as stack
}

test_undecided_on_a_relation_into_a_model_that_was_not_read if {
	relations := [
		testing.relation("download-client", testing.end(client, "download-client"), testing.unresolved("movies"), {"resolved": ""}),
		testing.relation("download-client", testing.unresolved("torrents"), testing.end(radarr, "download-client"), {"resolved": ""}),
	]
	undecided := {i |
		some i, relation in relations
		count(rule.violations) == 0 with input as of([client, radarr], [relation])
		count(rule.undecided) == 1 with input as of([client, radarr], [relation])
	}
	count(undecided) == 2
}

test_decided_where_nothing_lacks if {
	relation := testing.relation("download-client", testing.end(client, "download-client"), testing.unresolved("movies"), {"resolved": ""})
	count(rule.undecided) == 0 with input as of([client, radarr], [joined(radarr), relation])
}
