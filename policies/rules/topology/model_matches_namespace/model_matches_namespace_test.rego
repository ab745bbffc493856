package rules.topology.model_matches_namespace_test

import data.lib.testing
import data.rules.topology.model_matches_namespace as rule

of(fields) := testing.stack({"namespaces": [testing.namespace("charmarr-core", fields)]})

test_fires_on_a_missing_label if {
	testing.hits(rule.violations) == {["unlabelled", "namespace", "charmarr-core", ""]} with input as of({"juju_model": ""})
}

test_fires_on_a_missing_label_of_a_model_that_juju_shows if {
	stack := object.union(of({"juju_model": "", "juju_managed": false}), {"models": [testing.model("charmarr-core")]})
	testing.hits(rule.violations) == {["unlabelled", "namespace", "charmarr-core", ""]} with input as stack
}

test_fires_on_another_name_and_points_at_the_label if {
	some violation in rule.violations with input as of({"juju_model": "core", "labels": [testing.fact("model.juju.is/name", "core")]})
	violation.way == "other-name"
	violation.at == "model.juju.is/name=core"
}

test_another_name_without_a_place_of_the_label if {
	some violation in rule.violations with input as of({"juju_model": "core"})
	violation.at == "namespace charmarr-core"
}

test_silent_on_the_right_label if {
	count(rule.violations) == 0 with input as of({})
}

test_silent_on_what_juju_does_not_manage if {
	count(rule.violations) == 0 with input as of({"juju_model": "", "juju_managed": false})
}

test_silent_on_a_namespace_of_no_part if {
	count(rule.violations) == 0 with input as of({"juju_model": "controller", "part": ""})
}
