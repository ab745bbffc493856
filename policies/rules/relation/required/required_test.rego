package rules.relation.required_test

import data.lib.testing
import data.rules.relation.required as rule

use(name, level, connected) := object.union(testing.endpoint_use_default, {"name": name, "interface": name, "wanted": level, "without": "it idles", "connected": connected, "related": 0})

app(endpoints) := testing.application("charmarr-core", "radarr", "media-manager", {"endpoints": endpoints})

of(apps) := testing.stack({"applications": apps})

test_nothing_related if {
	testing.hits(rule.violations) == {["", "application", "radarr", "error"]} with input as of([app([use("media-storage", "error", "no")])])
}

test_one_finding_a_level if {
	found := rule.violations with input as of([app([use("media-indexer", "warning", "no"), use("flaresolverr", "warning", "no")])])
	testing.hits(found) == {["", "application", "radarr", "warning"]}
	some violation in found
	contains(violation.message, "flaresolverr and media-indexer")
	count(violation.remediation) == 2
}

test_commands_name_a_partner if {
	storage := testing.application("charmarr-core", "disk", "storage", {})
	some violation in rule.violations with input as of([app([use("media-storage", "error", "no")]), storage])
	violation.remediation == ["juju integrate -m charmarr-core radarr:media-storage disk:media-storage"]
}

test_silent_when_connected if {
	count(rule.violations) == 0 with input as of([app([use("media-storage", "error", "yes")])])
}

test_silent_while_it_is_removed if {
	dying := object.union(app([use("media-storage", "error", "no")]), {"life": "dying"})
	count(rule.violations) == 0 with input as of([dying])
}

test_undecided_where_the_consumer_was_not_read if {
	unknown := of([app([use("media-storage", "error", "")])])
	count(rule.violations) == 0 with input as unknown
	count(rule.undecided) == 1 with input as unknown
}

test_peers_across_models_are_told_of_elsewhere if {
	client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {"endpoints": [use("download-client", "warning", "no")]})
	count(rule.violations) == 0 with input as of([app([]), client])
	testing.hits(rule.violations) == {["", "application", "qbittorrent", "warning"]} with input as of([client])
}
