package rules.storage.mounted_at_data_test

import data.lib.testing
import data.rules.storage.mounted_at_data as rule

of(fields, mount) := object.union(
	testing.media([], [testing.media_user("core", "radarr", object.union({"mounts": [testing.media_mount("core", "radarr", mount)]}, fields))], []),
	{"applications": [testing.application("core", "radarr", "media-manager", {"trust": "yes"})]},
)

hit(way) := {[way, "application", "radarr", ""]}

bare := {"kind": "", "source": "", "path": ""}

test_not_mounted if {
	found := rule.violations with input as of({}, bare)
	testing.hits(found) == hit("not-mounted")
	some violation in found
	count(violation.remediation) == 1
}

test_not_mounted_without_trust if {
	untrusted := object.union(of({}, bare), {"applications": [testing.application("core", "radarr", "media-manager", {})]})
	some violation in rule.violations with input as untrusted
	violation.remediation[0] == "juju trust -m core radarr --scope=cluster  # without it the charm cannot change its pods"
}

test_one_that_is_not_related_is_told_of_elsewhere if {
	count(rule.violations) == 0 with input as of({"related": "no"}, bare)
	count(rule.undecided) == 0 with input as of({"related": "no"}, bare)
}

test_undecided_where_relations_were_not_read if {
	count(rule.violations) == 0 with input as of({"related": ""}, bare)
	count(rule.undecided) == 1 with input as of({"related": ""}, bare)
}

test_other_container if {
	found := rule.violations with input as of({}, {"path": "", "others": ["scraparr"]})
	testing.hits(found) == hit("other-container")
	some violation in found
	contains(violation.message, "scraparr")
	testing.hits(rule.violations) == hit("other-container") with input as of({"related": ""}, {"path": ""})
}

test_other_path if {
	testing.hits(rule.violations) == hit("other-path") with input as of({}, {"path": "/media"})
	count(rule.violations) == 0 with input as of({"path": "/media"}, {"path": "/media"})
}

test_silent if {
	count(rule.violations) == 0 with input as of({}, {})
	count(rule.violations) == 0 with input as of({"leaving": true}, bare)
	count(rule.violations) == 0 with input as of({"container": ""}, {"path": ""})
	count(rule.violations) == 0 with input as of({"mounts": []}, {})
}
