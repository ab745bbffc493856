package rules.storage.no_loopback_nfs_test

import data.lib.testing
import data.rules.storage.no_loopback_nfs as rule

claim(name_space, user, fields, backing) := object.union(testing.media_claim(name_space, [user], fields), {"backing": backing})

of(backing, nodes) := testing.media([], [testing.media_user("core", "radarr", {}), testing.media_user("downloads", "qbittorrent", {})], [
	claim("core", "radarr", {"nodes": nodes}, backing),
	claim("downloads", "qbittorrent", {"apart_from": "core/charmarr-shared-media"}, backing),
])

served := {"server_node": "node-1"}

test_one_finding_a_server if {
	found := rule.violations with input as of(served, [])
	testing.hits(found) == {["", "persistentvolumeclaim", "charmarr-shared-media", "warning"]}
	{violation.subject.namespace | some violation in found} == {"core"}
}

test_warning_where_its_users_run if {
	some violation in rule.violations with input as of(served, ["node-1", "node-2"])
	violation.level == "warning"
}

test_note_where_they_run_elsewhere if {
	some violation in rule.violations with input as of(served, ["node-2"])
	violation.level == "note"
}

test_silent if {
	count(rule.violations) == 0 with input as of({}, ["node-1"])
	count(rule.undecided) == 0 with input as of({}, ["node-1"])
}

test_undecided_on_a_name if {
	count(rule.violations) == 0 with input as of({"server_named": true}, [])
	count(rule.undecided) == 1 with input as of({"server_named": true}, [])
}
