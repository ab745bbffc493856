package rules.ingress.app_on_its_gateway_test

import data.lib.testing
import data.rules.ingress.app_on_its_gateway as rule

reached(role, attachments) := testing.application("charmarr-core", "app", role, {"attachments": attachments})

of(app) := testing.stack({"models": [testing.model("charmarr-core")], "applications": [app]})

via(gateway, class) := testing.attachment(gateway, class, "relation")

test_error_for_a_download_client_on_another_class if {
	testing.hits(rule.violations) == {["download-client-exposed", "application", "app", ""]} with input as of(reached("download-client", [via("arr-gateway", "arr")]))
}

test_warning_for_a_service_on_another_class if {
	testing.hits(rule.violations) == {["other-class", "application", "app", "warning"]} with input as of(reached("media-server", [via("arr-gateway", "arr")]))
}

test_one_finding_for_relation_and_route_the_effective_first if {
	route := object.union(testing.attachment("arr-gateway", "arr", "httproute"), {"state": "effective", "at": "route"})
	found := rule.violations with input as of(reached("download-client", [via("arr-gateway", "arr"), route]))
	count(found) == 1
	some violation in found
	violation.state == "effective"
	violation.at == "route"
}

test_commands_for_a_relation_in_the_core if {
	app := reached("download-client", [object.union(via("arr-gateway", "arr"), {"name": "r"})])
	arr := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})
	relation := testing.relation("istio_ingress_route", testing.end(arr, "istio-ingress-route"), testing.end(app, "istio-ingress-route"), {"name": "r"})
	some violation in rule.violations with input as testing.stack({
		"models": [testing.model("charmarr-core")],
		"applications": [app, arr],
		"relations": [relation],
	})
	violation.remediation == [
		"juju remove-relation -m charmarr-core app:istio-ingress-route arr-gateway",
		"juju deploy -m charmarr-core istio-ingress-k8s admin-gateway --trust",
		"juju integrate -m charmarr-core app:istio-ingress-route admin-gateway:istio-ingress-route",
	]
}

test_one_that_is_on_its_gateway_too_is_only_taken_off_the_other if {
	app := reached("media-server", [object.union(via("arr-gateway", "arr"), {"name": "r"}), via("media-gateway", "media")])
	arr := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})
	relation := testing.relation("ingress", testing.end(arr, "ingress"), testing.end(app, "ingress"), {"name": "r"})
	some violation in rule.violations with input as testing.stack({
		"models": [testing.model("charmarr-core")],
		"applications": [app, arr],
		"relations": [relation],
	})
	violation.remediation == ["juju remove-relation -m charmarr-core app:ingress arr-gateway"]
	contains(violation.message, `is reached through "arr-gateway" (class arr), and`)
}

test_commands_across_models if {
	app := testing.application("charmarr-downloads", "app", "download-client", {"attachments": [via("arr-gateway", "arr")]})
	admin := testing.application("charmarr-core", "admin-gateway", "ingress-gateway", {})
	some violation in rule.violations with input as testing.stack({"models": [testing.model("charmarr-core")], "applications": [app, admin]})
	violation.remediation == [
		"juju offer charmarr-core.admin-gateway:istio-ingress-route",
		"juju consume -m charmarr-downloads charmarr-core.admin-gateway",
		"juju integrate -m charmarr-downloads app:istio-ingress-route admin-gateway:istio-ingress-route",
	]
}

test_a_class_without_a_gateway_still_finds if {
	stack := object.union(of(reached("download-client", [via("arr-gateway", "arr")])), {"profile": {"gateways": []}})
	count(rule.violations) == 1 with input as stack
}

test_warning_for_a_download_client_on_a_gateway_of_no_class if {
	testing.hits(rule.violations) == {["download-client-unclassed", "application", "app", "warning"]} with input as of(reached("download-client", [via("guest", "")]))
}

test_silent_for_a_service_on_a_gateway_of_no_class if {
	count(rule.violations) == 0 with input as of(reached("media-manager", [via("guest", "")]))
}

test_silent_on_the_right_class if {
	silent := {role |
		some role, class in {"media-manager": "arr", "media-server": "media", "download-client": "admin"}
		count(rule.violations) == 0 with input as of(reached(role, [via("x", class)]))
	}
	count(silent) == 3
}

test_silent_on_roles_without_routes if {
	count(rule.violations) == 0 with input as of(reached("challenge-solver", [via("arr-gateway", "arr")]))
}

test_silent_where_single_model_allows_it if {
	app := testing.application("charmarr", "app", "download-client", {"attachments": [via("arr-ingress", "arr")]})
	count(rule.violations) == 0 with input as testing.single({"applications": [app]})
}

test_undecided_about_a_gateway_that_was_not_read if {
	attachment := object.union(via("remote", ""), {"gateway_model": ""})
	count(rule.undecided) == 1 with input as of(reached("download-client", [attachment]))
	count(rule.violations) == 0 with input as of(reached("download-client", [attachment]))
}
