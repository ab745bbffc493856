package rules.security.rotation_test

import data.lib.testing
import data.rules.security.rotation as rule

of(option, value, fields) := testing.stack({"applications": [testing.application("core", "app", "media-manager", object.union({"rotation": [testing.fact(option, value)]}, fields))]})

test_disabled if {
	found := rule.violations with input as of("credential-rotation", "disabled", {})
	testing.hits(found) == {["", "application", "app", ""]}
	some violation in found
	contains(violation.message, "password")
	violation.remediation == ["juju config -m core app credential-rotation=monthly"]
	count(rule.violations) == 1 with input as of("api-key-rotation", "disabled", {})
}

test_silent if {
	count(rule.violations) == 0 with input as of("api-key-rotation", "monthly", {})
	count(rule.violations) == 0 with input as of("api-key-rotation", "disabled", {"life": "dying"})
	count(rule.violations) == 0 with input as testing.stack({"applications": [testing.application("core", "plex", "media-server", {})]})
}

test_undecided if {
	count(rule.violations) == 0 with input as of("api-key-rotation", "", {})
	count(rule.undecided) == 1 with input as of("api-key-rotation", "", {})
	count(rule.undecided) == 0 with input as of("api-key-rotation", "", {"declared": false})
}
