package rules.ingress.route_unique_test

import data.lib.testing
import data.rules.ingress.route_unique as rule

gateway := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})

asks(model, name, port, path) := testing.application(model, name, "media-manager", {
	"config_known": true,
	"attachments": [object.union(testing.attachment("arr-gateway", "arr", "relation"), {"port": port, "path": path})],
})

of(apps) := testing.stack({"applications": array.concat([gateway], apps)})

test_root_twice if {
	found := rule.violations with input as of([asks("charmarr-core", "plex", 80, "/"), asks("charmarr-core", "seerr", 80, "/")])
	testing.hits(found) == {["", "application", "arr-gateway", ""]}
	some violation in found
	contains(violation.message, `path / on port 80 (by "charmarr-core/plex" and "charmarr-core/seerr")`)
	violation.remediation == ["juju config -m charmarr-core seerr ingress-port=8080  # or relate it to a gateway of its own"]
}

test_a_port_that_is_taken_is_not_proposed if {
	apps := [asks("charmarr-core", "a", 80, "/"), asks("charmarr-core", "b", 80, "/"), asks("charmarr-core", "c", 8080, "/")]
	some violation in rule.violations with input as of(apps)
	violation.remediation == ["juju config -m charmarr-core b ingress-port=8081  # or relate it to a gateway of its own"]
}

test_each_loser_gets_a_port_of_its_own if {
	some violation in rule.violations with input as of([asks("charmarr-core", name, 80, "/") | some name in ["a", "b", "c"]])
	count({command | some command in violation.remediation}) == 2
}

test_a_path_that_was_set if {
	some violation in rule.violations with input as of([asks("charmarr-core", "radarr", 80, "/radarr"), asks("charmarr-core", "sonarr", 80, "/radarr")])
	violation.remediation == ["juju config -m charmarr-core sonarr ingress-path=/sonarr"]
}

test_one_name_in_two_models if {
	some violation in rule.violations with input as of([asks("charmarr-core", "radarr", 80, "/radarr"), asks("other", "radarr", 80, "/radarr")])
	violation.remediation == ["juju config -m other radarr ingress-path=/other-radarr"]
}

test_one_finding_a_gateway if {
	apps := [
		asks("charmarr-core", "a", 80, "/"), asks("charmarr-core", "b", 80, "/"),
		asks("charmarr-core", "c", 80, "/x"), asks("charmarr-core", "d", 80, "/x"),
	]
	count(rule.violations) == 1 with input as of(apps)
}

test_a_gateway_that_was_not_read_leaves_the_first_who_asks if {
	far := {"attachments": [object.union(testing.attachment("saas", "", "relation"), {"gateway_model": "", "port": 80, "path": "/"})]}
	apps := [object.union(asks("charmarr-core", name, 80, "/"), far) | some name in ["a", "b"]]
	testing.hits(rule.violations) == {["", "application", "a", ""]} with input as testing.stack({"applications": apps})
}

test_silent_on_other_ports_paths_and_gateways if {
	count(rule.violations) == 0 with input as of([asks("charmarr-core", "a", 80, "/"), asks("charmarr-core", "b", 8080, "/")])
	count(rule.violations) == 0 with input as of([asks("charmarr-core", "a", 80, "/"), asks("charmarr-core", "b", 80, "/b")])
	other := object.union(asks("charmarr-core", "b", 80, "/"), {"attachments": [object.union(testing.attachment("media-gateway", "media", "relation"), {"port": 80, "path": "/"})]})
	count(rule.violations) == 0 with input as of([asks("charmarr-core", "a", 80, "/"), other])
}

test_undecided_without_options if {
	unread := object.union(asks("charmarr-core", "a", -1, ""), {"config_known": false})
	found := rule.undecided with input as of([unread])
	count(found) == 1
	some item in found
	startswith(item.missing, "juju.config: ")
	count(rule.violations) == 0 with input as of([unread, unread])
}

test_decided_where_all_that_matters_is_known if {
	count(rule.undecided) == 0 with input as of([asks("charmarr-core", "a", 80, "/a")])
	set := object.union(asks("charmarr-core", "a", 80, "/a"), {"config_known": false})
	count(rule.undecided) == 0 with input as of([set])
}

test_whose_name_the_path_is_stays if {
	some violation in rule.violations with input as of([asks("charmarr-core", "movies", 80, "/radarr"), asks("charmarr-core", "radarr", 80, "/radarr")])
	violation.remediation == ["juju config -m charmarr-core movies ingress-path=/movies"]
}
