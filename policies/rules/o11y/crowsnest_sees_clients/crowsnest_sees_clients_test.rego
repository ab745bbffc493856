package rules.o11y.crowsnest_sees_clients_test

import data.lib.testing
import data.rules.o11y.crowsnest_sees_clients as rule

crowsnest := testing.application("charmarr-core", "crowsnest", "crowsnest", {})

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {})

sees := testing.relation("crowsnest", testing.end(client, "crowsnest"), testing.end(crowsnest, "crowsnest"), {})

of(apps, relations) := testing.stack({
	"applications": apps,
	"relations": relations,
	"evidence": testing.evidence(["juju.relations"], ["charmarr-core", "charmarr-downloads"]),
})

test_a_client_it_does_not_see if {
	found := rule.violations with input as of([crowsnest, client], [])
	testing.hits(found) == {["", "application", "qbittorrent", ""]}
	some violation in found
	count(violation.remediation) == 3
}

test_in_one_model_it_is_one_command if {
	near := testing.application("charmarr-core", "qbittorrent", "download-client", {})
	some violation in rule.violations with input as of([crowsnest, near], [])
	violation.remediation == ["juju integrate -m charmarr-core crowsnest:crowsnest qbittorrent:crowsnest"]
}

test_silent_when_it_sees if {
	count(rule.violations) == 0 with input as of([crowsnest, client], [sees])
}

test_silent_without_crowsnest if {
	count(rule.violations) == 0 with input as of([client], [])
}

test_silent_where_relations_were_not_read if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [crowsnest, client]})
}
