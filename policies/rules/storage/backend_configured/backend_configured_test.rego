package rules.storage.backend_configured_test

import data.lib.testing
import data.rules.storage.backend_configured as rule

of(fields) := testing.media([testing.media_storage("core", "storage", fields)], [], [])

hit(way) := {[way, "application", "storage", ""]}

test_unset if {
	testing.hits(rule.violations) == hit("unset") with input as of({"backend": ""})
}

test_incomplete if {
	found := rule.violations with input as of({"missing": ["nfs-server", "nfs-path"]})
	testing.hits(found) == hit("incomplete")
	some violation in found
	violation.remediation == ["juju config -m core storage nfs-server=… nfs-path=…"]
}

test_refused if {
	found := rule.violations with input as of({"refused": [{"option": "size", "value": "8TB", "reason": "no", "at": "size"}]})
	testing.hits(found) == hit("refused")
	some violation in found
	violation.remediation == ["juju config -m core storage size=2Ti"]
}

test_changed if {
	change := {"option": "nfs-path", "value": "/a", "at": "a", "found": "/b", "found_at": "b", "object": "PersistentVolume x"}
	found := rule.violations with input as of({"changed": [change]})
	testing.hits(found) == hit("changed")
	some violation in found
	violation.state == "effective"
}

test_silent if {
	count(rule.violations) == 0 with input as of({})
	count(rule.violations) == 0 with input as of({"backend": "", "leaving": true})
}

test_undecided_without_options_or_claim if {
	unread := {"options_known": false, "backend": ""}
	count(rule.violations) == 0 with input as of(unread)
	count(rule.undecided) == 1 with input as of(unread)
	count(rule.undecided) == 0 with input as testing.media([testing.media_storage("core", "storage", unread)], [], [testing.media_claim("core", [], {"storage": "core/storage"})])
}

local(nodes, fields) := testing.media([], [testing.media_user("core", "radarr", {})], [object.union(
	object.remove(testing.media_claim("core", ["radarr"], object.union({"cluster_nodes": count(nodes)}, fields)), ["backing"]),
	{"backing": testing.host_path("/srv/media")},
)])

on_claim(level) := {["several-nodes", "persistentvolumeclaim", "charmarr-shared-media", level]}

test_several_nodes if {
	testing.hits(rule.violations) == on_claim("warning") with input as local(["a", "b"], {"nodes": ["a"]})
	testing.hits(rule.violations) == on_claim("error") with input as local([], {"nodes": ["a", "b"]})
}

test_silent_on_one_node_and_on_a_class if {
	count(rule.violations) == 0 with input as local(["a"], {"nodes": ["a"]})
	count(rule.violations) == 0 with input as local(["a", "b"], {"class": "local-path"})
}
