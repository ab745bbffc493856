package rules.ingress.no_side_door_test

import data.lib.testing
import data.rules.ingress.no_side_door as rule

qb(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", fields)

gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {})

of(fields) := testing.stack(object.union({"applications": [qb({}), gluetun]}, fields))

service(fields) := testing.service("charmarr-downloads", "torrents", "", object.union({"application": "", "selects": ["charmarr-downloads/qbittorrent"], "type": "ClusterIP", "type_at": "type", "outside": count(object.keys(fields) & {"type", "external_ips"}) > 0}, fields))

test_services_that_open if {
	found := {kind |
		some kind, fields in {"NodePort": {"type": "NodePort"}, "LoadBalancer": {"type": "LoadBalancer"}, "external": {"external_ips": ["192.168.1.9"]}}
		testing.hits(rule.violations) == {["service", "service", "torrents", ""]} with input as of({"services": [service(fields)]})
	}
	count(found) == 3
}

test_services_that_do_not_open if {
	count(rule.violations) == 0 with input as of({"services": [service({})]})
	count(rule.violations) == 0 with input as of({"services": [service({"type": "NodePort", "selects": []})]})
	count(rule.violations) == 0 with input as of({"services": [service({"type": "LoadBalancer", "balancer_class": "tailscale"})]})
}

test_what_is_no_application_of_charmarr_s_may_be_open if {
	gateway := testing.application("charmarr-core", "arr-gateway", "ingress-gateway", {})
	other := testing.application("charmarr-core", "blog", "", {})
	services := [service({"type": "NodePort", "selects": [id]}) | some id in ["charmarr-core/arr-gateway", "charmarr-core/blog"]]
	count(rule.violations) == 0 with input as of({"applications": [gateway, other], "services": services})
}

test_juju_s_own_service_is_made_what_it_was if {
	some violation in rule.violations with input as of({"services": [service({"type": "NodePort", "application": "qbittorrent"})]})
	startswith(violation.remediation[0], "kubectl -n charmarr-downloads patch service torrents")
	some other in rule.violations with input as of({"services": [service({"type": "NodePort"})]})
	other.remediation == ["kubectl -n charmarr-downloads delete service torrents"]
}

ingress(backend, fields) := testing.ingress("charmarr-downloads", "web", object.union({"class": "nginx", "backends": [testing.route_end("charmarr-downloads", backend)]}, fields))

test_ingress if {
	testing.hits(rule.violations) == {["ingress", "ingress", "web", ""]} with input as of({"ingresses": [ingress("qbittorrent", {})]})
	testing.hits(rule.violations) == {["ingress", "ingress", "web", ""]} with input as of({"services": [service({})], "ingresses": [ingress("torrents", {})]})
}

test_ingress_of_others if {
	count(rule.violations) == 0 with input as of({"ingresses": [ingress("blog", {})]})
	count(rule.violations) == 0 with input as of({"ingresses": [ingress("qbittorrent", {"class": "tailscale"})]})
}

container := object.union(testing.container("qbittorrent"), {"host_ports": [6881]})

test_host_port if {
	workload := {"workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"containers": [container]})]}
	testing.hits(rule.violations) == {["host-port", "application", "qbittorrent", ""]} with input as of({"applications": [qb(workload)]})
	pod := {"pods": [testing.pod("charmarr-downloads", "qbittorrent-0", {"containers": [container]})]}
	count(rule.violations) == 1 with input as of({"applications": [qb(pod)]})
	count(rule.violations) == 1 with input as of({"applications": [qb(object.union(workload, pod))]})
	plain := {"workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"containers": [testing.container("x")]})]}
	count(rule.violations) == 0 with input as of({"applications": [qb(plain)]})
}

test_exposed if {
	testing.hits(rule.violations) == {["exposed", "application", "qbittorrent", ""]} with input as of({"applications": [qb({"exposed": "yes"})]})
	count(rule.violations) == 0 with input as of({"applications": [qb({"exposed": "no"})]})
	count(rule.violations) == 0 with input as of({"applications": [qb({"exposed": ""})]})
}

test_an_ingress_of_juju_s_is_one_finding if {
	found := rule.violations with input as of({"applications": [qb({"exposed": "yes"})], "ingresses": [ingress("qbittorrent", {})]})
	testing.hits(found) == {["ingress", "ingress", "web", ""]}
	some violation in found
	violation.remediation[0] == "juju unexpose -m charmarr-downloads qbittorrent  # where Juju made it"
}

route(backend) := testing.route("gluetun", "control", {"kind": "TCPRoute", "backends": [testing.route_end("gluetun", backend)]})

test_route_to_the_vpn_gateway if {
	found := rule.violations with input as of({"routes": [route("gluetun")]})
	testing.hits(found) == {["route-to-vpn-gateway", "tcproute", "control", ""]}
	some violation in found
	violation.remediation == ["kubectl -n gluetun delete tcproutes.gateway.networking.k8s.io control"]
	count(rule.violations) == 0 with input as of({"routes": [route("other")]})
}
