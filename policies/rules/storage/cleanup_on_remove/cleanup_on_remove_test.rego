package rules.storage.cleanup_on_remove_test

import data.lib.testing
import data.rules.storage.cleanup_on_remove as rule

of(storage, claim) := testing.media(
	[testing.media_storage("core", "storage", object.union({"backend": "storage-class", "cleanup": "yes"}, storage))],
	[testing.media_user("core", "radarr", {})],
	[testing.media_claim("core", ["radarr"], object.union({"storage": "core/storage"}, claim))],
)

hit(way, level) := {[way, "persistentvolumeclaim", "charmarr-shared-media", level]}

test_with_charm_by_policy if {
	found := rule.violations with input as of({}, {"reclaim": "Delete"})
	testing.hits(found) == hit("with-charm", "")
	some violation in found
	count(violation.remediation) == 2
	contains(violation.message, "cleanup-on-remove=true")
}

test_with_charm_by_default if {
	some violation in rule.violations with input as of({"cleanup_said": false}, {"reclaim": "Delete"})
	contains(violation.message, "is true unless it is set")
}

test_with_charm_where_the_volume_was_not_read if {
	unread := {"reclaim": "", "backing": {"kind": "storage-class", "server": "", "path": "nfs-csi"}}
	testing.hits(rule.violations) == hit("with-charm", "") with input as of({}, unread)
	count(rule.violations) == 0 with input as of({"cleanup": "no"}, unread)
}

test_with_claim_is_a_note if {
	testing.hits(rule.violations) == hit("with-claim", "note") with input as of({"cleanup": "no"}, {"reclaim": "Delete"})
	testing.hits(rule.violations) == hit("with-claim", "note") with input as of({}, {"reclaim": "Recycle", "storage": ""})
}

test_silent_where_the_data_stay if {
	count(rule.violations) == 0 with input as of({}, {"reclaim": "Retain"})
	count(rule.violations) == 0 with input as of({"backend": "native-nfs"}, {"reclaim": "Retain"})
	count(rule.violations) == 0 with input as of({"backend": "native-nfs"}, {"reclaim": ""})
}

test_undecided_where_nothing_behind_it_was_read if {
	unread := {"reclaim": "", "backing": {"kind": "", "server": "", "path": ""}}
	count(rule.undecided) == 1 with input as of({}, unread)
	count(rule.undecided) == 0 with input as of({}, object.union(unread, {"part": "downloads"}))
	count(rule.undecided) == 0 with input as of({}, {})
}
