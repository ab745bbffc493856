package rules.mesh.no_foreign_authorization_test

import data.lib.testing
import data.rules.mesh.no_foreign_authorization as rule

policy(name, rules, fields) := testing.authorization_policy("charmarr-core", name, rules, fields)

named := {"principals": [testing.principal("charmarr-core", "radarr", "yes")]}

everyone := {"any_source": true, "at": "rule"}

of(policies) := testing.stack({"authorization_policies": policies})

with_istio(policies) := object.union(of(policies), {"applications": [testing.application("charmarr-core", "istio", "control-plane", {})]})

test_silent_on_a_charm_s_own if {
	count(rule.violations) == 0 with input as of([policy("p", [named], {})])
}

test_foreign if {
	testing.hits(rule.violations) == {["foreign", "authorizationpolicy", "p", ""]} with input as of([policy("p", [named], {"labels": []})])
}

test_allow_all_whoever_wrote_it if {
	testing.hits(rule.violations) == {["allow-all", "authorizationpolicy", "p", ""]} with input as of([policy("p", [everyone], {})])
	testing.hits(rule.violations) == {["allow-all", "authorizationpolicy", "p", ""]} with input as of([policy("p", [named, everyone], {"labels": []})])
}

test_allow_all_on_a_port if {
	some violation in rule.violations with input as of([policy("p", [object.union(everyone, {"ports": ["8080"]})], {})])
	violation.way == "allow-all"
	contains(violation.message, "every caller on port 8080")
	contains(violation.remediation[0], "writes it anew")
}

test_no_allow_all if {
	silent := {i |
		some i, p in [
			policy("p", [object.union(everyone, {"conditional": true})], {}),
			policy("p", [everyone], {"action": "DENY"}),
			policy("beacon-charmarr-core-policy-all-sources-modeloperator", [everyone], {}),
		]
		count(rule.violations) == 0 with input as of([p])
	}
	count(silent) == 3
}

test_mesh_wide if {
	wide := policy("deny", [], {"labels": [], "whole_namespace": true})
	testing.hits(rule.violations) == {["mesh-wide", "authorizationpolicy", "deny", ""]} with input as with_istio([wide])
	testing.hits(rule.violations) == {["foreign", "authorizationpolicy", "deny", ""]} with input as of([wide])
	istiod := object.union(of([wide]), {"strays": [testing.stray("charmarr-core", "Deployment", "istiod", {"istio": true})]})
	testing.hits(rule.violations) == {["mesh-wide", "authorizationpolicy", "deny", ""]} with input as istiod
}

test_the_control_plane_s_own_is_no_mesh_wide_one if {
	own := policy("istio-charmarr-core-policy-global-allow-nothing-ztunnel", [], {"whole_namespace": true})
	count(rule.violations) == 0 with input as with_istio([own])
}
