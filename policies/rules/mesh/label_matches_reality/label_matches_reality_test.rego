package rules.mesh.label_matches_reality_test

import data.lib.testing
import data.rules.mesh.label_matches_reality as rule

pod(name, mesh, redirection, fields) := testing.pod("charmarr-core", name, object.union({"addresses": ["10.1.0.5"], "mesh": mesh, "redirection": redirection}, fields))

yes := testing.captured("pod-label")

no := testing.not_captured("no-label")

app(role, pods) := testing.application("charmarr-core", "radarr", role, {"pods": pods})

of(role, pods) := testing.stack({"applications": [app(role, pods)]})

test_silent_where_they_agree if {
	pods := [pod("a", yes, "enabled", {}), pod("b", no, "", {})]
	count(rule.violations) == 0 with input as of("media-manager", pods)
}

test_not_captured if {
	pods := [pod("a", yes, "enabled", {}), pod("b", yes, "", {})]
	testing.hits(rule.violations) == {["not-captured", "pod", "b", ""]} with input as of("media-manager", pods)
	testing.hits(rule.violations) == {["not-captured", "pod", "b", ""]} with input as of("media-manager", [pod("b", yes, "", {})])
}

test_none_captured_is_one_finding if {
	pods := [pod("a", yes, "", {}), pod("b", yes, "", {}), pod("c", no, "", {})]
	testing.hits(rule.violations) == {["none-captured", "namespace", "charmarr-core", ""]} with input as of("media-manager", pods)
}

test_captured_unlabelled if {
	testing.hits(rule.violations) == {["captured-unlabelled", "pod", "a", ""]} with input as of("media-manager", [pod("a", no, "enabled", {})])
	count(rule.violations) == 0 with input as of("vpn-gateway", [pod("a", no, "enabled", {})])
}

test_pending if {
	testing.hits(rule.violations) == {["pending", "pod", "a", ""]} with input as of("media-manager", [pod("a", yes, "pending", {})])
}

test_silent_on_pods_that_do_not_run if {
	count(rule.violations) == 0 with input as of("media-manager", [pod("a", yes, "", {"phase": "Pending"})])
	count(rule.violations) == 0 with input as of("media-manager", [pod("a", yes, "", {"phase": ""})])
	count(rule.violations) == 0 with input as of("media-manager", [pod("a", yes, "", {"addresses": []})])
}

test_silent_where_it_is_not_known if {
	count(rule.violations) == 0 with input as of("media-manager", [pod("a", testing.unknown_mesh, "enabled", {})])
}
