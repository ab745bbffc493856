package rules.ingress.gateway_tls_test

import data.lib.testing
import data.rules.ingress.gateway_tls as rule

open := {"admits": {"known": "yes", "strangers": true}}

gateway(name, fields) := testing.application("charmarr-core", name, "ingress-gateway", fields)

of(fields) := testing.stack(object.union({"models": [testing.model("charmarr-core")]}, fields))

test_one_finding_a_model if {
	found := rule.violations with input as of({"applications": [gateway("arr-gateway", open), gateway("media-gateway", open)]})
	testing.hits(found) == {["", "model", "charmarr-core", ""]}
	some violation in found
	startswith(violation.message, `"arr-gateway" and "media-gateway" in model "charmarr-core" take traffic`)
	count(violation.remediation) == 5
}

certificates(app) := testing.relation("tls-certificates", testing.end(testing.application("charmarr-core", "ca", "", {}), "certificates"), testing.end(app, "certificates"), {})

upstream(app) := testing.relation("ingress", testing.end(gateway("edge", {}), "ingress"), testing.end(app, "upstream-ingress"), {})

test_silent_with_tls_or_behind_another if {
	arr := gateway("arr-gateway", open)
	count(rule.violations) == 0 with input as of({"applications": [arr], "relations": [certificates(arr)]})
	count(rule.violations) == 0 with input as of({"applications": [arr], "relations": [upstream(arr)]})
	listening := testing.gateway("charmarr-core", "arr-gateway", {"listeners": [{"name": "https-443", "port": 443, "protocol": "HTTPS"}]})
	count(rule.violations) == 0 with input as of({"applications": [arr], "gateways": [listening]})
	plain := testing.gateway("charmarr-core", "arr-gateway", {"listeners": [{"name": "http-80", "port": 80, "protocol": "HTTP"}]})
	count(rule.violations) == 1 with input as of({"applications": [arr], "gateways": [plain]})
}

test_silent_on_a_known_network_and_on_the_administrators if {
	home := gateway("arr-gateway", {"admits": {"known": "yes", "strangers": false}})
	count(rule.violations) == 0 with input as of({"applications": [home, gateway("admin-gateway", open)]})
	count(rule.undecided) == 0 with input as of({"applications": [home, gateway("admin-gateway", {})]})
}

test_undecided_without_option_and_policies if {
	count(rule.undecided) == 1 with input as of({"applications": [gateway("arr-gateway", {})]})
	arr := gateway("arr-gateway", {})
	count(rule.undecided) == 0 with input as of({"applications": [arr], "relations": [certificates(arr)]})
}
