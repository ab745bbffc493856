package rules.storage.claim_in_namespace_test

import data.lib.testing
import data.rules.storage.claim_in_namespace as rule

users := [testing.media_user("downloads", "qbittorrent", {}), testing.media_user("core", "radarr", {})]

storage := testing.media_storage("core", "storage", {})

of(fields) := testing.media([storage], users, [testing.media_claim("core", ["radarr"], {}), testing.media_claim("downloads", ["qbittorrent"], object.union({"apart_from": "core/charmarr-shared-media"}, fields))])

hit(way, level) := {[way, "persistentvolumeclaim", "charmarr-shared-media", level]}

test_missing if {
	found := rule.violations with input as of({"found": "no", "volume": "", "phase": "", "volume_found": ""})
	testing.hits(found) == hit("missing", "")
	some violation in found
	count(violation.remediation) == 2
	contains(violation.message, "qbittorrent")
}

test_missing_where_the_storage_is_has_it_make_it_again if {
	found := rule.violations with input as of({"found": "no", "volume": "", "phase": "", "volume_found": "", "storage": "core/storage"})
	some violation in found
	violation.remediation == ["juju exec -m core --unit storage/leader -- env JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"]
}

test_no_volume if {
	testing.hits(rule.violations) == hit("no-volume", "") with input as of({"volume_found": "no", "phase": "Pending"})
}

test_lost_is_told_once if {
	testing.hits(rule.violations) == hit("lost", "") with input as of({"volume_found": "no", "phase": "Lost"})
}

test_pending if {
	testing.hits(rule.violations) == hit("pending", "warning") with input as of({"volume": "", "volume_found": "", "phase": "Pending"})
}

test_a_volume_that_another_has_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of({"phase": "Pending", "held_by": "core/charmarr-shared-media"})
}

test_silent_when_bound if {
	count(rule.violations) == 0 with input as of({})
	count(rule.undecided) == 0 with input as of({})
}

test_silent_on_a_claim_that_nobody_mounts if {
	count(rule.violations) == 0 with input as of({"users": [], "found": "no"})
}

test_undecided_in_a_model_that_no_need_names if {
	elsewhere := of({"found": "", "part": ""})
	count(rule.violations) == 0 with input as elsewhere
	count(rule.undecided) == 1 with input as elsewhere
	count(rule.undecided) == 0 with input as of({"found": ""})
}
