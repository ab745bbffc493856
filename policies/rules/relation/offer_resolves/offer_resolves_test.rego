package rules.relation.offer_resolves_test

import data.lib.testing
import data.rules.relation.offer_resolves as rule

saas(fields) := testing.saas("charmarr-downloads", "radarr", object.union(
	{
		"url": "admin/charmarr-core.radarr", "offer_model": "charmarr-core", "model_read": true, "offer_found": "yes",
		"endpoints": [{"name": "download-client", "interface": "download-client", "role": "requirer"}],
	},
	fields,
))

offer(fields) := testing.offer("charmarr-core", "radarr", "media-manager", object.union({"consumers": ["charmarr-downloads/radarr"]}, fields))

of(offers, saases) := testing.stack({"offers": offers, "saas": saases})

test_silent_on_a_whole_one if {
	count(rule.violations) == 0 with input as of([offer({"active": 1, "total": 1})], [saas({"status": "active"})])
	count(rule.undecided) == 0 with input as of([offer({"active": 1, "total": 1})], [saas({"status": "active"})])
}

test_no_such_offer if {
	found := rule.violations with input as of([], [saas({"offer_found": "no"})])
	testing.hits(found) == {["no-such-offer", "saas", "radarr", ""]}
	some violation in found
	"juju consume -m charmarr-downloads admin/charmarr-core.radarr radarr  # where it is still meant; then integrate again" in violation.remediation
	not "juju offer charmarr-core.radarr:download-client" in violation.remediation
}

test_no_such_offer_of_an_application_that_is_there if {
	two := [{"name": name, "interface": name, "role": "requirer"} | some name in ["download-client", "require-cmr-mesh"]]
	some violation in rule.violations with input as testing.stack({
		"applications": [testing.application("charmarr-core", "radarr", "media-manager", {})],
		"saas": [saas({"offer_found": "no", "endpoints": two})],
	})
	violation.remediation == [
		"juju find-offers admin/charmarr-core  # which offers there are",
		"juju offer charmarr-core.radarr:download-client,require-cmr-mesh",
		"juju remove-saas -m charmarr-downloads radarr",
		"juju consume -m charmarr-downloads admin/charmarr-core.radarr radarr  # where it is still meant; then integrate again",
	]
}

test_undecided_on_a_model_that_was_not_read if {
	unread := saas({"offer_found": "", "model_read": false})
	count(rule.violations) == 0 with input as of([], [unread])
	found := rule.undecided with input as of([], [unread])
	some item in found
	startswith(item.missing, "juju.offers: ")
}

test_missing_endpoints if {
	endpoints := [{"name": "media-manager", "interface": "media-manager", "role": "provider"}]
	found := rule.violations with input as of([offer({"endpoints": endpoints})], [saas({"missing_endpoints": ["download-client"]})])
	testing.hits(found) == {["missing-endpoints", "saas", "radarr", ""]}
	some violation in found
	violation.remediation[1] == "juju offer charmarr-core.radarr:media-manager,download-client radarr"
}

test_terminated_for_want_of_an_offer_is_one_finding if {
	testing.hits(rule.violations) == {["no-such-offer", "saas", "radarr", ""]} with input as of([], [saas({"status": "terminated", "offer_found": "no"})])
}

test_broken_of_any_saas if {
	broken := {status |
		some status in ["error", "terminated", "active", "unknown", ""]
		testing.hits(rule.violations) == {["broken", "saas", "radarr", ""]} with input as of([offer({})], [saas({"status": status, "charmarr": false})])
	}
	broken == {"error", "terminated"}
}

test_no_application if {
	gone := offer({"application_known": "no", "role": ""})
	testing.hits(rule.violations) == {["no-application", "offer", "radarr", ""]} with input as of([gone], [saas({})])
}

test_silent_on_offers_of_others if {
	gone := offer({"application_known": "no", "role": "", "consumers": [], "active": 0, "total": 0})
	count(rule.violations) == 0 with input as of([gone], [])
}

test_inactive_offer_is_a_warning if {
	testing.hits(rule.violations) == {["inactive-offer", "offer", "radarr", "warning"]} with input as of([offer({"active": 0, "total": 1})], [])
}

test_unused_saas_is_a_note if {
	testing.hits(rule.violations) == {["unused-saas", "saas", "radarr", "note"]} with input as of([], [saas({"relations": 0})])
	count(rule.violations) == 0 with input as of([], [saas({"relations": 0, "charmarr": false})])
}

test_unused_offer_is_a_note if {
	noted := {i |
		some i, fields in [
			{"consumers": [], "active": 0, "total": 0},
			{"consumers": [], "active": 0},
			{"consumers": [], "active": 1, "total": 1},
			{"consumers": []},
			{"active": 0, "total": 0},
		]
		testing.hits(rule.violations) == {["unused-offer", "offer", "radarr", "note"]} with input as of([offer(fields)], [])
	}
	noted == {0, 1}
}
