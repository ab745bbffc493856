package rules.ops.deprecated_charm_test

import data.lib.testing
import data.rules.ops.deprecated_charm as rule

of(apps) := testing.stack({"applications": apps})

old(kind) := testing.application("charmarr-core", "requests", "requester", {"operation": object.union(testing.operation_default, {
	"kind": kind,
	"replaced_by": "seerr-k8s",
	"outdated": "no update comes",
})})

seerr := testing.application("charmarr-core", "seerr", "requester", {"operation": object.union(testing.operation_default, {"kind": "seerr-k8s"})})

test_replaced if {
	found := rule.violations with input as of([old("overseerr-k8s")])
	testing.hits(found) == {["replaced", "application", "requests", ""]}
	some violation in found
	contains(violation.message, "runs charm overseerr-k8s, which seerr-k8s has replaced: no update comes.")
	violation.remediation[1] == "juju run -m charmarr-core requests/leader export-config"
}

test_note_beside_its_successor if {
	testing.hits(rule.violations) == {["both", "application", "requests", "note"]} with input as of([old("overseerr-k8s"), seerr])
}

test_any_charm_has_commands if {
	some violation in rule.violations with input as of([old("old-k8s")])
	count(violation.remediation) == 2
}

test_a_successor_that_goes_is_none if {
	going := object.union(seerr, {"life": "dying"})
	testing.hits(rule.violations) == {["replaced", "application", "requests", ""]} with input as of([old("overseerr-k8s"), going])
}

test_silent_on_the_successor_and_on_what_is_removed if {
	count(rule.violations) == 0 with input as of([seerr])
	count(rule.violations) == 0 with input as of([object.union(old("overseerr-k8s"), {"life": "dying"})])
}
