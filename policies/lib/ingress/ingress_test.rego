package lib.ingress_test

import data.lib.ingress
import data.lib.testing

arr := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})

test_gateways_are_applications_and_what_none_accounts_for if {
	found := ingress.gateways with input as testing.stack({
		"applications": [
			arr,
			testing.application("charmarr-core", "old", "ingress-gateway", {"life": "dying"}),
			testing.application("charmarr-core", "off", "ingress-gateway", {"scale": 0}),
		],
		"gateways": [
			testing.gateway("charmarr-core", "arr-gateway", {}),
			testing.gateway("charmarr-core", "guest", {}),
			testing.gateway("charmarr-core", "w", {"class": "istio-waypoint", "waypoint": true}),
		],
	})
	{[gateway.name, gateway.class] | some gateway in found} == {["arr-gateway", "arr"], ["guest", ""]}
}

asker(name, port, path) := testing.application("charmarr-core", name, "media-manager", {"attachments": [object.union(
	testing.attachment("arr-gateway", "arr", "relation"),
	{"port": port, "path": path},
)]})

test_contested_is_the_same_path_on_the_same_port if {
	found := ingress.contested with input as testing.stack({"applications": [
		asker("a", 80, "/x"), asker("b", 80, "/x"), asker("c", 8080, "/x"), asker("d", 80, "/y"), asker("e", -1, "/x"), asker("f", 80, ""),
	]})
	found == {["charmarr-core", "arr-gateway", 80, "/x"]: {"charmarr-core/a", "charmarr-core/b"}}
}

test_who_is_being_removed_contests_nothing if {
	leaving := object.union(asker("b", 80, "/x"), {"life": "dying"})
	count(ingress.losers) == 0 with input as testing.stack({"applications": [asker("a", 80, "/x"), leaving]})
}

test_a_gateway_that_was_not_read_goes_by_its_name_here if {
	far := object.union(asker("a", 80, "/x"), {"attachments": [object.union(testing.attachment("saas", "", "relation"), {"gateway_model": "", "port": 80, "path": "/x"})]})
	some key, _ in ingress.asked with input as testing.stack({"applications": [far]})
	key == ["charmarr-core", "saas", 80, "/x"]
}

test_behind_a_service_are_those_it_selects_or_the_one_of_its_name if {
	found := ingress.behind with input as testing.stack({
		"applications": [testing.application("charmarr-core", "radarr", "media-manager", {})],
		"services": [testing.service("charmarr-core", "movies", "", {"selects": ["charmarr-core/radarr"]})],
		"routes": [testing.route("charmarr-core", "r", {"backends": [testing.route_end("charmarr-core", "movies"), testing.route_end("charmarr-core", "radarr")]})],
	})
	found[["charmarr-core", "movies"]] == {"charmarr-core/radarr"}
	found[["charmarr-core", "radarr"]] == {"charmarr-core/radarr"}
}

policy(rule) := testing.authorization_policy("charmarr-core", "p", [rule], {"targets": [{"kind": "Gateway", "name": "arr-gateway", "at": ""}]})

object_of := testing.gateway("charmarr-core", "arr-gateway", {})

read := testing.evidence(["kube.authorizationpolicies"], ["charmarr-core"])

test_opened_says_in_which_state if {
	open := object.union(arr, {"admits": {"known": "yes", "strangers": true}})
	ingress.opened == {["charmarr-core", "arr-gateway"]: "declared"} with input as testing.stack({"applications": [open]})
	ingress.opened == {["charmarr-core", "arr-gateway"]: "effective"} with input as testing.stack({"applications": [arr], "authorization_policies": [policy({"strangers": true})]})
	ingress.opened == {} with input as testing.stack({"applications": [arr], "authorization_policies": [policy({"strangers": false})]})
	ingress.opened == {} with input as testing.stack({"applications": [arr], "authorization_policies": [policy({"strangers": true, "conditional": true})]})
}

test_a_gateway_that_no_policy_is_for_is_open if {
	ingress.opened == {["charmarr-core", "arr-gateway"]: "effective"} with input as testing.stack({"gateways": [object_of], "evidence": read})
	ingress.opened == {} with input as testing.stack({"gateways": [object_of]})
	ingress.opened == {} with input as testing.stack({"gateways": [object_of], "evidence": read, "authorization_policies": [policy({"strangers": false})]})
}

test_a_policy_that_denies_opens_nothing if {
	deny := object.union(policy({"strangers": true}), {"action": "DENY"})
	ingress.opened == {} with input as testing.stack({"applications": [arr], "authorization_policies": [deny]})
}

test_settled_is_what_option_or_policies_say if {
	ingress.settled == {["charmarr-core", "arr-gateway"]} with input as testing.stack({"applications": [object.union(arr, {"admits": {"known": "yes"}})]})
	ingress.settled == {["charmarr-core", "arr-gateway"]} with input as testing.stack({"applications": [arr], "evidence": read})
	ingress.settled == set() with input as testing.stack({"applications": [arr]})
}
