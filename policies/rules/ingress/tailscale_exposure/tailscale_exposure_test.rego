package rules.ingress.tailscale_exposure_test

import data.lib.testing
import data.rules.ingress.tailscale_exposure as rule

expose := testing.fact("tailscale.com/expose", "true")

funnel := testing.fact("tailscale.com/funnel", "true")

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

qb := testing.application("charmarr-downloads", "qbittorrent", "download-client", {})

gateway(name) := testing.application("charmarr-core", name, "ingress-gateway", {})

apps := [radarr, qb, gateway("arr-gateway"), gateway("admin-gateway"), gateway("guest")]

of(fields) := testing.stack(object.union({"applications": apps}, fields))

service(name, selects, annotations) := testing.service("charmarr-core", name, "", {"selects": selects, "tailscale": annotations})

serving(fields) := of({"services": [fields]})

test_a_gateway_of_a_class_may_be_exposed if {
	count(rule.violations) == 0 with input as serving(service("arr-gateway-istio", [], [expose]))
}

test_admin_gateway if {
	found := rule.violations with input as serving(service("admin-gateway-istio", [], [expose]))
	testing.hits(found) == {["admin-gateway", "application", "admin-gateway", ""]}
	some violation in found
	violation.remediation == ["kubectl -n charmarr-core annotate service admin-gateway-istio tailscale.com/expose-"]
}

test_unclassed_gateway if {
	testing.hits(rule.violations) == {["unclassed-gateway", "application", "guest", "warning"]} with input as serving(service("guest-istio", [], [expose]))
}

test_application if {
	testing.hits(rule.violations) == {["application", "service", "radarr", "warning"]} with input as serving(service("radarr", ["charmarr-core/radarr"], [expose]))
	testing.hits(rule.violations) == {["application", "service", "qb", "error"]} with input as serving(service("qb", ["charmarr-downloads/qbittorrent"], [expose]))
}

test_application_by_load_balancer_class if {
	balanced := object.union(service("radarr", ["charmarr-core/radarr"], []), {"balancer_class": "tailscale"})
	found := rule.violations with input as serving(balanced)
	testing.hits(found) == {["application", "service", "radarr", "warning"]}
	some violation in found
	violation.remediation == ["kubectl -n charmarr-core delete service radarr"]
}

test_funnel_is_one_finding if {
	testing.hits(rule.violations) == {["funnel", "service", "radarr", ""]} with input as serving(service("radarr", ["charmarr-core/radarr"], [expose, funnel]))
	testing.hits(rule.violations) == {["funnel", "service", "admin-gateway-istio", ""]} with input as serving(service("admin-gateway-istio", [], [expose, funnel]))
}

test_silent_on_what_is_not_exposed_or_not_charmarr_s if {
	off := testing.fact("tailscale.com/expose", "false")
	count(rule.violations) == 0 with input as serving(service("radarr", ["charmarr-core/radarr"], [off]))
	count(rule.violations) == 0 with input as serving(service("blog", [], [expose, funnel]))
}

ingress(class, backend, annotations) := of({"ingresses": [testing.ingress("charmarr-core", "web", {"class": class, "annotations": annotations, "backends": [testing.route_end("charmarr-core", backend)]})]})

test_ingress if {
	testing.hits(rule.violations) == {["application", "ingress", "web", "warning"]} with input as ingress("tailscale", "radarr", [])
	testing.hits(rule.violations) == {["funnel", "ingress", "web", "error"]} with input as ingress("tailscale", "radarr", [funnel])
	count(rule.violations) == 0 with input as ingress("nginx", "radarr", [])
	count(rule.violations) == 0 with input as ingress("tailscale", "blog", [])
}

connector := testing.application("charmarr-core", "ts", "tailscale", {})

metadata(name) := testing.relation("gateway_metadata", testing.end(gateway(name), "gateway-metadata"), testing.end(connector, "gateway-metadata"), {})

test_connector_at_the_admin_gateway if {
	found := rule.violations with input as of({"relations": [metadata("admin-gateway")]})
	testing.hits(found) == {["admin-gateway", "application", "admin-gateway", ""]}
	some violation in found
	violation.state == "declared"
	violation.remediation == ["juju remove-relation -m charmarr-core admin-gateway:gateway-metadata ts"]
}

test_connector_and_annotation_are_one_finding if {
	both := of({"relations": [metadata("admin-gateway")], "services": [service("admin-gateway-istio", [], [expose])]})
	found := rule.violations with input as both
	count(found) == 1
	some violation in found
	violation.state == "effective"
	count(violation.remediation) == 2
}

test_connector_at_another_gateway if {
	count(rule.violations) == 0 with input as of({"relations": [metadata("arr-gateway")]})
}
