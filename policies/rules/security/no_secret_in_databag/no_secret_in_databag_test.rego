package rules.security.no_secret_in_databag_test

import data.lib.testing
import data.rules.security.no_secret_in_databag as rule

bag(fields) := object.union(object.union(testing.databag_default, {"endpoint": "media-indexer", "own": true, "publisher": "core/prowlarr", "secrets": ["config.api_key"], "at": "bag"}), fields)

reader(name, bags) := testing.application("core", name, "media-manager", {"units": [object.union(testing.unit_default, {"name": sprintf("%s/0", [name]), "databags": bags})]})

prowlarr := testing.application("core", "prowlarr", "indexer", {"rotation": [testing.fact("api-key-rotation", "monthly")]})

of(readers) := testing.stack({"applications": array.concat([prowlarr], readers)})

test_one_finding_for_who_wrote_it if {
	found := rule.violations with input as of([reader("radarr", [bag({})]), reader("sonarr", [bag({})])])
	testing.hits(found) == {["", "application", "prowlarr", ""]}
	some violation in found
	count(violation.evidence) == 2
	violation.remediation[1] == "juju config -m core prowlarr api-key-rotation=daily  # so that it makes a new one: this one has been seen"
}

test_the_reader_where_the_writer_is_not_known if {
	found := rule.violations with input as of([reader("radarr", [bag({"publisher": ""})])])
	testing.hits(found) == {["", "application", "radarr", ""]}
	some violation in found
	contains(violation.message, `"radarr" is told`)
}

test_silent if {
	count(rule.violations) == 0 with input as of([reader("radarr", [bag({"secrets": []})])])
	count(rule.violations) == 0 with input as of([reader("radarr", [bag({"own": false})])])
	count(rule.violations) == 0 with input as of([])
}
