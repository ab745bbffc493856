package rules.ingress.one_gateway_per_app_test

import data.lib.testing
import data.rules.ingress.one_gateway_per_app as rule

at(gateway, class, via, endpoint) := object.union(testing.attachment(gateway, class, via), {"endpoint": endpoint, "path": sprintf("/%s", [endpoint]), "name": sprintf("%s %s", [gateway, endpoint])})

app(role, attachments) := testing.application("charmarr-core", "app", role, {"attachments": attachments})

of(a) := testing.stack({"applications": [a]})

arr := at("arr-gateway", "arr", "relation", "istio-ingress-route")

guest := at("guest", "", "relation", "ingress")

test_several_gateways if {
	found := rule.violations with input as of(app("media-manager", [arr, guest]))
	testing.hits(found) == {["several-gateways", "application", "app", ""]}
}

test_commands_take_either_away if {
	a := app("media-manager", [arr, at("guest", "", "httproute", "")])
	gateway := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})
	relation := testing.relation("istio_ingress_route", testing.end(gateway, "istio-ingress-route"), testing.end(a, "istio-ingress-route"), {"name": arr.name})
	some violation in rule.violations with input as testing.stack({"applications": [a, gateway], "relations": [relation]})
	violation.remediation == [
		"juju remove-relation -m charmarr-core app:istio-ingress-route arr-gateway  # the one that is not meant",
		"kubectl -n charmarr-core delete httproutes.gateway.networking.k8s.io guest   # the one that is not meant, where no relation makes it",
	]
}

test_a_role_without_routes_counts_all if {
	count(rule.violations) == 1 with input as of(app("crowsnest", [arr, at("media-gateway", "media", "relation", "ingress")]))
}

test_relation_and_route_of_one_gateway_are_one_door if {
	count(rule.violations) == 0 with input as of(app("media-manager", [arr, at("arr-gateway", "arr", "httproute", "")]))
}

test_a_wrong_class_is_left_to_the_other_rule if {
	count(rule.violations) == 0 with input as of(app("media-manager", [arr, at("media-gateway", "media", "relation", "ingress")]))
	admin := at("admin-gateway", "admin", "relation", "istio-ingress-route")
	count(rule.violations) == 0 with input as of(app("download-client", [admin, guest]))
}

test_both_endpoints if {
	a := app("media-manager", [arr, at("arr-gateway", "arr", "relation", "ingress")])
	gateway := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})
	relation := testing.relation("ingress", testing.end(gateway, "ingress"), testing.end(a, "ingress"), {})
	found := rule.violations with input as testing.stack({"applications": [a, gateway], "relations": [relation]})
	testing.hits(found) == {["both-endpoints", "application", "app", ""]}
	some violation in found
	contains(violation.message, "path /ingress and path /istio-ingress-route")
	violation.remediation == ["juju remove-relation -m charmarr-core app:ingress arr-gateway"]
}

test_one_endpoint if {
	count(rule.violations) == 0 with input as of(app("media-manager", [arr]))
	count(rule.violations) == 0 with input as of(app("media-manager", []))
}

test_undecided_where_a_gateway_was_not_read if {
	unread := object.union(at("saas", "", "relation", "ingress"), {"gateway_model": ""})
	count(rule.undecided) == 1 with input as of(app("media-manager", [arr, unread]))
	count(rule.violations) == 0 with input as of(app("media-manager", [arr, unread]))
	count(rule.undecided) == 0 with input as of(app("media-manager", [unread]))
	count(rule.undecided) == 0 with input as of(app("media-manager", [unread, at("arr-gateway", "arr", "httproute", "")]))
}
