package rules.ingress.gateway_has_address_test

import data.lib.testing
import data.rules.ingress.gateway_has_address as rule

read := testing.evidence(["kube.services"], ["charmarr-core"])

gateway(name, fields) := testing.application("charmarr-core", name, "ingress-gateway", fields)

service(name, fields) := testing.service("charmarr-core", sprintf("%s-istio", [name]), "", object.union(
	{"type": "LoadBalancer", "type_at": "type", "status_known": true, "addresses": ["192.168.1.200"]},
	fields,
))

of(gateways, services, objects) := testing.stack({
	"applications": gateways,
	"services": services,
	"gateways": [testing.gateway("charmarr-core", name, {}) | some name in objects],
	"evidence": read,
})

arr := gateway("arr-gateway", {})

test_silent_with_an_address if {
	count(rule.violations) == 0 with input as of([arr], [service("arr-gateway", {})], ["arr-gateway"])
	count(rule.undecided) == 0 with input as of([arr], [service("arr-gateway", {})], ["arr-gateway"])
}

test_no_address if {
	testing.hits(rule.violations) == {["no-address", "application", "arr-gateway", ""]} with input as of([arr], [service("arr-gateway", {"addresses": []})], ["arr-gateway"])
}

waiting := gateway("arr-gateway", {"message": "Gateway load balancer is unable to obtain an IP or hostname from the cluster."})

test_no_address_by_the_charm_s_own_word if {
	found := rule.violations with input as testing.stack({"applications": [waiting]})
	testing.hits(found) == {["no-address", "application", "arr-gateway", ""]}
	some violation in found
	violation.state == "declared"
}

test_what_kubernetes_shows_beats_what_the_charm_says if {
	count(rule.violations) == 0 with input as of([waiting], [service("arr-gateway", {})], ["arr-gateway"])
	count(rule.violations) == 1 with input as of([waiting], [service("arr-gateway", {"addresses": []})], ["arr-gateway"])
}

test_no_service if {
	testing.hits(rule.violations) == {["no-service", "application", "arr-gateway", ""]} with input as of([arr], [], ["arr-gateway"])
	testing.hits(rule.violations) == {["no-service", "gateway", "guest", ""]} with input as of([], [], ["guest"])
}

test_no_service_is_not_said_without_services_or_gateway if {
	count(rule.violations) == 0 with input as object.union(of([arr], [], ["arr-gateway"]), {"evidence": []})
	elsewhere := testing.evidence(["kube.services"], ["charmarr-downloads"])
	count(rule.undecided) == 1 with input as object.union(of([arr], [], ["arr-gateway"]), {"evidence": elsewhere})
	count(rule.undecided) == 0 with input as object.union(of([arr], [], ["arr-gateway"]), {"evidence": []})
	count(rule.violations) == 0 with input as of([arr], [], [])
}

test_not_balanced if {
	testing.hits(rule.violations) == {["not-balanced", "application", "arr-gateway", ""]} with input as of([arr], [service("arr-gateway", {"type": "NodePort", "addresses": []})], [])
}

test_shared_address_is_told_once if {
	pair := [arr, gateway("media-gateway", {})]
	same := [service("arr-gateway", {}), service("media-gateway", {})]
	found := rule.violations with input as of(pair, same, [])
	testing.hits(found) == {["shared-address", "application", "media-gateway", "warning"]}
	own := [service("arr-gateway", {}), service("media-gateway", {"addresses": ["192.168.1.201"]})]
	count(rule.violations) == 0 with input as of(pair, own, [])
}

test_undecided_without_status if {
	found := rule.undecided with input as of([arr], [service("arr-gateway", {"status_known": false, "addresses": []})], [])
	count(found) == 1
	count(rule.violations) == 0 with input as of([arr], [service("arr-gateway", {"status_known": false, "addresses": []})], [])
}

test_silent_on_a_gateway_that_is_leaving if {
	count(rule.violations) == 0 with input as of([gateway("arr-gateway", {"life": "dying"})], [service("arr-gateway", {"addresses": []})], [])
}
