package rules.storage.one_filesystem_test

import data.lib.testing
import data.rules.storage.one_filesystem as rule

of(storages, fields) := testing.media(
	storages,
	[testing.media_user("core", "radarr", {}), testing.media_user("downloads", "qbittorrent", {})],
	[testing.media_claim("core", ["radarr"], {}), testing.media_claim("downloads", ["qbittorrent"], object.union({"apart_from": "core/charmarr-shared-media (NFS)"}, fields))],
)

test_apart if {
	found := rule.violations with input as of([], {"apart": "yes"})
	testing.hits(found) == {["", "persistentvolumeclaim", "charmarr-shared-media", ""]}
	some violation in found
	violation.remediation[0] == "juju scale-application -m downloads qbittorrent 0"
	violation.remediation[1] == "kubectl -n downloads delete persistentvolumeclaim charmarr-shared-media  # once what only this volume holds has been copied over"
	violation.remediation[4] == "juju scale-application -m downloads qbittorrent 1"
}

test_a_storage_of_its_own_goes_first if {
	some violation in rule.violations with input as of([testing.media_storage("downloads", "disk", {})], {"apart": "yes"})
	violation.remediation[2] == "juju remove-application -m downloads disk"
}

test_silent_together if {
	count(rule.violations) == 0 with input as of([], {})
	count(rule.undecided) == 0 with input as of([], {})
}

test_silent_on_a_claim_that_nobody_mounts if {
	count(rule.violations) == 0 with input as of([], {"apart": "yes", "users": []})
}

test_undecided if {
	count(rule.violations) == 0 with input as of([], {"apart": ""})
	count(rule.undecided) == 1 with input as of([], {"apart": ""})
}
