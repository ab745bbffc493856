package rules.storage.group_test

import data.lib.testing
import data.rules.storage.group as rule

user(name, group, fields) := testing.media_user("core", name, object.union({"mounts": [testing.media_mount("core", name, {"group": group})]}, fields))

of(users) := testing.media([], users, [])

told := {"group": "1000", "group_by": "option pgid of storage is 1000"}

test_not_the_storages if {
	found := rule.violations with input as of([user("radarr", "1001", told)])
	testing.hits(found) == {["not-the-storages", "application", "radarr", ""]}
	some violation in found
	contains(violation.message, "option pgid of storage is 1000")
}

test_none_is_not_the_storages if {
	some violation in rule.violations with input as of([user("radarr", "", told)])
	contains(violation.message, "fsGroup none")
}

test_not_alike if {
	testing.hits(rule.violations) == {["not-alike", "application", "plex", ""]} with input as of([user("radarr", "1000", {}), user("sonarr", "1000", {}), user("plex", "1001", {})])
}

test_told_ones_are_compared_with_what_they_were_told if {
	count(rule.violations) == 0 with input as of([user("radarr", "1000", told), user("plex", "1001", {})])
}

test_silent if {
	count(rule.violations) == 0 with input as of([user("radarr", "1000", told), user("plex", "1000", told)])
	count(rule.violations) == 0 with input as of([user("radarr", "1001", object.union(told, {"leaving": true}))])
	unmounted := testing.media_user("core", "radarr", object.union(told, {"mounts": [testing.media_mount("core", "radarr", {"kind": "", "group": ""})]}))
	count(rule.violations) == 0 with input as of([unmounted])
}
