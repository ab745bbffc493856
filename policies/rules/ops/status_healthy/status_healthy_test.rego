package rules.ops.status_healthy_test

import data.lib.testing
import data.rules.ops.status_healthy as rule

unit(name, status, message) := object.union(testing.unit_default, {"name": name, "at": sprintf("unit %s", [name]), "status": status, "message": message, "agent": "idle"})

app(status, units) := testing.application("charmarr-core", "prowlarr", "indexer", {"status": status, "message": "of the application", "units": units})

of(apps) := testing.stack({"applications": apps})

one(status, message) := app(status, [unit("prowlarr/0", status, message)])

test_blocked if {
	found := rule.violations with input as of([one("blocked", "need a key")])
	testing.hits(found) == {["blocked", "application", "prowlarr", ""]}
	some violation in found
	contains(violation.message, `is blocked and waits for you: prowlarr/0 says "need a key".`)
	violation.at == "unit prowlarr/0"
}

test_error if {
	found := rule.violations with input as of([one("error", "hook failed")])
	testing.hits(found) == {["error", "application", "prowlarr", ""]}
	some violation in found
	violation.remediation == [
		"juju debug-log -m charmarr-core --replay --no-tail --level ERROR --include unit-prowlarr-0",
		"juju resolve -m charmarr-core prowlarr/0  # once the cause is gone: runs the hook again",
	]
}

test_lost if {
	gone := object.union(unit("prowlarr/0", "unknown", ""), {"agent": "lost"})
	found := rule.violations with input as of([app("active", [gone])])
	testing.hits(found) == {["lost", "application", "prowlarr", ""]}
	some violation in found
	contains(violation.message, "prowlarr/0, without a reason")
}

test_one_finding_of_the_gravest if {
	units := [unit("prowlarr/0", "blocked", "x"), unit("prowlarr/1", "error", "y")]
	found := rule.violations with input as of([app("error", units)])
	testing.hits(found) == {["error", "application", "prowlarr", ""]}
}

test_application_without_units if {
	found := rule.violations with input as of([app("blocked", [])])
	testing.hits(found) == {["blocked", "application", "prowlarr", ""]}
	some violation in found
	contains(violation.message, `prowlarr says "of the application"`)
}

test_silent_while_juju_deploys_or_somebody_sets_up if {
	found := [status | some status in ["active", "waiting", "maintenance", "unknown", "terminated", ""]; count(rule.violations) > 0 with input as of([one(status, "")])]
	found == []
}

test_silent_on_others_and_on_what_is_removed if {
	count(rule.violations) == 0 with input as of([testing.application("charmarr-core", "blog", "", {"status": "error"})])
	count(rule.violations) == 0 with input as of([object.union(one("error", ""), {"life": "dying"})])
	count(rule.violations) == 0 with input as of([object.union(one("error", ""), {"declared": false})])
}

blocked_as(name, role, fields) := testing.application("charmarr-core", name, role, object.union({"status": "blocked", "message": "x"}, fields))

operation(fields) := object.union(testing.operation_default, fields)

test_silent_on_what_another_rule_tells if {
	unrelated := object.union(testing.endpoint_use_default, {"name": "media-storage", "wanted": "error", "connected": "no"})
	told := [
		blocked_as("radarr", "media-manager", {"scale": 2, "operation": operation({"max_units": 1})}),
		blocked_as("radarr", "media-manager", {"trust": "no", "operation": operation({"untrusted": "x"})}),
		blocked_as("radarr", "media-manager", {"endpoints": [unrelated]}),
		blocked_as("arr-gateway", "ingress-gateway", {"message": "Gateway load balancer is unable to obtain an IP"}),
		blocked_as("storage", "storage", {"config_known": true, "message": "backend-type not configured"}),
		blocked_as("gluetun", "vpn-gateway", {"config_known": true, "message": "vpn-provider config is required"}),
	]
	speaking := [i | some i, x in told; count(rule.violations) > 0 with input as of([x])]
	speaking == []
}

test_speaks_where_that_rule_is_silent if {
	related := object.union(testing.endpoint_use_default, {"name": "media-storage", "wanted": "error", "connected": "yes"})
	ours := [
		blocked_as("radarr", "media-manager", {"scale": 1, "operation": operation({"max_units": 1})}),
		blocked_as("radarr", "media-manager", {"trust": "yes", "operation": operation({"untrusted": "x"})}),
		blocked_as("radarr", "media-manager", {"endpoints": [related]}),
		blocked_as("arr-gateway", "ingress-gateway", {"message": "Invalid hostname provided"}),
		blocked_as("storage", "storage", {"config_known": false, "message": "backend-type not configured"}),
		blocked_as("gluetun", "vpn-gateway", {"config_known": true, "message": "Secret not found or missing private-key"}),
	]
	silent := [i | some i, x in ours; count(rule.violations) == 0 with input as of([x])]
	silent == []
}

client := blocked_as("qbittorrent", "download-client", {"message": "Waiting for vpn-gateway relation (or set unsafe-mode=true)"})

test_client_without_a_gateway_is_told_of_elsewhere if {
	read := testing.evidence(["juju.relations"], ["charmarr-core"])
	count(rule.violations) == 0 with input as testing.stack({"applications": [client], "evidence": read})
	count(rule.violations) == 1 with input as testing.stack({"applications": [client]})
	gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {})
	link := testing.relation("vpn-gateway", testing.end(gluetun, "vpn-gateway"), testing.end(client, "vpn-gateway"), {})
	count(rule.violations) == 1 with input as testing.stack({"applications": [client, gluetun], "relations": [link], "evidence": read})
}

asks(name) := testing.application("charmarr-core", name, "media-manager", {"attachments": [object.union(testing.attachment("arr-gateway", "arr", "relation"), {"port": 80, "path": "/x"})]})

test_routes_that_collide_are_told_of_elsewhere if {
	gateway := blocked_as("arr-gateway", "ingress-gateway", {"message": "Route conflict detected."})
	count(rule.violations) == 0 with input as of([gateway, asks("radarr"), asks("sonarr")])
	count(rule.violations) == 1 with input as of([gateway, asks("radarr")])
}
