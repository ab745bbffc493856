package rules.storage.one_storage_test

import data.lib.testing
import data.rules.storage.one_storage as rule

core := testing.media_storage("core", "storage", {})

test_two_in_a_model if {
	found := rule.violations with input as testing.media([core, testing.media_storage("core", "disk", {})], [], [])
	testing.hits(found) == {["one-claim", "application", "storage", ""]}
	some violation in found
	contains(violation.remediation[0], "cleanup-on-remove=false")
}

test_silent_on_one_a_model if {
	count(rule.violations) == 0 with input as testing.media([core, testing.media_storage("downloads", "storage", {})], [], [])
}

test_silent_on_one_that_is_removed if {
	count(rule.violations) == 0 with input as testing.media([core, testing.media_storage("core", "disk", {"leaving": true})], [], [])
}

holder(model, stack_name) := object.union(testing.clash_holder_default, {
	"subject": testing.subject("persistentvolumeclaim", model, "charmarr-shared-media"),
	"id": sprintf("%s/charmarr-shared-media", [model]),
	"stack": stack_name,
	"by": "claim names it",
	"state": "effective",
	"at": model,
})

clash(kind, first, other) := object.union(testing.clash_default, {
	"kind": kind,
	"value": "charmarr-shared-media-pv",
	"holder": holder("downloads", "test"),
	"first": first,
	"others": [other],
})

of(clashes) := object.union(testing.media([testing.media_storage("downloads", "storage", {})], [], []), {"clashes": clashes})

test_one_volume if {
	found := rule.violations with input as of([clash("volume", false, holder("core", "test"))])
	testing.hits(found) == {["one-volume", "persistentvolumeclaim", "charmarr-shared-media", ""]}
	some violation in found
	not contains(violation.message, "of stack")
	violation.remediation[1] == "juju remove-application -m downloads storage"
}

test_one_volume_of_another_stack if {
	some violation in rule.violations with input as of([clash("volume", false, holder("core", "attic"))])
	contains(violation.message, "of stack attic")
}

test_silent_on_the_one_that_has_it if {
	count(rule.violations) == 0 with input as of([clash("volume", true, holder("core", "test"))])
}

test_silent_on_other_clashes if {
	count(rule.violations) == 0 with input as of([clash("vxlan-id", false, holder("core", "test"))])
}

test_undecided_without_options_or_claim if {
	unread := testing.media_storage("core", "storage", {"options_known": false})
	count(rule.undecided) == 1 with input as testing.media([unread], [], [])
	count(rule.undecided) == 0 with input as testing.media([unread], [], [testing.media_claim("core", [], {"storage": "core/storage"})])
}
