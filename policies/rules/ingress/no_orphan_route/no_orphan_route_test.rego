package rules.ingress.no_orphan_route_test

import data.lib.testing
import data.rules.ingress.no_orphan_route as rule

all := ["kube.routes", "kube.gateways", "kube.services", "juju.relations"]

app(fields) := testing.application("charmarr-core", "radarr", "media-manager", object.union({"attachments": [testing.attachment("arr-gateway", "arr", "relation")]}, fields))

route := testing.route("charmarr-core", "r", {"parents": [testing.route_end("charmarr-core", "arr-gateway")], "backends": [testing.route_end("charmarr-core", "radarr")]})

whole := testing.stack({
	"applications": [app({})],
	"routes": [route],
	"gateways": [testing.gateway("charmarr-core", "arr-gateway", {})],
	"services": [testing.service("charmarr-core", "radarr", "media-manager", {})],
	"evidence": testing.evidence(all, ["charmarr-core"]),
})

test_silent_on_a_whole_one if {
	count(rule.violations) == 0 with input as whole
}

test_no_gateway_is_one_finding_for_all_its_routes if {
	stack := object.union(whole, {"gateways": [], "routes": [route, object.union(route, {"name": "s", "subject": testing.subject("httproute", "charmarr-core", "s")})]})
	found := rule.violations with input as stack
	count(found) == 1
	some violation in found
	violation.way == "no-gateway"
	contains(violation.message, `it is the one of HTTPRoute "r" and HTTPRoute "s"`)
	count(violation.remediation) == 3
}

test_no_gateway_needs_the_gateways_read if {
	count(rule.violations) == 0 with input as object.union(whole, {"gateways": [], "evidence": testing.evidence(["kube.services", "juju.relations"], ["charmarr-core"])})
}

test_no_service if {
	testing.hits(rule.violations) == {["no-service", "httproute", "r", ""]} with input as object.union(whole, {"services": []})
	count(rule.violations) == 0 with input as object.union(whole, {"services": [], "evidence": testing.evidence(["kube.gateways", "juju.relations"], ["charmarr-core"])})
}

test_no_relation if {
	testing.hits(rule.violations) == {["no-relation", "httproute", "r", ""]} with input as object.union(whole, {"applications": [app({"attachments": []})]})
	elsewhere := app({"attachments": [testing.attachment("media-gateway", "media", "relation")]})
	count(rule.violations) == 1 with input as object.union(whole, {"applications": [elsewhere]})
}

test_no_relation_is_not_said_of_what_juju_does_not_know if {
	silent := {i |
		some i, fields in [
			{"attachments": [], "declared": false},
			{"attachments": [], "life": "dying"},
			{"attachments": [], "role": "vpn-gateway"},
			{"attachments": [object.union(testing.attachment("saas", "", "relation"), {"gateway_model": ""})]},
		]
		count(rule.violations) == 0 with input as object.union(whole, {"applications": [app(fields)]})
	}
	count(silent) == 4
	unread := object.union(whole, {"applications": [app({"attachments": []})], "evidence": testing.evidence(["kube.gateways", "kube.services"], ["charmarr-core"])})
	count(rule.violations) == 0 with input as unread
}
