package rules.ingress.admin_restricted_test

import data.lib.testing
import data.rules.ingress.admin_restricted as rule

admits(ranges, strangers) := {"admits": {"known": "yes", "strangers": strangers, "at": "option", "ranges": [testing.fact("external-traffic-policy-cidrs", range) | some range in ranges]}}

gateway(name, fields) := testing.application("charmarr-core", name, "ingress-gateway", fields)

of(apps, policies) := testing.stack({"applications": apps, "authorization_policies": policies})

policy(strangers) := testing.authorization_policy("charmarr-core", "admin-gateway-charmarr-core-external-traffic", [{"strangers": strangers, "at": "rule"}], {"targets": [{"kind": "Gateway", "name": "admin-gateway", "at": ""}]})

test_fires_on_the_option if {
	found := rule.violations with input as of([gateway("admin-gateway", admits(["0.0.0.0/0"], true))], [])
	testing.hits(found) == {["", "application", "admin-gateway", ""]}
	some violation in found
	violation.state == "declared"
	contains(violation.message, "from 0.0.0.0/0")
}

test_fires_on_the_policy if {
	some violation in rule.violations with input as of([gateway("admin-gateway", {})], [policy(true)])
	violation.state == "effective"
	violation.at == "rule"
	contains(violation.message, "from any address")
}

test_one_finding_for_both if {
	count(rule.violations) == 1 with input as of([gateway("admin-gateway", admits(["0.0.0.0/0"], true))], [policy(true)])
}

test_silent_where_it_is_restricted if {
	home := gateway("admin-gateway", admits(["192.168.1.0/24"], false))
	count(rule.violations) == 0 with input as of([home], [policy(false)])
	count(rule.undecided) == 0 with input as of([home], [])
}

test_silent_on_other_classes if {
	count(rule.violations) == 0 with input as of([gateway("arr-gateway", admits(["0.0.0.0/0"], true))], [])
	count(rule.undecided) == 0 with input as of([gateway("arr-gateway", {})], [])
}

test_undecided_without_option_and_policies if {
	count(rule.undecided) == 1 with input as of([gateway("admin-gateway", {})], [])
	count(rule.violations) == 0 with input as of([gateway("admin-gateway", {})], [])
}
