package rules.relation.interface_matches_test

import data.lib.testing
import data.rules.relation.interface_matches as rule

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

prowlarr := testing.application("charmarr-core", "prowlarr", "indexer", {})

of(mismatch) := testing.stack({"relations": [testing.relation("media-indexer", testing.end(prowlarr, "media-indexer"), testing.end(radarr, "media-indexer"), {"mismatch": mismatch})]})

test_mismatch if {
	found := rule.violations with input as of("one speaks this and one that")
	count(found) == 1
	some violation in found
	contains(violation.message, "one speaks this and one that")
}

test_silent_where_they_fit if {
	count(rule.violations) == 0 with input as of("")
}
