package rules.vpn.client_behind_gateway_test

import data.lib.testing
import data.rules.vpn.client_behind_gateway as rule

gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {})

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"config_known": true}, fields))

unsafe := {"config": [testing.fact("unsafe-mode", "true")]}

behind(app) := testing.relation("vpn-gateway", testing.end(gluetun, "vpn-gateway"), testing.end(app, "vpn-gateway"), {})

of(app, relations) := testing.stack({
	"applications": [app, gluetun],
	"relations": relations,
	"evidence": testing.evidence(["juju.relations"], ["charmarr-downloads", "gluetun"]),
})

routed := {"effective": true, "workloads": [testing.workload("charmarr-downloads", "qbittorrent", {
	"init_containers": [testing.container("vpn-route-init")],
	"containers": [testing.container("qbittorrent"), testing.container("vpn-route-sidecar")],
})]}

unrouted := {"effective": true, "workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"containers": [testing.container("qbittorrent")]})]}

half := {"effective": true, "egress": object.union(testing.egress_default, {"asked": true, "signs": ["containers"]}), "workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"init_containers": [testing.container("vpn-route-init")]})]}

running(fields) := testing.running("charmarr-downloads", "qbittorrent", "download-client", fields)

test_silent_behind_a_gateway if {
	app := client({})
	count(rule.violations) == 0 with input as of(app, [behind(app)])
	count(rule.undecided) == 0 with input as of(app, [behind(app)])
}

test_no_gateway_unsafe if {
	testing.hits(rule.violations) == {["no-gateway-unsafe", "application", "qbittorrent", ""]} with input as of(client(unsafe), [])
}

test_commands_make_the_gateway_that_is_not_there if {
	alone := testing.stack({"applications": [client({})], "evidence": testing.evidence(["juju.relations"], ["charmarr-downloads"])})
	some violation in rule.violations with input as alone
	violation.remediation == [
		"juju add-model gluetun  # where there is none yet",
		"juju deploy -m gluetun gluetun-k8s gluetun --trust",
		"juju offer gluetun.gluetun:vpn-gateway",
		"juju consume -m charmarr-downloads gluetun.gluetun",
		"juju integrate -m charmarr-downloads qbittorrent:vpn-gateway gluetun:vpn-gateway",
	]
}

test_commands_make_the_gateway_in_the_single_model if {
	alone := testing.application("charmarr", "qbittorrent", "download-client", {"config_known": true})
	some violation in rule.violations with input as testing.single({"applications": [alone], "evidence": testing.evidence(["juju.relations"], ["charmarr"])})
	violation.remediation == [
		"juju deploy -m charmarr gluetun-k8s gluetun --trust  # where there is none yet",
		"juju integrate -m charmarr qbittorrent:vpn-gateway gluetun:vpn-gateway",
	]
}

test_undecided_behind_something_that_is_no_gateway if {
	other := testing.application("charmarr-downloads", "gluetun", "", {"charm": "postgresql-k8s"})
	app := client({})
	relation := testing.relation("vpn-gateway", testing.end(other, "vpn-gateway"), testing.end(app, "vpn-gateway"), {"resolved": "yes"})
	some item in rule.undecided with input as of(app, [relation])
	contains(item.missing, `whether "gluetun" (charm "postgresql-k8s")`)
}

test_no_gateway if {
	found := rule.violations with input as of(client({}), [])
	testing.hits(found) == {["no-gateway", "application", "qbittorrent", ""]}
	some violation in found
	violation.state == "declared"
	contains(violation.message, "stays blocked")
	violation.remediation == [
		"juju offer gluetun.gluetun:vpn-gateway",
		"juju consume -m charmarr-downloads gluetun.gluetun",
		"juju integrate -m charmarr-downloads qbittorrent:vpn-gateway gluetun:vpn-gateway",
	]
}

test_no_gateway_with_unknown_options if {
	some violation in rule.violations with input as of(client({"config_known": false}), [])
	violation.way == "no-gateway"
	contains(violation.message, "options were not read")
}

test_no_gateway_in_one_model_is_one_command if {
	app := testing.application("gluetun", "qbittorrent", "download-client", {"config_known": true})
	some violation in rule.violations with input as of(app, [])
	violation.remediation == ["juju integrate -m gluetun qbittorrent:vpn-gateway gluetun:vpn-gateway"]
}

test_no_gateway_without_any_in_the_stack if {
	stack := testing.stack({"applications": [client({})], "evidence": testing.evidence(["juju.relations"], ["charmarr-downloads"])})
	count(rule.violations) == 1 with input as stack
}

test_no_gateway_shown_by_both_is_effective if {
	some violation in rule.violations with input as of(client(unrouted), [])
	violation.way == "no-gateway"
	violation.state == "effective"
}

test_unsafe_with_gateway_is_a_warning if {
	app := client(unsafe)
	testing.hits(rule.violations) == {["unsafe-with-gateway", "application", "qbittorrent", "warning"]} with input as of(app, [behind(app)])
}

test_silent_on_unsafe_mode_false if {
	app := client({"config": [testing.fact("unsafe-mode", "false")]})
	count(rule.violations) == 0 with input as of(app, [behind(app)])
}

dead(app, resolved) := testing.relation("vpn-gateway", testing.unresolved("gluetun"), testing.end(app, "vpn-gateway"), {"resolved": resolved})

test_gateway_unresolved if {
	app := client({})
	testing.hits(rule.violations) == {["gateway-unresolved", "application", "qbittorrent", ""]} with input as of(app, [dead(app, "no")])
}

test_undecided_on_a_gateway_that_was_not_read if {
	app := client({})
	count(rule.violations) == 0 with input as of(app, [dead(app, "")])
	count(rule.undecided) == 1 with input as of(app, [dead(app, "")])
}

test_decided_by_kubernetes_on_a_gateway_that_was_not_read if {
	app := client(routed)
	count(rule.undecided) == 0 with input as of(app, [dead(app, "")])
}

test_not_effective if {
	app := client(with_egress({"signs": ["relation", "settings"]}))
	found := rule.violations with input as of(app, [behind(app)])
	testing.hits(found) == {["not-effective", "application", "qbittorrent", ""]}
	some violation in found
	violation.state == "effective"
}

test_half_the_containers_are_told_elsewhere if {
	app := client(half)
	count(rule.violations) == 0 with input as of(app, [behind(app)])
}

with_egress(fields) := object.union(unrouted, {"egress": object.union(testing.egress_default, object.union({"asked": true}, fields))})

test_a_client_that_waits_is_told_elsewhere if {
	app := client(unrouted)
	count(rule.violations) == 0 with input as of(app, [behind(app)])
}

test_a_leak_is_told_elsewhere if {
	app := client(with_egress({"answer": "open"}))
	count(rule.violations) == 0 with input as of(app, [behind(app)])
	count(rule.violations) == 0 with input as testing.stack({"applications": [running(with_egress({"answer": "open"}))]})
}

test_a_kill_switch_that_holds_is_said if {
	app := client(with_egress({"answer": "blocked", "policies": "blocked", "signs": ["relation", "kill-switch"]}))
	some violation in rule.violations with input as of(app, [behind(app)])
	violation.way == "not-effective"
	contains(violation.message, "downloads nothing, since its kill switch")
	some other in rule.violations with input as testing.stack({"applications": [running(with_egress({"policies": "blocked"}))]})
	contains(other.message, "its kill switch lets nothing past")
}

test_silent_when_effective if {
	app := client(routed)
	count(rule.violations) == 0 with input as of(app, [behind(app)])
}

test_kubernetes_alone_decides if {
	found := rule.violations with input as testing.stack({"applications": [running(unrouted)]})
	testing.hits(found) == {["no-gateway", "application", "qbittorrent", ""]}
	some violation in found
	violation.state == "effective"
	count(rule.violations) == 0 with input as testing.stack({"applications": [running(routed)]})
}

test_silent_where_relations_were_not_read if {
	count(rule.violations) == 0 with input as testing.stack({"applications": [client({})]})
}

test_silent_on_others_without_a_gateway if {
	app := testing.application("charmarr-core", "radarr", "media-manager", {"config_known": true})
	stack := testing.stack({"applications": [app], "evidence": testing.evidence(["juju.relations"], ["charmarr-core"])})
	count(rule.violations) == 0 with input as stack
}
