package rules.ops.trusted_test

import data.lib.testing
import data.rules.ops.trusted as rule

of(app) := testing.stack({"applications": [app]})

app(trust) := testing.application("charmarr-core", "radarr", "media-manager", {
	"trust": trust,
	"trust_at": "here",
	"operation": object.union(testing.operation_default, {"untrusted": "it cannot do a thing"}),
})

test_not_trusted if {
	found := rule.violations with input as of(app("no"))
	testing.hits(found) == {["", "application", "radarr", ""]}
	some violation in found
	violation.at == "here"
	violation.remediation == ["juju trust -m charmarr-core radarr --scope=cluster"]
}

test_silent_when_trusted if {
	count(rule.violations) == 0 with input as of(app("yes"))
	count(rule.undecided) == 0 with input as of(app("yes"))
}

test_undecided_where_nobody_says if {
	count(rule.violations) == 0 with input as of(app(""))
	count(rule.undecided) == 1 with input as of(app(""))
}

test_silent_on_other_charms_and_on_what_is_removed if {
	count(rule.violations) == 0 with input as of(testing.application("charmarr-core", "blog", "", {"trust": "no"}))
	count(rule.violations) == 0 with input as of(object.union(app("no"), {"life": "dead"}))
	count(rule.undecided) == 0 with input as of(object.union(app(""), {"declared": false}))
}
