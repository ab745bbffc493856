package rules.storage.access_mode_test

import data.lib.testing
import data.rules.storage.access_mode as rule

of(nodes, fields) := testing.media(
	[testing.media_storage("core", "storage", {})],
	[testing.media_user("core", "radarr", {}), testing.media_user("core", "plex", {})],
	[testing.media_claim("core", ["plex", "radarr"], object.union({"cluster_nodes": count(nodes)}, fields))],
)

hit(way, level) := {[way, "persistentvolumeclaim", "charmarr-shared-media", level]}

once := {"modes": ["ReadWriteOnce"]}

test_several_nodes if {
	testing.hits(rule.violations) == hit("several-nodes", "") with input as of(["a", "b"], object.union(once, {"nodes": ["a", "b"]}))
	testing.hits(rule.violations) == hit("several-nodes", "") with input as of([], object.union(once, {"nodes": ["a", "b"]}))
}

test_pinned if {
	testing.hits(rule.violations) == hit("pinned", "note") with input as of(["a", "b"], object.union(once, {"nodes": ["a"]}))
}

test_silent_on_one_node if {
	count(rule.violations) == 0 with input as of(["a"], object.union(once, {"nodes": ["a"]}))
	count(rule.undecided) == 0 with input as of(["a"], object.union(once, {"nodes": ["a"]}))
}

test_silent_where_all_may_write if {
	count(rule.violations) == 0 with input as of(["a", "b"], {"modes": ["ReadWriteOnce", "ReadWriteMany"], "nodes": ["a", "b"]})
}

test_one_pod if {
	testing.hits(rule.violations) == hit("one-pod", "") with input as of(["a"], {"modes": ["ReadWriteOncePod"]})
	count(rule.violations) == 0 with input as of(["a"], {"modes": ["ReadWriteOncePod"], "users": ["core/radarr"]})
}

test_read_only if {
	testing.hits(rule.violations) == hit("read-only", "") with input as of(["a"], {"modes": ["ReadOnlyMany"]})
}

test_remediation_names_the_storage if {
	some violation in rule.violations with input as of(["a"], {"modes": ["ReadOnlyMany"], "storage": "core/storage"})
	contains(violation.remediation[1], "juju config -m core storage access-mode=ReadWriteMany")
}

test_undecided_without_modes_or_nodes if {
	count(rule.undecided) == 1 with input as of(["a"], {"modes": []})
	count(rule.undecided) == 1 with input as of([], once)
}
